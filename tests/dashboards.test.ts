import { dashboards } from "../dashboards";

/* What people see who open a dashboard, and what each panel asks. */

interface Panel {
  id: number;
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: Datasource;
  fieldConfig?: {
    defaults: { unit: string; min?: number; thresholds?: { mode: string; steps: object[] } };
  };
  options?: Record<string, unknown>;
  targets?: {
    refId: string;
    datasource: Datasource;
    expr?: string;
    query?: string;
    legendFormat?: string;
    exemplar?: boolean;
  }[];
}

interface Datasource {
  type: string;
  uid: string;
}

interface Dashboard {
  title: string;
  [field: string]: unknown;
  panels: Panel[];
}

const all = Object.entries(dashboards()).map(([uid, text]) => [uid, JSON.parse(text) as Dashboard] as const);
const { service } = Object.fromEntries(all);
const panelNamed = (title: string) =>
  service.panels.find((panel) => panel.title === title && panel.type !== "row")!;

describe.each(all)("the dashboard %s", (uid, { panels, ...dashboard }) => {
  const below = panels.filter(({ type }) => type !== "row");

  test("says what it is, and shows the last half hour as it goes on", () => {
    expect(dashboard).toMatchObject({
      uid,
      tags: ["observability-stack"],
      editable: true,
      schemaVersion: 38,
      timezone: "browser",
      refresh: "30s",
      time: { from: "now-30m", to: "now" },
    });
    expect(dashboard.description).toMatch(/\w \w/);
  });

  test("panels of a row share its width, none lies on another, and nothing is between the rows", () => {
    const tops = [...new Set(panels.map(({ gridPos }) => gridPos.y))];
    let end = 0;
    for (const y of tops) {
      const row = panels.filter(({ gridPos }) => gridPos.y === y);
      expect(y).toBe(end);
      const width = 24 / row.length;
      expect(row.map(({ gridPos: { x, w } }) => [x, w])).toEqual(
        row.map((_, index) => [index * width, width]),
      );
      expect(new Set(row.map(({ gridPos }) => gridPos.h)).size).toBe(1);
      end = y + row[0].gridPos.h;
    }
    for (const { type, gridPos } of panels) {
      if (type === "row") expect(gridPos.h).toBe(1);
      else expect(gridPos.h).toBeGreaterThanOrEqual(4);
    }
    expect(panels.map(({ id }) => id)).toEqual(panels.map((_, index) => index + 1));
  });

  test("each panel asks the datasource that it is of, its queries named A, B, ...", () => {
    for (const { title, datasource, targets } of below) {
      expect([title, targets?.map(({ refId }) => refId)]).toEqual([
        title,
        [..."ABCDEFGH"].slice(0, targets?.length),
      ]);
      for (const target of targets!) expect(target.datasource).toEqual(datasource);
      expect(datasource?.uid).toBe(datasource?.type);
    }
  });
});

test("one service is chosen, by its namespace and name", () => {
  expect(service.title).toBe("Service");
  const { list } = service.templating as { list: object[] };
  const choice = (name: string, label: string, query: string) => ({
    name,
    label,
    type: "query",
    datasource: { type: "prometheus", uid: "prometheus" },
    query: { query, refId: name },
    // When the time range changes, since services come and go; in the order of the alphabet.
    refresh: 2,
    sort: 1,
  });
  expect(list).toEqual([
    choice("namespace", "Namespace", 'label_values(up{service!=""}, namespace)'),
    choice("service", "Service", 'label_values(up{namespace="$namespace", service!=""}, service)'),
  ]);
});

test("first how many, how many wrong and how slow, then why: metrics, traces, logs", () => {
  expect(service.panels.map(({ type, title }) => (type === "row" ? `# ${title}` : title))).toEqual([
    ...["Pods that answer", "Requests", "Errors", "p95"],
    ...["# Metrics", "Requests by status", "Duration, with traces", "Calls to others", "Memory", "Processor"],
    ...["# Traces", "Traces", "# Logs", "Logs"],
  ]);
});

