import type { Settings } from "../config/schema";
import { tracesKeeper } from "../config/schema/elasticsearch";
import { goDuration, wholeDuration } from "../config/units";
import { addressOf, authorityOf, pathOf, trustOf, urlOf } from "./addresses";
import { takesBatches } from "./collector/message";
import { PASSWORD } from "./elasticsearch/access";
import { daysKept, LOGIN, shards } from "./elasticsearch/traces";
import { configFile } from "./overrides";
import type { Program, Stack } from "./program";
import { traceLinks } from "./trace-links";

const ports = { http: 16686, "otlp-grpc": 4317, health: 13133, telemetry: 8888 };
const listen = (port: keyof typeof ports) => `0.0.0.0:${ports[port]}`;

const DATA = "/badger";

/** Keeps traces by age, in a Badger database on its volume or in Elasticsearch, and shows them on pages of its own: Jaeger 2. */
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
  calls: ({ settings }) =>
    isInElasticsearch(settings) ? [{ to: "elasticsearch", ports: ["http"], why: "keeps traces there" }] : [],
  // Where it keeps traces there: without it, it ends at its start, again and again.
  after: ["elasticsearch"],
  args: () => ["--config=/etc/jaeger/jaeger.yaml"],
  files: (stack) => [
    {
      name: "config",
      path: "/etc/jaeger",
      files: { "jaeger.yaml": configFile(stack, "jaeger", jaegerConfig(stack)) },
    },
  ],
  secrets: (stack) =>
    isInElasticsearch(stack.settings)
      ? [{ name: LOGIN, env: { [PASSWORD]: "password" } }, ...trustOf(stack, "elasticsearch")]
      : [],
  data: (settings) =>
    isInElasticsearch(settings)
      ? undefined
      : { path: DATA, setting: "tracing.storage", ...settings.tracing.storage },
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
    // Its search knows services by their names alone.
    show: ({ service, failed, slow }) => ({
      queryType: "search",
      service,
      ...(failed ? { tags: "error=true" } : {}),
      ...(slow ? { minDuration: wholeDuration(slow) } : {}),
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
  const store = isInElasticsearch(stack.settings) ? inElasticsearch(stack) : badger(stack.settings);
  const [name] = Object.keys(store);
  return {
    receivers: { otlp: { protocols: takesBatches(listen("otlp-grpc")) } },
    exporters: { jaeger_storage_exporter: { trace_storage: name } },
    extensions: {
      jaeger_storage: { backends: { [name]: store } },
      jaeger_query: {
        storage: { traces: name },
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

const isInElasticsearch = ({ tracing }: Settings): boolean => tracesKeeper(tracing) === "jaeger";

const badger = ({ tracing }: Settings) => ({
  badger: {
    ephemeral: false,
    directories: { keys: `${DATA}/keys`, values: `${DATA}/values` },
    ttl: { spans: goDuration(tracing.retention.time) },
  },
});

/** programs/index-cleaner.ts deletes there. */
function inElasticsearch(stack: Stack) {
  const authority = authorityOf(stack, "elasticsearch");
  const index = shards(stack.settings);
  return {
    elasticsearch: {
      server_urls: [urlOf(stack, "elasticsearch", "http")],
      ...(authority ? { tls: { ca_file: authority.file } } : {}),
      auth: { basic: { username: "jaeger", password: `\${env:${PASSWORD}}` } },
      indices: { spans: index, services: index },
      // It looks no further back.
      max_span_age: goDuration(`${daysKept(stack.settings) + 1}d`),
    },
  };
}
