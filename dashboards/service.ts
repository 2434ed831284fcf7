import { type Dashboard, logs, stat, timeSeries, traces } from "./panels";

/** All three signals of one service: how many, how many wrong, how slow; then its traces and its logs. */
export function serviceDashboard(): Dashboard {
  const metrics = 'namespace="$namespace", service="$service"';
  const spans = 'namespace="$namespace", service_name="$service", span_kind="SPAN_KIND_SERVER"';
  const container = 'namespace="$namespace", pod=~"$service-.*", container!=""';
  const requests = `service:http_requests:rate5m{${metrics}}`;
  const quantile = (q: number) => ({
    expr: `histogram_quantile(${q}, sum by (le) (rate(traces_spanmetrics_latency_bucket{${spans}}[5m])))`,
    legend: `p${q * 100}`,
    exemplar: true,
  });
  return {
    uid: "service",
    title: "Service",
    description: "Metrics, traces and logs of one service.",
    tags: ["observability-stack"],
    variables: [
      { name: "namespace", label: "Namespace", query: 'label_values(up{service!=""}, namespace)' },
      {
        name: "service",
        label: "Service",
        query: 'label_values(up{namespace="$namespace", service!=""}, service)',
      },
    ],
    rows: [
      {
        height: 4,
        panels: [
          stat("Pods that answer", "short", `sum(up{${metrics}})`),
          stat("Requests", "reqps", `sum(${requests})`),
          stat(
            "Errors",
            "percentunit",
            `(sum(service:http_requests:rate5m{${metrics}, status=~"5.."}) or vector(0)) / sum(${requests})`,
            [0.01, 0.05],
          ),
          stat("p95", "s", quantile(0.95).expr, [0.5, 2]),
        ],
      },
      {
        title: "Metrics",
        height: 8,
        panels: [
          timeSeries("Requests by status", "reqps", [
            { expr: `sum by (status) (${requests})`, legend: "{{status}}" },
          ]),
          timeSeries("Duration, with traces", "s", [quantile(0.5), quantile(0.95), quantile(0.99)]),
        ],
      },
      {
        height: 8,
        panels: [
          timeSeries(
            "Calls to others",
            "reqps",
            [
              {
                expr: `sum by (server) (rate(traces_service_graph_request_total{client="$service"}[5m]))`,
                legend: "to {{server}}",
              },
              {
                expr: `sum by (client) (rate(traces_service_graph_request_total{server="$service"}[5m]))`,
                legend: "from {{client}}",
              },
            ],
            "Counted from spans: with tracing.sampling.probability below 1 only that share of the calls is seen.",
          ),
          timeSeries("Memory", "bytes", [
            { expr: `sum by (pod) (container_memory_working_set_bytes{${container}})`, legend: "{{pod}}" },
          ]),
          timeSeries("Processor", "short", [
            {
              expr: `sum by (pod) (rate(container_cpu_usage_seconds_total{${container}}[5m]))`,
              legend: "{{pod}}",
            },
          ]),
        ],
      },
      { title: "Traces", height: 8, panels: [traces("Traces", '{resource.service.name="$service"}')] },
      { title: "Logs", height: 10, panels: [logs("Logs", '{namespace="$namespace", app="$service"}')] },
    ],
  };
}
