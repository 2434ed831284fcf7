import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes, goDuration, seconds } from "../config/units";
import { tempoConfig } from "../programs/tempo";
import { collectorServer, send } from "./support/collectors";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { stackWith, tempoServer } from "./support/servers";

/** Tempo cuts a piece of a block each ten seconds; here all of it goes so many times as fast. */
const FASTER = 10;

describeWith(["collector", "otelcol-contrib"], ["tempo", "tempo"])("a block of Tempo's is completed", () => {
  const directory = mkdtempSync(join(tmpdir(), "tempo-memory-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  test("from spans that came all the time, well within its memory", async () => {
    const { ingester } = tempoConfig(stackWith()) as { ingester: { max_block_duration: string } };
    const stack = stackWith({
      overrides: {
        tempo: {
          ingester: {
            trace_idle_period: "500ms",
            flush_check_period: "1s",
            max_block_duration: goDuration(`${seconds(ingester.max_block_duration) / FASTER}s`),
          },
        },
      },
    });
    await running(directory, stack, async (tempo, collector) => {
      await eventually("a block is completed", 300, async () => {
        await send(collector, randomBytes(16).toString("hex"));
        const metrics = await (await fetch(`${tempo.url}/metrics`)).text();
        return /^tempo_ingester_blocks_flushed_total [1-9]/m.test(metrics) ? true : undefined;
      });
      const limit = bytes(stack.settings.tracing.resources.limits.memory) / 2 ** 20;
      expect(tempo.server.peakMemory).toBeLessThan(limit / 2);
    });
  }, 360_000);
});

describeWith(["collector", "otelcol-contrib"], ["tempo", "tempo"])("of many traces at once", () => {
  const directory = mkdtempSync(join(tmpdir(), "tempo-many-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  test("each is kept", async () => {
    const stack = stackWith();
    await running(directory, stack, async (tempo, collector) => {
      // More than Tempo's own limit, while the first one is still in memory; every fiftieth is looked for.
      const sent = [...Array(24)].map(() => [...Array(500)].map(() => randomBytes(16).toString("hex")));
      for (const some of sent) await send(collector, ...some);
      for (const id of sent.flat().filter((_, index) => index % 50 === 0))
        await eventually(`the trace ${id}`, 30, async () =>
          (await fetch(`${tempo.url}/api/traces/${id}`)).status === 200 ? true : undefined,
        );
    });
  }, 120_000);
});

describeWith(["tempo", "tempo"])("a search", () => {
  const directory = mkdtempSync(join(tmpdir(), "tempo-search-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  test("may reach back further than a week", async () => {
    const { server, url } = await tempoServer(directory);
    server.start();
    try {
      await server.ready(`${url}/ready`);
      const end = Math.floor(Date.now() / 1000);
      const range = { start: String(end - 40 * 86_400), end: String(end) };
      const response = await fetch(`${url}/api/search?${new URLSearchParams({ q: "{}", ...range })}`);
      expect(await response.text()).toContain('"traces"');
    } finally {
      await server.end();
    }
  }, 120_000);
});

type Tempo = Awaited<ReturnType<typeof tempoServer>>;
type Collector = Awaited<ReturnType<typeof collectorServer>>;

/** A Tempo and the gateway before it, until `use` is done. */
async function running(
  directory: string,
  stack: ReturnType<typeof stackWith>,
  use: (tempo: Tempo, collector: Collector) => Promise<void>,
): Promise<void> {
  const tempo = await tempoServer(join(directory, "tempo"), stack);
  const collector = await collectorServer(join(directory, "collector"), tempo.otlp, stack);
  for (const { server } of [tempo, collector]) server.start();
  try {
    await tempo.server.ready(`${tempo.url}/ready`);
    await collector.server.ready(collector.health);
    await use(tempo, collector);
  } finally {
    for (const { server } of [collector, tempo]) await server.end();
  }
}
