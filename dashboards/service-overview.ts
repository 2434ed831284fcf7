import { logsBackend } from "../programs/backends";
import type { Stack } from "../programs/program";
import { type Dashboard, NAMESPACE } from "./dashboard";
import { logRates, logs, table, timeSeries, traces } from "./panels";
import { durationOf, durationWithTraces, podsThatAnswer, rateOf, shareOf } from "./requests";

/** All services of a namespace beside each other: rate, errors, duration. */
export function serviceOverviewDashboard(stack: Stack): Dashboard {
  const { settings } = stack;
  const { per } = logsBackend(stack).logs;
  const { highErrorRate, highLatency } = settings.alerting.rules;
  const here = 'namespace="$namespace"';
  const by = "namespace, service";
  const legend = "{{service}}";
  const quantile = (q: number) => ({
    expr: durationOf(q, here, by),
    legend: `${legend} p${q * 100}`,
  });
  return {
    uid: "service-overview",
    folder: "services",
    title: "Service Overview",
    description: "All services of a namespace beside each other: rate, errors, duration.",
    variables: [NAMESPACE],
    rows: [
      {
        height: 8,
        panels: [
          table(
            "Services",
            "As of now. A click on a name leads to its details, logs and traces at the same time.",
            [
              {
                title: "Pods that answer",
                unit: "short",
                expr: podsThatAnswer(`${here}, service!=""`, by),
              },
              { title: "Requests", unit: "reqps", expr: rateOf(here, by) },
              { title: "4xx", unit: "percentunit", expr: shareOf(here, "4..", by) },
              {
                title: "5xx",
                unit: "percentunit",
                expr: shareOf(here, "5..", by),
                thresholds: [highErrorRate.threshold / 5, highErrorRate.threshold],
              },
              { title: "p50", unit: "s", expr: durationOf(0.5, here, by) },
              { title: "p95", unit: "s", expr: durationOf(0.95, here, by) },
              {
                title: "p99",
                unit: "s",
                expr: durationOf(0.99, here, by),
                thresholds: [highLatency.seconds / 2, highLatency.seconds],
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
            "A sudden fall is as much a sign as errors: look at what is in front of that service.",
            [{ expr: rateOf(here, by), legend }],
          ),
          timeSeries(
            "4xx",
            "percentunit",
            "Callers ask for what they may not or what is not there. A rise: the service's log says for what.",
            [{ expr: shareOf(here, "4..", by), legend }],
          ),
          timeSeries(
            "5xx",
            "percentunit",
            `The service fails. HighErrorRate fires above ${highErrorRate.threshold * 100} %; open its details.`,
            [{ expr: shareOf(here, "5..", by), legend }],
          ),
        ],
      },
      {
        height: 8,
        panels: [
          timeSeries(
            "Duration",
            "s",
            `As the services measure it. HighLatency fires where p99 is above ${highLatency.seconds} s: open that service's details.`,
            [quantile(0.5), quantile(0.95), quantile(0.99)],
          ),
          timeSeries(
            "Duration of all, with traces",
            "s",
            "As the spans measure it. A click on a dot opens the trace behind it.",
            [0.5, 0.95, 0.99].map((q) => durationWithTraces(q, here)),
          ),
        ],
      },
      {
        title: "Logs and traces",
        height: 8,
        panels: [
          logRates(
            "Lines by level",
            `Lines a ${per}. A rise of error or warn tells when it began: see the error lines below.`,
            "level",
            { namespace: "$namespace" },
          ),
          traces("Slowest traces", "Longer than half a second. A click opens one.", {
            namespace: "$namespace",
            slow: 0.5,
          }),
        ],
      },
      {
        height: 9,
        panels: [
          logs("Error lines", "Level error and fatal. A line's details lead to its trace.", {
            namespace: "$namespace",
            errors: true,
          }),
        ],
      },
    ],
  };
}
