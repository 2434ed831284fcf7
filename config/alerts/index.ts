import type { Settings } from "../schema";
import { yaml } from "../yaml";
import { alert, type RuleGroup } from "./alert";
import { kubernetesAlerts } from "./kubernetes";
import { requestRules } from "./requests";
import { serviceAlerts } from "./services";

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

export const ruleGroups = (settings: Settings): RuleGroup[] => [
  requestRules(),
  serviceAlerts(settings),
  kubernetesAlerts(settings),
  watchdog(settings),
];

/** Prometheus' rule files, one a group: file name -> text. */
export const ruleFiles = (settings: Settings): Record<string, string> =>
  Object.fromEntries(ruleGroups(settings).map((group) => [`${group.name}.yaml`, yaml({ groups: [group] })]));
