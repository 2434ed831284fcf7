import { PanelBuilder as LogsPanel } from "@grafana/grafana-foundation-sdk/logs";
import { DataqueryBuilder as PromQL } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TablePanel } from "@grafana/grafana-foundation-sdk/table";
import { TempoQueryBuilder as TraceQL } from "@grafana/grafana-foundation-sdk/tempo";
import { PanelBuilder as TimeSeriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Panel as Model, ThresholdsConfig } from "@grafana/grafana-foundation-sdk/dashboard";
import type { BigValueColorMode, BigValueGraphMode } from "@grafana/grafana-foundation-sdk/common";
import type { SearchTableType } from "@grafana/grafana-foundation-sdk/tempo";
import type { LineField, Lines, LogsBackend, Signal, Traces } from "../programs/backends";
import { traceql } from "../programs/traceql";

/* House panels: one manner of panel for all dashboards, each with what it means or what to do next. */

/** A panel, and what is asked: `dashboard()` puts in the datasource that answers about it. */
export interface Panel {
  signal: Signal;
  model: Model;
  /** What it asks the backend of logs, in that one's language; undefined: it has no answer, and there is no such panel. */
  ask?(backend: LogsBackend): object | undefined;
}

export interface Query {
  expr: string;
  legend: string;
  /** Shows the traces behind a histogram as dots. */
  exemplar?: boolean;
}

/** Orange from the first, red from the second on. */
export type Thresholds = [number, number] | [];

const refId = (index: number) => String.fromCharCode("A".charCodeAt(0) + index);
const built = <T>(value: T) => ({ build: () => value });

const steps = (thresholds: Thresholds, first = "green") =>
  built({
    mode: "absolute",
    steps: [
      { color: first, value: null },
      ...thresholds.map((value, index) => ({ color: ["orange", "red"][index], value })),
    ],
  } as ThresholdsConfig);

const promql = ({ expr, legend, exemplar = false }: Query, index: number) =>
  new PromQL().refId(refId(index)).expr(expr).legendFormat(legend).exemplar(exemplar);

const lines = (title: string, unit: string, description: string) =>
  new TimeSeriesPanel()
    .title(title)
    .description(description)
    .unit(unit)
    .min(0)
    .fillOpacity(10)
    .legend(built({ displayMode: "list", placement: "bottom", showLegend: true, calcs: [] } as never))
    .tooltip(built({ mode: "multi", sort: "desc" } as never));

/** A line a series. `unit` is one of Grafana's: reqps, s, percentunit, bytes, short. */
export function timeSeries(title: string, unit: string, description: string, queries: Query[]): Panel {
  const panel = lines(title, unit, description);
  queries.forEach((query, index) => panel.withTarget(promql(query, index)));
  return { signal: "metrics", model: panel.build() };
}

/** How many lines, or bytes of them, by one of their fields. */
export const logRates = (
  title: string,
  description: string,
  by: LineField,
  which: Lines,
  what: "lines" | "bytes" = "lines",
): Panel => ({
  signal: "logs",
  model: lines(title, what === "bytes" ? "Bps" : "short", description).build(),
  ask: ({ count }) => count(which, by, what),
});

/**
 * One number, or one for each series where there is a legend. As of now, and so without a line behind it: the last number of
 * a range shows what is gone for as long as the range is.
 */
export const stat = (
  title: string,
  unit: string,
  description: string,
  expr: string,
  thresholds: Thresholds = [],
  legend = "",
): Panel => ({
  signal: "metrics",
  model: new StatPanel()
    .title(title)
    .description(description)
    .unit(unit)
    .thresholds(steps(thresholds))
    .colorMode("value" as BigValueColorMode)
    .graphMode("none" as BigValueGraphMode)
    .reduceOptions(built({ calcs: ["lastNotNull"] }))
    .withTarget(promql({ expr, legend }, 0).instant())
    .build(),
});

/** What is bad when it is low, such as the error budget left: red below the first threshold, orange below the second. */
export const statOfGood = (
  title: string,
  unit: string,
  description: string,
  expr: string,
  [low, fair]: [number, number],
  legend = "",
): Panel => {
  const { model } = stat(title, unit, description, expr, [], legend);
  model.fieldConfig!.defaults.thresholds!.steps = [
    { color: "red", value: null },
    { color: "orange", value: low },
    { color: "green", value: fair },
  ];
  return { signal: "metrics", model };
};

export interface Column {
  title: string;
  unit: string;
  expr: string;
  thresholds?: Thresholds;
}

/** Where a row's name leads: `query` is built of its labels by `of`. */
export interface RowLink {
  title: string;
  uid: string;
}

/**
 * A row for each group of labels, as of now. The expressions have the same labels, and no others.
 * Its rows lead to dashboards, which are told namespace, service and time.
 */
export function table(title: string, description: string, columns: Column[], links: RowLink[] = []): Panel {
  const panel = new TablePanel().title(title).description(description).unit("short");
  columns.forEach(({ title: name, unit, expr, thresholds = [] }, index) => {
    panel.withTarget(
      new PromQL()
        .refId(refId(index))
        .expr(expr)
        .format("table" as never)
        .instant(),
    );
    panel.overrideByName(columns.length > 1 ? `Value #${refId(index)}` : "Value", [
      { id: "displayName", value: name },
      { id: "unit", value: unit },
      { id: "thresholds", value: steps(thresholds).build() },
      ...(thresholds.length > 0 ? [{ id: "custom.cellOptions", value: { type: "color-text" } }] : []),
    ]);
  });
  if (links.length > 0)
    panel.overrideByName("service", [
      { id: "links", value: links.map(({ title, uid }) => ({ title, url: serviceLink(uid) })) },
    ]);
  panel.withTransformation({ id: "merge", options: {} });
  panel.withTransformation({ id: "organize", options: { excludeByName: { Time: true } } });
  return { signal: "metrics", model: panel.build() };
}

/** A dashboard about the service of a table's row, at the time that is looked at. */
const serviceLink = (uid: string) =>
  `/d/${uid}?var-namespace=\${__data.fields.namespace}&var-service=\${__data.fields.service}&\${__url_time_range}`;

/** Log lines, newest first; their trace_id links to the trace. */
export const logs = (title: string, description: string, which: Lines): Panel => ({
  signal: "logs",
  model: new LogsPanel()
    .title(title)
    .description(description)
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .sortOrder("Descending" as never)
    .build(),
  ask: ({ show }) => show(which),
});

/** Traces, found by TraceQL; a click opens one. */
export const traces = (title: string, description: string, which: Traces): Panel => ({
  signal: "traces",
  model: new TablePanel()
    .title(title)
    .description(description)
    .withTarget(
      new TraceQL()
        .refId("A")
        .queryType("traceql")
        .query(traceql(which))
        .limit(20)
        .tableType("traces" as SearchTableType),
    )
    .build(),
});
