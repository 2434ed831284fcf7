import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { type Collector, collectorServer } from "./support/collectors";
import { stackWith, type Tempo, tempoServer } from "./support/servers";

/** How long Tempo is away; `npm run test:outage` takes 15. */
const MINUTES = Number(process.env.OUTAGE_MINUTES ?? 0.25);

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

/** Sends a trace of one span as an application does. Returns its id and the answer. */
async function send(
  collector: Collector,
  service = "shop",
  payload = "",
): Promise<{ id: string; status: number }> {
  const id = randomBytes(16).toString("hex");
  const now = BigInt(Date.now()) * 1_000_000n;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = {
    traceId: id,
    spanId: randomBytes(8).toString("hex"),
    name: "GET /",
    kind: 2,
    startTimeUnixNano: String(now - 5_000_000n),
    endTimeUnixNano: String(now),
    attributes: [text("payload", payload)],
  };
  const resource = {
    attributes: [
      text("service.name", service),
      text("service.instance.id", id),
      text("k8s.namespace.name", "shop"),
      text("k8s.pod.name", `pod-${id}`),
    ],
  };
  const { status } = await fetch(collector.traces, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  return { id, status };
}

const allFound = (tempo: Tempo, ids: string[]) => {
  const missing = new Set(ids);
  // Tempo is asked for each by itself, and some thousand take it a while.
  return eventually(`${ids.length} traces`, 60 + ids.length / 20, async () => {
    for (const id of missing)
      if ((await fetch(`${tempo.url}/api/traces/${id}`)).status === 200) missing.delete(id);
    if (missing.size > 0) throw new Error(`${missing.size} are missing`);
    return true;
  });
};

describeWith(["collector", "otelcol-contrib"], ["tempo", "tempo"])(
  `Tempo away for ${MINUTES} minutes`,
  () => {
    const directory = mkdtempSync(join(tmpdir(), "spans-"));
    let tempo: Tempo;
    const running: Collector[] = [];
    async function gateway(name: string, settings: object = {}): Promise<Collector> {
      const stack = stackWith({ tracing: { collector: settings } });
      const collector = await collectorServer(join(directory, name), tempo.otlp, stack);
      running.push(collector);
      collector.server.start();
      await collector.server.ready(collector.health);
      return collector;
    }
    beforeAll(async () => {
      // By default it gives up its own copy of a block a quarter of an hour after that was complete.
      const ingester = MINUTES < 15 ? { complete_block_timeout: "5s" } : {};
      tempo = await tempoServer(directory, stackWith({ overrides: { tempo: { ingester } } }));
      tempo.server.start();
      await tempo.server.ready(`${tempo.url}/ready`);
    });
    afterAll(async () => {
      for (const { server } of [tempo, ...running]) await server.end();
      rmSync(directory, { recursive: true, force: true });
    });

    test(
      "every trace is found afterwards, also those that the Collector held when it was killed",
      async () => {
        const collector = await gateway("killed");
        const sent: string[] = [];
        const take = async () => {
          const { id, status } = await send(collector);
          expect(status).toBe(200);
          sent.push(id);
        };
        for (let n = 0; n < 20; n++) await take();
        await allFound(tempo, sent);
        // Killed outright, Tempo forgets the traces of its last seconds: it keeps them in memory until they are idle.
        await tempo.server.end("SIGTERM");
        for (const end = Date.now() + MINUTES * 60_000; Date.now() < end; await seconds(0.5)) await take();
        await collector.server.end("SIGKILL");
        collector.server.start();
        await collector.server.ready(collector.health);
        for (let n = 0; n < 20; n++) await take();
        tempo.server.start();
        await tempo.server.ready(`${tempo.url}/ready`);
        await allFound(tempo, sent);
        console.info(`${sent.length} traces, none lost`);
      },
      (MINUTES + 10) * 60_000,
    );

    test("a full queue refuses what a sender may send again later, and keeps what it has taken", async () => {
      const collector = await gateway("full", { queue: "8Mi" });
      await tempo.server.end("SIGTERM");
      const payload = "x".repeat(50_000);
      const taken: string[] = [];
      let status = 200;
      for (let n = 0; n < 400 && status === 200; n++) {
        const answer = await send(collector, "shop", payload);
        ({ status } = answer);
        if (status === 200) taken.push(answer.id);
      }
      expect(status).toBe(503);
      expect(taken.length).toBeGreaterThan(100);
      tempo.server.start();
      await tempo.server.ready(`${tempo.url}/ready`);
      await allFound(tempo, taken);
      expect(await send(collector, "shop", payload)).toMatchObject({ status: 200 });
    }, 300_000);

    test("2,100 services are counted apart, each once however many pods it has, under labels that are read", async () => {
      const collector = await gateway("metrics");
      const services = Array.from({ length: 2100 }, (_, n) => `service-${n}`);
      for (const service of services) await Promise.all([send(collector, service), send(collector, service)]);
      const calls = await eventually("the metrics of all", 60, async () => {
        const text = await (await fetch(collector.metrics)).text();
        const series = text.split("\n").filter((line) => line.startsWith("traces_spanmetrics_calls_total{"));
        // A new series is 0 at first, so that its first calls are an increase.
        const counted = series.filter((line) => /\} 2( |$)/.test(line));
        return counted.length === services.length ? series : undefined;
      });
      expect(calls).toHaveLength(services.length);
      const labels = [...calls[0].matchAll(/(\w+)="/g)].map(([, name]) => name).sort();
      expect(labels).toEqual([
        "namespace",
        "operation",
        "service_name",
        "span_kind",
        "span_name",
        "status_code",
      ]);
    }, 300_000);
  },
);
