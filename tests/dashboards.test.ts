import { dashboardFiles } from "../dashboards";
import { settingsOf } from "../config/settings";
import { stackOf } from "../programs";

/* What people see who open a dashboard, and what each panel asks. */

interface Datasource {
  type: string;
  uid: string;
}

interface Panel {
  id: number;
  title: string;
  description?: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: Datasource;
  fieldConfig?: {
    defaults: { unit?: string; min?: number; thresholds?: { mode: string; steps: object[] } };
    overrides: { properties: { id: string; value: unknown }[] }[];
  };
  options?: { graphMode?: string };
  targets?: {
    refId: string;
    datasource: Datasource;
    expr?: string;
    query?: string;
    exemplar?: boolean;
    instant?: boolean;
    range?: boolean;
  }[];
}

interface Dashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  panels: Panel[];
  links: object[];
  templating: { list: { name: string; query: unknown }[] };
}

const of = (given: Record<string, unknown> = {}) =>
  Object.entries(dashboardFiles(stackOf(settingsOf(given, "kind"), "kind"))).flatMap(([folder, files]) =>
    Object.entries(files).map(([file, text]) => ({
      folder,
      file,
      text,
      model: JSON.parse(text) as Dashboard,
    })),
  );
const server = { name: "main", host: "db.example.org" };
const all = of({
  metrics: {
    postgres: { targets: [{ ...server, username: "monitor", password: "secret" }] },
    redis: { targets: [server] },
    istio: { enabled: true },
  },
}).map((one) => [one.model.uid, one] as const);
const named = (uid: string, dashboards = all) => dashboards.find(([name]) => name === uid)![1].model;
const below = ({ panels }: Dashboard) => panels.filter(({ type }) => type !== "row");
const asked = (dashboard: Dashboard, title: string) =>
  dashboard.panels
    .find((panel) => panel.title === title && panel.type !== "row")!
    .targets!.map(({ expr, query }) => expr ?? query);

test("their addresses are fixed: alerts, messages and bookmarks name them", () => {
  expect(all.map(([, { folder, file }]) => `${folder}/${file}`)).toEqual([
    ...["landing", "alerts", "slo"].map((uid) => `overview/${uid}.json`),
    ...["service-overview", "service", "nodejs", "spring", "logs", "traces"].map(
      (uid) => `services/${uid}.json`,
    ),
    ...["infrastructure", "kubernetes", "stack", "istio"].map((uid) => `platform/${uid}.json`),
  ]);
  for (const [uid, { file }] of all) expect(file).toBe(`${uid}.json`);
});

