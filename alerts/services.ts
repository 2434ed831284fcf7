import type { Service, Settings } from "../config/schema";
import { alert, type RuleGroup } from "./alert";

/** Alerts on the watched services: what their users feel, so all are critical. */
export function serviceAlerts(settings: Settings): RuleGroup {
  const { serviceDown, highErrorRate, highLatency } = settings.alerting.rules;
  const by = "env, region, namespace, service";
  return {
    name: "services",
    rules: [
      alert(settings, "ServiceDown", {
        expr: ['up{service!=""} == 0', ...settings.services.map(absent)].join("\nor\n"),
        for: serviceDown.for,
        severity: "critical",
        summary: "{{ $labels.service }} in {{ $labels.namespace }} does not answer",
        description: "No scrape of {{ $labels.service }} has succeeded for " + serviceDown.for + ".",
      }),
      alert(settings, "HighErrorRate", {
        expr: `sum by (${by}) (service:http_requests:rate5m{status=~"5.."})
/
sum by (${by}) (service:http_requests:rate5m)
> ${highErrorRate.threshold}`,
        for: highErrorRate.for,
        severity: "critical",
        summary: "{{ $labels.service }} answers {{ $value | humanizePercentage }} of its requests with 5xx",
        description: `More than ${percent(highErrorRate.threshold)} for ${highErrorRate.for}.`,
      }),
      alert(settings, "HighLatency", {
        expr: `histogram_quantile(0.99, sum by (${by}, le) (service:http_request_duration_seconds_bucket:rate5m))
> ${highLatency.seconds}`,
        for: highLatency.for,
        severity: "critical",
        summary: "{{ $labels.service }} is slow: p99 {{ $value | humanizeDuration }}",
        description: `99th percentile above ${highLatency.seconds} s for ${highLatency.for}.`,
      }),
    ],
  };
}

/** A service without a single pod has no target at all, and so no `up` that could be 0. */
const absent = ({ name, namespace }: Service) => `absent(up{service="${name}", namespace="${namespace}"})`;

export const percent = (fraction: number): string => `${Math.round(fraction * 1000) / 10} %`;
