import { goDuration } from "../config/units";
import { addressOf, pathOf } from "./addresses";
import { configFile } from "./overrides";
import type { Program, Stack } from "./program";
import { traceLinks } from "./trace-links";

const ports = { http: 16686, "otlp-grpc": 4317, health: 13133, telemetry: 8888 };
const listen = (port: keyof typeof ports) => `0.0.0.0:${ports[port]}`;

const DATA = "/badger";

/** Keeps traces by age, in a Badger database on its volume, and shows them on pages of its own: Jaeger 2. */
export const jaeger: Program = {
  name: "jaeger",
  component: "tracing",
  workload: "StatefulSet",
  image: "jaeger",
  go: true,
  user: 10001,
  enabled: ({ tracing }) => tracing.backend === "jaeger",
  ports: () => ports,
  telemetry: () => [{ port: "telemetry" }],
  pages: { title: "Jaeger", what: "traces", login: false },
  args: () => ["--config=/etc/jaeger/jaeger.yaml"],
  files: (stack) => [
    {
      name: "config",
      path: "/etc/jaeger",
      files: { "jaeger.yaml": configFile(stack, "jaeger", jaegerConfig(stack)) },
    },
  ],
  data: ({ tracing }) => ({ path: DATA, setting: "tracing.storage", ...tracing.storage }),
  probes: () => ({
    // It replays its log first.
    startup: { path: "/status", port: "health", minutes: 15 },
    ready: { path: "/status", port: "health", delay: 5, period: 5 },
    live: { path: "/status", port: "health", delay: 30, period: 10 },
  }),
  resources: ({ tracing }) => tracing.jaeger.resources,
  traces: {
    port: "otlp-grpc",
    exporter: (stack) => ({
      otlp_grpc: { endpoint: addressOf(stack, "jaeger", "otlp-grpc"), tls: { insecure: true } },
    }),
    written: 'otelcol_exporter_sent_spans_total{exporter="jaeger_storage_exporter"}',
  },
  datasource: {
    signal: "traces",
    name: "Jaeger",
    type: "jaeger",
    port: "http",
    path: (stack) => pathOf(stack, "jaeger"),
    jsonData: (stack) => ({ ...traceLinks(stack), nodeGraph: { enabled: true } }),
  },
};

/** Jaeger 2 is a Collector with a store and pages. Span metrics are the gateway's, in front of it. */
export function jaegerConfig(stack: Stack): object {
  const { tracing } = stack.settings;
  return {
    receivers: { otlp: { protocols: { grpc: { endpoint: listen("otlp-grpc") } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: "badger" } },
    extensions: {
      jaeger_storage: {
        backends: {
          badger: {
            badger: {
              ephemeral: false,
              directories: { keys: `${DATA}/keys`, values: `${DATA}/values` },
              ttl: { spans: goDuration(tracing.retention.time) },
            },
          },
        },
      },
      jaeger_query: {
        storage: { traces: "badger" },
        base_path: pathOf(stack, "jaeger") || "/",
        http: { endpoint: listen("http") },
      },
      healthcheckv2: { use_v2: true, http: { endpoint: listen("health") } },
    },
    service: {
      extensions: ["jaeger_storage", "jaeger_query", "healthcheckv2"],
      // No batches: the gateway sends some, and hears at once where one could not be written.
      pipelines: { traces: { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] } },
      telemetry: {
        logs: { level: "warn", encoding: "json" },
        metrics: {
          level: "normal",
          readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: ports.telemetry } } } }],
        },
      },
    },
  };
}