describe.each(all)("the dashboard %s", (uid, { model, text, folder }) => {
  test("says what it is, shows the last half hour as it goes on, and is no larger than 120 KB", () => {
    expect(model).toMatchObject({
      uid,
      tags: ["observability-stack", folder],
      editable: true,
      timezone: "browser",
      refresh: "30s",
      time: { from: "now-30m", to: "now" },
    });
    expect(model.description).toMatch(/\w \w/);
    expect(Buffer.byteLength(text)).toBeLessThan(120_000);
  });

  test("panels of a row share its width, none lies on another, and nothing is between the rows", () => {
    const tops = [...new Set(model.panels.map(({ gridPos }) => gridPos.y))];
    let end = 0;
    for (const y of tops) {
      const row = model.panels.filter(({ gridPos }) => gridPos.y === y);
      expect(y).toBe(end);
      const width = Math.floor(24 / row.length);
      expect(row.map(({ gridPos: { x, w } }) => [x, w])).toEqual(
        row.map((_, index) => [index * width, width]),
      );
      expect(new Set(row.map(({ gridPos }) => gridPos.h)).size).toBe(1);
      end = y + row[0].gridPos.h;
    }
    expect(model.panels.map(({ id }) => id)).toEqual(model.panels.map((_, index) => index + 1));
    for (const { type, gridPos } of model.panels)
      if (type !== "row") expect(gridPos.h).toBeGreaterThanOrEqual(4);
  });

  test("each panel has a name of its own, says what it means, and numbers have a unit", () => {
    const panels = below(model);
    expect(panels.length).toBeGreaterThan(2);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const { title, description, datasource, type, fieldConfig } of panels) {
      expect([title, description]).toEqual([title, expect.stringMatching(/^\w.{7,}\.$/)]);
      if (type !== "logs" && datasource!.type !== "tempo")
        expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.stringMatching(/\w/)]);
    }
  });

  test("each panel asks the datasource that it is of, its queries named A, B, ...", () => {
    for (const { title, datasource, targets } of below(model)) {
      expect([title, targets?.map(({ refId }) => refId)]).toEqual([
        title,
        [..."ABCDEFGH"].slice(0, targets?.length),
      ]);
      for (const target of targets!) expect(target.datasource).toEqual(datasource);
      expect(["prometheus", "loki", "tempo"]).toContain(datasource?.uid);
      expect(datasource?.uid).toBe(datasource?.type);
    }
  });

  test("every variable that a query names can be chosen, and every one that can be chosen is asked for", () => {
    const chosen = model.templating.list.map(({ name }) => name);
    const queries = JSON.stringify([model.panels.map(({ targets }) => targets), model.templating]);
    const used = new Set([...queries.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual([...chosen].sort());
  });

  test("its links end at dashboards that are there, with the time and the variables that those have", () => {
    expect(model.links).toEqual([
      expect.objectContaining({
        type: "dashboards",
        tags: ["observability-stack"],
        includeVars: true,
        keepTime: true,
      }),
    ]);
    for (const [, target, query] of text.matchAll(/"\/d\/([\w-]+)\?([^"]*)"/g)) {
      const variables = named(target).templating.list.map(({ name }) => name);
      for (const [, name] of query.matchAll(/var-(\w+)=/g)) expect(variables).toContain(name);
      expect(query).toContain("${__url_time_range}");
    }
  });
});

