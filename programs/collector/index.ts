import { alert, type RuleGroup } from "../../alerts/alert";
import { counted, LOSS_COUNTS, REFUSAL_COUNTS } from "../../alerts/counted";
import { percent } from "../../alerts/services";
import type { Settings } from "../../config/schema";
import { configFile } from "../overrides";
import { tracesBackend } from "../backends";
import { type Program, watch } from "../program";
import { ports, probes, QUEUE } from "./common";
import { collectorConfig } from "./config";
import { samples } from "./sampler";

const withoutSpanMetrics = Object.fromEntries(
  Object.entries(ports).filter(([name]) => name !== "span-metrics"),
);

/** The OpenTelemetry Collector gateway: applications send their spans here. */
export const collector: Program = {
  name: "collector",
  component: "tracing",
  workload: "StatefulSet",
  image: "collector",
  go: true,
  user: 10001,
  ports: (settings) => (samples(settings) ? withoutSpanMetrics : ports),
  telemetry: ({ settings }) => [
    ...(samples(settings) ? [] : [{ port: "span-metrics", aboutOthers: true }]),
    { port: "telemetry" },
  ],
  openToApplications: ["otlp-grpc", "otlp-http", "zipkin", "jaeger-grpc", "jaeger-thrift"],
  calls: (stack) => {
    if (samples(stack.settings))
      return [{ to: "sampler", ports: ["otlp-grpc"], why: "sends the spans of a trace to one of them" }];
    const { name, traces } = tracesBackend(stack);
    return [{ to: name, ports: [traces.port], why: "sends the spans" }];
  },
  kubernetesApi: [watch("", ["pods", "namespaces"]), watch("apps", ["replicasets"])],
  args: () => ["--config=/etc/collector/config.yaml"],
  files: (stack) => [
    {
      name: "config",
      path: "/etc/collector",
      files: { "config.yaml": configFile(stack, "collector", collectorConfig(stack)) },
    },
  ],
  data: ({ tracing }) => ({
    path: QUEUE,
    setting: "tracing.collector.storage",
    ...tracing.collector.storage,
  }),
  probes: () => probes,
  resources: ({ tracing }) => tracing.collector.resources,
  alerts: ({ settings }) => [spanAlerts(settings)],
};

/** Alerts on spans on their way. */
function spanAlerts(settings: Settings): RuleGroup {
  const { spansLost, spanQueueFilling } = settings.alerting.rules;
  return {
    name: "collector",
    rules: [
      alert(settings, "SpansLost", {
        expr: [
          counted("exporter", "otelcol_exporter_send_failed_spans", LOSS_COUNTS),
          counted("receiver", "otelcol_receiver_refused_spans", REFUSAL_COUNTS),
        ].join("\nor\n"),
        for: spansLost.for,
        severity: "warning",
        summary:
          "{{ $value | humanize }} spans were lost or refused by {{ $labels.exporter }}{{ $labels.receiver }}",
        description: `For ${spansLost.for}. What is refused, applications send again for a while.`,
      }),
      alert(settings, "SpanQueueFilling", {
        expr: `max by (env, region, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity) > ${spanQueueFilling.threshold}`,
        for: spanQueueFilling.for,
        severity: "warning",
        summary: "The spans that wait take {{ $value | humanizePercentage }} of their queue",
        description: `More than ${percent(spanQueueFilling.threshold)} for ${spanQueueFilling.for}: their store does not take them. When it is full, applications are told to send again later.`,
      }),
    ],
  };
}
