import type { Stack } from "../programs/program";
import type { Dashboard } from "./dashboard";
import { stat, table, timeSeries } from "./panels";

/** Workloads by the USE method: utilisation, saturation, errors. */
export function kubernetesDashboard({ settings }: Stack): Dashboard {
  const { highMemory, highCpu } = settings.alerting.rules;
  const here = 'namespace="$namespace"';
  const container = `${here}, container!=""`;
  const perLimit = (usage: string, resource: string) =>
    `max by (pod, container) (${usage}) / on (pod, container) max by (pod, container) (kube_pod_container_resource_limits{${here}, resource="${resource}"})`;
  const memory = perLimit(`container_memory_working_set_bytes{${container}}`, "memory");
  const cpu = perLimit(`rate(container_cpu_usage_seconds_total{${container}}[5m])`, "cpu");
  return {
    uid: "kubernetes",
    folder: "platform",
    title: "Kubernetes workloads",
    description: "Pods of a namespace: how much they use, what they wait for, what goes wrong.",
    variables: [{ name: "namespace", label: "Namespace", query: "label_values(kube_pod_info, namespace)" }],
    rows: [
      {
        height: 4,
        panels: [
          stat(
            "Pods that run",
            "short",
            "In this namespace. Fewer than before: see those that wait and the replicas that are missing.",
            `sum(kube_pod_status_phase{${here}, phase="Running"})`,
          ),
          stat(
            "Pods that wait",
            "short",
            "No node, image, Secret or volume, or an init container that ends: kubectl describe pod says which.",
            `sum(kube_pod_status_phase{${here}, phase="Pending"})`,
            [1, 5],
          ),
          stat(
            "Restarts, last hour",
            "short",
            "Containers that ended and were started again. kubectl logs --previous has their last words.",
            `sum(increase(kube_pod_container_status_restarts_total{${here}}[1h]))`,
            [1, 5],
          ),
          stat(
            "Replicas that are missing",
            "short",
            "Wanted by Deployments less available ones; one that has too many makes up for none. Above 0 for minutes: a rollout does not end.",
            `sum(clamp_min(kube_deployment_spec_replicas{${here}} - kube_deployment_status_replicas_available{${here}}, 0))`,
            [1, 3],
          ),
        ],
      },
      {
        title: "Utilisation",
        height: 8,
        panels: [
          timeSeries(
            "Processor against limit",
            "percentunit",
            `HighCPU fires above ${highCpu.threshold * 100} %: raise the limit or add pods.`,
            [{ expr: cpu, legend: "{{pod}}" }],
          ),
          timeSeries(
            "Memory against limit",
            "percentunit",
            `HighMemory fires above ${highMemory.threshold * 100} %; at 100 % the kernel kills.`,
            [{ expr: memory, legend: "{{pod}}" }],
          ),
        ],
      },
      {
        title: "Saturation",
        height: 8,
        panels: [
          timeSeries(
            "Throttled",
            "percentunit",
            "Share of the periods in which a container had to wait for its limit: it is slow although the node is not.",
            [
              {
                expr: `sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{${container}}[5m])) / (sum by (pod) (rate(container_cpu_cfs_periods_total{${container}}[5m])) > 0)`,
                legend: "{{pod}}",
              },
            ],
          ),
          timeSeries(
            "Network",
            "Bps",
            "One pod far above its like: its callers keep to it. None at all: nobody reaches it; see its Service and network policies.",
            [
              {
                expr: `sum by (pod) (rate(container_network_receive_bytes_total{${here}}[5m]))`,
                legend: "{{pod}} in",
              },
              {
                expr: `sum by (pod) (rate(container_network_transmit_bytes_total{${here}}[5m]))`,
                legend: "{{pod}} out",
              },
            ],
          ),
        ],
      },
      {
        title: "Errors",
        height: 8,
        panels: [
          timeSeries(
            "Restarts",
            "short",
            "In a quarter of an hour. Regular ones: its memory limit or liveness probe; kubectl describe pod says which.",
            [
              {
                expr: `sum by (pod, container) (increase({__name__=~"kube_pod_(init_)?container_status_restarts_total", ${here}}[15m]))`,
                legend: "{{pod}} {{container}}",
              },
            ],
          ),
          table(
            "Containers that wait",
            "And why: ImagePullBackOff is a wrong image, CrashLoopBackOff a program that ends.",
            [
              {
                title: "Waits",
                unit: "short",
                expr: `sum by (pod, container, reason) ({__name__=~"kube_pod_(init_)?container_status_waiting_reason", ${here}}) > 0`,
              },
            ],
          ),
        ],
      },
    ],
  };
}
