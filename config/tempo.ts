import { ports } from "./addresses";
import type { Settings } from "./schema";
import { goDuration } from "./units";

/** Tempo 2 as one binary on a file system. Span metrics are the Collector's, so its own generator stays off. */
export function tempoConfig(settings: Settings): object {
  return {
    usage_report: { reporting_enabled: false },
    server: { http_listen_port: ports.tempo.metrics, log_level: "warn" },
    distributor: {
      receivers: { otlp: { protocols: { grpc: { endpoint: `0.0.0.0:${ports.tempo["otlp-grpc"]}` } } } },
    },
    compactor: { compaction: { block_retention: goDuration(settings.tracing.retention.time) } },
    storage: {
      trace: { backend: "local", local: { path: "/var/tempo/blocks" }, wal: { path: "/var/tempo/wal" } },
    },
  };
}
