/** Zipkin itself keeps the traces: what the gateway sends it, what it forgets, and what Grafana gets of it. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { urlOf } from "../programs/addresses";
import { askingGrafana } from "./support/asking-grafana";
import { type Collector, collectorServer } from "./support/collectors";
import { eventually } from "./support/eventually";
import { binary, describeWith } from "./support/programs";
import { Server, stackWith, zipkinJar, zipkinServer } from "./support/servers";

jest.setTimeout(180_000);

const MAX = 300;
const stack = stackWith({ tracing: { backend: "zipkin", zipkin: { maxSpans: MAX } } });
const directory = mkdtempSync(join(tmpdir(), "zipkin-"));
const hex = (bytes: number) => randomBytes(bytes).toString("hex");
const headers = { "content-type": "application/json" };

interface Span {
  traceId: string;
  name: string;
  localEndpoint: { serviceName: string };
  tags: Record<string, string>;
}

const where = zipkinJar && binary("grafana", "grafana") ? describeWith : () => describe.skip;

where(["collector", "otelcol-contrib"])("Zipkin behind the gateway", () => {
  let zipkin: { server: Server; url: string };
  let collector: Collector;
  beforeAll(async () => {
    zipkin = await zipkinServer(stack);
    collector = await collectorServer(join(directory, "collector"), `${zipkin.url}/api/v2/spans`, stack);
    zipkin.server.start();
    collector.server.start();
    await zipkin.server.ready(`${zipkin.url}/health`);
    await collector.server.ready(collector.health);
  });
  afterAll(async () => {
    await collector?.server.end();
    await zipkin?.server.end();
    rmSync(directory, { recursive: true, force: true });
  });

  const post = async (url: string, body: object) => {
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  };
  /** As OpenTelemetry's exporter has it; the gateway in a cluster learns the pod from the address. */
  const otlp = (traceIds: string[], more: object[] = []) =>
    post(collector.traces, {
      resourceSpans: [
        {
          resource: {
            attributes: Object.entries({
              "service.name": "ticket-service",
              "k8s.namespace.name": "shop",
              "k8s.pod.name": "ticket-service-1",
            })
              .map(([key, stringValue]): object => ({ key, value: { stringValue } }))
              .concat(more),
          },
          scopeSpans: [{ spans: traceIds.map(span) }],
        },
      ],
    });
  function span(traceId: string) {
    const now = BigInt(Date.now()) * 1_000_000n;
    return {
      ...{ traceId, spanId: hex(8), name: "GET /tickets", kind: 2 },
      ...{ startTimeUnixNano: String(now - 5_000_000n), endTimeUnixNano: String(now) },
    };
  }
  const trace = async (id: string) => fetch(`${zipkin.url}/api/v2/trace/${id}`);
  const found = (id: string) =>
    eventually(`trace ${id}`, 60, async () => {
      const answer = await trace(id);
      return answer.ok ? ((await answer.json()) as Span[]) : undefined;
    });
  const taken = async () => {
    const text = await (await fetch(`${zipkin.url}/prometheus`)).text();
    return Number(/^zipkin_collector_spans_total\{transport="http",\} (\S+)$/m.exec(text)![1]);
  };

  test("a trace of OTLP is found by its id, with what links lead on by", async () => {
    const id = hex(16);
    await otlp([id]);
    const [one, ...others] = await found(id);
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      traceId: id,
      name: "get /tickets",
      localEndpoint: { serviceName: "ticket-service" },
      tags: { namespace: "shop", pod: "ticket-service-1", env: "kind", region: "local" },
    });
  });

  test("so is one of Zipkin's own format, with the short id that older senders make", async () => {
    const id = hex(8);
    await post(collector.zipkin, [
      {
        ...{ traceId: id, id: hex(8), name: "pay", kind: "SERVER" },
        ...{ timestamp: Date.now() * 1000, duration: 5000, localEndpoint: { serviceName: "payment" } },
      },
    ]);
    expect(await found(id)).toMatchObject([{ name: "pay", localEndpoint: { serviceName: "payment" } }]);
    // Grafana asks for it as the gateway wrote it: with zeros before.
    expect(await found(id.padStart(32, "0"))).toHaveLength(1);
  });

  test("both are in the metrics of spans", async () => {
    const services = await eventually("the metrics of spans", 60, async () => {
      const text = await (await fetch(collector.metrics)).text();
      const names = [...text.matchAll(/^traces_spanmetrics_calls_total\{.*service_name="([^"]+)"/gm)];
      return names.length > 1 ? names.map(([, name]) => name) : undefined;
    });
    expect(services.sort()).toEqual(["payment", "ticket-service"]);
  });

  test("its page, and all that the page asks for, is below the path that the edge serves", async () => {
    const get = async (path: string) => {
      const answer = await fetch(zipkin.url + path);
      return [answer.status, await answer.text()] as const;
    };
    const [status, page] = await get("/zipkin/");
    expect([status, page]).toEqual([200, expect.stringContaining('<base href="/zipkin/"')]);
    const parts = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(parts.length).toBeGreaterThan(3);
    for (const path of [...parts, "/zipkin/config.json", "/zipkin/api/v2/services"]) {
      expect(path).toMatch(/^\/zipkin\//);
      expect([path, (await get(path))[0]]).toEqual([path, 200]);
    }
  });

  test("Grafana finds a trace through the datasource that the stack provisions", async () => {
    const id = hex(16);
    await otlp([id]);
    await found(id);
    const here = { [urlOf(stack, "zipkin", "http")]: zipkin.url };
    const grafana = await askingGrafana(directory, stack, { here });
    try {
      expect(await grafana.get("/api/datasources/uid/zipkin")).toMatchObject({
        name: "Zipkin",
        type: "zipkin",
        jsonData: {
          tracesToLogsV2: { datasourceUid: "loki", query: '{${__tags}} | trace_id = "${__trace.traceId}"' },
          tracesToMetrics: { datasourceUid: "prometheus" },
        },
      });
      expect(await grafana.get("/api/datasources/uid/loki")).toMatchObject({
        jsonData: { derivedFields: [{ datasourceUid: "zipkin", url: "${__value.raw}" }] },
      });
      expect(await grafana.get<Span[]>(`/api/datasources/proxy/uid/zipkin/api/v2/trace/${id}`)).toMatchObject(
        [{ traceId: id }],
      );
    } finally {
      await grafana.end();
    }
  });

  test("spans whose common attributes are many arrive whole: no batch becomes larger than Zipkin takes", async () => {
    const before = await taken();
    const more = { key: "process.command_args", value: { stringValue: "-D".padEnd(2000, "x") } };
    await otlp(
      Array.from({ length: 8000 }, () => hex(16)),
      [more],
    );
    await eventually("all of them", 120, async () => ((await taken()) === before + 8000 ? true : undefined));
  });

  test("what comes while it is away is there once it is back; what it had is forgotten", async () => {
    const [before, meanwhile] = [hex(16), hex(16)];
    await otlp([before]);
    await found(before);
    await zipkin.server.end();
    await otlp([meanwhile]);
    zipkin.server.start();
    await zipkin.server.ready(`${zipkin.url}/health`);
    expect(await found(meanwhile)).toHaveLength(1);
    expect((await trace(before)).status).toBe(404);
  });

  test("of more than tracing.zipkin.maxSpans it keeps the newest, by trace", async () => {
    const ids = Array.from({ length: MAX + 50 }, () => hex(16));
    const before = await taken();
    for (let index = 0; index < ids.length; index += 50) {
      await otlp(ids.slice(index, index + 50));
      await eventually("they", 60, async () => ((await taken()) >= before + index + 50 ? true : undefined));
    }
    expect((await trace(ids[0])).status).toBe(404);
    for (const id of ids.slice(-50)) expect((await trace(id)).status).toBe(200);
  });
});
