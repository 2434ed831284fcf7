import { logsBackend } from "../backends";
import { type Program, watch } from "../program";
import { promtailArgs, promtailConfig, promtailFile, PROMTAIL_PORT, PROMTAIL_STORAGE } from "./config";

/** What `preview` and `up` say. */
export const PROMTAIL_ENDED =
  "logs.collector is promtail, whose end of life was 2026-03-02; its last image is 3.6.11, and no more fixes come. logs.collector: alloy does the same.";

/** A pod on every node that reads the containers' logs. */
export const promtail: Program = {
  name: "promtail",
  component: "logs",
  workload: "DaemonSet",
  image: "promtail",
  go: true,
  // The log files belong to root and nobody else may read them.
  user: 0,
  enabled: ({ logs }) => logs.collector === "promtail",
  ports: () => ({ http: PROMTAIL_PORT }),
  telemetry: () => [{ port: "http" }],
  calls: (stack) => {
    const { name, logs } = logsBackend(stack);
    return [{ to: name, ports: [logs.port], why: "sends what it reads" }];
  },
  kubernetesApi: [watch("", ["pods"])],
  podEnv: () => ({ NODE_NAME: "spec.nodeName" }),
  args: () => promtailArgs("/etc/promtail/promtail.yml"),
  files: (stack) => [
    {
      name: "config",
      path: "/etc/promtail",
      files: { "promtail.yml": promtailFile(promtailConfig(stack)) },
    },
  ],
  host: ({ name }) => [
    { name: "logs", path: "/var/log/pods", source: "/var/log/pods", type: "Directory", readOnly: true },
    {
      name: "positions",
      path: PROMTAIL_STORAGE,
      source: `/var/lib/observability/${name}/promtail`,
      type: "DirectoryOrCreate",
    },
  ],
  probes: () => ({
    // A connection alone: its /ready waits for a target, which a node may be without, and of /metrics the kubelet reads
    // the beginning only, for which Promtail writes a warning each time.
    ready: { port: "http", delay: 2, period: 5 },
    live: { port: "http", delay: 15, period: 10 },
  }),
  resources: ({ logs }) => logs.agent.resources,
};
