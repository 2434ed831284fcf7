import type { Settings } from "../config/schema";
import { seconds } from "../config/units";

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  keep_firing_for?: string;
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

/** Where people read of an alert, if they can open the runbook. */
function headingOf({ alerting, edge }: Settings, alert: string): string | null {
  const page = alerting.runbookUrl ?? (edge.enabled ? edge.url + RUNBOOK_PATH : null);
  return page && `${page}#${alert.toLowerCase()}`;
}

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
    /** Page that says what to do; null: there is none. Default: its heading in RUNBOOK.md. */
    runbook?: string | null;
  },
): Rule {
  const { runbook = headingOf(settings, name) } = rule;
  return {
    alert: name,
    expr: rule.expr,
    ...(rule.for ? { for: rule.for } : {}),
    labels: { ...rule.labels, severity: rule.severity, env: settings.environment, region: settings.region },
    annotations: {
      summary: rule.summary,
      description: rule.description,
      ...(runbook ? { runbook_url: runbook } : {}),
    },
  };
}

/** Who is told after minutes need not wait longer than this for the end. */
const KEPT_AT_MOST = "5m";

/**
 * For states that an exporter tells: one scrape of it that fails would end its alerts, which then wait, and page, anew. So
 * they end only when all has been well for a while.
 */
export const keptOverGaps = (rule: Rule, wait = rule.for): Rule =>
  wait ? { ...rule, keep_firing_for: seconds(wait) < seconds(KEPT_AT_MOST) ? wait : KEPT_AT_MOST } : rule;
