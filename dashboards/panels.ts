/** House panels: one manner of panel for all dashboards. A dashboard lists rows of them and nothing else. */

export interface Panel {
  title: string;
  type: string;
  [key: string]: unknown;
}

export interface Query {
  expr: string;
  legend: string;
  /** Shows the traces behind a histogram as dots. */
  exemplar?: boolean;
}

const prometheus = { type: "prometheus", uid: "prometheus" };
const loki = { type: "loki", uid: "loki" };
const tempo = { type: "tempo", uid: "tempo" };

const refId = (index: number) => String.fromCharCode("A".charCodeAt(0) + index);

/** A line a series. `unit` is one of Grafana's: reqps, s, percentunit, bytes, short. */
export const timeSeries = (title: string, unit: string, queries: Query[], description = ""): Panel => ({
  title,
  description,
  type: "timeseries",
  datasource: prometheus,
  fieldConfig: {
    defaults: { unit, min: 0, custom: { fillOpacity: 10, showPoints: "never" } },
    overrides: [],
  },
  options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
  targets: queries.map(({ expr, legend, exemplar }, index) => ({
    refId: refId(index),
    datasource: prometheus,
    expr,
    legendFormat: legend,
    exemplar: exemplar ?? false,
  })),
});

/** One number, green up to the first threshold, orange up to the second, then red. */
export const stat = (
  title: string,
  unit: string,
  expr: string,
  thresholds: [number, number] | [] = [],
): Panel => ({
  title,
  type: "stat",
  datasource: prometheus,
  fieldConfig: {
    defaults: {
      unit,
      thresholds: {
        mode: "absolute",
        steps: [
          { color: "green", value: null },
          ...thresholds.map((value, index) => ({ color: ["orange", "red"][index], value })),
        ],
      },
    },
    overrides: [],
  },
  options: { colorMode: "value", graphMode: "area", reduceOptions: { calcs: ["lastNotNull"] } },
  targets: [{ refId: "A", datasource: prometheus, expr }],
});

/** Log lines; their trace_id links to the trace. */
export const logs = (title: string, expr: string): Panel => ({
  title,
  type: "logs",
  datasource: loki,
  options: { showTime: true, wrapLogMessage: true, enableLogDetails: true, sortOrder: "Descending" },
  targets: [{ refId: "A", datasource: loki, expr, queryType: "range" }],
});

/** Traces that a TraceQL query finds; a click opens one. */
export const traces = (title: string, query: string): Panel => ({
  title,
  type: "table",
  datasource: tempo,
  targets: [{ refId: "A", datasource: tempo, queryType: "traceql", query, limit: 20, tableType: "traces" }],
});

export interface Variable {
  name: string;
  label: string;
  /** PromQL label_values(...) */
  query: string;
}

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  variables: Variable[];
  /** Rows of panels; the panels of one share its width of 24. */
  rows: { title?: string; height: number; panels: Panel[] }[];
}

/** The JSON model Grafana loads. Panels are laid out row by row. */
export function dashboard(source: Dashboard): object {
  let y = 0;
  let id = 0;
  const panels: object[] = [];
  for (const row of source.rows) {
    if (row.title)
      panels.push({ id: ++id, type: "row", title: row.title, gridPos: { x: 0, y: y++, w: 24, h: 1 } });
    const w = Math.floor(24 / row.panels.length);
    row.panels.forEach((panel, index) =>
      panels.push({ id: ++id, ...panel, gridPos: { x: index * w, y, w, h: row.height } }),
    );
    y += row.height;
  }
  return {
    uid: source.uid,
    title: source.title,
    description: source.description,
    tags: source.tags,
    editable: true,
    schemaVersion: 38,
    timezone: "browser",
    refresh: "30s",
    time: { from: "now-30m", to: "now" },
    templating: {
      list: source.variables.map(({ name, label, query }) => ({
        name,
        label,
        type: "query",
        datasource: prometheus,
        query: { query, refId: name },
        refresh: 2,
        sort: 1,
      })),
    },
    panels,
  };
}
