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
        expr: `up{job=~"${jobs.join("|")}", service=""} == 0`,
        for: settings.alerting.rules.stackTargetDown.for,
        severity: "critical",
        summary: "{{ $labels.job }} on {{ $labels.instance }} is not scraped",
        description:
          "A part of the monitoring is down or its scrape is refused: alerts that need it are silent.",
      }),
    ],
  };
}
