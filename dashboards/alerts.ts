import { seconds } from "../config/units";
import type { Stack } from "../programs/program";
import type { Dashboard } from "./dashboard";
import { stat, table, timeSeries } from "./panels";

/** What fires and what is about to, from Prometheus' own record of its alerts. */
export function alertsDashboard({ settings }: Stack): Dashboard {
  const perMinute = 60 / seconds(settings.metrics.evaluationInterval);
  const people = 'alertname!="Watchdog"';
  const count = (state: string, severity: string) =>
    `count(ALERTS{alertstate="${state}", severity="${severity}", ${people}}) or vector(0)`;
  // Each by all its labels, whichever an alert has: two of one name are two rows, and one that only waits is no row's start.
  const since = `min without (env, region, uid) (ALERTS_FOR_STATE{${people}} and ignoring (alertstate) ALERTS{alertstate="firing"})`;
  return {
    uid: "alerts",
    folder: "overview",
    title: "Alert Overview",
    description:
      "Which alerts fire, since when, and how many there were. Alerts on lines, and silences, are in Alertmanager.",
    rows: [
      {
        height: 4,
        panels: [
          stat(
            "Critical",
            "short",
            "Firing now. Begin with the oldest of the table below and its runbook.",
            count("firing", "critical"),
            [0.5, 1],
          ),
          stat(
            "Warning",
            "short",
            "Firing now; nobody is woken for these.",
            count("firing", "warning"),
            [1, 10],
          ),
          stat(
            "Pending",
            "short",
            "The condition holds, but not yet for long enough. Many at once: something large has begun.",
            `count(ALERTS{alertstate="pending", ${people}}) or vector(0)`,
            [5, 20],
          ),
        ],
      },
      {
        height: 9,
        panels: [
          table(
            "Firing now",
            "For how long the condition has held, by alert and what it is about; the oldest is on top. The runbook has a heading for each name.",
            [
              {
                title: "For",
                unit: "s",
                expr: `sort_desc(time() - ${since})`,
              },
            ],
            [
              { title: "Details", uid: "service" },
              { title: "Logs", uid: "logs" },
            ],
          ),
          table(
            "How often in the time that is shown",
            "Minutes that each alert fired. What heads this list for weeks wants its cause removed, or another threshold.",
            [
              {
                title: "Minutes",
                unit: "m",
                expr: `sum by (alertname, severity) (count_over_time(ALERTS{alertstate="firing", ${people}}[$__range])) / ${perMinute}`,
              },
            ],
          ),
        ],
      },
      {
        title: "Over time",
        height: 8,
        panels: [
          timeSeries("By severity", "short", "Firing alerts. Steps that come together have one cause.", [
            {
              expr: `count by (severity) (ALERTS{alertstate="firing", ${people}}) or on () vector(0)`,
              legend: "{{severity}}",
            },
          ]),
          timeSeries("By name", "short", "Firing and pending, to see which came first.", [
            {
              expr: `count by (alertname, alertstate) (ALERTS{${people}}) or on () vector(0)`,
              legend: "{{alertname}} {{alertstate}}",
            },
          ]),
        ],
      },
    ],
  };
}
