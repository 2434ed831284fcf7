import type { Stack } from "../programs/program";
import { alert, type RuleGroup } from "./alert";

/** Alerts on the stack itself. */
export function stackAlerts({ settings, programs }: Stack): RuleGroup {
  const jobs = [
    ...programs.filter(({ telemetry }) => telemetry).map(({ name }) => name),
    "kubelet",
    "cadvisor",
  ];
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
