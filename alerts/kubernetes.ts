import type { Settings } from "../config/schema";
import { seconds } from "../config/units";
import { alert, keptOverGaps, type RuleGroup } from "./alert";
import { percent } from "./services";
import { withWorkload, workloads } from "./workloads";

/** Alerts on pods, nodes and disks that every cluster needs. */
export function kubernetesAlerts(settings: Settings): RuleGroup {
  const { podCrashLooping, highMemory, highCpu, diskPressure, diskFull, pendingPods } =
    settings.alerting.rules;
  const limit = (resource: string) =>
    `max by (env, region, namespace, pod, container) (kube_pod_container_resource_limits{resource="${resource}"})`;
  // The kubelet waits up to five minutes between two starts: what never lives soon restarts too rarely for a short window.
  const restarts = (window: string) => `increase(${ofContainers("restarts_total")}[${window}])`;
  const perContainer = (expr: string) => `max by (env, region, namespace, pod, container) (${expr})`;
  return {
    name: "kubernetes",
    rules: [
      alert(settings, "PodCrashLooping", {
        expr: withWorkload(`${restarts(podCrashLooping.window)} > ${podCrashLooping.restarts}
or
${restarts("1h")} > ${podCrashLooping.restarts} and ${restarts("15m")} > 0
or
${restarts("15m")} > 2 and on (namespace, pod, container) max_over_time(${ofContainers("waiting_reason", ', reason="CrashLoopBackOff"')}[6m]) > 0`),
        severity: "critical",
        summary:
          "{{ $labels.namespace }}/{{ $labels.pod }} ({{ $labels.container }}) restarts again and again",
        description: `More than ${podCrashLooping.restarts} restarts within ${podCrashLooping.window} or within the hour, or the kubelet holds it back.`,
      }),
      alert(settings, "HighMemory", {
        expr: `${perContainer('container_memory_working_set_bytes{container!=""}')}
/ on (env, region, namespace, pod, container)
${limit("memory")}
> ${highMemory.threshold}`,
        for: highMemory.for,
        severity: "warning",
        summary:
          "{{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory limit",
        description: `More than ${percent(highMemory.threshold)} for ${highMemory.for}: close to being killed.`,
      }),
      alert(settings, "HighCPU", {
        expr: `${perContainer('rate(container_cpu_usage_seconds_total{container!=""}[5m])')}
/ on (env, region, namespace, pod, container)
${limit("cpu")}
> ${highCpu.threshold}`,
        for: highCpu.for,
        severity: "warning",
        summary:
          "{{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its CPU limit",
        description: `More than ${percent(highCpu.threshold)} for ${highCpu.for}: it is being throttled.`,
      }),
      full(settings, "DiskPressure", "warning", diskPressure),
      full(settings, "DiskFull", "critical", diskFull),
      keptOverGaps(pending(settings), pendingPods.for),
      ...workloads(settings),
    ].map((rule) => keptOverGaps(rule)),
  };
}

/** Those that run before the others have series of another name. */
const ofContainers = (status: string, matchers = "") =>
  `{__name__=~"kube_pod_(init_)?container_status_${status}"${matchers}}`;

/** A pod never returns to this phase, so its age is how long it has been in it: of those that take turns none is old. */
function pending(settings: Settings) {
  const { for: wait, count } = settings.alerting.rules.pendingPods;
  return alert(settings, "PendingPods", {
    expr: `count by (env, region, namespace, workload) (
  ${withWorkload(`kube_pod_status_phase{phase="Pending"} == 1 and on (namespace, pod) time() - kube_pod_created >= ${seconds(wait)}`)}
) > ${count}`,
    severity: "warning",
    summary:
      "{{ $value }} pods of {{ with $labels.workload }}{{ . }} in {{ end }}{{ $labels.namespace }} do not start",
    description: `More than ${count} for ${wait}.`,
  });
}

/** A read-only file system is full by nature; a device that is mounted often is full once. */
const full = (
  settings: Settings,
  name: string,
  severity: "critical" | "warning",
  { threshold, for: wait }: { threshold: number; for: string },
) =>
  alert(settings, name, {
    expr: `max by (env, region, node, instance, device) (
  1 - node_filesystem_avail_bytes / (node_filesystem_size_bytes > 0) unless node_filesystem_readonly == 1
) > ${threshold}
or
kubelet_volume_stats_used_bytes / (kubelet_volume_stats_capacity_bytes > 0) > ${threshold}`,
    for: wait,
    severity,
    summary:
      "Disk {{ $labels.device }}{{ with $labels.namespace }}{{ . }}/{{ end }}{{ $labels.persistentvolumeclaim }} of {{ $labels.node }} is {{ $value | humanizePercentage }} full",
    description: `More than ${percent(threshold)} for ${wait}.`,
  });
