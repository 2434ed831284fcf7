import { type handleUnaryCall, Server, ServerCredentials } from "@grpc/grpc-js";
import { parse } from "protobufjs";

/** Of OTLP's message only what tells spans apart; a reader passes over all other fields. */
const { root } = parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { repeated ScopeSpans scope_spans = 2; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span { bytes trace_id = 1; bytes span_id = 2; }
`);
const Request = root.lookupType("Request");

interface Spans {
  resourceSpans: { scopeSpans: { spans: { traceId: Buffer; spanId: Buffer }[] }[] }[];
}

/** Takes spans over gRPC as Tempo does, and remembers which it was sent. */
export class SpansSink {
  /** Trace id -> ids of its spans. */
  readonly traces = new Map<string, Set<string>>();
  private server = new Server({ "grpc.max_receive_message_length": -1 });

  /** Returns host:port. */
  async start(): Promise<string> {
    const handle: handleUnaryCall<Spans, Buffer> = ({ request }, answer) => {
      for (const { scopeSpans } of request.resourceSpans)
        for (const { spans } of scopeSpans)
          for (const { traceId, spanId } of spans) {
            const id = Buffer.from(traceId).toString("hex");
            if (!this.traces.has(id)) this.traces.set(id, new Set());
            this.traces.get(id)!.add(Buffer.from(spanId).toString("hex"));
          }
      answer(null, Buffer.alloc(0));
    };
    this.server.addService(
      {
        export: {
          path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
          requestStream: false,
          responseStream: false,
          requestSerialize: (request: Spans) => Buffer.from(Request.encode(Request.create(request)).finish()),
          requestDeserialize: (bytes: Buffer) => Request.decode(bytes) as unknown as Spans,
          responseSerialize: (answer: Buffer) => answer,
          responseDeserialize: (answer: Buffer) => answer,
        },
      },
      { export: handle },
    );
    return new Promise((resolve, reject) =>
      this.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(`127.0.0.1:${port}`),
      ),
    );
  }

  stop(): void {
    this.server.forceShutdown();
  }
}
