import type { Settings } from "../config/schema";
import { seconds } from "../config/units";
import { alert, type Rule } from "./alert";

const missing = (kind: string, expr: string) =>
  `label_replace(max by (env, region, namespace, ${kind}) (${expr}) > 0, "workload", "$1", "${kind}", "(.+)")`;

/** Of what Kubernetes puts behind a pod's name. */
const HASH = "[bcdfghjklmnpqrstvwxz2456789]";

/**
 * Alerts on pods with the label `workload`, as ReplicasMissing has it: the Deployment, StatefulSet, DaemonSet or Job by the
 * pod's name. By it a pod's trouble holds back what is said of its own workload, and of no other one in the namespace.
 */
export const withWorkload = (expr: string) =>
  `label_replace(${expr}, "workload", "$1", "pod", "(.+?)(-${HASH}{6,10})?-(${HASH}{5}|[0-9]+)")`;

/** Kubernetes keeps a CronJob's last failed Job for as long as no other one fails: what came after it has done the work. */
const overtaken = `  max by (namespace, job_name, owner_name) (kube_job_owner{owner_kind="CronJob"})
    * on (namespace, job_name) group_left () max by (namespace, job_name) (kube_job_status_start_time)
  < on (namespace, owner_name) group_left ()
    max by (namespace, owner_name) (label_replace(kube_cronjob_status_last_successful_time, "owner_name", "$1", "cronjob", "(.+)"))`;

/** Alerts on nodes, workloads and volumes, from what Kubernetes itself knows of them. */
export function workloads(settings: Settings): Rule[] {
  const { nodeNotReady, replicasMissing, jobFailed, volumeFilling } = settings.alerting.rules;
  return [
    alert(settings, "NodeNotReady", {
      expr: 'max by (env, region, node) (kube_node_status_condition{condition="Ready", status="true"}) == 0',
      for: nodeNotReady.for,
      severity: "critical",
      summary: "Node {{ $labels.node }} is not ready",
      description: `For ${nodeNotReady.for}: its pods are moved or lost.`,
    }),
    alert(settings, "ReplicasMissing", {
      expr: [
        missing("deployment", "kube_deployment_spec_replicas - kube_deployment_status_replicas_available"),
        missing("statefulset", "kube_statefulset_replicas - kube_statefulset_status_replicas_ready"),
        missing("daemonset", "kube_daemonset_status_number_unavailable"),
      ].join("\nor\n"),
      for: replicasMissing.for,
      severity: "warning",
      summary:
        "{{ $value }} pods of {{ $labels.deployment }}{{ $labels.statefulset }}{{ $labels.daemonset }} in {{ $labels.namespace }} are missing",
      description: `Not ready for ${replicasMissing.for}.`,
    }),
    alert(settings, "JobFailed", {
      expr: `max by (env, region, namespace, job_name) (kube_job_failed{condition="true"}) > 0
unless on (namespace, job_name)
${overtaken}`,
      for: jobFailed.for,
      severity: "warning",
      summary: "Job {{ $labels.job_name }} in {{ $labels.namespace }} has failed",
      description: `It was given up ${jobFailed.for} ago or more, and no later run has succeeded.`,
    }),
    alert(settings, "VolumeFilling", {
      // What is hardly used says little about the day on which it is full.
      expr: `predict_linear(kubelet_volume_stats_used_bytes[6h], ${seconds(volumeFilling.within)}) > kubelet_volume_stats_capacity_bytes
and
kubelet_volume_stats_used_bytes / (kubelet_volume_stats_capacity_bytes > 0) > ${volumeFilling.threshold}`,
      for: volumeFilling.for,
      severity: "warning",
      summary: "Volume {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} is going to be full",
      description: `Within ${volumeFilling.within} if it grows as in the last six hours, for ${volumeFilling.for}.`,
    }),
  ];
}