test("from a service on the landing page one gets to its details, lines and traces", () => {
  const links = [...JSON.stringify(named("landing")).matchAll(/"\/d\/([\w-]+)\?/g)].map(([, uid]) => uid);
  expect(links).toEqual(["service", "logs", "traces"]);
});

test("databases are shown where they are watched, and nodes where their exporter runs", () => {
  const rows = (given: object) =>
    of(given as Record<string, unknown>)
      .find(({ model }) => model.uid === "infrastructure")!
      .model.panels.filter(({ type }) => type === "row")
      .map(({ title }) => title);
  expect(rows({})).toEqual(["Nodes", "Volumes"]);
  expect(rows({ metrics: { nodeExporter: { enabled: false } } })).toEqual(["Volumes"]);
  expect(rows({ metrics: { redis: { targets: [server] } } })).toEqual(["Nodes", "Volumes", "Redis"]);
  expect(named("infrastructure").panels.filter(({ type }) => type === "row")).toHaveLength(4);
});

test("one number is that of now, and not the last one of the time that is shown", () => {
  const numbers = all.flatMap(([, { model }]) => below(model).filter(({ type }) => type === "stat"));
  expect(numbers.length).toBeGreaterThan(20);
  for (const { title, options, targets } of numbers) {
    const asked = targets!.map(({ instant, range }) => ({ instant, range }));
    // Of a single number there is no line to draw.
    expect([title, options?.graphMode, asked]).toEqual([title, "none", [{ instant: true, range: false }]]);
  }
});

test("a service of the settings can be chosen when it has had no pod for long", () => {
  for (const uid of ["service", "service-overview", "slo", "traces", "logs"])
    for (const { name, query } of named(uid).templating.list)
      if (name === "service" || (name === "namespace" && uid !== "logs"))
        expect([uid, query]).toEqual([
          uid,
          { refId: name, query: expect.stringContaining('{__name__=~"up|service:expected", service!=""') },
        ]);
});

test("no errors are 0 where there are requests, and a service that nobody expects is not 0 when it is gone", () => {
  const [errors] = asked(named("service"), "Errors");
  const requests =
    'sum by (service) (service:http_requests:rate5m{namespace="$namespace", service="$service"';
  expect(errors).toBe(`(${requests}, status=~"5.."}) or 0 * ${requests}})) / (${requests}}) > 0)`);
  expect(asked(named("service"), "Pods that answer")).toEqual([
    'sum by (service) (up{namespace="$namespace", service="$service"}) or 0 * max by (service) (service:expected{namespace="$namespace", service="$service"})',
  ]);
  // Only what is counted from alerts, which have no series while nothing is wrong, is filled in.
  for (const [uid, { model }] of all)
    for (const { title, targets } of below(model))
      for (const { expr } of targets!)
        if (expr?.includes("vector(0)"))
          expect([uid, title, expr]).toEqual([uid, title, expect.stringContaining("ALERTS")]);
});

test("the colours change where the alerts' thresholds are", () => {
  const strict = of({
    alerting: { rules: { highErrorRate: { threshold: 0.5 }, highLatency: { seconds: 8 } } },
    slo: { window: "60d" },
  });
  const steps = (title: string) =>
    strict.find(({ model }) => model.uid === "service")!.model.panels.find((panel) => panel.title === title)!
      .fieldConfig!.defaults.thresholds!.steps;
  const colours = (orange: number, red: number) => [
    { color: "green", value: null },
    { color: "orange", value: orange },
    { color: "red", value: red },
  ];
  expect(steps("Errors")).toEqual(colours(0.1, 0.5));
  expect(steps("p95")).toEqual(colours(2, 8));

  // Twice the window, so twice the factors of the alerts.
  const objectives = strict
    .find(({ model }) => model.uid === "slo")!
    .model.panels.find(({ title, type }) => title === "Objectives" && type === "table")!;
  const burn = (column: string) =>
    objectives
      .fieldConfig!.overrides.map(({ properties }) =>
        Object.fromEntries(properties.map(({ id, value }) => [id, value])),
      )
      .find(({ displayName }) => displayName === column)!.thresholds;
  expect(burn("Burn, 1 h")).toMatchObject({ steps: colours(12, 28.8) });
  expect(burn("Burn, 6 h")).toMatchObject({ steps: colours(2, 12) });
  expect(burn("Burn, 3 days")).toMatchObject({ steps: colours(2, 12) });
});

test.each(["jaeger", "zipkin"])("nobody asks %s in the language of Tempo, and no row is empty", (backend) => {
  for (const { model } of of({ tracing: { backend } })) {
    const asking = model.panels.filter(({ datasource }) => datasource?.uid === backend);
    expect([model.title, asking]).toEqual([model.title, []]);
    const types = [...model.panels.map(({ type }) => type), "row"].join(" ");
    expect([model.title, types]).toEqual([model.title, expect.not.stringContaining("row row")]);
    for (const { gridPos } of model.panels) expect(gridPos.w).toBeGreaterThan(0);
  }
});

test("lines are counted by level and application, and their bytes by application", () => {
  const lines = '{namespace="$namespace", app=~"$service"}';
  expect(
    ["Lines by level", "Lines by application", "Bytes by application"].map((title) =>
      asked(named("logs"), title),
    ),
  ).toEqual([
    [`sum by (level) (rate(${lines}[5m]))`],
    [`sum by (app) (rate(${lines}[5m]))`],
    [`sum by (app) (bytes_rate(${lines}[5m]))`],
  ]);
});

test("durations come with the traces behind them, and traces and lines are asked for by name", () => {
  const { panels } = named("service");
  const durations = panels.find(({ title }) => title === "Duration, with traces")!;
  expect(durations.targets!.map(({ exemplar }) => exemplar)).toEqual([true, true, true]);
  expect(panels.filter(({ targets }) => targets?.some(({ exemplar }) => exemplar))).toEqual([durations]);
  expect(asked(named("service"), "Logs")).toEqual(['{namespace="$namespace", app="$service"}']);
  expect(panels.find(({ title, type }) => title === "Traces" && type === "table")!.targets![0]).toMatchObject(
    {
      queryType: "traceql",
      query: '{resource.namespace="$namespace" && resource.service.name=~"$service"}',
      limit: 20,
      tableType: "traces",
    },
  );
});
