import { logsBackend } from "../backends";
import { type Call, type Program, type Stack, watch } from "../program";
import { ALLOY_PORT, ALLOY_STORAGE, alloyArgs, alloyConfig, alloyEventsConfig } from "./config";

const toBackend = (stack: Stack): Call[] => {
  const { name, logs } = logsBackend(stack);
  return [{ to: name, ports: [logs.port], why: "sends what it reads" }];
};

const common = {
  component: "logs",
  image: "alloy",
  go: true,
  enabled: ({ logs }) => logs.collector === "alloy",
  ports: () => ({ http: ALLOY_PORT }),
  telemetry: () => [{ port: "http" }],
  calls: toBackend,
  args: () => alloyArgs(),
  probes: () => ({
    ready: { path: "/-/ready", port: "http", delay: 2, period: 5 },
    live: { path: "/-/healthy", port: "http", delay: 15, period: 10 },
  }),
} satisfies Partial<Program>;

/** A pod on every node that reads the containers' logs. */
export const alloy: Program = {
  ...common,
  name: "alloy",
  workload: "DaemonSet",
  // The log files belong to root and nobody else may read them.
  user: 0,
  kubernetesApi: [watch("", ["pods"])],
  podEnv: () => ({ NODE_NAME: "spec.nodeName" }),
  files: (stack) => [{ name: "config", path: "/etc/alloy", files: { "config.alloy": alloyConfig(stack) } }],
  host: ({ name }) => [
    { name: "logs", path: "/var/log/pods", source: "/var/log/pods", type: "Directory", readOnly: true },
    {
      name: "positions",
      path: ALLOY_STORAGE,
      source: `/var/lib/observability/${name}/alloy`,
      type: "DirectoryOrCreate",
    },
  ],
  resources: ({ logs }) => logs.agent.resources,
};

/** The one pod that turns Kubernetes events into logs: a DaemonSet would store each event once a node. */
export const alloyEvents: Program = {
  ...common,
  name: "alloy-events",
  workload: "Deployment",
  user: 473,
  kubernetesApi: [watch("", ["events"])],
  // Promtail reads no events: with it, this pod stays.
  enabled: ({ logs }) => logs.backend === "loki",
  files: (stack) => [
    { name: "config", path: "/etc/alloy", files: { "config.alloy": alloyEventsConfig(stack) } },
  ],
  // A new pod reads the last hour's events again; Loki keeps one of two equal entries.
  scratch: { data: { path: ALLOY_STORAGE, sizeLimit: "1Gi" } },
  resources: ({ logs }) => logs.events.resources,
};
