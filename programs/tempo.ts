import { alert } from "../alerts/alert";
import { counted, LOSS_COUNTS } from "../alerts/counted";
import { compactionAlert, storeWritesAlert } from "../alerts/stores";
import { bytes, goDuration } from "../config/units";
import { addressOf } from "./addresses";
import { BATCH_MIB, takesBatches } from "./collector/message";
import { configFile } from "./overrides";
import { uidOf } from "./backends";
import type { Program, Stack } from "./program";
import { callsOf, endpointOf, inBucket, isPlain, type S3 } from "./s3";
import { traceLinks } from "./trace-links";
import { traceql } from "./traceql";

const ports = { http: 3200, "otlp-grpc": 4317 };

/** Keeps traces. */
export const tempo: Program = {
  name: "tempo",
  component: "tracing",
  workload: "StatefulSet",
  image: "tempo",
  go: true,
  user: 10001,
  enabled: ({ tracing }) => tracing.backend === "tempo",
  ports: () => ports,
  telemetry: () => [{ port: "http" }],
  ...inBucket(({ tracing }) => tracing.s3),
  calls: ({ settings }) => callsOf(settings.tracing.s3),
  args: () => ["-config.file=/etc/tempo/tempo.yaml", "-target=all"],
  files: (stack) => [
    {
      name: "config",
      path: "/etc/tempo",
      files: { "tempo.yaml": configFile(stack, "tempo", tempoConfig(stack)) },
    },
  ],
  data: ({ tracing }) => ({ path: "/var/tempo", setting: "tracing.storage", ...tracing.storage }),
  probes: () => ({
    // It answers 503 while it replays its log.
    startup: { path: "/ready", port: "http", minutes: 15 },
    ready: { path: "/ready", port: "http", delay: 5, period: 5 },
    live: { path: "/ready", port: "http", delay: 60, period: 10 },
  }),
  resources: ({ tracing }) => tracing.resources,
  alerts: ({ settings }) => [
    {
      name: "tempo",
      rules: [
        alert(settings, "SpansLost", {
          // What comes too fast is sent again.
          expr: counted("reason", 'tempo_discarded_spans_total{reason!="rate_limited"}', LOSS_COUNTS),
          for: settings.alerting.rules.spansLost.for,
          severity: "warning",
          summary: "Tempo dropped {{ $value | humanize }} spans: {{ $labels.reason }}",
          description: `Noticed for ${settings.alerting.rules.spansLost.for}: they are not sent again.`,
        }),
        compactionAlert(settings, "tempodb_compaction_errors_total", "Tempo"),
        storeWritesAlert(settings, "tempo_ingester_failed_flushes_total", "Tempo", "traces"),
        alert(settings, "RetentionNotApplied", {
          expr: "sum by (env, region) (increase(tempodb_retention_errors_total[10m])) > 0",
          for: settings.alerting.rules.retentionNotApplied.for,
          severity: "warning",
          summary: "Tempo cannot delete by age",
          description: `For ${settings.alerting.rules.retentionNotApplied.for}: its store fills.`,
        }),
      ],
    },
  ],
  traces: {
    port: "otlp-grpc",
    exporter: (stack) => ({
      otlp_grpc: { endpoint: addressOf(stack, "tempo", "otlp-grpc"), tls: { insecure: true } },
    }),
    traceql: true,
    // As Grafana's editor of queries writes it.
    show: (which) => ({ queryType: "traceql", query: traceql(which), limit: 20, tableType: "traces" }),
    written: "tempo_distributor_spans_received_total",
    deleted: "tempodb_retention_deleted_total",
  },
  datasource: {
    signal: "traces",
    name: "Tempo",
    type: "tempo",
    port: "http",
    jsonData: (stack) => ({
      ...traceLinks(stack),
      serviceMap: { datasourceUid: uidOf(stack, "metrics") },
      nodeGraph: { enabled: true },
    }),
  },
};

/** How long a sender waits whom it refuses, in seconds. */
const REFUSED_FOR = 5;

/** Tempo 2 as one binary. Span metrics are the Collector's, so its own generator stays off. */
export function tempoConfig({ settings }: Stack): object {
  const memory = bytes(settings.tracing.resources.limits.memory);
  // A trace is in memory for up to twenty seconds, in two or three times its size.
  const rate = Math.floor(memory / 128);
  return {
    usage_report: { reporting_enabled: false },
    server: { http_listen_port: ports.http, log_level: "warn" },
    distributor: {
      receivers: { otlp: { protocols: takesBatches(`0.0.0.0:${ports["otlp-grpc"]}`) } },
      // What comes too fast, such as a backlog, is to be sent again. Without it senders take the refusal as final.
      retry_after_on_resource_exhausted: `${REFUSED_FOR}s`,
    },
    overrides: {
      defaults: {
        ingestion: {
          // The default is 10,000 traces in memory: Tempo drops the spans of all others, and the sender takes them for kept.
          max_traces_per_user: 0,
          // What comes faster is refused and waits in the gateway; the burst is what all of them then bring. A batch above
          // it would be refused for ever.
          rate_limit_bytes: rate,
          burst_size_bytes: Math.max(REFUSED_FOR * rate, BATCH_MIB * 2 ** 20),
        },
      },
    },
    ingester: {
      // A block is in memory while it is completed, and at a start several of them are; the default is 500 MB.
      max_block_bytes: Math.floor(memory / 8),
      // It is completed from pieces, one of each ten seconds, which are all open then and take 2.5 MB each, however few
      // spans they hold. The default is half an hour: 180 pieces, and more memory than there is.
      max_block_duration: "5m",
    },
    // What is kept can be searched, and a range before that is no error; the default is a week.
    query_frontend: { search: { max_duration: "0s" } },
    compactor: { compaction: { block_retention: goDuration(settings.tracing.retention.time) } },
    storage: {
      trace: {
        ...(settings.tracing.s3
          ? { backend: "s3", s3: bucketConfig(settings.tracing.s3) }
          : { backend: "local", local: { path: "/var/tempo/blocks" } }),
        wal: { path: "/var/tempo/wal" },
        // Of what it kept before it was away for a quarter of an hour it hears here first; the default is 5 minutes.
        blocklist_poll: "30s",
      },
    },
  };
}

const bucketConfig = (s3: S3) => ({
  bucket: s3.bucket,
  region: s3.region,
  endpoint: endpointOf(s3),
  insecure: isPlain(s3),
  forcepathstyle: s3.endpoint !== undefined,
});
