import type { Stack } from "../programs/program";
import { type Dashboard, NAMESPACE, SERVICE } from "./dashboard";
import { logs, stat, table, timeSeries, traces } from "./panels";
import { durationOf, durationWithTraces, podsThatAnswer, rateOf, shareOf } from "./requests";

/** All three signals of one service: how many, how many wrong, how slow; where; then its traces and its logs. */
export function serviceDashboard({ settings }: Stack): Dashboard {
  const { highErrorRate, highLatency } = settings.alerting.rules;
  const metrics = 'namespace="$namespace", service="$service"';
  const container = 'namespace="$namespace", container!=""';
  // A pod's name says neither whose it is (user-db-0 is none of user) nor what its service is called: its scrape does.
  const ofService = (usage: string) => `${usage} and on (namespace, pod) up{${metrics}}`;
  const memory = ofService(`container_memory_working_set_bytes{${container}}`);
  const processor = ofService(`rate(container_cpu_usage_seconds_total{${container}}[5m])`);
  const quantile = (q: number) => durationWithTraces(q, 'namespace="$namespace", service_name="$service"');
  const perLimit = (usage: string, resource: string) =>
    `max by (pod, container) (${usage}) / on (pod, container) max by (pod, container) (kube_pod_container_resource_limits{namespace="$namespace", resource="${resource}"})`;
  return {
    uid: "service",
    folder: "services",
    title: "Service",
    description: "Metrics, traces and logs of one service.",
    variables: [NAMESPACE, SERVICE],
    rows: [
      {
        height: 4,
        panels: [
          stat(
            "Pods that answer",
            "short",
            "Pods whose scrape succeeds. 0 or nothing: look at Kubernetes for why they do not run.",
            podsThatAnswer(metrics, "service"),
          ),
          stat(
            "Requests",
            "reqps",
            "A second, without probes and scrapes. A sudden fall: callers do not arrive, so look at what is in front of it.",
            rateOf(metrics, "service"),
          ),
          stat(
            "Errors",
            "percentunit",
            `Share of answers with 5xx. HighErrorRate fires above ${highErrorRate.threshold * 100} %: see which endpoint below.`,
            shareOf(metrics, "5..", "service"),
            [highErrorRate.threshold / 5, highErrorRate.threshold],
          ),
          stat(
            "p95",
            "s",
            "95 of 100 requests are faster. Compare with the endpoints and with what it calls.",
            durationOf(0.95, metrics, "service"),
            [highLatency.seconds / 4, highLatency.seconds],
          ),
        ],
      },
      {
        title: "Metrics",
        height: 8,
        panels: [
          timeSeries(
            "Requests by status",
            "reqps",
            "5xx: the endpoints below say where. 4xx that rise: a caller asks for what is not there; see the log.",
            [{ expr: rateOf(metrics, "status"), legend: "{{status}}" }],
          ),
          timeSeries(
            "Duration, with traces",
            "s",
            "As the spans measure it. A click on a dot opens the trace behind it.",
            [quantile(0.5), quantile(0.95), quantile(0.99)],
          ),
          timeSeries(
            "Errors by endpoint",
            "percentunit",
            "Share of answers with 5xx. One endpoint: its code or what it calls. All of them: what they share.",
            [{ expr: shareOf(metrics, "5..", "path"), legend: "{{path}}" }],
          ),
        ],
      },
      {
        height: 8,
        panels: [
          table("Endpoints", "As of now. Sort by a column to find the slow and the failing one.", [
            { title: "Requests", unit: "reqps", expr: rateOf(metrics, "path") },
            {
              title: "Errors",
              unit: "percentunit",
              expr: shareOf(metrics, "5..", "path"),
              thresholds: [highErrorRate.threshold / 5, highErrorRate.threshold],
            },
            {
              title: "p95",
              unit: "s",
              expr: durationOf(0.95, metrics, "path"),
              thresholds: [highLatency.seconds / 4, highLatency.seconds],
            },
          ]),
          timeSeries(
            "Calls to others",
            "reqps",
            "Counted from spans: with tracing.sampling.probability below 1 only that share of the calls is seen. Services of one name in several namespaces count as one.",
            [
              {
                expr: 'sum by (server) (rate(traces_service_graph_request_total{client="$service"}[5m]))',
                legend: "to {{server}}",
              },
              {
                expr: 'sum by (client) (rate(traces_service_graph_request_total{server="$service"}[5m]))',
                legend: "from {{client}}",
              },
            ],
          ),
          timeSeries(
            "Failed calls to others",
            "reqps",
            "Counted from spans, as those. What fails here is the cause rather than this service.",
            [
              {
                expr: 'sum by (server) (rate(traces_service_graph_request_failed_total{client="$service"}[5m])) or 0 * sum by (server) (rate(traces_service_graph_request_total{client="$service"}[5m]))',
                legend: "to {{server}}",
              },
            ],
          ),
        ],
      },
      {
        title: "Pods",
        height: 8,
        panels: [
          timeSeries(
            "Memory",
            "bytes",
            "Working set by pod. A line that only rises is a leak; a saw-tooth is a pod that is killed.",
            [
              {
                expr: `sum by (pod) (${memory})`,
                legend: "{{pod}}",
              },
            ],
          ),
          timeSeries(
            "Processor",
            "short",
            "Processors used. One pod far above the others: it gets more requests or runs in a loop, as its traces and log say.",
            [
              {
                expr: `sum by (pod) (${processor})`,
                legend: "{{pod}}",
              },
            ],
          ),
          timeSeries(
            "Share of the limits",
            "percentunit",
            "Memory close to 1: about to be killed. Processor close to 1: throttled, and therefore slow.",
            [
              {
                expr: perLimit(memory, "memory"),
                legend: "memory {{pod}}",
              },
              {
                expr: perLimit(processor, "cpu"),
                legend: "processor {{pod}}",
              },
            ],
          ),
        ],
      },
      {
        title: "Traces and logs",
        height: 10,
        panels: [
          traces("Traces", "The latest. A click opens one.", {
            namespace: "$namespace",
            service: "$service",
          }),
          logs("Logs", "The latest lines. A line's details lead to its trace.", {
            namespace: "$namespace",
            app: "$service",
          }),
        ],
      },
    ],
  };
}
