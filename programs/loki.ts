import { bytes } from "../config/units";
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

/** A share of the memory limit, in MiB. */
const memory = ({ settings }: Stack, share: number): number =>
  Math.floor((bytes(settings.logs.resources.limits.memory) * share) / 2 ** 20);

/** Loki 3 as one binary on a file system, with retention that is enforced: the compactor deletes. */
export function lokiConfig(stack: Stack): object {
  const { settings } = stack;
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
    ingester: {
      wal: {
        dir: "/loki/wal",
        flush_on_shutdown: true,
        // At its start the log is read back; above this size it is written out before more is read. Default 4 GB.
        replay_memory_ceiling: `${memory(stack, 0.25)}MB`,
      },
    },
    // The defaults are 100 MB for chunks, and again for each of four kinds of results.
    chunk_store_config: { chunk_cache_config: cache(memory(stack, 0.06)) },
    query_range: { results_cache: { cache: cache(memory(stack, 0.02)) } },
  };
}

const cache = (max_size_mb: number) => ({ embedded_cache: { enabled: true, max_size_mb } });
