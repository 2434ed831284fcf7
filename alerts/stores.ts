import type { Settings } from "../config/schema";
import { alert, type Rule } from "./alert";

/** Tried again all the time, so that it is on for as long as there is trouble. */
const goesOn = (counter: string) => `sum by (env, region, job, pod) (increase(${counter}[10m])) > 0`;

/** Blocks that stay apart take more room, and none of them is deleted by age. */
export const compactionAlert = (settings: Settings, counter: string, title: string): Rule =>
  alert(settings, "CompactionFailing", {
    expr: goesOn(counter),
    for: settings.alerting.rules.compactionFailing.for,
    severity: "warning",
    summary: `${title} cannot join its blocks`,
    description: `For ${settings.alerting.rules.compactionFailing.for}: its disk fills, and queries become slow.`,
  });

/** Nothing is lost as long as memory and the volume have room for what waits, and senders notice nothing until then. */
export const storeWritesAlert = (settings: Settings, counter: string, title: string, what: string): Rule =>
  alert(settings, "StoreWritesFailing", {
    expr: goesOn(counter),
    for: settings.alerting.rules.storeWritesFailing.for,
    severity: "warning",
    summary: `${title} cannot write ${what} to its store`,
    description: `For ${settings.alerting.rules.storeWritesFailing.for}: they wait in its memory and on its volume, which fill.`,
  });
