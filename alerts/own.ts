import type { Settings } from "../config/schema";
import { alert, type RuleGroup } from "./alert";
import { teamTemplate } from "./teams";

/**
 * The alerts of the user's own that ask metrics, or those that ask log lines of Loki (`logs`) or Elasticsearch
 * (`lucene`); no group where there is none.
 */
export function ownAlerts(settings: Settings, asks: "metrics" | "logs" | "lucene"): RuleGroup[] {
  const those = settings.alerting.extraAlerts.filter((own) => own[asks] !== undefined);
  if (those.length === 0) return [];
  const team = teamTemplate(settings);
  return [
    {
      name: "own",
      rules: those.map((own) =>
        alert(settings, own.name, {
          expr: asks === "lucene" ? own.lucene!.query : own[asks]!,
          // Lines are counted within a time already, and so long alone: what came at once would never last as long.
          for: own.for ?? (asks === "lucene" ? undefined : "5m"),
          severity: own.severity,
          // Lines say which app they are of; routes and messages go by service.
          labels: {
            ...(asks === "metrics" ? {} : { service: "{{ $labels.app }}" }),
            ...(asks === "lucene" && team ? { team } : {}),
          },
          summary: own.summary,
          description: own.description ?? own.summary,
          runbook: own.runbookUrl ?? null,
        }),
      ),
    },
  ];
}
