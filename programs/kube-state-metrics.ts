import { nobody, type Program, watch } from "./program";

const RESOURCES = {
  "": ["pods", "nodes", "namespaces", "persistentvolumeclaims", "resourcequotas"],
  apps: ["deployments", "statefulsets", "daemonsets", "replicasets"],
  batch: ["jobs", "cronjobs"],
  autoscaling: ["horizontalpodautoscalers"],
};

/** The state of Kubernetes objects as metrics. */
export const kubeStateMetrics: Program = {
  name: "kube-state-metrics",
  component: "metrics",
  workload: "Deployment",
  image: "kube-state-metrics",
  user: nobody,
  ports: () => ({ http: 8080, telemetry: 8081 }),
  telemetry: () => [{ port: "http", aboutOthers: true }, { port: "telemetry" }],
  kubernetesApi: Object.entries(RESOURCES).map(([group, resources]) => watch(group, resources)),
  args: () => [
    "--port=8080",
    "--telemetry-port=8081",
    `--resources=${Object.values(RESOURCES).flat().join(",")}`,
  ],
  probes: () => ({
    ready: { path: "/", port: "telemetry", delay: 1, period: 5 },
    live: { path: "/healthz", port: "http", delay: 10, period: 10 },
  }),
  resources: ({ metrics }) => metrics.kubeStateMetrics.resources,
};
