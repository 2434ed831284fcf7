import { alert, type RuleGroup } from "../../alerts/alert";
import type { Settings } from "../../config/schema";

/** Alerts on Prometheus itself. */
export function prometheusAlerts(settings: Settings): RuleGroup {
  const { rulesFailing, targetLimitNear } = settings.alerting.rules;
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
      alert(settings, "TargetLimitNear", {
        expr: `max by (env, region, scrape_job) (prometheus_target_scrape_pool_targets / (prometheus_target_scrape_pool_target_limit > 0))
> 0.8`,
        for: targetLimitNear.for,
        severity: "warning",
        summary:
          "{{ $labels.scrape_job }} has {{ $value | humanizePercentage }} of the targets that it may have",
        description: `For ${targetLimitNear.for}. Above 100 % none of them is scraped.`,
      }),
    ],
  };
}
