import type { Settings } from "../config/schema";
import type { Lines, Traces } from "../programs/backends";
import { isDeployed, type Stack } from "../programs/program";

/** Where an alert leads. Texts may hold labels of it. */
export interface Lead {
  /** Uid of the dashboard that shows what the alert is about. */
  dashboard: string;
  /** Its variables, which the alert's labels of the same names fill. */
  variables?: string[];
  /** The lines that say more. */
  lines?: Lines;
  /** The traces that do. */
  traces?: Traces;
  /** Where alerts with these labels lead instead. */
  unless?: { labels: Record<string, string>; lead: Pick<Lead, "lines" | "traces"> }[];
}

/** What Prometheus writes in its place; names of Kubernetes need no quoting in a URL or a query. */
export const label = (name: string) => `{{ $labels.${name} }}`;

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
const ofStack: Lead = { dashboard: "stack" };
const ofMachines: Lead = { dashboard: "infrastructure" };
/** What a program of the stack says itself. */
const ofProgram = ({ namespaces }: Settings, app: string) => ({
  lines: { namespace: namespaces.stack, app },
});

/** What took so many seconds says why an objective of them is missed; nothing of it has failed. */
const slow = (seconds: number) => ({
  traces: { namespace, service: label("service"), slow: seconds },
});
const ofObjective = ({ latency, objectives }: Settings["slo"]): Lead => ({
  ...ofService,
  dashboard: "slo",
  unless: [
    { labels: { slo: "latency" }, lead: slow(latency.seconds) },
    ...objectives.flatMap(({ name, namespace, service, seconds }) =>
      seconds ? [{ labels: { namespace, service, slo: name }, lead: slow(seconds) }] : [],
    ),
  ],
});

/** Rule group -> where its alerts lead; every other one is about the stack itself. */
const groups = ({ slo }: Settings): Record<string, Lead> => ({
  services: ofService,
  "slo-windows": ofObjective(slo),
  kubernetes: ofPods,
  redis: ofMachines,
  postgres: ofMachines,
  own: { dashboard: "alerts" },
  watchdog: { dashboard: "alerts" },
});

/** Alert -> where it leads, if not where its group does. */
const alerts = (settings: Settings): Record<string, Lead> => ({
  ServiceDown: { ...ofService, lines: { namespace, app: label("service") }, traces: undefined },
  HighLatency: { ...ofService, ...slow(settings.alerting.rules.highLatency.seconds) },
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
  RedisDown: { ...ofMachines, ...ofProgram(settings, "redis-exporter") },
  PostgreSQLDown: { ...ofMachines, ...ofProgram(settings, "postgres-exporter") },
  // A target that is missing has its job alone, which is called as the program; those two are the node's.
  StackTargetDown: {
    ...ofStack,
    lines: { app: label("job") },
    unless: ["kubelet", "cadvisor"].map((job) => ({ labels: { job }, lead: { lines: undefined } })),
  },
  ConfigReloadFailed: { ...ofStack, ...ofProgram(settings, "prometheus") },
  // Prometheus counts these, and writes nothing of them.
  TargetLimitNear: ofStack,
  ScrapedTwice: ofStack,
  // Whoever sends lines, or refuses them.
  LinesLost: { ...ofStack, lines: { apps: "loki|alloy|alloy-events|promtail" } },
});

/** Where an alert of a group leads. A program's own group has its name. */
export const leadOf = (stack: Stack, group: string, alert: string): Lead =>
  alerts(stack.settings)[alert] ??
  groups(stack.settings)[group] ?? {
    ...ofStack,
    ...(isDeployed(stack, group) ? ofProgram(stack.settings, group) : {}),
  };
