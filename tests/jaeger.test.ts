/** Jaeger itself keeps the traces: what the gateway sends it, for how long, and what Grafana and Prometheus get of it. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes } from "../config/units";
import { urlOf } from "../programs/addresses";
import { jaeger as program } from "../programs/jaeger";
import { askingGrafana } from "./support/asking-grafana";
import { type Collector, collectorServer, send } from "./support/collectors";
import { eventually } from "./support/eventually";
import { binary, describeWith } from "./support/programs";
import { type Jaeger, jaegerServer, stackWith } from "./support/servers";

jest.setTimeout(180_000);

const stack = stackWith({ tracing: { backend: "jaeger" } });
const { tracing } = stack.settings;
const directory = mkdtempSync(join(tmpdir(), "jaeger-"));
const hex = (bytes: number) => randomBytes(bytes).toString("hex");

interface Tag {
  key: string;
  value: unknown;
}
interface Trace {
  spans: { traceID: string; operationName: string }[];
  processes: Record<string, { serviceName: string; tags: Tag[] }>;
}

const ask = ({ url }: Jaeger, id: string) => fetch(`${url}/api/traces/${id}`);
const found = (jaeger: Jaeger, id: string) =>
  eventually(`trace ${id}`, 60, async () => {
    const answer = await ask(jaeger, id);
    return answer.ok ? ((await answer.json()) as { data: Trace[] }).data[0] : undefined;
  });

describeWith(["jaeger", "jaeger"], ["collector", "otelcol-contrib"])("Jaeger behind the gateway", () => {
  let jaeger: Jaeger;
  let collector: Collector;
  beforeAll(async () => {
    jaeger = await jaegerServer(join(directory, "jaeger"), stack);
    collector = await collectorServer(join(directory, "collector"), jaeger.otlp, stack);
    jaeger.server.start();
    collector.server.start();
    await jaeger.server.ready(jaeger.health);
    await collector.server.ready(collector.health);
  });
  afterAll(async () => {
    await collector?.server.end();
    await jaeger?.server.end();
    rmSync(directory, { recursive: true, force: true });
  });

  test("a trace is found by its id and by its service, with what links lead on by", async () => {
    const id = hex(16);
    await send(collector, id);
    const { spans, processes } = await found(jaeger, id);
    expect(spans).toMatchObject([{ traceID: id, operationName: "GET /tickets" }]);
    const [{ serviceName, tags }] = Object.values(processes);
    expect(serviceName).toBe("ticket-service");
    expect(Object.fromEntries(tags.map(({ key, value }) => [key, value]))).toMatchObject({
      ...{ namespace: "shop", pod: "ticket-service-1", env: "kind", region: "local" },
    });
    const search = await fetch(`${jaeger.url}/api/traces?service=ticket-service&lookback=1h`);
    const { data } = (await search.json()) as { data: Trace[] };
    expect(data.flatMap((one) => one.spans.map(({ traceID }) => traceID))).toContain(id);
  });

  test("its page and its API are below the path that the edge serves", async () => {
    const get = async (path: string) => {
      const answer = await fetch(new URL(path, jaeger.url));
      return [answer.status, await answer.text()];
    };
    expect(await get("/api/monitoring/jaeger/")).toEqual([
      200,
      expect.stringContaining('<base href="/api/monitoring/jaeger/"'),
    ]);
    const services = "/api/monitoring/jaeger/api/services";
    expect(await get(services)).toEqual([200, expect.stringContaining("ticket-service")]);
  });

  test("the counter of written spans that dashboards show is there, and counts", async () => {
    const [name, label] = program.traces!.written.split(/[{}]/);
    const written = async () => {
      const lines = (await (await fetch(jaeger.metrics)).text()).split("\n");
      const line = lines.find((one) => one.startsWith(`${name}{`) && one.includes(label));
      return line ? Number(line.split(" ").at(-1)) : undefined;
    };
    const before = await eventually(program.traces!.written, 60, written);
    const ids = Array.from({ length: 30 }, () => hex(16));
    await send(collector, ...ids);
    const counted = async () => ((await written()) === before + 30 ? true : undefined);
    await eventually("thirty more", 60, counted);
  });

  test("what it had is there after a kill, and what came while it was away as well", async () => {
    const [before, meanwhile] = [hex(16), hex(16)];
    await send(collector, before);
    await found(jaeger, before);
    await jaeger.server.end();
    await send(collector, meanwhile);
    jaeger.server.start();
    await jaeger.server.ready(jaeger.health);
    expect((await found(jaeger, before)).spans).toHaveLength(1);
    expect((await found(jaeger, meanwhile)).spans).toHaveLength(1);
  });

  test("a backlog of 20,000 spans in thousands of traces arrives whole, within the memory limit", async () => {
    const ids = Array.from({ length: 20_000 }, () => hex(16));
    for (let index = 0; index < ids.length; index += 2000)
      await send(collector, ...ids.slice(index, index + 2000));
    for (const id of [ids[0], ids[9_999], ids[19_999]]) await found(jaeger, id);
    expect(jaeger.server.peakMemory).toBeLessThan(bytes(tracing.jaeger.resources.limits.memory) / 2 ** 20);
  });

  const withGrafana = binary("grafana", "grafana") ? test : test.skip;
  withGrafana("Grafana asks it through the datasource that the stack provisions", async () => {
    const id = hex(16);
    await send(collector, id);
    await found(jaeger, id);
    const here = { [urlOf(stack, "jaeger", "http")]: new URL(jaeger.url).origin };
    const grafana = await askingGrafana(directory, stack, { here });
    try {
      expect(await grafana.get("/api/datasources/uid/jaeger")).toMatchObject({
        name: "Jaeger",
        type: "jaeger",
        jsonData: {
          tracesToLogsV2: { datasourceUid: "loki", query: '{${__tags}} | trace_id = "${__trace.traceId}"' },
          tracesToMetrics: { datasourceUid: "prometheus" },
        },
      });
      expect(await grafana.get("/api/datasources/uid/loki")).toMatchObject({
        jsonData: { derivedFields: [{ datasourceUid: "jaeger", url: "${__value.raw}" }] },
      });
      // What Grafana's browser part asks for: services of the query editor, which is its health check, and a trace.
      const proxied = "/api/datasources/proxy/uid/jaeger/api";
      expect(await grafana.get(`${proxied}/services`)).toMatchObject({ data: ["ticket-service"] });
      expect(await grafana.get(`${proxied}/traces/${id}`)).toMatchObject({ data: [{ traceID: id }] });
    } finally {
      await grafana.end();
    }
  });
});

describeWith(["jaeger", "jaeger"], ["collector", "otelcol-contrib"])("tracing.retention.time", () => {
  test("is the time after which Jaeger's database forgets a span", async () => {
    const days = program.files!(stackWith({ tracing: { backend: "jaeger", retention: { time: "3d" } } }))[0];
    expect(days.files["jaeger.yaml"]).toMatch(/ttl:\n +spans: 72h\n/);
    // A setting allows no less than two hours: the same key, in Jaeger's own words.
    const badger = { ttl: { spans: "6s" } };
    const overrides = { jaeger: { extensions: { jaeger_storage: { backends: { badger: { badger } } } } } };
    const short = stackWith({ tracing: { backend: "jaeger" }, overrides });
    const own = mkdtempSync(join(tmpdir(), "jaeger-"));
    const jaeger = await jaegerServer(join(own, "jaeger"), short);
    const collector = await collectorServer(join(own, "collector"), jaeger.otlp, short);
    try {
      jaeger.server.start();
      collector.server.start();
      await jaeger.server.ready(jaeger.health);
      await collector.server.ready(collector.health);
      const id = hex(16);
      await send(collector, id);
      await found(jaeger, id);
      await eventually("it is gone", 60, async () =>
        (await ask(jaeger, id)).status === 404 ? true : undefined,
      );
    } finally {
      await collector.server.end();
      await jaeger.server.end();
      rmSync(own, { recursive: true, force: true });
    }
  });
});
