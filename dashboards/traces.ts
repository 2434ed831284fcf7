import { tracesBackend } from "../programs/backends";
import type { Stack } from "../programs/program";
import { type Dashboard, NAMESPACE, SERVICE } from "./dashboard";
import { table, timeSeries, traces } from "./panels";

/** Requests, errors and duration as spans tell them; the slowest, the failed, and who calls whom. */
export function tracesDashboard(stack: Stack): Dashboard {
  const { datasource, traces: backend } = tracesBackend(stack);
  const spans = 'namespace="$namespace", service_name=~"$service"';
  const server = `${spans}, span_kind="SPAN_KIND_SERVER"`;
  const rate = (labels: string, by: string) =>
    `sum by (${by}) (rate(traces_spanmetrics_calls_total{${labels}}[5m]))`;
  const share = (labels: string, by: string) =>
    `(${rate(`${labels}, status_code="STATUS_CODE_ERROR"`, by)} or 0 * ${rate(labels, by)}) / (${rate(labels, by)} > 0)`;
  const quantile = (q: number) => ({
    expr: `histogram_quantile(${q}, sum by (service_name, le) (rate(traces_spanmetrics_latency_bucket{${server}}[5m])))`,
    legend: `{{service_name}} p${q * 100}`,
    exemplar: true,
  });
  const edges = (metric: string) =>
    `sum by (client, server) (rate(traces_service_graph_request_${metric}[5m]))`;
  return {
    uid: "traces",
    folder: "services",
    title: "Traces",
    description: `Requests, errors and duration from spans; ${backend.traceql ? "the slowest and the failed traces; " : ""}who calls whom.`,
    variables: [NAMESPACE, { ...SERVICE, all: true }],
    rows: [
      {
        height: 8,
        panels: [
          timeSeries(
            "Requests",
            "reqps",
            "Spans of requests that were served, before any sampling in the gateway. Far fewer than on Service: the application samples, or sends to nobody.",
            [{ expr: rate(server, "service_name"), legend: "{{service_name}}" }],
          ),
          timeSeries(
            "Errors",
            "percentunit",
            "Share of those spans that failed. Above 0: Operations below says which.",
            [{ expr: share(server, "service_name"), legend: "{{service_name}}" }],
          ),
          timeSeries("Duration, with traces", "s", "A click on a dot opens the trace behind it.", [
            quantile(0.95),
            quantile(0.99),
          ]),
        ],
      },
      {
        height: 9,
        panels: [
          table("Operations", "As of now. Databases and caches are among them, as their callers see them.", [
            { title: "Calls", unit: "reqps", expr: rate(spans, "service_name, operation") },
            {
              title: "Errors",
              unit: "percentunit",
              expr: share(spans, "service_name, operation"),
              thresholds: [0.01, 0.05],
            },
          ]),
          table(
            "Who calls whom",
            backend.traceql
              ? `Failed above 0: look first at the one that is called. Explore draws it (${datasource!.name}, Service Graph).`
              : "Failed above 0: look first at the one that is called.",
            [
              { title: "Calls", unit: "reqps", expr: edges("total") },
              {
                title: "Failed",
                unit: "reqps",
                expr: `${edges("failed_total")} or 0 * ${edges("total")}`,
              },
            ],
          ),
        ],
      },
      ...found,
    ],
  };
}

const chosen = { namespace: "$namespace", service: "$service" };
const found: Dashboard["rows"] = [
  {
    height: 9,
    panels: [
      traces("Slow traces", "Longer than half a second. The longest bar in one is where to look.", {
        ...chosen,
        slow: 0.5,
      }),
      traces("Failed traces", "Of the spans that are marked as errors the deepest is where it began.", {
        ...chosen,
        failed: true,
      }),
    ],
  },
];
