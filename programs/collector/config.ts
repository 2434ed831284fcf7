import type { Settings } from "../../config/schema";
import { bytes } from "../../config/units";
import { addressOf } from "../addresses";
import { type Stack, tracesBackend } from "../program";

export const ports = {
  "otlp-grpc": 4317,
  "otlp-http": 4318,
  zipkin: 9411,
  "jaeger-grpc": 14250,
  "jaeger-thrift": 14268,
  "span-metrics": 8889,
  telemetry: 8888,
  health: 13133,
};

/** Where the queue is kept. */
export const QUEUE = "/var/lib/otelcol";

const listen = (port: number) => `0.0.0.0:${port}`;

/**
 * The OpenTelemetry Collector gateway: every way in, pod attributes, and the metrics of spans, which are computed
 * from all spans before anything could be sampled away.
 *
 * Metric names are those that Grafana's service graph reads: `traces_spanmetrics_calls_total`,
 * `traces_spanmetrics_latency_bucket` (seconds), `traces_service_graph_request_total`.
 */
export function collectorConfig(stack: Stack): object {
  const { settings } = stack;
  const { traces } = tracesBackend(stack);
  const backend = Object.entries(traces.exporter(stack));
  const exporter = Object.fromEntries(backend.map(([name, to]) => [name, { ...to, ...queued(settings) }]));
  return {
    extensions: {
      health_check: { endpoint: listen(ports.health) },
      file_storage: {
        directory: QUEUE,
        create_directory: true,
        // What a crash of the node has left unreadable is put aside instead of ending every start.
        recreate: true,
        // The file only grows while it is in use; a start gives back what is free.
        compaction: { on_start: true, directory: QUEUE, cleanup_on_start: true },
      },
    },
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: listen(ports["otlp-grpc"]) },
          http: { endpoint: listen(ports["otlp-http"]) },
        },
      },
      zipkin: { endpoint: listen(ports.zipkin) },
      jaeger: {
        protocols: {
          grpc: { endpoint: listen(ports["jaeger-grpc"]) },
          thrift_http: { endpoint: listen(ports["jaeger-thrift"]) },
        },
      },
    },
    processors: {
      // First in every pipeline: refuses data before the kernel kills the process.
      memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
      k8s_attributes: {
        extract: {
          metadata: [
            "k8s.namespace.name",
            "k8s.pod.name",
            "k8s.container.name",
            "k8s.deployment.name",
            "k8s.node.name",
          ],
        },
        pod_association: [
          { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
          {
            sources: [
              { from: "resource_attribute", name: "k8s.namespace.name" },
              { from: "resource_attribute", name: "k8s.pod.name" },
            ],
          },
          { sources: [{ from: "connection" }] },
        ],
      },
      resource: {
        attributes: [
          { key: "env", value: settings.environment, action: "upsert" },
          { key: "region", value: settings.region, action: "upsert" },
          // The same names as the labels of logs and metrics, so that one can be laid beside the other.
          ...["namespace", "pod", "container"].map((key) => ({
            key,
            from_attribute: `k8s.${key}.name`,
            action: "upsert",
          })),
        ],
      },
      "transform/span_metrics": {
        metric_statements: [
          // Those of whichever pod came first; service and namespace are labels of each series.
          "keep_keys(resource.attributes, [])",
          'set(metric.unit, "") where metric.name == "traces.spanmetrics.duration"',
          'set(metric.name, "traces.spanmetrics.latency") where metric.name == "traces.spanmetrics.duration"',
          'set(datapoint.attributes["operation"], datapoint.attributes["span.name"]) where datapoint.attributes["span.name"] != nil',
        ],
      },
    },
    connectors: {
      span_metrics: {
        namespace: "traces.spanmetrics",
        histogram: { unit: "s", explicit: { buckets: LATENCY } },
        exemplars: { enabled: true },
        // One series a service, however many pods it has: the pods' own attributes are left out of the key.
        resource_metrics_key_attributes: ["service.name", "namespace"],
        dimensions: [{ name: "namespace" }],
        // Another one after each start.
        exclude_dimensions: ["collector.instance.id"],
        // Services beyond the cache push others out, whose counters begin anew.
        resource_metrics_cache_size: 4000,
        // Of one service; the rest is counted together. Span names that hold ids would fill the memory.
        aggregation_cardinality_limit: 1000,
        // What has had no span for this long is gone from the metrics.
        metrics_expiration: "1h",
        series_expiration: "1h",
        metrics_flush_interval: "15s",
      },
      service_graph: {
        latency_histogram_buckets: LATENCY,
        // Calls of which one side is still awaited.
        store: { ttl: "10s", max_items: 20_000 },
        // Databases send no spans of their own: they are known by their callers', old and new conventions alike.
        virtual_node_peer_attributes: ["peer.service", "db.system.name", "db.system", "db.name"],
        database_name_attributes: ["db.system.name", "db.system", "db.name"],
        metrics_flush_interval: "15s",
      },
    },
    exporters: {
      ...exporter,
      // OpenMetrics is what carries exemplars to Prometheus.
      prometheus: {
        endpoint: listen(ports["span-metrics"]),
        enable_open_metrics: true,
        without_scope_info: true,
      },
    },
    service: {
      extensions: ["health_check", "file_storage"],
      telemetry: {
        logs: { level: "warn" },
        metrics: {
          readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: ports.telemetry } } } }],
        },
      },
      pipelines: {
        traces: {
          receivers: ["otlp", "zipkin", "jaeger"],
          processors: ["memory_limiter", "k8s_attributes", "resource"],
          exporters: ["span_metrics", "service_graph", ...Object.keys(exporter)],
        },
        metrics: {
          receivers: ["span_metrics", "service_graph"],
          processors: ["transform/span_metrics"],
          exporters: ["prometheus"],
        },
      },
    },
  };
}

