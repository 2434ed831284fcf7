import { userUrl } from "../programs/addresses";
import { type Lines, logsBackend, tracesBackend, type Traces, uidOf } from "../programs/backends";
import { isDeployed, type Stack } from "../programs/program";
import type { Rule, RuleGroup } from "./alert";

/** Where an alert leads. Texts may hold labels of it. */
interface Lead {
  /** Uid of the dashboard that shows what the alert is about. */
  dashboard: string;
  /** Its variables, which the alert's labels of the same names fill. */
  variables?: string[];
  /** The lines that say more. */
  lines?: Lines;
  /** The traces that do. */
  traces?: Traces;
}

/** What Prometheus writes in its place; names of Kubernetes need no quoting in a URL or a query. */
const label = (name: string) => `{{ $labels.${name} }}`;

const namespace = label("namespace");
const ofService: Lead = {
  dashboard: "service",
  variables: ["namespace", "service"],
  lines: { namespace, app: label("service"), errors: true },
  traces: { namespace, service: label("service"), failed: true },
};
const ofPods: Lead = { dashboard: "kubernetes", variables: ["namespace"] };
const ofPod: Lead = { ...ofPods, lines: { namespace, pods: label("pod") } };
/** Why Kubernetes does not run what it should, stands in its events. */
const ofEvents: Lead = { ...ofPods, lines: { namespace, app: "kubernetes-events" } };
const ofMachines: Lead = { dashboard: "infrastructure" };

/** Rule group -> where its alerts lead; every other one is about the stack itself. */
const GROUPS: Record<string, Lead> = {
  services: ofService,
  "slo-windows": { ...ofService, dashboard: "slo" },
  kubernetes: ofPods,
  redis: ofMachines,
  postgres: ofMachines,
  own: { dashboard: "alerts" },
  watchdog: { dashboard: "alerts" },
};

/** Alert -> where it leads, if not where its group does. */
const ALERTS: Record<string, Lead> = {
  ServiceDown: { ...ofService, lines: { namespace, app: label("service") }, traces: undefined },
  HighLatency: { ...ofService, traces: { namespace, service: label("service"), slow: true } },
  CircuitBreakerOpen: { ...ofService, dashboard: "spring" },
  PodCrashLooping: ofPod,
  HighMemory: ofPod,
  HighCPU: ofPod,
  DiskPressure: ofMachines,
  DiskFull: ofMachines,
  PendingPods: ofEvents,
  StackProgramDown: ofEvents,
  NodeNotReady: ofMachines,
  ReplicasMissing: ofEvents,
  JobFailed: { ...ofPods, lines: { namespace, pods: `${label("job_name")}-.*` } },
  VolumeFilling: ofMachines,
};

/** Where an alert of a group leads. */
const leadOf = (group: string, alert: string): Lead =>
  ALERTS[alert] ?? GROUPS[group] ?? { dashboard: "stack" };

/** Puts the links into alerts that messages show: `dashboard_url`, `logs_url` and `traces_url`, where there are such. */
export const withLinks = (stack: Stack, group: RuleGroup): RuleGroup => ({
  ...group,
  rules: group.rules.map((rule) =>
    rule.alert ? { ...rule, annotations: { ...rule.annotations, ...links(stack, group.name, rule) } } : rule,
  ),
});

function links(stack: Stack, group: string, rule: Rule): Record<string, string> {
  const { dashboard, variables = [], lines, traces } = leadOf(group, rule.alert!);
  const query = variables.map((name) => `var-${name}=${label(name)}`).join("&");
  const { logs } = logsBackend(stack);
  const asked = traces && tracesBackend(stack).traces.show?.(traces);
  return {
    dashboard_url: `${userUrl(stack, "grafana")}/d/${dashboard}${query && `?${query}`}`,
    ...(lines && isKept(stack, lines) ? { logs_url: explore(stack, "logs", logs.show(lines)) } : {}),
    ...(asked ? { traces_url: explore(stack, "traces", asked) } : {}),
  };
}

/** Events are collected where Loki keeps them. */
const isKept = (stack: Stack, { app }: Lines) =>
  app !== "kubernetes-events" || isDeployed(stack, "alloy-events");

/** As Grafana writes it. Messages put the hour before the alert in its place. */
export const LAST_HOUR = "now-1h";

/** Explore, in the form that Grafana 10 writes into the address bar and later ones still read. */
function explore(stack: Stack, signal: "logs" | "traces", asked: object): string {
  const shown = {
    datasource: uidOf(stack, signal),
    queries: [{ refId: "A", ...asked }],
    range: { from: LAST_HOUR, to: "now" },
  };
  // What Prometheus fills in must stay as it is.
  const left = encodeURIComponent(JSON.stringify(shown)).replace(/%7B%7B.+?%7D%7D/g, decodeURIComponent);
  return `${userUrl(stack, "grafana")}/explore?orgId=1&left=${left}`;
}
