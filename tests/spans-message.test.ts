import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { parse } from "protobufjs";
import { collectorServer } from "./support/collectors";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { SpansSink } from "./support/spans-sink";

const Request = parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { repeated ScopeSpans scope_spans = 2; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span { bytes trace_id = 1; bytes span_id = 2; string name = 5; }
`).root.lookupType("Request");
const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

describeWith(["collector", "otelcol-contrib"])("the gateway", () => {
  const directory = mkdtempSync(join(tmpdir(), "spans-message-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  test("takes a message of 10 MB by gRPC, as a Collector in front of it puts one together", async () => {
    const sink = new SpansSink();
    const { server, health, otlp } = await collectorServer(directory, await sink.start());
    const client = new Client(otlp, credentials.createInsecure());
    server.start();
    try {
      await server.ready(health);
      const spans = [...Array(12)].map(() => ({
        ...{ traceId: randomBytes(16), spanId: randomBytes(8), name: "n".repeat(900_000) },
      }));
      const message = Request.encode(
        Request.create({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
      ).finish();
      const asIs = (bytes: Buffer) => bytes;
      await new Promise<void>((resolve, reject) =>
        client.makeUnaryRequest(EXPORT, asIs, asIs, Buffer.from(message), (error) =>
          error ? reject(error) : resolve(),
        ),
      );
      await eventually("all of its spans", 30, async () =>
        sink.traces.size === spans.length ? true : undefined,
      );
    } finally {
      client.close();
      await server.end();
      sink.stop();
    }
  }, 120_000);
});
