import type { Settings } from "./schema";
import { ports } from "./addresses";

/** Loki 3 as one binary on a file system, with retention that is enforced: the compactor deletes. */
export function lokiConfig(settings: Settings): object {
  return {
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: { http_listen_port: ports.loki.metrics, grpc_listen_port: ports.loki.grpc, log_level: "warn" },
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
    },
    compactor: {
      working_directory: "/loki/compactor",
      retention_enabled: true,
      delete_request_store: "filesystem",
    },
    ingester: { wal: { dir: "/loki/wal", flush_on_shutdown: true } },
  };
}
