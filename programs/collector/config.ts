import { wholeDuration } from "../../config/units";
import { addressOf } from "../addresses";
import { isDeployed, type Stack } from "../program";
import { extensions, listen, memoryLimiter, ports, queued, service, toBackend } from "./common";
import { MESSAGE_MIB } from "./message";
import { spanMetrics } from "./span-metrics";

/**
 * The OpenTelemetry Collector gateway: every way in, pod attributes, and the metrics of spans; or, with tail sampling,
 * the way to the sampler that has the other spans of the same trace, which then computes those metrics.
 */
export function collectorConfig(stack: Stack): object {
  const { settings } = stack;
  const samples = isDeployed(stack, "sampler");
  const exporter = samples ? toSampler(stack) : toBackend(stack);
  const sinks = Object.keys(exporter);
  return {
    extensions,
    receivers: {
      otlp: {
        protocols: {
          // As much as by HTTP. By default 4 MiB: what a Collector in front of this one puts together is more, and lost.
          grpc: { endpoint: listen(ports["otlp-grpc"]), max_recv_msg_size_mib: MESSAGE_MIB },
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
      memory_limiter: memoryLimiter,
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
      ...(samples ? {} : spanMetrics.processors),
    },
    ...(samples ? {} : { connectors: spanMetrics.connectors }),
    exporters: {
      ...exporter,
      ...(samples ? {} : spanMetrics.exporters),
    },
    service: {
      ...service,
      pipelines: {
        traces: {
          receivers: ["otlp", "zipkin", "jaeger"],
          processors: ["memory_limiter", "k8s_attributes", "resource"],
          exporters: samples ? sinks : [...spanMetrics.sinks, ...sinks],
        },
        ...(samples ? {} : { metrics: spanMetrics.pipeline }),
      },
    },
  };
}

/**
 * To whichever sampler its trace's id leads to. Each has an address of its own behind the one name. What waits is kept
 * in front of the choice, so that it finds another way when a sampler is gone; behind it nothing is kept or tried again.
 */
function toSampler(stack: Stack) {
  const [hostname, port] = addressOf(stack, "sampler", "otlp-grpc").split(":");
  const sent = queued(stack.settings);
  const atOnce = { sending_queue: { enabled: false }, retry_on_failure: { enabled: false } };
  return {
    load_balancing: {
      ...sent,
      // Unlike other exporters it has no defaults of its own for these, and tries nothing again unless it is told.
      retry_on_failure: {
        enabled: true,
        ...sent.retry_on_failure,
        multiplier: 1.5,
        randomization_factor: 0.5,
      },
      routing_key: "traceID",
      resolver: { dns: { hostname, port } },
      protocol: { otlp: { tls: { insecure: true }, ...atOnce } },
    },
  };
}

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
    MANAGEMENT_METRICS_DISTRIBUTION_SLO_HTTP_SERVER_REQUESTS: wholeDuration(
      stack.settings.slo.latency.seconds,
    ),
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: probability,
    OTEL_EXPORTER_OTLP_ENDPOINT: http("otlp-http"),
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    // Agents of OpenTelemetry send these there too, where nobody takes them: metrics are scraped, lines are read on the node.
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    ZIPKIN_ENDPOINT: `${http("zipkin")}/api/v2/spans`,
    // Spring Boot 3 sends nothing by OTLP, and by Zipkin to its own host, until it is told by these.
    MANAGEMENT_OTLP_TRACING_ENDPOINT: `${http("otlp-http")}/v1/traces`,
    MANAGEMENT_ZIPKIN_TRACING_ENDPOINT: `${http("zipkin")}/api/v2/spans`,
  };
}
