/** Alerts of the user's own, on metrics and on lines, as the real programs read them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { logRuleFiles, ruleFiles, ruleGroups } from "../alerts";
import { settingsOf } from "../config/settings";
import { yaml } from "../config/yaml";
import { alerting } from "../programs/grafana/alerting";
import { grafanaEnvironment } from "../programs/grafana/server";
import type { Stack } from "../programs/program";
import { type Alertmanager, alertmanagerServers } from "./support/alertmanagers";
import { eventually } from "./support/eventually";
import { inElasticsearch } from "./support/filebeat";
import { describeWith } from "./support/programs";
import { LOGQL, PROMQL } from "./support/queries";
import { startReceivers } from "./support/receivers";
import { type Loki, lokiServer, stackWith } from "./support/servers";
import { isPresent, validate, validators } from "./support/validators";

jest.setTimeout(240_000);

const ORDERS = {
  name: "OrdersWaiting",
  metrics: "sum by (namespace, service) (orders_waiting) > 100",
  severity: "critical",
  summary: "{{ $value | humanize }} orders of {{ $labels.namespace }} wait",
  description: "Nobody takes them.",
  runbookUrl: "https://wiki.example.org/orders",
};
const REFUSED = {
  name: "CardsRefused",
  logs: 'sum by (namespace, app) (count_over_time({app="shop"} |= "card refused" [5m])) >= 3',
  for: "1s",
  summary: "{{ $value }} cards were refused in {{ $labels.app }}",
};
const given = (more: object = {}) => ({ alerting: { extraAlerts: [ORDERS, REFUSED], ...more } });

const directory = mkdtempSync(join(tmpdir(), "own-alerts-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("the one on metrics is Prometheus', with a page of its own and where it comes from", () => {
  const stack = stackWith({ environment: "prod", region: "seoul", ...given() });
  expect(ruleGroups(stack).find(({ name }) => name === "own")!.rules).toEqual([
    {
      alert: "OrdersWaiting",
      expr: ORDERS.metrics,
      for: "5m",
      labels: { severity: "critical", env: "prod", region: "seoul" },
      annotations: {
        summary: ORDERS.summary,
        description: ORDERS.description,
        runbook_url: ORDERS.runbookUrl,
        dashboard_url: "http://localhost:8080/api/monitoring/grafana/d/alerts",
      },
    },
  ]);
});

test("a stack without any has no rules of that kind, and no alert about them", () => {
  const failing = (stack: Stack) =>
    ruleGroups(stack).flatMap(({ rules }) => rules.filter(({ alert }) => alert === "RulesFailing"));
  expect([failing(stackWith(given())).length, failing(stackWith()).length]).toEqual([3, 1]);
  expect(ruleFiles(stackWith())["own.yaml"]).toBeUndefined();
  expect(logRuleFiles(stackWith())).toEqual({});
});

test("Grafana evaluates rules only where no other program can, and tells nobody but each Alertmanager", () => {
  const evaluates = (stack: Stack) => grafanaEnvironment(stack).GF_UNIFIED_ALERTING_EXECUTE_ALERTS;
  const lucene = { name: "Refused", lucene: { query: "refused" }, summary: "Refused" };
  const three = inElasticsearch({ alerting: { extraAlerts: [ORDERS, lucene], replicas: 3 } });
  expect([stackWith(given()), inElasticsearch(), three].map(evaluates)).toEqual(["false", "false", "true"]);
  expect(
    [alerting(stackWith(given()), "/"), alerting(inElasticsearch(), "/")].map(({ length }) => length),
  ).toEqual([0, 1]);
  // As soon as so many lines are there: in five minutes those of one moment would not be counted any more.
  expect(alerting(three, "/")[0].files["3-rules.yaml"]).toMatch(/^\s+for: 0s$/m);
  const { groups, contactPoints, policies } = load(alerting(three, "/")[0].files["3-rules.yaml"]) as {
    groups: { rules: { title: string }[] }[];
    contactPoints: { name: string; receivers: { type: string; settings: { url: string } }[] }[];
    policies: object[];
  };
  expect(groups.map(({ rules }) => rules.map(({ title }) => title))).toEqual([["Refused"]]);
  expect(policies).toEqual([expect.objectContaining({ receiver: "Alertmanager" })]);
  expect(policies[0]).not.toHaveProperty("routes");
  expect(contactPoints.map(({ name }) => name)).toEqual(["Alertmanager"]);
  const [{ type, settings }] = contactPoints[0].receivers;
  expect([type, settings.url.split(",").map((url) => new URL(url).host)]).toEqual([
    "prometheus-alertmanager",
    ["alertmanager-0", "alertmanager-1-0", "alertmanager-2-0"].map(
      (pod) => `${pod}.alertmanager-headless.observability.svc:9093`,
    ),
  ]);
});

test("no alert of the stack can be taken for one of the user's", () => {
  const runbook = readFileSync(join(__dirname, "../alerts/RUNBOOK.md"), "utf8");
  const headings = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
  const rules = ruleGroups(stackWith()).flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
  expect(headings).toEqual(expect.arrayContaining(rules));
  const called = (name: string) => () =>
    settingsOf({ alerting: { extraAlerts: [{ ...ORDERS, name }] } }, "test");
  for (const name of headings) expect(called(name)).toThrow("allowed: a name that no alert of the stack has");
  // A key of alerting.rules is no name.
  for (const name of ["PostgresDown", "RedisMemory"]) expect(called(name)).not.toThrow();
});

const own = (more: object) => ({ ...ORDERS, ...more });
const asksLines = (logs: string) => own({ metrics: undefined, logs });
test.each([
  ["two of a name", [ORDERS, ORDERS], "[1].name OrdersWaiting is named twice; allowed: each name once"],
  [
    "on nothing",
    [own({ metrics: undefined })],
    "[0] is not usable; allowed: one of metrics, logs and lucene",
  ],
  [
    "on two things",
    [own({ logs: REFUSED.logs })],
    "[0] is not usable; allowed: one of metrics, logs and lucene",
  ],
  [
    "PromQL that ends too early",
    [own({ metrics: "late >" })],
    "[0].metrics is no PromQL at its end; allowed: ",
  ],
  ["PromQL that goes on", [own({ metrics: "late > 1 )" })], '[0].metrics is no PromQL at ")"; allowed: '],
  ["LogQL with a mistake", [asksLines('rate({app="a"}[5]) > 1')], '[0].logs is no LogQL at "'],
  [
    "LogQL that gives lines",
    [asksLines('{app="a"} |= "late"')],
    "[0].logs gives lines, and counts none; allowed: an expression that counts lines, such as",
  ],
  [
    "a function of another type",
    [own({ metrics: "rate(late) > 1" })],
    '[0].metrics is not possible: expected type matrix in call to function "rate", got vector; allowed: ',
  ],
  ["PromQL that gives ranges", [own({ metrics: "late[5m]" })], "[0].metrics gives ranges of values, and an"],
  ["PromQL that gives a text", [own({ metrics: '"late"' })], "[0].metrics gives a text, and an alert needs"],
  [
    "a pattern that is none",
    [asksLines('rate({app="a"} |~ "(late" [5m]) > 1')],
    "[0].logs has a pattern that is none: error parsing regexp: missing closing ): `(late`; allowed: ",
  ],
  [
    "a backslash as in no quotes",
    [own({ metrics: String.raw`up{job=~"a\.b"} == 0` })],
    String.raw`[0].metrics has \. in quotes, which must be \\. there; allowed: `,
  ],
  [
    "a selector of everything",
    [own({ metrics: 'up == 0 or {job=~".*"} > 1' })],
    '[0].metrics selects everything by {job=~".*"}, where one matcher must not match an empty label, as =~".+"; allowed: ',
  ],
  [
    "a selector of every line",
    [asksLines('rate({app=~".*", pod!="a"} |= "late" [5m]) > 1')],
    '[0].logs selects everything by {app=~".*", pod!="a"}, where one matcher must not match an empty label, as ',
  ],
  [
    "the other quote behind a backslash",
    [asksLines(String.raw`rate({app="a"} |= "can\'t" [5m]) > 1`)],
    String.raw`[0].logs has \' in quotes, which must be ' there; allowed: an expression that counts lines`,
  ],
  [
    "a function that this Prometheus does not have",
    [own({ metrics: "limitk(2, late) > 1" })],
    "[0].metrics has limitk, an experiment that is not enabled in this Prometheus; allowed: ",
  ],
  [
    "a sum of nothing",
    [asksLines('sum_over_time({app="a"} | json [5m]) > 1')],
    "[0].logs has sum_over_time without | unwrap LABEL, and it is of that label's values; allowed: ",
  ],
  [
    "captures without names",
    [asksLines('rate({app="a"} | pattern "<_> late" [5m]) > 1')],
    "[0].logs has a pattern that is none: no capture has a name, as in <status>; allowed: ",
  ],
  ["another severity", [own({ severity: "page" })], '[0].severity is "page"; allowed: critical, warning'],
  [
    "a label that is none",
    [own({ summary: "{{ $label.app }}" })],
    "allowed: {{ $labels.NAME }}, {{ $value }}",
  ],
])("%s: refused", (_, extraAlerts, message) => {
  expect(() => settingsOf({ alerting: { extraAlerts } }, "test")).toThrow(message);
});

const promtool = validators.find(
  ({ binary, files }) => binary === "promtool" && files.test("rules/own.yaml"),
)!;
(isPresent(promtool) ? test : test.skip)("promtool takes it", () =>
  validate(promtool, "own.yaml", ruleFiles(stackWith(given()))["own.yaml"], directory),
);

(isPresent(promtool) ? test.each(PROMQL) : test.skip.each(PROMQL))(
  "%s: Prometheus is of the same opinion",
  async (metrics, isRight) => {
    const accepted = (what: Promise<unknown>) =>
      what.then(
        () => true,
        () => false,
      );
    const groups = [{ name: "own", rules: [{ alert: "Own", expr: metrics }] }];
    expect(await accepted(validate(promtool, "own.yaml", yaml({ groups }), directory))).toBe(isRight);
    const settings = async () => settingsOf({ alerting: { extraAlerts: [{ ...ORDERS, metrics }] } }, "test");
    expect(await accepted(settings())).toBe(isRight);
  },
);

test("an expression of thousands of letters is taken on a busy machine, too", () => {
  const metrics = Array.from({ length: 100 }, (_, index) => `rate(late{number="${index}"}[5m]) > 1`).join(
    " or ",
  );
  const now = jest.spyOn(Date, "now");
  // The clock goes on by a second each time that it is read.
  let clock = Date.now();
  now.mockImplementation(() => (clock += 1000));
  try {
    expect(() => settingsOf({ alerting: { extraAlerts: [own({ metrics })] } }, "test")).not.toThrow();
  } finally {
    now.mockRestore();
  }
});

/** As the kubelet mounts a ConfigMap. */
function mount(stack: Stack): string {
  const rules = join(directory, "rules");
  const tenant = join(rules, "fake");
  mkdirSync(join(tenant, "..2026"), { recursive: true });
  symlinkSync("..2026", join(tenant, "..data"));
  for (const [file, text] of Object.entries(logRuleFiles(stack))) {
    writeFileSync(join(tenant, "..2026", file), text);
    symlinkSync(join("..data", file), join(tenant, file));
  }
  return rules;
}

