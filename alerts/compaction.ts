import type { Settings } from "../config/schema";
import { alert } from "./alert";

/** It tries again all the time: blocks that stay apart take more room, and none of them is deleted by age. */
export const compactionAlert = (settings: Settings, counter: string, title: string) =>
  alert(settings, "CompactionFailing", {
    expr: `sum by (env, region, job, pod) (increase(${counter}[10m])) > 0`,
    for: settings.alerting.rules.compactionFailing.for,
    severity: "warning",
    summary: `${title} cannot join its blocks`,
    description: `For ${settings.alerting.rules.compactionFailing.for}: its disk fills, and queries become slow.`,
  });
