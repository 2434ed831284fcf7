import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { IORedisInstrumentation } from "@opentelemetry/instrumentation-ioredis";
import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import Redis from "ioredis";
import pg from "pg";
import { role } from "./role";
import { services } from "./services";

/*
 * Imported first, before anything loads `http`. The SDK reads OTEL_TRACES_SAMPLER[_ARG], OTEL_RESOURCE_ATTRIBUTES and
 * OTEL_EXPORTER_OTLP_ENDPOINT by itself. Without an endpoint there are trace ids in the logs but nothing is sent.
 */
const provider = new NodeTracerProvider({
  resource: defaultResource()
    .merge(resourceFromAttributes({ "service.name": services[role].name, "service.version": "0.1.0" }))
    .merge(detectResources({ detectors: [envDetector] })),
  spanProcessors: process.env.OTEL_EXPORTER_OTLP_ENDPOINT
    ? [new BatchSpanProcessor(new OTLPTraceExporter())]
    : [],
});
provider.register();

const redis = new IORedisInstrumentation();
const postgres = new PgInstrumentation({ requireParentSpan: true });
registerInstrumentations({
  instrumentations: [
    // Probes and scrapes would drown the requests of users.
    new HttpInstrumentation({
      ignoreIncomingRequestHook: ({ url }) => url === "/health" || url === "/metrics",
    }),
    new UndiciInstrumentation(),
    redis,
    postgres,
  ],
});
// Instrumentation hooks `require`, and in the bundled file nobody requires these any more: hand them over ourselves.
for (const definition of redis.getModuleDefinitions()) definition.patch?.(Redis);
for (const { name, patch } of postgres.getModuleDefinitions()) if (name === "pg") patch?.(pg);

/** Sends the spans that still wait. */
export const flushSpans = (): Promise<void> => provider.shutdown();
