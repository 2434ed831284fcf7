import { logsBackend } from "../programs/backends";
import type { Stack } from "../programs/program";
import type { Dashboard } from "./dashboard";
import { logRates, stat, table, timeSeries } from "./panels";
import { durationOf, podsThatAnswer, rateOf, shareOf } from "./requests";

/** Where to begin: what is firing, and which services there are in which state. */
export function landingDashboard(stack: Stack): Dashboard {
  const { settings } = stack;
  const { highErrorRate, highLatency } = settings.alerting.rules;
  const firing = (severity: string) =>
    `count(ALERTS{alertstate="firing", severity="${severity}"}) or vector(0)`;
  const by = "namespace, service";
  const pods = podsThatAnswer('service!=""', by);
  return {
    uid: "landing",
    folder: "overview",
    title: "Landing",
    description: "What is firing, and which services there are in which state. Start here.",
    rows: [
      {
        height: 4,
        panels: [
          stat(
            "Critical alerts",
            "short",
            "Firing now; those on lines are in Alertmanager alone. Above 0: open Alert Overview, take the oldest, follow its runbook.",
            firing("critical"),
            [0.5, 1],
          ),
          stat(
            "Warnings",
            "short",
            "Firing now; those on lines are in Alertmanager alone. They can wait for working hours, but not for weeks.",
            firing("warning"),
            [1, 10],
          ),
          stat(
            "Services that answer",
            "short",
            "Watched services of which a pod answers its scrape. Fewer than are watched: the table says which do not.",
            `sum(clamp_max(${pods}, 1))`,
          ),
          stat(
            "Services that are watched",
            "short",
            "Those of the settings, and those whose annotated pods are scraped now. One is missing: look at its pods' annotations.",
            `count(${pods})`,
          ),
          stat(
            "Alerting works",
            "short",
            "1: the watchdog fires as it always should. Nothing here: rules are not evaluated; look at Prometheus.",
            'count(ALERTS{alertname="Watchdog", alertstate="firing"})',
          ),
        ],
      },
      {
        title: "Services",
        height: 10,
        panels: [
          table(
            "Services",
            "A row for each watched service; 0 pods: it is down. A click on its name leads to its details, logs and traces.",
            [
              { title: "Pods that answer", unit: "short", expr: pods },
              { title: "Requests", unit: "reqps", expr: rateOf("", by) },
              {
                title: "Errors",
                unit: "percentunit",
                expr: shareOf("", "5..", by),
                thresholds: [highErrorRate.threshold / 5, highErrorRate.threshold],
              },
              {
                title: "p95",
                unit: "s",
                expr: durationOf(0.95, "", by),
                thresholds: [highLatency.seconds / 4, highLatency.seconds],
              },
            ],
            [
              { title: "Details", uid: "service" },
              { title: "Logs", uid: "logs" },
              { title: "Traces", uid: "traces" },
            ],
          ),
        ],
      },
      {
        height: 8,
        panels: [
          timeSeries(
            "Requests",
            "reqps",
            "By service. A sudden fall is as much a sign as errors: look at what is in front of it.",
            [{ expr: rateOf("", by), legend: "{{namespace}}/{{service}}" }],
          ),
          timeSeries(
            "Share of answers with 5xx",
            "percentunit",
            `By service. HighErrorRate fires above ${highErrorRate.threshold * 100} %: open that service's details.`,
            [{ expr: shareOf("", "5..", by), legend: "{{namespace}}/{{service}}" }],
          ),
          logRates(
            "Error lines",
            `Lines of level error and fatal a ${logsBackend(stack).logs.per}, by namespace; open Logs for the lines.`,
            "namespace",
            { errors: true },
          ),
        ],
      },
    ],
  };
}
