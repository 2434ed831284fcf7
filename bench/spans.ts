import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { Resource } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { type Collector, collectorServer, plainCollector, samplerServer } from "../tests/support/collectors";
import { type Server, stackWith, tempoServer } from "../tests/support/servers";
import { SpansSink } from "../tests/support/spans-sink";
import { judge } from "./measure";

/*
 * npm run bench:spans, without a cluster: spans as instrumented services send them, 10,000 a second for half a minute,
 * through the real Collector and the real Tempo. Prints how many of them one core carries, from the processor time that
 * each program took; the attributes of pods are left out, since only a cluster knows them.
 */
const A_SECOND = 10_000;
const SECONDS = Number(process.env.SECONDS ?? 30);
const SERVICES = 20;
const TRACES_A_BATCH = 40;
const SPANS_A_TRACE = 5;
const SPANS_A_BATCH = TRACES_A_BATCH * SPANS_A_TRACE;

const attributes = {
  "http.request.method": "GET",
  "http.route": "/api/tickets/{id}",
  "http.response.status_code": 200,
  "url.path": "/api/tickets/4711",
  "server.address": "ticket-service",
  "network.protocol.version": "1.1",
  "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
};

/** Traces of one service, of which one in fifty fails. */
function batch(service: string): Uint8Array<ArrayBuffer> {
  const exporter = new InMemorySpanExporter();
  const resource = new Resource({
    "service.name": service,
    "k8s.namespace.name": "shop",
    "k8s.pod.name": `${service}-0`,
  });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer("bench");
  for (let index = 0; index < TRACES_A_BATCH; index++) {
    const root = tracer.startSpan("GET /api/tickets/{id}", { kind: SpanKind.SERVER, attributes });
    const within = trace.setSpan(ROOT_CONTEXT, root);
    for (let child = 1; child < SPANS_A_TRACE; child++)
      tracer.startSpan("redis-GET", { kind: SpanKind.CLIENT, attributes }, within).end();
    if (index % 50 === 0) root.setStatus({ code: SpanStatusCode.ERROR });
    root.end();
  }
  return new Uint8Array(ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans())!);
}

/** Sends at one pace, and returns the spans that one second of processor time carried, for each of the servers. */
async function carried(to: Collector, servers: Record<string, Server>): Promise<Record<string, number>> {
  for (const server of Object.values(servers)) if (!server.running) server.start();
  await to.server.ready(to.health);
  // Made first, so that their making takes nothing from the programs.
  const bodies = [...Array((A_SECOND * SECONDS) / SPANS_A_BATCH).keys()].map((index) =>
    batch(`service-${index % SERVICES}`),
  );
  const before = Object.entries(servers).map(([name, server]) => [name, server.cpuSeconds] as const);
  const began = Date.now();
  for (const [index, body] of bodies.entries()) {
    const headers = { "content-type": "application/x-protobuf" };
    const answer = await fetch(to.traces, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`the Collector answers ${answer.status}: ${await answer.text()}`);
    await delay(Math.max(0, began + ((index + 1) * 1000 * SPANS_A_BATCH) / A_SECOND - Date.now()));
  }
  // What waits to be decided or written is done as well.
  await delay(15_000);
  const sent = bodies.length * SPANS_A_BATCH;
  return Object.fromEntries(before.map(([name, cpu]) => [name, sent / (servers[name].cpuSeconds - cpu)]));
}

/** What it took and did not keep; what it refused for its rate comes again. */
async function droppedBy(tempo: string): Promise<number> {
  const text = await (await fetch(`${tempo}/metrics`)).text();
  const dropped = text.matchAll(/^tempo_discarded_spans_total\{reason="(?!rate_limited)[^}]*\} (\S+)$/gm);
  return [...dropped].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-spans-"));
  const sink = new SpansSink();
  const store = await sink.start();
  const running: Server[] = [];
  /** One arrangement at a time. */
  const run = async (
    what: string,
    to: Collector,
    servers: Record<string, Server>,
    atEnd: () => Promise<void> = async () => undefined,
  ) => {
    console.log(`${what}: ${A_SECOND} spans a second for ${SECONDS} s`);
    running.push(...Object.values(servers));
    const spans = await carried(to, servers);
    await atEnd();
    for (const [name, server] of Object.entries(servers)) {
      console.log(
        `  ${name}: ${Math.round(spans[name])} spans a second and core, ${server.peakMemory.toFixed(0)} MiB`,
      );
      await server.end();
    }
    return spans;
  };
  try {
    const memory = await plainCollector(join(directory, "memory"), store, false);
    await run("a Collector that only passes on, its queue in memory", memory, { collector: memory.server });

    const disk = await plainCollector(join(directory, "disk"), store, true);
    const plain = await run("a Collector that only passes on, its queue on disk", disk, {
      collector: disk.server,
    });

    const whole = await collectorServer(join(directory, "whole"), store);
    const gateway = await run("the gateway, metrics of spans and a queue on disk", whole, {
      gateway: whole.server,
    });

    const tailSampling = { enabled: true, replicas: 2, decisionWait: "5s" };
    const stack = stackWith({ tracing: { tailSampling } });
    const samplers = await Promise.all(
      [0, 1].map((n) => samplerServer(join(directory, `sampler-${n}`), `sampler-${n}`, store, stack)),
    );
    for (const { server } of samplers) {
      running.push(server);
      server.start();
    }
    const first = await collectorServer(
      join(directory, "first"),
      samplers.map(({ otlp }) => otlp),
      stack,
    );
    const tail = await run("with tail sampling, two samplers", first, {
      gateway: first.server,
      ...Object.fromEntries(samplers.map(({ server }, n) => [`sampler ${n}, of all spans`, server])),
    });

    const tempo = await tempoServer(join(directory, "tempo"));
    tempo.server.start();
    running.push(tempo.server);
    await tempo.server.ready(`${tempo.url}/ready`);
    const before = await collectorServer(join(directory, "before"), tempo.otlp);
    await run(
      "from the gateway to Tempo",
      before,
      { gateway: before.server, tempo: tempo.server },
      async () => judge("spans that Tempo dropped", await droppedBy(tempo.url), 0, ""),
    );

    judge("passing on, on disk / the gateway", plain.collector / gateway.gateway, 1 / 0.8);
    judge("passing on, on disk / the gateway in front of samplers", plain.collector / tail.gateway, 1 / 0.8);
  } finally {
    for (const server of running) await server.end();
    sink.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

void main();
