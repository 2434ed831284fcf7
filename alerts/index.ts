import type { Settings } from "../config/schema";
import { yaml } from "../config/yaml";
import type { Stack } from "../programs/program";
import { alert, type Rule, type RuleGroup } from "./alert";
import { kubernetesAlerts } from "./kubernetes";
import { ownAlerts } from "./own";
import { requestRules } from "./requests";
import { withLinks } from "./links";
import { serviceAlerts } from "./services";
import { sloRules } from "./slo";
import { stackAlerts } from "./stack";

/** Always fires, so that its absence at the heartbeat shows that alerting itself is broken. */
const watchdog = (settings: Settings): RuleGroup => ({
  name: "watchdog",
  rules: [
    alert(settings, "Watchdog", {
      expr: "vector(1)",
      severity: "none",
      summary: "Alerting works",
      description: "Fires always; the heartbeat receiver alarms when it stops.",
    }),
  ],
});

const groups = (stack: Stack): RuleGroup[] => [
  requestRules(),
  serviceAlerts(stack.settings),
  ...sloRules(stack.settings),
  kubernetesAlerts(stack.settings),
  stackAlerts(stack),
  ...stack.programs.flatMap(({ alerts }) => alerts?.(stack) ?? []),
  ...ownAlerts(stack.settings, "metrics"),
  watchdog(stack.settings),
];

export const ruleGroups = (stack: Stack): RuleGroup[] =>
  groups(stack).map((group) => withLinks(stack, group));

/** Prometheus' rule files, one a group: file name -> text. */
export const ruleFiles = (stack: Stack): Record<string, string> => filesOf(ruleGroups(stack));

/** Those that Loki evaluates. */
export const logRuleFiles = (stack: Stack): Record<string, string> =>
  filesOf(ownAlerts(stack.settings, "logs").map((group) => withLinks(stack, group)));

/** Those that Grafana evaluates, each with a query in Lucene's language. */
export const luceneRules = (stack: Stack): Rule[] =>
  ownAlerts(stack.settings, "lucene").flatMap((group) => withLinks(stack, group).rules);

const filesOf = (all: RuleGroup[]): Record<string, string> =>
  Object.fromEntries(all.map((group) => [`${group.name}.yaml`, yaml({ groups: [group] })]));
