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
  ports: () => ({ samples: 8080, metrics: 8081 }),
  telemetry: () => [{ port: "samples", aboutOthers: true }, { port: "metrics" }],
  kubernetesApi: Object.entries(RESOURCES).map(([group, resources]) => watch(group, resources)),
  args: () => [
    "--port=8080",
    "--telemetry-port=8081",
    `--resources=${Object.values(RESOURCES).flat().join(",")}`,
  ],
  probes: () => ({
    ready: { path: "/", port: "metrics", delay: 1, period: 5 },
    live: { path: "/healthz", port: "samples", delay: 10, period: 10 },
  }),
  resources: ({ metrics }) => metrics.kubeStateMetrics.resources,
};
