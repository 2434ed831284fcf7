import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, collectorServer, samplerServer } from "./support/collectors";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { stackWith } from "./support/servers";
import { SpansSink } from "./support/spans-sink";

/**
 * The gateway and its samplers as processes, with the configuration that the stack gives them. Two things are patched
 * (tests/support/collectors.ts): the gateway is told the samplers' addresses, since the name server would give no ports
 * and all of them are this machine; and it knows no Kubernetes to ask about pods.
 */

const TRACES = 20_000;
const WAIT = 4;
const PERCENT = 10;

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));
const hash = (text: string, length: number) =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

interface Trace {
  id: string;
  kind: "error" | "slow" | "rest";
}
const traces = Array.from({ length: TRACES }, (_, n): Trace => {
  const kind = n % 50 === 0 ? "error" : n % 50 === 1 ? "slow" : "rest";
  return { id: hash(`trace ${n}`, 32), kind };
});
const spanOf = (id: string, which: string) => hash(`${id} ${which}`, 16);

/** FNV-1a of the policy's salt and the id, against the share of all 64-bit numbers: what the policy says it does. */
function isInShare(id: string): boolean {
  let sum = 0xcbf29ce484222325n;
  for (const byte of [...Buffer.from("observability-stack"), ...Buffer.from(id, "hex")])
    sum = BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n);
  return sum <= ((2n ** 64n - 1n) * BigInt(PERCENT)) / 100n;
}
const expected = traces.filter(({ id, kind }) => kind !== "rest" || isInShare(id));

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** Times in milliseconds, relative to the trace's start. */
function span(id: string, name: string, kind: number, parent: string, [from, to]: number[], failed = false) {
  const start = Date.now() - 2000;
  return {
    traceId: id,
    spanId: spanOf(id, name),
    ...(parent ? { parentSpanId: spanOf(id, parent) } : {}),
    name,
    kind,
    startTimeUnixNano: `${start + from}000000`,
    endTimeUnixNano: `${start + to}000000`,
    ...(failed ? { status: { code: 2 } } : {}),
  };
}

async function send(gateway: Collector, service: string, spans: object[]): Promise<void> {
  const resource = { attributes: [text("service.name", service), text("k8s.namespace.name", "shop")] };
  const { status } = await fetch(gateway.traces, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
  });
  expect(status).toBe(200);
}

/** Two services tell of each trace, each in a message of its own; neither alone knows whether the trace is to be kept. */
async function sendTraces(gateway: Collector, some: Trace[]): Promise<void> {
  const front = some.flatMap(({ id }) => [
    span(id, "GET /", 2, "", [0, 600]),
    span(id, "call", 3, "GET /", [100, 500]),
  ]);
  const back = some.map(({ id, kind }) =>
    span(id, "POST /pay", 2, "call", [200, kind === "slow" ? 1300 : 400], kind === "error"),
  );
  await send(gateway, "front", front);
  await send(gateway, "pay", back);
}
const COMPLETE = ["GET /", "call", "POST /pay"];

/** The gateway, samplers and, for each sampler, who takes what it keeps. */
class Tiers {
  readonly sinks: SpansSink[] = [];
  readonly samplers: Collector[] = [];
  gateway!: Collector;

  constructor(
    private readonly directory: string,
    private readonly replicas: number,
  ) {}

  async make(): Promise<void> {
    const tailSampling = {
      enabled: true,
      replicas: this.replicas,
      percent: PERCENT,
      decisionWait: `${WAIT}s`,
    };
    // Each is 15 s otherwise.
    const often = { metrics_flush_interval: "2s" };
    const overrides = { sampler: { connectors: { span_metrics: often, service_graph: often } } };
    const stack = stackWith({ tracing: { tailSampling }, overrides });
    for (let n = 0; n < this.replicas; n++) {
      const sink = new SpansSink();
      this.sinks.push(sink);
      const directory = join(this.directory, `sampler-${n}`);
      this.samplers.push(await samplerServer(directory, `sampler-${n}`, await sink.start(), stack));
    }
    const addresses = this.samplers.map(({ otlp }) => otlp);
    this.gateway = await collectorServer(join(this.directory, "gateway"), addresses, stack);
    await this.start();
  }

