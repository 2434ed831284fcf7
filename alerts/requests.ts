import type { RuleGroup } from "./alert";
import { rateOf } from "./counted";

const BY = "env, region, namespace, service";

/** What asks whether a service lives, or what it measures, is no user: it would hide that all users' requests fail. */
const PROBES =
  "((.*/)?actuator(/.*)?|(/api)?/(healthz?|livez?|liveness|metrics|ping|readyz?|readiness)(/(live|ready|liveness|readiness))?)";

/** How the usual libraries name the path and the status: Spring; Node; Go; whoever says it plainly. */
const SPRING = { path: "uri", status: "status" };
const OTHERS = [
  { path: "route", status: "status_code" },
  { path: "handler", status: "code" },
  { path: "path", status: "status" },
];

const rename = (expr: string, from: string, to: string) =>
  from === to ? expr : `label_replace(${expr}, "${to}", "$1", "${from}", "(.+)")`;

/** Requests that have a status: without one nobody knows how they went. */
function requests(metric: string, { path, status }: typeof SPRING): string {
  const series = `${metric}{service!="", ${status}!="", ${path}!~"${PROBES}"}`;
  return rename(rename(rateOf(series), path, "path"), status, "status");
}

/** Buckets have the same names, and no status is asked for. */
const buckets = (metric: string) =>
  ["uri", "route", "handler"].reduce(
    (expr, label) => rename(expr, label, "path"),
    `rate(${metric}{service!="", ${["uri", "route", "handler", "path"].map((label) => `${label}!~"${PROBES}"`).join(", ")}}[5m])`,
  );

/** For each service the first that exists: whoever has two of them counts each request in both. */
const first = (labels: string, ...alternatives: string[][]) =>
  alternatives
    .map((parts) => `sum by (${BY}, ${labels}) (\n  ${parts.join("\n  or\n  ")}\n)`)
    .join(`\nor on (${BY})\n`);

/** Spans of requests that were served. */
const spans = rename(
  rename(
    `rate(traces_spanmetrics_latency_bucket{span_kind="SPAN_KIND_SERVER", operation!~"(\\\\S+ )?${PROBES}"}[5m])`,
    "service_name",
    "service",
  ),
  "operation",
  "path",
);
/** Of services that are scraped: others are nobody's who is watched. */
const measuredBySpans = `label_replace(${spans}, "source", "spans", "", "")
  and on (${BY})
  up{service!=""}`;

/**
 * The one layer that makes the request metrics of Spring, Go and Node comparable; alerts and dashboards read it.
 *
 *   service:http_requests:rate5m{env, region, namespace, service, method, path, status}   requests a second
 *   service:http_request_duration_seconds_bucket:rate5m{env, region, namespace, service, path, le}
 *
 * Spring: http_server_requests_seconds_*{uri, status}; others: http_request_duration_seconds_* with a status, else
 * http_requests_total, with whichever of the usual labels. Spring has no buckets unless it is told; a service without
 * any is measured by its spans, which the label source="spans" says.
 */
export const requestRules = (): RuleGroup => ({
  name: "requests",
  rules: [
    {
      record: "service:http_requests:rate5m",
      expr: first(
        "method, path, status",
        [requests("http_server_requests_seconds_count", SPRING)],
        OTHERS.map((names) => requests("http_request_duration_seconds_count", names)),
        OTHERS.map((names) => requests("http_requests_total", names)),
      ),
    },
    {
      record: "service:http_request_duration_seconds_bucket:rate5m",
      expr: first(
        "path, le, source",
        [buckets("http_server_requests_seconds_bucket")],
        [buckets("http_request_duration_seconds_bucket")],
        [measuredBySpans],
      ),
    },
  ],
});
