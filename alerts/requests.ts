import type { RuleGroup } from "./alert";

/**
 * The one layer that makes the request metrics of Spring, Go and Node comparable; alerts and dashboards read it.
 *
 *   service:http_requests:rate5m{env, region, namespace, service, method, path, status}   requests a second
 *   service:http_request_duration_seconds_bucket:rate5m{env, region, namespace, service, path, le}
 *
 * Spring: http_server_requests_seconds_*{uri, status}; Go: http_requests_total{path, status} and
 * http_request_duration_seconds_*{path}; Node: http_request_duration_seconds_*{status_code}.
 */
export function requestRules(): RuleGroup {
  const by = "env, region, namespace, service";
  const rate = (metric: string) => `rate(${metric}[5m])`;
  const copy = (expr: string, from: string, to: string) =>
    `label_replace(${expr}, "${to}", "$1", "${from}", "(.+)")`;
  const sum = (labels: string, parts: string[]) =>
    parts.map((part) => `sum by (${by}, ${labels}) (${part})`).join("\nor\n");
  return {
    name: "requests",
    rules: [
      {
        record: "service:http_requests:rate5m",
        expr: sum("method, path, status", [
          copy(rate('http_server_requests_seconds_count{service!=""}'), "uri", "path"),
          rate('http_requests_total{service!=""}'),
          copy(
            copy(
              rate('http_request_duration_seconds_count{service!="", status_code!=""}'),
              "status_code",
              "status",
            ),
            "route",
            "path",
          ),
        ]),
      },
      {
        record: "service:http_request_duration_seconds_bucket:rate5m",
        expr: sum("path, le", [
          copy(rate('http_server_requests_seconds_bucket{service!=""}'), "uri", "path"),
          copy(rate('http_request_duration_seconds_bucket{service!=""}'), "route", "path"),
        ]),
      },
    ],
  };
}
