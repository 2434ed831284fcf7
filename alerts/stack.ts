import { namespaceOf } from "../programs/addresses";
import type { Stack } from "../programs/program";
import { alert, keptOverGaps, type RuleGroup } from "./alert";

/** Kind of workload -> its pods that serve, and those that should. */
const PODS: Record<string, [available: string, wanted: string]> = {
  Deployment: ["kube_deployment_status_replicas_available", "kube_deployment_spec_replicas"],
  StatefulSet: ["kube_statefulset_status_replicas_ready", "kube_statefulset_replicas"],
  DaemonSet: ["kube_daemonset_status_number_available", "kube_daemonset_status_desired_number_scheduled"],
};

/** Programs that Prometheus does not scrape, of which less than half serves: all else they have is for one of many. */
function unscraped({ settings, programs }: Stack): string | undefined {
  const quiet = programs.filter(({ telemetry }) => !telemetry);
  const down = Object.entries(PODS).flatMap(([workload, [available, wanted]]) => {
    const these = quiet.filter((program) => program.workload === workload);
    if (these.length === 0) return [];
    const kind = workload.toLowerCase();
    const namespaces = [...new Set(these.map((program) => namespaceOf(settings, program)))];
    const which = `{namespace=~"${namespaces.join("|")}", ${kind}=~"${these.map(({ name }) => name).join("|")}"}`;
    const pods = (metric: string) => `max by (env, region, namespace, ${kind}) (${metric}${which})`;
    return [
      `label_replace(${pods(available)} < clamp_min(${pods(wanted)} / 2, 1), "workload", "$1", "${kind}", "(.+)")`,
    ];
  });
  return down.length > 0 ? down.join("\nor\n") : undefined;
}

/** Alerts on the stack itself. */
export function stackAlerts(stack: Stack): RuleGroup {
  const { settings, programs } = stack;
  const jobs = [
    ...programs.filter(({ telemetry }) => telemetry).map(({ name }) => name),
    "kubelet",
    "cadvisor",
  ];
  const unscrapedDown = unscraped(stack);
  return {
    name: "stack",
    rules: [
      alert(settings, "StackTargetDown", {
        // A pod that cannot be placed has no target, and so no up at all.
        expr: [
          `up{job=~"${jobs.join("|")}", service=""} == 0`,
          jobs.map((job) => `absent(up{job="${job}"})`).join("\n  or "),
        ].join("\nor\n"),
        for: settings.alerting.rules.stackTargetDown.for,
        severity: "critical",
        // What runs on each node is not away as a whole.
        summary:
          "{{ $labels.job }}{{ with $labels.node }} on node {{ . }}{{ end }}{{ with $labels.pod }} ({{ . }}){{ end }} is not scraped",
        description:
          "A part of the monitoring is down or its scrape is refused: alerts that need it are silent.",
      }),
      ...(unscrapedDown
        ? [
            keptOverGaps(
              alert(settings, "StackProgramDown", {
                expr: unscrapedDown,
                for: settings.alerting.rules.stackTargetDown.for,
                severity: "critical",
                summary: "{{ $labels.workload }} in {{ $labels.namespace }} is down",
                description: `A part of the monitoring that has no metrics of its own: less than half of its pods, or none, for ${settings.alerting.rules.stackTargetDown.for}.`,
              }),
            ),
          ]
        : []),
      alert(settings, "ConfigReloadFailed", {
        expr: "prometheus_config_last_reload_successful == 0",
        for: settings.alerting.rules.configReloadFailed.for,
        severity: "critical",
        summary: "Prometheus goes on with an old configuration",
        description:
          "It refuses the present one: later changes are not taken over, and after a restart it does not start.",
      }),
    ],
  };
}
