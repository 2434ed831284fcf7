import { json } from "../config/yaml";
import type { Stack } from "../programs/program";
import { alertsDashboard } from "./alerts";
import { type Dashboard, dashboard, type Folder } from "./dashboard";
import { infrastructureDashboard } from "./infrastructure";
import { istioDashboard } from "./istio";
import { kubernetesDashboard } from "./kubernetes";
import { landingDashboard } from "./landing";
import { logsDashboard } from "./logs";
import { nodejsDashboard } from "./nodejs";
import { serviceDashboard } from "./service";
import { serviceOverviewDashboard } from "./service-overview";
import { sloDashboard } from "./slo";
import { springDashboard } from "./spring";
import { stackDashboard } from "./stack";
import { tracesDashboard } from "./traces";

const all: ((stack: Stack) => Dashboard)[] = [
  landingDashboard,
  alertsDashboard,
  sloDashboard,
  serviceOverviewDashboard,
  serviceDashboard,
  nodejsDashboard,
  springDashboard,
  logsDashboard,
  tracesDashboard,
  infrastructureDashboard,
  kubernetesDashboard,
  stackDashboard,
];

/** One that asks for what a stack does not scrape is not there. */
const made = (stack: Stack): Dashboard[] =>
  [...all, ...(stack.settings.metrics.istio.enabled ? [istioDashboard] : [])].map((make) => make(stack));

/** Title of each dashboard, by its uid. */
export const dashboardTitles = (stack: Stack): Record<string, string> =>
  Object.fromEntries(made(stack).map(({ uid, title }) => [uid, title]));

/** The dashboards of each folder, as file name -> text. */
export function dashboardFiles(stack: Stack): Record<Folder, Record<string, string>> {
  const sources = made(stack);
  const of = (folder: Folder) =>
    Object.fromEntries(
      sources
        .filter((source) => source.folder === folder)
        .map((source) => [`${source.uid}.json`, json(dashboard(stack, source))]),
    );
  return { overview: of("overview"), services: of("services"), platform: of("platform") };
}