/**
 * Spans wait on disk until the backend takes them. They are put together to batches after they were written, and
 * leave the disk when they have arrived: a batch processor before the queue would lose what it holds in memory, and
 * hide from senders that the queue is full. Batches stay below the 4 MiB that a gRPC server takes.
 */
const queued = ({ tracing }: Settings) => ({
  retry_on_failure: { initial_interval: "1s", max_interval: "10s", max_elapsed_time: "0s" },
  sending_queue: {
    storage: "file_storage",
    sizer: "bytes",
    queue_size: bytes(tracing.collector.queue),
    num_consumers: 4,
    batch: { flush_timeout: "1s", min_size: 2 ** 18, max_size: 2 ** 20 },
  },
});

/** Buckets around the figures that people set: 500 ms (an objective), 1 s (a slow trace), 2 s (HighLatency). */
const LATENCY = ["5ms", "10ms", "25ms", "50ms", "100ms", "250ms", "500ms", "1s", "2s", "5s", "10s"];

/** What applications are told, by a ConfigMap of this fixed name in each of their namespaces (`envFrom`). */
export const TRACING_CONFIG = "observability-tracing";
export function tracingEnvironment(stack: Stack): Record<string, string> {
  const probability = String(stack.settings.tracing.sampling.probability);
  const http = (port: string) => `http://${addressOf(stack, "collector", port)}`;
  return {
    TRACING_SAMPLING_PROBABILITY: probability,
    MANAGEMENT_TRACING_SAMPLING_PROBABILITY: probability,
    // Spring Boot measures how long requests take in buckets only when it is told: HighLatency needs them.
    MANAGEMENT_METRICS_DISTRIBUTION_PERCENTILESHISTOGRAM_HTTP_SERVER_REQUESTS: "true",
    // And a bucket that ends where the objective does.
    MANAGEMENT_METRICS_DISTRIBUTION_SLO_HTTP_SERVER_REQUESTS: `${Math.round(stack.settings.slo.latency.seconds * 1000)}ms`,
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: probability,
    OTEL_EXPORTER_OTLP_ENDPOINT: http("otlp-http"),
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    ZIPKIN_ENDPOINT: `${http("zipkin")}/api/v2/spans`,
  };
}
