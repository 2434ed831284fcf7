import { userUrl } from "../programs/addresses";
import { logsBackend, type Stack, uidOf } from "../programs/program";
import type { RuleGroup } from "./alert";

/** Rule group -> uid of the dashboard that shows what its alerts are about. */
const DASHBOARDS: Record<string, string> = { services: "service", "slo-windows": "service" };

/**
 * Puts the links into alerts that messages show: `dashboard_url`, and `logs_url` where a service is concerned. Names of
 * Kubernetes need no quoting in a URL.
 */
export function withLinks(stack: Stack, group: RuleGroup): RuleGroup {
  const dashboard = DASHBOARDS[group.name];
  if (!dashboard) return group;
  const url = userUrl(stack, "grafana");
  const links = {
    dashboard_url: `${url}/d/${dashboard}?var-namespace=${NAMESPACE}&var-service=${SERVICE}`,
    logs_url: `${url}/explore?orgId=1&left=${errorLines(stack)}`,
  };
  const rules = group.rules.map((rule) =>
    rule.alert ? { ...rule, annotations: { ...rule.annotations, ...links } } : rule,
  );
  return { ...group, rules };
}

const NAMESPACE = "{{ $labels.namespace }}";
const SERVICE = "{{ $labels.service }}";

/** What Grafana 10 writes into the address bar, and later ones still read. */
function errorLines(stack: Stack): string {
  const expr = logsBackend(stack).logs.errorsOf("NAMESPACE", "SERVICE");
  const shown = {
    datasource: uidOf(stack, "logs"),
    queries: [{ refId: "A", expr }],
    range: { from: "now-1h", to: "now" },
  };
  return encodeURIComponent(JSON.stringify(shown))
    .replace("NAMESPACE", NAMESPACE)
    .replace("SERVICE", SERVICE);
}
