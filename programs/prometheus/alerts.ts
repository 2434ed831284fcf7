import { alert, type RuleGroup } from "../../alerts/alert";
import { compactionAlert } from "../../alerts/stores";
import type { Settings } from "../../config/schema";
import { ampOf } from "../amp";

/** Alerts on Prometheus itself. */
export function prometheusAlerts(settings: Settings): RuleGroup {
  const { rulesFailing, rulesLate, remoteWriteFailing, scrapedTwice, targetLimitNear } =
    settings.alerting.rules;
  const samples = (what: string) =>
    `sum by (env, region, pod) (increase(prometheus_remote_storage_samples_${what}_total[5m])) > 0`;
  return {
    name: "prometheus",
    rules: [
      alert(settings, "RulesFailing", {
        expr: "sum by (env, region, rule_group) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0",
        for: rulesFailing.for,
        severity: "critical",
        summary: "Prometheus cannot evaluate rules of {{ $labels.rule_group }}",
        description: `For ${rulesFailing.for}: alerts of that group are silent.`,
      }),
      alert(settings, "RulesLate", {
        expr: "sum by (env, region, rule_group) (increase(prometheus_rule_group_iterations_missed_total[5m])) > 0",
        for: rulesLate.for,
        severity: "warning",
        summary: "Prometheus leaves out rounds of {{ $labels.rule_group }}",
        description: `For ${rulesLate.for}: one takes longer than the interval. Alerts of that group come late, and what it records has gaps.`,
      }),
      compactionAlert(settings, "prometheus_tsdb_compactions_failed_total", "Prometheus"),
      ...(ampOf(settings)
        ? [
            alert(settings, "RemoteWriteFailing", {
              // What is refused, such as for a wrong key, is not sent again; what cannot be sent is tried again.
              expr: ["failed", "retried"].map(samples).join("\nor\n"),
              for: remoteWriteFailing.for,
              severity: "warning" as const,
              summary: "Amazon Managed Prometheus does not take samples of {{ $labels.pod }}",
              description: `For ${remoteWriteFailing.for}: what it refuses is missing there for good, what it cannot take after two hours.`,
            }),
          ]
        : []),
      alert(settings, "TargetLimitNear", {
        expr: `max by (env, region, scrape_job) (prometheus_target_scrape_pool_targets / (prometheus_target_scrape_pool_target_limit > 0))
> ${targetLimitNear.threshold}`,
        for: targetLimitNear.for,
        severity: "warning",
        summary:
          "{{ $labels.scrape_job }} has {{ $value | humanizePercentage }} of the targets that it may have",
        description: `For ${targetLimitNear.for}. Above 100 % none of them is scraped.`,
      }),
      // Equal targets of a job are one; these have two names, or are in a job of the user's own as well.
      alert(settings, "ScrapedTwice", {
        expr: 'count by (env, region, namespace, pod, instance) (up{pod!=""}) > 1',
        for: scrapedTwice.for,
        severity: "warning",
        summary: "{{ $labels.namespace }}/{{ $labels.pod }} is scraped {{ $value }} times",
        description: `For ${scrapedTwice.for}. Sums over services count it as often.`,
      }),
    ],
  };
}
