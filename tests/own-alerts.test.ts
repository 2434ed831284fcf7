/** Alerts of the user's own, on metrics and on lines, as the real programs read them. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logRuleFiles, ruleFiles, ruleGroups } from "../alerts";
import { settingsOf } from "../config/settings";
import type { Stack } from "../programs/program";
import { type Alertmanager, alertmanagerServers } from "./support/alertmanagers";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
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
  expect([failing(stackWith(given())).length, failing(stackWith()).length]).toEqual([2, 1]);
  expect(ruleFiles(stackWith())["own.yaml"]).toBeUndefined();
  expect(logRuleFiles(stackWith())).toEqual({});
});

test("no alert of the stack can be taken for one of the user's", () => {
  for (const name of ruleGroups(stackWith()).flatMap(({ rules }) =>
    rules.flatMap(({ alert }) => alert ?? []),
  ))
    expect(() => settingsOf({ alerting: { extraAlerts: [{ ...ORDERS, name }] } }, "test")).toThrow(
      "allowed: a name that no alert of the stack has",
    );
});

const own = (more: object) => ({ ...ORDERS, ...more });
const asksLines = (logs: string) => own({ metrics: undefined, logs });
test.each([
  ["two of a name", [ORDERS, ORDERS], "[1].name OrdersWaiting is named twice; allowed: each name once"],
  ["on nothing", [own({ metrics: undefined })], "[0] is not usable; allowed: either metrics or logs"],
  ["on two things", [own({ logs: REFUSED.logs })], "[0] is not usable; allowed: either metrics or logs"],
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
    "allowed: an expression that counts lines, such as",
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
          labels: { severity: "warning", env: "kind", namespace: "sales", app: "shop", service: "shop" },
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
    const shown = JSON.parse(new URL(generatorURL).searchParams.get("left")!) as object;
    expect(shown).toMatchObject({
      queries: [{ expr: expect.stringContaining('|= "card refused"'), datasource: { uid: "loki" } }],
    });
  });
});
