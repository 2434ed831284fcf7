import { urlOf } from "./addresses";
import { configFile } from "./overrides";
import { type Program, type Stack, uidOf } from "./program";

const ports = { http: 3100, grpc: 9096 };

/** Keeps logs. */
export const loki: Program = {
  name: "loki",
  component: "logs",
  workload: "StatefulSet",
  image: "loki",
  go: true,
  user: 10001,
  enabled: ({ logs }) => logs.backend === "loki",
  ports: () => ports,
  telemetry: () => [{ port: "http" }],
  args: () => ["-config.file=/etc/loki/loki.yaml", "-target=all"],
  files: (stack) => [
    {
      name: "config",
      path: "/etc/loki",
      files: { "loki.yaml": configFile(stack, "loki", lokiConfig(stack)) },
    },
  ],
  data: ({ logs }) => ({ path: "/loki", setting: "logs.storage", ...logs.storage }),
  probes: () => ({
    // It answers 503 while it replays its log.
    startup: { path: "/ready", port: "http", minutes: 15 },
    ready: { path: "/ready", port: "http", delay: 30, period: 5 },
    live: { path: "/ready", port: "http", delay: 45, period: 10 },
  }),
  resources: ({ logs }) => logs.resources,
  logs: {
    port: "http",
    pushUrl: (stack) => `${urlOf(stack, "loki", "http")}/loki/api/v1/push`,
    linesOfTrace: '{$${__tags}} | trace_id = "$${__trace.traceId}"',
  },
  datasource: {
    signal: "logs",
    name: "Loki",
    type: "loki",
    port: "http",
    jsonData: (stack) => ({
      derivedFields: [
        {
          name: "TraceID",
          matcherType: "label",
          matcherRegex: "trace_id",
          url: "$${__value.raw}",
          datasourceUid: uidOf(stack, "traces"),
          urlDisplayLabel: "Trace",
        },
      ],
    }),
  },
};

/** Loki 3 as one binary on a file system, with retention that is enforced: the compactor deletes. */
export function lokiConfig({ settings }: Stack): object {
  return {
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: { http_listen_port: ports.http, grpc_listen_port: ports.grpc, log_level: "warn" },
    common: {
      path_prefix: "/loki",
      instance_addr: "127.0.0.1",
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
      storage: { filesystem: { chunks_directory: "/loki/chunks", rules_directory: "/loki/rules" } },
    },
    schema_config: {
      configs: [
        {
          // In the past, so that lines older than the installation are taken as well.
          from: "2024-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    limits_config: {
      retention_period: settings.logs.retention.time,
      // Labels are namespace, pod, container, app and level; Loki must not add its own guesses.
      discover_service_name: [],
      discover_log_levels: false,
      allow_structured_metadata: true,
      // A collector that was away for a while may deliver late, but not older than what is deleted anyway.
      reject_old_samples_max_age: settings.logs.retention.time,
      // A longer line is kept and says that it was cut; the default refuses it, and nobody hears of it.
      max_line_size: "256KB",
      max_line_size_truncate: true,
      max_line_size_truncate_identifier: " [cut at 256 KiB]",
    },
    compactor: {
      working_directory: "/loki/compactor",
      retention_enabled: true,
      delete_request_store: "filesystem",
    },
    ingester: { wal: { dir: "/loki/wal", flush_on_shutdown: true } },
  };
}
