import { burnFactors } from "../alerts/slo";
import type { Stack } from "../programs/program";
import { type Dashboard, NAMESPACE, SERVICE, SERVICES } from "./dashboard";
import { statOfGood, table, timeSeries } from "./panels";
import { durationOf, rateOf, shareOf } from "./requests";

/** Objectives: what was promised, what is kept, how fast the error budget goes; and the four golden signals. */
export function sloDashboard({ settings }: Stack): Dashboard {
  const { fast, steady, slow } = burnFactors(settings);
  const by = "namespace, service, slo";
  const of = 'namespace=~"$namespace", service=~"$service"';
  const budget = `max by (${by}) (slo:error_budget{${of}})`;
  const ratio = (window: string) => `max by (${by}) (slo:error_ratio:rate${window}{${of}})`;
  const burn = (window: string) => `${ratio(window)} / ${budget}`;
  const legend = "{{service}} {{slo}}";
  return {
    uid: "slo",
    folder: "overview",
    title: "SRE Golden Signals",
    description: "Objectives, what is left of their error budgets, and latency, traffic, errors, saturation.",
    variables: [
      { ...NAMESPACE, all: true },
      {
        ...SERVICE,
        query: `label_values({${SERVICES}, namespace=~"$namespace"}, service)`,
        all: true,
      },
    ],
    rows: [
      {
        height: 9,
        panels: [
          table(
            "Objectives",
            "A row for each objective. Burn above 1 for three days: the budget does not last for the window; make room for repairs before new features.",
            [
              { title: "Objective", unit: "percentunit", expr: `1 - ${budget}` },
              { title: "Good, 1 h", unit: "percentunit", expr: `1 - ${ratio("1h")}` },
              { title: "Good, 3 days", unit: "percentunit", expr: `1 - ${ratio("3d")}` },
              { title: "Burn, 1 h", unit: "short", expr: burn("1h"), thresholds: [steady, fast] },
              { title: "Burn, 6 h", unit: "short", expr: burn("6h"), thresholds: [slow, steady] },
              { title: "Burn, 3 days", unit: "short", expr: burn("3d"), thresholds: [slow, steady] },
            ],
            [
              { title: "Details", uid: "service" },
              { title: "Logs", uid: "logs" },
            ],
          ),
          statOfGood(
            "Error budget left, by the last three days",
            "percentunit",
            "1 less the burn rate of three days. Below 0: at this speed the promise of the window is broken.",
            `1 - ${burn("3d")}`,
            [0, 0.25],
            legend,
          ),
        ],
      },
      {
        title: "Burn rates",
        height: 8,
        panels: [
          timeSeries(
            "Burn rate, 1 h",
            "short",
            `1: the budget lasts for exactly the window. Above ${fast} somebody is woken: a fiftieth of ${settings.slo.window} of budget goes within the hour.`,
            [{ expr: burn("1h"), legend }],
          ),
          timeSeries(
            "Burn rate, 6 h",
            "short",
            `Above ${steady} somebody is woken; above ${slow} for three days is a warning.`,
            [{ expr: burn("6h"), legend }],
          ),
        ],
      },
      {
        title: "Golden signals",
        height: 8,
        panels: [
          timeSeries("Latency, p95", "s", "Slow for all services at once: look at what they share.", [
            { expr: durationOf(0.95, of, "namespace, service"), legend: "{{namespace}}/{{service}}" },
          ]),
          timeSeries(
            "Traffic",
            "reqps",
            "A sudden fall is as much a sign as errors: look at what is in front of that service.",
            [{ expr: rateOf(of, "namespace, service"), legend: "{{namespace}}/{{service}}" }],
          ),
        ],
      },
      {
        height: 8,
        panels: [
          timeSeries(
            "Errors",
            "percentunit",
            "Share of answers with 5xx. One service: open its details; several at once: look at what they share.",
            [{ expr: shareOf(of, "5..", "namespace, service"), legend: "{{namespace}}/{{service}}" }],
          ),
          timeSeries(
            "Saturation",
            "percentunit",
            "Memory of the fullest container of each namespace against its limit. Close to 1: it will be killed; raise the limit or find the leak.",
            [
              {
                expr: `max by (namespace) (max by (namespace, pod, container) (container_memory_working_set_bytes{namespace=~"$namespace", container!=""}) / on (namespace, pod, container) max by (namespace, pod, container) (kube_pod_container_resource_limits{resource="memory"}))`,
                legend: "{{namespace}}",
              },
            ],
          ),
        ],
      },
    ],
  };
}
