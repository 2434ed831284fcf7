import type { Stack } from "../programs/program";
import { type Dashboard } from "./dashboard";
import { istiod } from "./istiod";
import {
  BY,
  CALLS,
  CLOSED,
  connections,
  duration,
  encrypted,
  errors,
  LEGEND,
  OPENED,
  rateOf,
  requests,
  sumOf,
} from "./mesh";
import { type Column, stat, statOfGood, table, timeSeries } from "./panels";

/** The mesh: traffic, errors, latency, what is encrypted, connections, and what hands out its configuration. */
export function istioDashboard({ settings }: Stack): Dashboard {
  const { highErrorRate, highLatency } = settings.alerting.rules;
  const failing: [number, number] = [highErrorRate.threshold / 5, highErrorRate.threshold];
  const slow: [number, number] = [highLatency.seconds * 500, highLatency.seconds * 1000];
  const columns = (by: string, ...percents: number[]): Column[] => [
    { title: "Requests", unit: "reqps", expr: requests("destination", by) },
    { title: "Errors", unit: "percentunit", expr: errors("destination", by), thresholds: failing },
    ...percents.map((percent) => ({
      ...{ title: `p${percent}`, unit: "ms", expr: duration(percent / 100, "destination", by) },
      ...(percent === 99 ? { thresholds: slow } : {}),
    })),
  ];
  const links = [
    { title: "Details", uid: "service" },
    { title: "Logs", uid: "logs" },
    { title: "Traces", uid: "traces" },
  ];
  return {
    uid: "istio",
    folder: "platform",
    title: "Istio Mesh",
    description: "What the sidecars measure: traffic, errors, latency, mutual TLS, connections; and istiod.",
    variables: [
      {
        name: "namespace",
        label: "Namespace",
        query:
          'label_values({__name__=~"istio_requests_total|istio_tcp_connections_opened_total"}, destination_service_namespace)',
        all: true,
      },
    ],
    rows: [
      {
        height: 4,
        panels: [
          stat(
            "Requests",
            "reqps",
            "That services with a sidecar have answered. A sudden fall: see the errors as callers see them.",
            requests("destination", ""),
          ),
          stat(
            "Errors",
            "percentunit",
            "Share of answers with 5xx, or a failure of gRPC. Above 0: the table says of whom.",
            errors("destination", ""),
            failing,
          ),
          stat(
            "p99",
            "ms",
            "Of a hundred requests one takes longer, from a service's sidecar on. Red: the table says where.",
            duration(0.99, "destination", ""),
            slow,
          ),
          statOfGood(
            "Requests by mTLS",
            "percentunit",
            "Share of requests that came encrypted, from a caller that proved who it is. Below 100 %: see the callers below.",
            encrypted("requests_total", ""),
            [0.9, 1],
          ),
          statOfGood(
            "Connections by mTLS",
            "percentunit",
            "The same of connections that are not HTTP, as they are opened.",
            encrypted(OPENED, ""),
            [0.9, 1],
          ),
        ],
      },
      {
        title: "Services",
        height: 9,
        panels: [
          table(
            "Services",
            "As of now, as their sidecars see it. A click on a name leads to its details, logs and traces at the same time.",
            [
              ...columns(BY, 50, 95, 99),
              { title: "By mTLS", unit: "percentunit", expr: encrypted("requests_total", BY) },
            ],
            links,
          ),
        ],
      },
      {
        title: "Callers",
        height: 9,
        panels: [
          table(
            "Who calls whom",
            "By the caller's workload, unknown where it has no sidecar. Errors or a high p95 for one caller: look at what that asks; for all: open the service's details.",
            columns(CALLS, 95),
            links,
          ),
        ],
      },
      {
        title: "Traffic and errors",
        height: 8,
        panels: [
          timeSeries("Requests by service", "reqps", "A sudden fall is as much a sign as errors.", [
            { expr: requests("destination", BY), legend: LEGEND },
          ]),
          timeSeries(
            "Errors as services answer",
            "percentunit",
            "Share of answers with 5xx, or a failure of gRPC. Of one service: open its details; of all: look at what they share.",
            [{ expr: errors("destination", BY), legend: LEGEND }],
          ),
          timeSeries(
            "Errors as callers see them",
            "percentunit",
            "Higher than what services answer: requests do not arrive. No pod is ready, a circuit breaker is open, or a timeout passed.",
            [{ expr: errors("source", BY), legend: LEGEND }],
          ),
        ],
      },
      {
        title: "Latency",
        height: 8,
        panels: [
          timeSeries(
            "Duration in services",
            "ms",
            "From a service's sidecar on. One that rises: open its details, and see whom it calls.",
            [
              { expr: duration(0.5, "destination", BY), legend: `${LEGEND} p50` },
              { expr: duration(0.99, "destination", BY), legend: `${LEGEND} p99` },
            ],
          ),
          timeSeries(
            "Duration as callers see it",
            "ms",
            "With the network, retries and both proxies. Far above the duration in services: look at those.",
            [
              { expr: duration(0.5, "source", BY), legend: `${LEGEND} p50` },
              { expr: duration(0.99, "source", BY), legend: `${LEGEND} p99` },
            ],
          ),
        ],
      },
      {
        title: "Mutual TLS",
        height: 8,
        panels: [
          timeSeries(
            "Share of requests by mTLS",
            "percentunit",
            "By the service that is called. Below 100 %: the callers in plain text are beside.",
            [{ expr: encrypted("requests_total", BY), legend: LEGEND }],
          ),
          timeSeries(
            "Share of connections by mTLS",
            "percentunit",
            "By the service that is called; without HTTP. Below 100 %: a caller has no sidecar, and its owner gives it one.",
            [{ expr: encrypted(OPENED, BY), legend: LEGEND }],
          ),
          table(
            "Callers in plain text",
            "Who calls whom unencrypted. Give them a sidecar before the namespace is set to STRICT.",
            [
              {
                title: "Requests",
                unit: "reqps",
                expr: `${sumOf(rateOf("requests_total", "destination", ', connection_security_policy!="mutual_tls"'), CALLS)} > 0`,
              },
            ],
          ),
        ],
      },
      {
        title: "TCP connections",
        height: 8,
        panels: [
          timeSeries(
            "Connections opened",
            "short",
            "A second, without HTTP. A jump: a caller opens one for each request; give it a pool.",
            [{ expr: sumOf(rateOf(OPENED, "source"), BY), legend: LEGEND }],
          ),
          timeSeries(
            "Connections closed",
            "short",
            "A second. As many as are opened, and many: a caller keeps none of them.",
            [{ expr: sumOf(rateOf(CLOSED, "source"), BY), legend: LEGEND }],
          ),
          timeSeries("Connections open", "short", "Without end upwards: a caller does not close them.", [
            {
              expr: `${connections(OPENED)} - (${connections(CLOSED)} or 0 * ${connections(OPENED)})`,
              legend: LEGEND,
            },
          ]),
        ],
      },
      istiod,
    ],
  };
}