  async start(): Promise<void> {
    for (const one of [...this.samplers, this.gateway]) {
      one.server.start();
      await one.server.ready(one.health);
    }
  }

  async stop(): Promise<void> {
    for (const { server } of [this.gateway, ...this.samplers]) await server.end();
  }

  async end(): Promise<void> {
    await this.stop();
    for (const sink of this.sinks) sink.stop();
  }

  /** Trace -> the spans of it that arrived, and by which samplers. */
  arrived(): Map<string, { spans: Set<string>; by: number[] }> {
    const all = new Map<string, { spans: Set<string>; by: number[] }>();
    this.sinks.forEach((sink, by) =>
      sink.traces.forEach((spans, id) => {
        const found = all.get(id) ?? { spans: new Set(), by: [] };
        spans.forEach((span) => found.spans.add(span));
        all.set(id, { ...found, by: [...found.by, by] });
      }),
    );
    return all;
  }

  /** Series of a metric of spans, of all samplers. */
  async series(metric: string, labels: string[]): Promise<{ replica: string; value: number }[]> {
    const texts = await Promise.all(this.samplers.map(async ({ metrics }) => (await fetch(metrics)).text()));
    return texts
      .flatMap((text) => text.split("\n"))
      .filter((line) => line.startsWith(`${metric}{`) && labels.every((label) => line.includes(label)))
      .map((line) => ({
        replica: /replica="([^"]*)"/.exec(line)![1],
        value: Number(/\} (\S+)/.exec(line)![1]),
      }));
  }
}

const sum = (series: { value: number }[]) => series.reduce((all, { value }) => all + value, 0);
const ids = (some: Iterable<{ id: string }>) => [...some].map(({ id }) => id).sort();

