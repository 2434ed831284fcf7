/** How long metrics, lines and traces are kept, asked of the stores that keep them: what they have read, not what they were given. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { seconds } from "../config/units";
import { binary, describeWith, output } from "./support/programs";
import { lokiServer, prometheusServer, type Server, stackWith, tempoServer } from "./support/servers";

const directory = mkdtempSync(join(tmpdir(), "retention-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The configuration that a server shows of itself, which it does before it is ready. */
async function shownBy<T>(server: Server, url: string): Promise<T> {
  server.start();
  try {
    await server.ready(url);
    // Tempo puts the name of the page before it, as a document of its own.
    return loadAll(await (await fetch(url)).text()).at(-1) as T;
  } finally {
    await server.end();
  }
}

/** Of a time as Go writes it, such as 1w or 48h0m0s. */
const inSeconds = (time: string) =>
  [...time.matchAll(/[1-9]\d*[smhdw]/g)].reduce((sum, [part]) => sum + seconds(part), 0);

describeWith(["prometheus", "prometheus"], ["prometheus", "promtool"])("Prometheus", () => {
  test("deletes at its start what is older than its retention, and nothing younger", async () => {
    const own = join(directory, "prometheus");
    const prometheus = await prometheusServer(own, stackWith({ metrics: { retention: { time: "3d" } } }));
    prometheus.scrape([]);
    const ages = ["14d", "4d", "2d", "3h"];
    // Promtool makes a block of each, as Prometheus does of two hours.
    const samples = ages.map((age) => `kept{age="${age}"} 1 ${Date.now() / 1000 - seconds(age)}`);
    const file = join(own, "samples");
    writeFileSync(file, [...samples, "# EOF\n"].join("\n"));
    await output(binary("prometheus", "promtool")!, [
      ...["tsdb", "create-blocks-from", "openmetrics", file, join(own, "data")],
    ]);
    prometheus.server.start();
    try {
      await prometheus.server.ready(prometheus.ready);
      const start = String(Date.now() / 1000 - seconds("30d"));
      const asked = new URLSearchParams({ "match[]": "kept", start });
      const answer = await fetch(`${prometheus.url}/api/v1/label/age/values?${asked}`);
      expect(await answer.json()).toMatchObject({ data: ["2d", "3h"] });
    } finally {
      await prometheus.server.end();
    }
  }, 60_000);
});

describeWith(["loki", "loki"])("Loki says that it", () => {
  test.each([
    ["7d", {}],
    ["36h", { logs: { retention: { time: "36h" } } }],
  ])(
    "keeps lines for %s, and deletes older ones",
    async (time, given) => {
      const { server, url } = await lokiServer(join(directory, `loki-${time}`), stackWith(given));
      const { limits_config, compactor } = await shownBy<LokiConfig>(server, `${url}/config`);
      expect(inSeconds(limits_config.retention_period)).toBe(seconds(time));
      expect(compactor).toMatchObject({ retention_enabled: true, delete_request_store: "filesystem" });
    },
    60_000,
  );
});

describeWith(["tempo", "tempo"])("Tempo says that it", () => {
  test.each([
    ["48h", {}],
    ["3d", { tracing: { retention: { time: "3d" } } }],
  ])(
    "keeps traces for %s, and deletes older ones",
    async (time, given) => {
      const { server, url } = await tempoServer(join(directory, `tempo-${time}`), stackWith(given));
      const { target, compactor, overrides } = await shownBy<TempoConfig>(server, `${url}/status/config`);
      expect(inSeconds(compactor.compaction.block_retention)).toBe(seconds(time));
      // Its compactor deletes, where it runs and no tenant has a time of its own.
      expect([target, compactor.disabled ?? false]).toEqual(["all", false]);
      expect(inSeconds(overrides.defaults.compaction?.block_retention ?? "0s")).toBe(0);
    },
    60_000,
  );
});

interface LokiConfig {
  limits_config: { retention_period: string };
  compactor: object;
}

interface TempoConfig {
  target: string;
  compactor: { disabled?: boolean; compaction: { block_retention: string } };
  overrides: { defaults: { compaction?: { block_retention?: string } } };
}
