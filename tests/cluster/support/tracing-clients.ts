import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { JaegerExporter } from "@opentelemetry/exporter-jaeger";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { ZipkinExporter } from "@opentelemetry/exporter-zipkin";
import { Resource } from "@opentelemetry/resources";
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";

/** Sends one span of this service to a host and port, as an application does; answers its trace id. */
type Client = (service: string, address: string) => Promise<string>;

/** By the Collector's port: each client library that an application may bring along. OTLP/HTTP is ticketing's. */
export const clients: Record<string, Client> = {
  "otlp-grpc": sdk((address) => new OTLPTraceExporter({ url: `http://${address}` })),
  zipkin: sdk((address) => new ZipkinExporter({ url: `http://${address}/api/v2/spans` })),
  "jaeger-thrift": sdk((address) => new JaegerExporter({ endpoint: `http://${address}/api/traces` })),
  "jaeger-grpc": jaegerGrpc,
};

function sdk(exporter: (address: string) => SpanExporter): Client {
  return async (service, address) => {
    const provider = new BasicTracerProvider({
      resource: new Resource({ "service.name": service }),
      spanProcessors: [new SimpleSpanProcessor(exporter(address))],
    });
    const span = provider.getTracer("test").startSpan("sent");
    span.end();
    await provider.forceFlush();
    await provider.shutdown();
    return span.spanContext().traceId;
  };
}

/** What Jaeger's own agents speak; no library for Node does. */
async function jaegerGrpc(service: string, address: string): Promise<string> {
  const { jaeger } = loadPackageDefinition(loadSync(join(__dirname, "jaeger.proto"), { keepCase: true }));
  const { CollectorService } = (jaeger as unknown as { api_v2: Record<string, ServiceClientConstructor> })
    .api_v2;
  const client = new CollectorService(address, credentials.createInsecure());
  const traceId = randomBytes(16);
  const seconds = Math.floor(Date.now() / 1000);
  const span = {
    trace_id: traceId,
    span_id: randomBytes(8),
    operation_name: "sent",
    start_time: { seconds },
    duration: { nanos: 1000 },
  };
  await new Promise<void>((resolve, reject) =>
    client.PostSpans({ batch: { spans: [span], process: { service_name: service } } }, (error: unknown) =>
      error ? reject(error) : resolve(),
    ),
  );
  client.close();
  return traceId.toString("hex");
}