const requests = 'service:http_requests:rate5m{namespace="$namespace", service="$service"}';
const errors = 'service:http_requests:rate5m{namespace="$namespace", service="$service", status=~"5.."}';
const latency = (q: string) =>
  `histogram_quantile(${q}, sum by (le) (rate(traces_spanmetrics_latency_bucket{namespace="$namespace", service_name="$service", span_kind="SPAN_KIND_SERVER"}[5m])))`;
const container = 'namespace="$namespace", pod=~"$service-.*", container!=""';

const step = (color: string, value: number | null) => ({ color, value });

test.each([
  ["Pods that answer", "short", 'sum(up{namespace="$namespace", service="$service"})', []],
  ["Requests", "reqps", `sum(${requests})`, []],
  // No error at all is 0, not an empty panel.
  ["Errors", "percentunit", `(sum(${errors}) or vector(0)) / sum(${requests})`, [0.01, 0.05]],
  ["p95", "s", latency("0.95"), [0.5, 2]],
])("%s is the last value, in %s, in the colour of its threshold", (title, unit, expr, [orange, red]) => {
  const { type, fieldConfig, options, targets } = panelNamed(title);
  expect(type).toBe("stat");
  expect(fieldConfig!.defaults).toEqual({
    unit,
    thresholds: {
      mode: "absolute",
      steps: [
        step("green", null),
        ...(orange === undefined ? [] : [step("orange", orange), step("red", red)]),
      ],
    },
  });
  expect(options).toEqual({
    colorMode: "value",
    graphMode: "area",
    reduceOptions: { calcs: ["lastNotNull"] },
  });
  expect(targets!.map((target) => target.expr)).toEqual([expr]);
});

test.each([
  ["Requests by status", "reqps", [[`sum by (status) (${requests})`, "{{status}}", false]]],
  [
    "Duration, with traces",
    "s",
    [
      [latency("0.5"), "p50", true],
      [latency("0.95"), "p95", true],
      [latency("0.99"), "p99", true],
    ],
  ],
  [
    "Calls to others",
    "reqps",
    [
      [
        'sum by (server) (rate(traces_service_graph_request_total{client="$service"}[5m]))',
        "to {{server}}",
        false,
      ],
      [
        'sum by (client) (rate(traces_service_graph_request_total{server="$service"}[5m]))',
        "from {{client}}",
        false,
      ],
    ],
  ],
  [
    "Memory",
    "bytes",
    [[`sum by (pod) (container_memory_working_set_bytes{${container}})`, "{{pod}}", false]],
  ],
  [
    "Processor",
    "short",
    [[`sum by (pod) (rate(container_cpu_usage_seconds_total{${container}}[5m]))`, "{{pod}}", false]],
  ],
])("%s is lines in %s from zero on, each named", (title, unit, lines) => {
  const { type, fieldConfig, options, targets } = panelNamed(title);
  expect(type).toBe("timeseries");
  expect(fieldConfig!.defaults).toMatchObject({ unit, min: 0, custom: { showPoints: "never" } });
  expect(options).toEqual({
    legend: { displayMode: "list", placement: "bottom" },
    tooltip: { mode: "multi", sort: "desc" },
  });
  expect(targets!.map(({ expr, legendFormat, exemplar }) => [expr, legendFormat, exemplar])).toEqual(lines);
});

test("its traces are a table that Tempo answers", () => {
  expect(panelNamed("Traces")).toMatchObject({
    type: "table",
    datasource: { uid: "tempo" },
    targets: [
      { queryType: "traceql", query: '{resource.service.name="$service"}', limit: 20, tableType: "traces" },
    ],
  });
});

test("its lines are the newest first, with the time and their details", () => {
  expect(panelNamed("Logs")).toMatchObject({
    type: "logs",
    datasource: { uid: "loki" },
    options: { showTime: true, wrapLogMessage: true, enableLogDetails: true, sortOrder: "Descending" },
    targets: [{ expr: '{namespace="$namespace", app="$service"}', queryType: "range" }],
  });
});
