import type { Settings } from "../config/schema";

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface RuleGroup {
  name: string;
  /** Default: metrics.evaluationInterval. */
  interval?: string;
  rules: Rule[];
}

/** Where the edge serves RUNBOOK.md. */
export const RUNBOOK_PATH = "/runbook";

/** Page whose headings are the alerts' names, if there is one that people can open. */
const runbookOf = ({ alerting, edge }: Settings): string | null =>
  alerting.runbookUrl ?? (edge.enabled ? edge.url + RUNBOOK_PATH : null);

/**
 * One alert with what every alert has: severity, env and region (absent() knows no labels), and the link to its
 * heading in RUNBOOK.md.
 */
export function alert(
  settings: Settings,
  name: string,
  rule: {
    expr: string;
    for?: string;
    severity: "critical" | "warning" | "none";
    /** Besides severity, env and region. */
    labels?: Record<string, string>;
    summary: string;
    description: string;
  },
): Rule {
  const runbook = runbookOf(settings);
  return {
    alert: name,
    expr: rule.expr,
    ...(rule.for ? { for: rule.for } : {}),
    labels: { ...rule.labels, severity: rule.severity, env: settings.environment, region: settings.region },
    annotations: {
      summary: rule.summary,
      description: rule.description,
      ...(runbook ? { runbook_url: `${runbook}#${name.toLowerCase()}` } : {}),
    },
  };
}
