import { logsBackend, uidOf } from "./backends";
import type { Stack } from "./program";

/** Links from a span to its lines and to the metrics of its pod, as Grafana's datasources of traces take them. */
export const traceLinks = (stack: Stack): object => ({
  tracesToLogsV2: {
    datasourceUid: uidOf(stack, "logs"),
    spanStartTimeShift: "-5m",
    spanEndTimeShift: "5m",
    tags: ["namespace", "pod", "container"].map((key) => ({ key, value: key })),
    customQuery: true,
    query: logsBackend(stack).logs.linesOfTrace,
  },
  tracesToMetrics: {
    datasourceUid: uidOf(stack, "metrics"),
    spanStartTimeShift: "-15m",
    spanEndTimeShift: "15m",
    // Of the span's own pod; what serves requests is known by the scrape of that pod.
    tags: ["namespace", "pod"].map((key) => ({ key, value: key })),
    queries: [
      {
        name: "Processor",
        query: 'sum by (pod) (rate(container_cpu_usage_seconds_total{$$__tags, container!=""}[5m]))',
      },
      {
        name: "Memory",
        query: 'sum by (pod) (container_memory_working_set_bytes{$$__tags, container!=""})',
      },
      {
        name: "Requests a second",
        query: "sum by (service) (service:http_requests:rate5m and on (namespace, service) up{$$__tags})",
      },
      {
        name: "p95 seconds",
        query:
          "histogram_quantile(0.95, sum by (service, le) (service:http_request_duration_seconds_bucket:rate5m and on (namespace, service) up{$$__tags}))",
      },
    ],
  },
});
