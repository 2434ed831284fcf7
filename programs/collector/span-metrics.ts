import { listen, ports } from "./common";

/** Buckets around the figures that people set: 500 ms (an objective), 1 s (a slow trace), 2 s (HighLatency). */
const LATENCY = ["5ms", "10ms", "25ms", "50ms", "100ms", "250ms", "500ms", "1s", "2s", "5s", "10s"];

/**
 * The metrics of spans, of whichever collector sees each trace as a whole and before anything is sampled away.
 *
 * Metric names are those that Grafana's service graph reads: `traces_spanmetrics_calls_total`,
 * `traces_spanmetrics_latency_bucket` (seconds), `traces_service_graph_request_total`.
 */
export const spanMetrics = {
  processors: {
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
    // OpenMetrics is what carries exemplars to Prometheus.
    prometheus: {
      endpoint: listen(ports["span-metrics"]),
      enable_open_metrics: true,
      without_scope_info: true,
    },
  },
  /** What takes the spans. */
  sinks: ["span_metrics", "service_graph"],
  pipeline: {
    receivers: ["span_metrics", "service_graph"],
    processors: ["transform/span_metrics"],
    exporters: ["prometheus"],
  },
};
