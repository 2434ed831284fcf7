import {
  DashboardBuilder,
  DashboardLinkBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  type DashboardLinkType,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { type Signal, logsBackend, tracesBackend, uidOf } from "../programs/backends";
import type { Stack } from "../programs/program";
import type { Panel } from "./panels";

export interface Variable {
  name: string;
  label: string;
  /** PromQL label_values(...); none: a box to type into, which holds `typed`. */
  query?: string;
  typed?: string;
  /** Offers "All", which stands for any value. */
  all?: boolean;
}

/** Folders by role; their names come from settings. */
export type Folder = "overview" | "services" | "platform";

export interface Dashboard {
  uid: string;
  folder: Folder;
  title: string;
  description: string;
  variables?: Variable[];
  /** Rows of panels; the panels of one share its width of 24. */
  rows: { title?: string; height: number; panels: Panel[] }[];
}

/** On every dashboard of the stack: what the links between them look for. */
const TAG = "observability-stack";

/** Scraped ones, and those of the settings: one without any pod is who is looked for. */
export const SERVICES = '__name__=~"up|service:expected", service!=""';

/** Namespaces that have services, and the services of the chosen one. */
export const NAMESPACE: Variable = {
  name: "namespace",
  label: "Namespace",
  query: `label_values({${SERVICES}}, namespace)`,
};
export const SERVICE: Variable = {
  name: "service",
  label: "Service",
  query: `label_values({${SERVICES}, namespace="$namespace"}, service)`,
};

/** The panel as the backends of this stack are asked; none where one of them has no answer. */
function shownBy(stack: Stack, { signal, model, ask }: Panel): Panel[] {
  if (signal === "traces" && !tracesBackend(stack).traces.traceql) return [];
  if (!ask) return [{ signal, model }];
  const target = ask(logsBackend(stack).logs);
  return target ? [{ signal, model: { ...model, targets: [{ refId: "A", ...target } as never] } }] : [];
}

/** The JSON model Grafana loads. Panels are laid out row by row. */
export function dashboard(stack: Stack, source: Dashboard): object {
  const datasource = (signal: Signal) => ({ type: uidOf(stack, signal), uid: uidOf(stack, signal) });
  let y = 0;
  let id = 0;
  const panels: object[] = [];
  for (const row of source.rows) {
    const shown = row.panels.flatMap((panel) => shownBy(stack, panel));
    if (shown.length === 0) continue;
    if (row.title)
      panels.push({
        ...new RowBuilder(row.title).gridPos({ x: 0, y: y++, w: 24, h: 1 }).build(),
        id: ++id,
      });
    const w = Math.floor(24 / shown.length);
    shown.forEach(({ signal, model }, index) =>
      panels.push({
        ...model,
        id: ++id,
        gridPos: { x: index * w, y, w, h: row.height },
        datasource: datasource(signal),
        targets: model.targets?.map((target) => ({ ...target, datasource: datasource(signal) })),
      }),
    );
    y += row.height;
  }
  const model = new DashboardBuilder(source.title)
    .uid(source.uid)
    .description(source.description)
    .tags([TAG, source.folder])
    .refresh("30s")
    .time({ from: "now-30m", to: "now" })
    .variables((source.variables ?? []).map((one) => variable(one, datasource("metrics"))))
    .link(
      new DashboardLinkBuilder("Dashboards")
        .type("dashboards" as DashboardLinkType)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .build();
  return { ...model, panels };
}

function variable({ name, label, query, typed = "", all }: Variable, metrics: object) {
  if (query === undefined) return new TextBoxVariableBuilder(name).label(label).defaultValue(typed);
  const choice = new QueryVariableBuilder(name)
    .label(label)
    .datasource(metrics)
    .query({ query, refId: name })
    // When the time range changes, since services come and go; in the order of the alphabet.
    .refresh(2)
    .sort(1);
  return all ? choice.includeAll(true).allValue(".+").current({ text: "All", value: "$__all" }) : choice;
}
