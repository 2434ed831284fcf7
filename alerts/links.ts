import { userUrl } from "../programs/addresses";
import { logsBackend, uidOf } from "../programs/backends";
import type { Stack } from "../programs/program";
import type { RuleGroup } from "./alert";

/** Rule group -> uid of the dashboard that shows what its alerts are about; of every other group it is `stack`. */
const DASHBOARDS: Record<string, string> = {
  services: "service",
  "slo-windows": "slo",
  kubernetes: "kubernetes",
  redis: "infrastructure",
  postgres: "infrastructure",
  own: "alerts",
};
/** Groups whose alerts are about a service. */
const ABOUT_SERVICES = ["services", "slo-windows"];

/**
 * Puts the links into alerts that messages show: `dashboard_url`, and `logs_url` where a service is concerned. Names of
 * Kubernetes need no quoting in a URL.
 */
export function withLinks(stack: Stack, group: RuleGroup): RuleGroup {
  const url = userUrl(stack, "grafana");
  const dashboard = `${url}/d/${DASHBOARDS[group.name] ?? "stack"}`;
  const links: Record<string, string> = ABOUT_SERVICES.includes(group.name)
    ? {
        dashboard_url: `${dashboard}?var-namespace=${NAMESPACE}&var-service=${SERVICE}`,
        logs_url: `${url}/explore?orgId=1&left=${errorLines(stack)}`,
      }
    : { dashboard_url: dashboard };
  const rules = group.rules.map((rule) =>
    rule.alert ? { ...rule, annotations: { ...rule.annotations, ...links } } : rule,
  );
  return { ...group, rules };
}

const NAMESPACE = "{{ $labels.namespace }}";
const SERVICE = "{{ $labels.service }}";

/** What Grafana 10 writes into the address bar, and later ones still read. */
function errorLines(stack: Stack): string {
  const asked = logsBackend(stack).logs.show({ namespace: "NAMESPACE", app: "SERVICE", errors: true });
  const shown = {
    datasource: uidOf(stack, "logs"),
    queries: [{ refId: "A", ...asked }],
    range: { from: "now-1h", to: "now" },
  };
  return encodeURIComponent(JSON.stringify(shown))
    .replace("NAMESPACE", NAMESPACE)
    .replace("SERVICE", SERVICE);
}
