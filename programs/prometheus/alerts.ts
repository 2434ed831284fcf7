import { alert, type RuleGroup } from "../../alerts/alert";
import type { Settings } from "../../config/schema";

/** Alerts on Prometheus itself. */
export function prometheusAlerts(settings: Settings): RuleGroup {
  const { rulesFailing, scrapedTwice, targetLimitNear } = settings.alerting.rules;
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