describeWith(["loki", "loki"], ["alertmanager", "alertmanager"])("the one on lines", () => {
  let receivers: Awaited<ReturnType<typeof startReceivers>>;
  let alertmanager: Alertmanager;
  let loki: Loki;
  beforeAll(async () => {
    receivers = await startReceivers({ username: "u", password: "p" });
    const stack = stackWith(
      given({
        receivers: [{ name: "team", webhook: { url: `${receivers.url}/webhook` } }],
        teams: [{ name: "sales", services: ["shop"] }],
        routes: [{ service: "shop", receiver: "team" }],
        groupWait: "1s",
      }),
    );
    [alertmanager] = await alertmanagerServers(directory, stack);
    loki = await lokiServer(directory, stack, [], {
      storage: { type: "local", local: { directory: mount(stack) } },
      alertmanager_url: alertmanager.url,
      evaluation_interval: "1s",
      poll_interval: "1s",
    });
    for (const { server } of [alertmanager, loki]) server.start();
    await alertmanager.server.ready(`${alertmanager.url}/-/ready`);
    await loki.server.ready(`${loki.url}/ready`);
  });
  afterAll(async () => {
    for (const { server } of [alertmanager, loki]) await server.end();
    receivers.stop();
  });

  const refuse = async (times: number, app: string) => {
    const values = Array.from({ length: times }, (_, index) => [
      `${Date.now()}00000${index}`,
      "card refused",
    ]);
    const streams = [{ stream: { namespace: "sales", app }, values }];
    const headers = { "content-type": "application/json" };
    const answer = await fetch(loki.push, { method: "POST", headers, body: JSON.stringify({ streams }) });
    expect(answer.status).toBe(204);
  };

  test.each(LOGQL)("%s: Loki is of the same opinion", async (logs, isRight) => {
    const answer = await fetch(`${loki.url}/loki/api/v1/query?query=${encodeURIComponent(logs)}`);
    expect(answer.status).toBe(isRight ? 200 : 400);
    const settings = () => settingsOf({ alerting: { extraAlerts: [asksLines(logs)] } }, "test");
    if (isRight) settings();
    else expect(settings).toThrow("extraAlerts[0].logs");
  });

  test("reaches people with the service that the lines are of, and a link to them", async () => {
    await refuse(2, "shop");
    await refuse(5, "other");
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(receivers.postedTo("/webhook")).toEqual([]);
    await refuse(1, "shop");
    const message = await eventually("the message", 90, async () => receivers.postedTo("/webhook")[0]);
    expect(message).toMatchObject({
      status: "firing",
      groupLabels: { alertname: "CardsRefused", namespace: "sales", service: "shop" },
      alerts: [
        {
          labels: {
            severity: "warning",
            env: "kind",
            namespace: "sales",
            app: "shop",
            service: "shop",
            team: "sales",
          },
          annotations: { summary: "3 cards were refused in shop" },
          generatorURL: expect.stringMatching(
            /^http:\/\/localhost:8080\/api\/monitoring\/grafana\/explore\?/,
          ),
        },
      ],
    });
    const [{ generatorURL }] = message.alerts as { generatorURL: string }[];
    // What RulesFailing asks.
    expect(await (await fetch(`${loki.url}/metrics`)).text()).toMatch(
      /^loki_prometheus_rule_evaluation_failures_total\{rule_group="[^"]*own\.yaml;own",user="fake"\} 0$/m,
    );
    expect(await (await fetch(`${loki.url}/metrics`)).text()).toMatch(
      /^loki_prometheus_rule_group_rules\{rule_group="[^"]*own\.yaml;own",user="fake"\} 1$/m,
    );
    const shown = JSON.parse(new URL(generatorURL).searchParams.get("left")!) as object;
    expect(shown).toMatchObject({
      queries: [{ expr: expect.stringContaining('|= "card refused"'), datasource: { uid: "loki" } }],
    });
  });
});
