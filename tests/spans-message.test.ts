import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { parse } from "protobufjs";
import { type Collector, collectorServer } from "./support/collectors";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { stackWith, type Tempo, tempoServer } from "./support/servers";
import { SpansSink } from "./support/spans-sink";

/* Spans and messages that are larger than usual, and what is beside them. */

const Request = parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { repeated ScopeSpans scope_spans = 2; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span { bytes trace_id = 1; bytes span_id = 2; string name = 5; fixed64 start = 7; fixed64 end = 8; repeated Attribute attributes = 9; }
  message Attribute { string key = 1; Value value = 2; }
  message Value { string string_value = 1; }
`).root.lookupType("Request");
const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

const newId = () => randomBytes(16).toString("hex");
const newIds = (count: number) => Array.from({ length: count }, newId);

/** A span whose attribute has this many bytes. */
const span = (traceId: string, size = 10) => ({
  ...{ traceId: Buffer.from(traceId, "hex"), spanId: randomBytes(8), name: "GET /" },
  ...{ start: (Date.now() - 5) * 1e6, end: Date.now() * 1e6 },
  attributes: [{ key: "payload", value: { stringValue: "x".repeat(size) } }],
});

const message = (spans: object[]) =>
  Buffer.from(Request.encode(Request.create({ resourceSpans: [{ scopeSpans: [{ spans }] }] })).finish());

async function send({ traces }: Collector, spans: object[]): Promise<number> {
  const headers = { "content-type": "application/x-protobuf" };
  return (await fetch(traces, { method: "POST", headers, body: message(spans) })).status;
}

async function sendByGrpc({ otlp }: Collector, spans: object[]): Promise<void> {
  const client = new Client(otlp, credentials.createInsecure());
  const asIs = (bytes: Buffer) => bytes;
  try {
    await new Promise<void>((resolve, reject) =>
      client.makeUnaryRequest(EXPORT, asIs, asIs, message(spans), (error) =>
        error ? reject(error) : resolve(),
      ),
    );
  } finally {
    client.close();
  }
}

describeWith(["collector", "otelcol-contrib"], ["tempo", "tempo"])("the gateway", () => {
  const directory = mkdtempSync(join(tmpdir(), "spans-message-"));
  const sink = new SpansSink();
  let tempo: Tempo;
  let toSink: Collector;
  let toTempo: Collector;
  beforeAll(async () => {
    tempo = await tempoServer(directory, stackWith());
    toSink = await collectorServer(join(directory, "to-sink"), await sink.start());
    toTempo = await collectorServer(join(directory, "to-tempo"), tempo.otlp);
    for (const { server } of [tempo, toSink, toTempo]) server.start();
    await tempo.server.ready(`${tempo.url}/ready`);
    for (const { server, health } of [toSink, toTempo]) await server.ready(health);
  }, 120_000);
  afterAll(async () => {
    for (const { server } of [tempo, toSink, toTempo]) await server.end();
    sink.stop();
    rmSync(directory, { recursive: true });
  });

  const arrive = (ids: string[]) =>
    eventually(`${ids.length} traces`, 30, async () =>
      ids.every((id) => sink.traces.has(id)) ? true : undefined,
    );
  const found = (ids: string[]) =>
    eventually(`${ids.length} traces in Tempo`, 30, async () => {
      for (const id of ids)
        if ((await fetch(`${tempo.url}/api/traces/${id}`)).status !== 200) return undefined;
      return true;
    });

  test("takes a message of 10 MB by gRPC, as a Collector in front of it puts one together", async () => {
    const ids = newIds(12);
    await sendByGrpc(
      toSink,
      ids.map((id) => span(id, 900_000)),
    );
    await arrive(ids);
  });

  test("passes on a span of 2 MB, and those behind it in its message", async () => {
    const ids = newIds(21);
    expect(
      await send(
        toSink,
        ids.map((id, n) => span(id, n === 10 ? 2e6 : 10)),
      ),
    ).toBe(200);
    await arrive(ids);
  });

  test("has the largest message that it takes stored, and small ones beside it", async () => {
    const [large, small] = [newIds(7), newIds(20)];
    expect(
      await Promise.all([
        send(
          toTempo,
          large.map((id) => span(id, 2.9e6)),
        ),
        ...small.map((id) => send(toTempo, [span(id)])),
      ]),
    ).toEqual(Array(21).fill(200));
    await found([...small, ...large]);
  });

  test("refuses a larger one", async () => {
    expect(await send(toTempo, [span(newId(), 21.5e6)])).toBe(400);
    expect(await send(toTempo, [span(newId())])).toBe(200);
  });
});
