import { nobody, type Program, watch } from "./program";

const RESOURCES = {
  "": ["pods", "nodes", "namespaces", "persistentvolumeclaims", "resourcequotas"],
  apps: ["deployments", "statefulsets", "daemonsets", "replicasets"],
  batch: ["jobs", "cronjobs"],
  autoscaling: ["horizontalpodautoscalers"],
};

/** What rules, dashboards and people on call read: two fifths of the series that there would be. */
const METRICS = [
  "kube_pod_(info|created|owner|status_phase|status_ready|status_unschedulable|start_time)",
  "kube_pod_container_(info|resource_requests|resource_limits)",
  "kube_pod_container_status_(ready|restarts_total|waiting_reason|last_terminated_reason)",
  "kube_pod_init_container_status_(restarts_total|waiting_reason)",
  "kube_node_(info|status_condition|status_allocatable|spec_unschedulable)",
  "kube_namespace_status_phase",
  "kube_persistentvolumeclaim_(info|status_phase|resource_requests_storage_bytes)",
  "kube_resourcequota",
  "kube_deployment_(spec_replicas|status_replicas.*|status_condition|status_observed_generation|metadata_generation)",
  "kube_statefulset_(replicas|status_replicas.*|status_observed_generation|metadata_generation)",
  "kube_daemonset_status_.*",
  "kube_replicaset_owner",
  "kube_job_(complete|failed|owner|status_(failed|start_time))",
  "kube_cronjob_(spec_suspend|next_schedule_time|status_last_schedule_time|status_last_successful_time)",
  "kube_horizontalpodautoscaler_(spec_.*_replicas|status_.*_replicas|status_condition)",
];

/** The state of Kubernetes objects as metrics. */
export const kubeStateMetrics: Program = {
  name: "kube-state-metrics",
  component: "metrics",
  workload: "Deployment",
  image: "kube-state-metrics",
  go: true,
  user: nobody,
  first: true,
  ports: () => ({ http: 8080, telemetry: 8081 }),
  telemetry: () => [{ port: "http", aboutOthers: true }, { port: "telemetry" }],
  kubernetesApi: Object.entries(RESOURCES).map(([group, resources]) => watch(group, resources)),
  args: () => [
    "--port=8080",
    "--telemetry-port=8081",
    `--metric-allowlist=${METRICS.map((name) => `^${name}$`).join(",")}`,
    `--resources=${Object.values(RESOURCES).flat().join(",")}`,
  ],
  probes: () => ({
    ready: { path: "/", port: "telemetry", delay: 1, period: 5 },
    live: { path: "/healthz", port: "http", delay: 10, period: 10 },
  }),
  resources: ({ metrics }) => metrics.kubeStateMetrics.resources,
};
