import { type Settings, watchedServices } from "../config/schema";
import { alert, type Rule, type RuleGroup } from "./alert";

/** Alerts on the watched services: what their users feel, so what is more than a few requests is critical. */
export function serviceAlerts(settings: Settings): RuleGroup {
  const { serviceDown, highErrorRate, manyServerErrors, highLatency, circuitBreakerOpen } =
    settings.alerting.rules;
  const by = "env, region, namespace, service";
  return {
    name: "services",
    rules: [
      ...expected(settings),
      alert(settings, "ServiceDown", {
        // A service without a single pod has no target at all, and so no `up` that could be 0.
        expr: `max by (${by}) (up{service!=""}) == 0
or
service:expected unless on (namespace, service) up`,
        for: serviceDown.for,
        severity: "critical",
        labels: { pods: "all" },
        summary: "{{ $labels.service }} in {{ $labels.namespace }} does not answer",
        description: `No scrape of any of its pods has succeeded for ${serviceDown.for}.`,
      }),
      alert(settings, "ServiceDown", {
        expr: `count by (${by}) (
  ${sameSince(serviceDown.for)}
    unless on (namespace, pod) ${onLostNodes(serviceDown.for)}
)`,
        severity: "critical",
        labels: { pods: "some" },
        summary: `{{ $value }} of {{ ${counted} }} pods of {{ $labels.service }} in {{ $labels.namespace }} do not answer`,
        description: `Their scrapes have failed for ${serviceDown.for}.`,
      }),
      alert(settings, "HighErrorRate", {
        expr: `sum by (${by}) (service:http_requests:rate5m{status=~"5.."})
/
sum by (${by}) (service:http_requests:rate5m)
> ${highErrorRate.threshold}
and
${inFiveMinutes(`sum by (${by}) (service:http_requests:rate5m{status=~"5.."})`)} >= ${highErrorRate.errors}`,
        for: highErrorRate.for,
        severity: "critical",
        summary: "{{ $labels.service }} answers {{ $value | humanizePercentage }} of its requests with 5xx",
        description: `More than ${percent(highErrorRate.threshold)} for ${highErrorRate.for}, and ${highErrorRate.errors} or more within five minutes.`,
      }),
      alert(settings, "ManyServerErrors", {
        expr: `${inFiveMinutes(`sum by (${by}) (service:http_requests:rate5m{status=~"5.."})`)} >= ${manyServerErrors.count}`,
        severity: "warning",
        summary: "{{ $labels.service }} answered {{ $value | humanize }} requests with 5xx in five minutes",
        description: `${manyServerErrors.count} or more, whatever their share is.`,
      }),
      alert(settings, "CircuitBreakerOpen", {
        // Not its state: it is open for ten seconds at a time, and a scrape comes every ten.
        expr: `sum by (${by}, name) (increase(resilience4j_circuitbreaker_not_permitted_calls_total{service!=""}[5m])) > 0`,
        for: circuitBreakerOpen.for,
        severity: "warning",
        summary: "{{ $labels.service }} does not call {{ $labels.name }}: its circuit breaker is open",
        description: `It has refused calls for ${circuitBreakerOpen.for}: too many failed or took too long before.`,
      }),
      alert(settings, "HighLatency", {
        expr: `histogram_quantile(0.99, sum by (${by}, le, source) (service:http_request_duration_seconds_bucket:rate5m))
> ${highLatency.seconds}
and
${inFiveMinutes(`sum by (${by}, source) (service:http_request_duration_seconds_bucket:rate5m{le="+Inf"})`)} >= ${highLatency.requests}`,
        for: highLatency.for,
        severity: "critical",
        summary: "{{ $labels.service }} is slow: p99 {{ $value | humanizeDuration }}",
        description: `99th percentile above ${highLatency.seconds} s for ${highLatency.for}, of ${highLatency.requests} requests or more within five minutes{{ if eq $labels.source "spans" }}, by its spans: it has no histogram{{ end }}.`,
      }),
    ],
  };
}

/**
 * The same pod has not answered for so long. With `for` it need not be the same one: an update in which one new pod after
 * another takes a while to start would be a service that is down.
 */
const sameSince = (wait: string): string =>
  `up{service!=""} == 0
    unless max_over_time(up{service!=""}[${wait}]) == 1
    and up{service!=""} offset ${wait}`;

/** A node that is away is one trouble, NodeNotReady, and not one for each service. Its pods get as long to come back with it. */
const onLostNodes = (wait: string): string =>
  `(last_over_time(kube_pod_info[${wait}]) and on (node) min_over_time(kube_node_status_condition{condition="Ready", status="true"}[${wait}]) == 0)`;

/** The layer's rates are of so long. */
const inFiveMinutes = (rate: string): string => `300 * ${rate}`;

/** A series for each service that the settings name: what is missing can be told by it, however many they are. */
const expected = (settings: Settings): Rule[] =>
  watchedServices(settings).map(({ name: service, namespace }) => ({
    record: "service:expected",
    expr: "vector(1)",
    labels: { env: settings.environment, region: settings.region, namespace, service },
  }));

/** How many pods there are is no part of the rule's own result. */
const counted =
  'printf "count(up{namespace=%q, service=%q})" $labels.namespace $labels.service | query | first | value';

export const percent = (fraction: number): string => `${Math.round(fraction * 1000) / 10} %`;
