import { nobody, type Program } from "./program";

/** Only what rules and dashboards read. */
const COLLECTORS = [
  "cpu",
  "diskstats",
  "filesystem",
  "loadavg",
  "meminfo",
  "pressure",
  "stat",
  "time",
  "uname",
  "vmstat",
];

/**
 * Processor, memory and disks of every node. Network figures would be the pod's own: it does not join the host's
 * network, so that two stacks can share a node. cAdvisor has the node's.
 */
export const nodeExporter: Program = {
  name: "node-exporter",
  component: "metrics",
  workload: "DaemonSet",
  image: "node-exporter",
  go: true,
  user: nobody,
  enabled: ({ metrics }) => metrics.nodeExporter.enabled,
  ports: () => ({ http: 9100 }),
  telemetry: () => [{ port: "http" }],
  args: () => [
    "--path.procfs=/host/proc",
    "--path.sysfs=/host/sys",
    "--path.rootfs=/host/root",
    "--collector.disable-defaults",
    ...COLLECTORS.map((name) => `--collector.${name}`),
    "--collector.filesystem.mount-points-exclude=^/(dev|proc|run|sys)($|/)|^/var/lib/(containerd|docker|kubelet)/.+",
    "--collector.filesystem.fs-types-exclude=^(autofs|bpf|cgroup2?|devpts|devtmpfs|fuse.*|mqueue|nsfs|overlay|proc|squashfs|sysfs|tmpfs|tracefs)$",
  ],
  host: () => [
    { name: "proc", path: "/host/proc", source: "/proc", readOnly: true },
    { name: "sys", path: "/host/sys", source: "/sys", readOnly: true },
    { name: "root", path: "/host/root", source: "/", readOnly: true, seesLaterMounts: true },
  ],
  probes: () => ({
    ready: { path: "/", port: "http", delay: 1, period: 5 },
    live: { path: "/", port: "http", delay: 10, period: 10 },
  }),
  resources: ({ metrics }) => metrics.nodeExporter.resources,
};
