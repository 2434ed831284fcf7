import type { Settings } from "../config/schema";
import type { Lines, Traces } from "../programs/backends";
import type { Stack } from "../programs/program";

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
const ofMachines: Lead = { dashboard: "infrastructure" };

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
const alerts = ({ alerting }: Settings): Record<string, Lead> => ({
  ServiceDown: { ...ofService, lines: { namespace, app: label("service") }, traces: undefined },
  HighLatency: { ...ofService, ...slow(alerting.rules.highLatency.seconds) },
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
});

/** Where an alert of a group leads. */
export const leadOf = ({ settings }: Stack, group: string, alert: string): Lead =>
  alerts(settings)[alert] ?? groups(settings)[group] ?? { dashboard: "stack" };