describeWith(["collector", "otelcol-contrib"])("tail sampling", () => {
  const directory = mkdtempSync(join(tmpdir(), "samplers-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  describe.each([2, 3])("on %i replicas", (replicas) => {
    const tiers = new Tiers(join(directory, String(replicas)), replicas);
    beforeAll(() => tiers.make(), 120_000);
    afterAll(() => tiers.end());

    test("all errors and slow traces arrive complete, of the rest those that their ids say, and all are counted once", async () => {
      for (let from = 0; from < TRACES; from += 500)
        await sendTraces(tiers.gateway, traces.slice(from, from + 500));
      const labels = ['span_kind="SPAN_KIND_SERVER"', 'service_name="front"'];
      const calls = await eventually("all are counted", 90, async () => {
        const found = await tiers.series("traces_spanmetrics_calls_total", labels);
        return sum(found) >= TRACES ? found : undefined;
      });
      expect(sum(calls)).toBe(TRACES);
      // Each replica has a part of them, under its own name.
      expect(calls.map(({ replica }) => replica).sort()).toEqual(
        tiers.samplers.map((_, n) => `sampler-${n}`),
      );
      for (const { value } of calls) expect(value).toBeGreaterThan(TRACES / replicas / 2);
      const failed = ['service_name="pay"', 'status_code="STATUS_CODE_ERROR"'];
      const failures = await eventually("all failures are counted", 60, async () => {
        const found = await tiers.series("traces_spanmetrics_calls_total", failed);
        return sum(found) >= TRACES / 50 ? found : undefined;
      });
      expect(sum(failures)).toBe(TRACES / 50);
      await eventually("all are decided", 60, async () =>
        tiers.arrived().size >= expected.length ? true : undefined,
      );
      // Whatever else were kept would come in the same breath.
      await seconds(WAIT + 2);
      const arrived = tiers.arrived();
      expect([...arrived.keys()].sort()).toEqual(ids(expected));
      for (const [id, { spans, by }] of arrived) {
        expect([...spans].sort()).toEqual(COMPLETE.map((name) => spanOf(id, name)).sort());
        expect(by).toHaveLength(1);
      }
      const edges = await eventually("the service graph has all", 60, async () => {
        const found = await tiers.series("traces_service_graph_request_total", [
          'client="front"',
          'server="pay"',
        ]);
        return sum(found) >= TRACES ? found : undefined;
      });
      expect(sum(edges)).toBe(TRACES);
    }, 300_000);

    test("spans that come after the decision share the fate of their trace", async () => {
      const late = traces.slice(0, 2000);
      await send(
        tiers.gateway,
        "late",
        late.map(({ id }) => span(id, "late", 1, "GET /", [1400, 1500])),
      );
      const kept = expected.filter((trace) => late.includes(trace));
      const withLate = () =>
        [...tiers.arrived()].filter(([id, { spans }]) => spans.has(spanOf(id, "late"))).map(([id]) => id);
      await eventually("late spans", 60, async () => (withLate().length >= kept.length ? true : undefined));
      await seconds(WAIT + 2);
      expect(withLate().sort()).toEqual(ids(kept));
    }, 120_000);

    test("a request that runs into its timeout is kept whole, though it ends long after its first span", async () => {
      const id = [...Array(100).keys()].map((n) => hash(`timeout ${n}`, 32)).find((one) => !isInShare(one))!;
      await send(tiers.gateway, "pay", [span(id, "POST /pay", 2, "call", [200, 400])]);
      await seconds(WAIT + 4);
      await send(tiers.gateway, "front", [
        span(id, "GET /", 2, "", [0, 800], true),
        span(id, "call", 3, "GET /", [100, 700], true),
      ]);
      const spans = await eventually("it is kept", 60, async () => tiers.arrived().get(id)?.spans);
      expect([...spans].sort()).toEqual(COMPLETE.map((name) => spanOf(id, name)).sort());
    }, 120_000);

    if (replicas === 3)
      test("a replica that is killed loses what it had not decided, and nothing else", async () => {
        const before = tiers.arrived();
        const owner = (id: string) => before.get(id)!.by[0];
        // Started anew they remember no decision. Who is responsible for a trace follows from their addresses.
        await tiers.stop();
        for (const sink of tiers.sinks) sink.traces.clear();
        await tiers.start();
        const sentAt = new Map<string, number>();
        const [VICTIM, EVERY, KILL, BACK] = [1, 0.2, 10, 12];
        const began = Date.now();
        const since = () => (Date.now() - began) / 1000;
        const share = 30;
        let killedAt = 0;
        let isBack = false;
        for (let next = 0; next < expected.length; next += share) {
          const some = expected.slice(next, next + share);
          await sendTraces(tiers.gateway, some);
          for (const { id } of some) sentAt.set(id, since());
          if (!killedAt && since() > KILL) {
            await tiers.samplers[VICTIM].server.end("SIGKILL");
            killedAt = since();
          }
          if (!isBack && since() > BACK) {
            tiers.samplers[VICTIM].server.start();
            isBack = true;
          }
          await seconds(EVERY);
        }
        expect(isBack).toBe(true);
        await tiers.samplers[VICTIM].server.ready(tiers.samplers[VICTIM].health);
        // On the way: a second until a batch is full, one of the sampler's own clock, and some for a busy machine.
        const [LEAST, MOST] = [1.5, 3];
        const mustArrive = expected.filter(
          ({ id }) =>
            owner(id) !== VICTIM || sentAt.get(id)! > killedAt || sentAt.get(id)! < killedAt - WAIT - MOST,
        );
        const mustBeLost = expected.filter(
          ({ id }) =>
            owner(id) === VICTIM &&
            sentAt.get(id)! > killedAt - WAIT + LEAST &&
            sentAt.get(id)! < killedAt - LEAST,
        );
        const complete = () =>
          new Set(
            [...tiers.arrived()].filter(([, { spans }]) => spans.size === COMPLETE.length).map(([id]) => id),
          );
        await eventually("all that was not lost", 90, async () => {
          const there = complete();
          const missing = mustArrive.filter(({ id }) => !there.has(id));
          if (missing.length > 0) throw new Error(`${missing.length} are missing`);
          return true;
        });
        const there = complete();
        const lost = expected.filter(({ id }) => !there.has(id));
        console.info(
          `${lost.length} of ${expected.length} lost, ${mustBeLost.length} to ${expected.length - mustArrive.length} computed`,
        );
        expect(mustBeLost.length).toBeGreaterThan(20);
        expect(mustBeLost.filter(({ id }) => there.has(id))).toEqual([]);
      }, 240_000);
  });
});
