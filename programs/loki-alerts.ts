import { alert, type RuleGroup } from "../alerts/alert";
import { counted, LOSS_COUNTS, REFUSAL_COUNTS } from "../alerts/counted";
import { storeWritesAlert } from "../alerts/stores";
import type { Settings } from "../config/schema";
import { seconds } from "../config/units";
import { isDeployed, type Stack } from "./program";

const onLines = ({ alerting }: Settings) => alerting.extraAlerts.filter(({ logs }) => logs !== undefined);
/** Reasons for which Loki answers that it is to be asked again. */
const ASKED_AGAIN = "rate_limited|per_stream_rate_limit|stream_limit";
/** Whether Loki has rules. */
export const evaluates = (settings: Settings): boolean => onLines(settings).length > 0;

/** Alerts on lines on their way in, and on the way out by age. */
export function lokiAlerts(stack: Stack): RuleGroup {
  const { settings } = stack;
  const { linesLost, retentionNotApplied, rulesFailing } = settings.alerting.rules;
  const failures =
    "sum by (env, region, rule_group) (increase(loki_prometheus_rule_evaluation_failures_total[5m])) > 0";
  return {
    name: "loki",
    rules: [
      alert(settings, "LinesLost", {
        expr: [
          // Alloy's.
          counted("reason", "loki_write_dropped_entries_total", LOSS_COUNTS),
          ...(isDeployed(stack, "promtail")
            ? [counted("reason", "promtail_dropped_entries_total", LOSS_COUNTS)]
            : []),
          counted("reason", `loki_discarded_samples_total{reason!~"${ASKED_AGAIN}"}`, LOSS_COUNTS),
          counted("reason", `loki_discarded_samples_total{reason=~"${ASKED_AGAIN}"}`, REFUSAL_COUNTS),
        ].join("\nor\n"),
        for: linesLost.for,
        severity: "warning",
        summary: "About {{ $value | humanize }} log lines were lost or refused: {{ $labels.reason }}",
        description: `For ${linesLost.for}. What Loki refuses for a while (${ASKED_AGAIN.replaceAll("|", ", ")}) is sent again for as long as its file is there.`,
      }),
      alert(settings, "RetentionNotApplied", {
        // 0 until the first run after a start.
        expr: `time() - max by (env, region) (loki_compactor_apply_retention_last_successful_run_timestamp_seconds > 0)
> ${seconds(retentionNotApplied.after)}`,
        for: retentionNotApplied.for,
        severity: "warning",
        summary: "Loki has not deleted old lines for {{ $value | humanizeDuration }}",
        description: `More than ${retentionNotApplied.after} for ${retentionNotApplied.for}: its store fills.`,
      }),
      storeWritesAlert(settings, "loki_ingester_chunks_flush_failures_total", "Loki", "lines"),
      ...(evaluates(settings)
        ? [
            alert(settings, "RulesFailing", {
              expr: failures,
              for: rulesFailing.for,
              severity: "critical",
              summary: "Loki cannot evaluate rules of {{ $labels.rule_group }}",
              description: `For ${rulesFailing.for}: alerts of that group are silent.`,
            }),
            alert(settings, "RulesFailing", {
              // Of a file that it cannot read Loki takes no rule, and has no figure of its own that says so.
              expr: `(
  sum by (env, region) (loki_prometheus_rule_group_rules)
  or 0 * max by (env, region) (up{job="loki"} == 1)
) < ${onLines(settings).length}`,
              for: rulesFailing.for,
              severity: "critical",
              summary: `Loki has {{ $value }} of the ${onLines(settings).length} alerts on lines`,
              description: `For ${rulesFailing.for}: the others are silent; its log says what it cannot read.`,
            }),
          ]
        : []),
    ],
  };
}
