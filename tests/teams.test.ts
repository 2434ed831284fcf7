/** Alerts say whose they are, as a real Prometheus tells them to Alertmanager. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { teamRules, teamTemplate } from "../alerts/teams";
import { yaml } from "../config/yaml";
import { lokiConfig } from "../programs/loki";
import { prometheusConfig } from "../programs/prometheus/config";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { listening } from "./support/receivers";
import { type Prometheus, prometheusServer, stackWith } from "./support/servers";

jest.setTimeout(120_000);

const teams = [
  { name: "sales", namespaces: ["shop", "market"] },
  { name: "Bank_1", namespaces: ["bank"], services: ["vault", "card-service"] },
];
/** As an alert -> its labels -> whose it is. */
const alerts: Record<string, { labels: Record<string, string>; team?: string }> = {
  OfNamespace: { labels: { namespace: "market" }, team: "sales" },
  OfService: { labels: { namespace: "shop", service: "card-service" }, team: "Bank_1" },
  OfOtherService: { labels: { namespace: "shop", service: "cart" }, team: "sales" },
  OfLongerName: { labels: { namespace: "shop-2", service: "my-vault" } },
  OfNobody: { labels: {} },
  OwnTeam: { labels: { namespace: "shop", service: "vault", team: "night" }, team: "night" },
};

test("without teams no program is told anything", () => {
  const none = stackWith();
  expect([teamRules(none.settings), teamTemplate(none.settings)]).toEqual([[], undefined]);
  expect(prometheusConfig(none)).not.toHaveProperty("alerting.alert_relabel_configs");
});

test("Loki, which tells by itself, has the same rules", () => {
  const extraAlerts = [{ name: "Own", logs: 'rate({app="a"}[5m]) > 1', summary: "Lines" }];
  const stack = stackWith({ alerting: { teams, extraAlerts } });
  expect(lokiConfig(stack)).toHaveProperty("ruler.alert_relabel_configs", teamRules(stack.settings));
});

describeWith(["prometheus", "prometheus"])("Prometheus", () => {
  const directory = mkdtempSync(join(tmpdir(), "teams-"));
  /** An alert's name -> its labels, as Alertmanager is told. */
  const told: Record<string, Record<string, string>> = {};
  let alertmanager: HttpServer;
  let prometheus: Prometheus;

  beforeAll(async () => {
    alertmanager = createServer((request, response) => {
      void text(request).then((body) => {
        for (const { labels } of JSON.parse(body) as { labels: Record<string, string> }[])
          told[labels.alertname] = labels;
        response.end();
      });
    });
    const targets = [await listening(alertmanager)];
    // One of a pair, which leaves out another label.
    const stack = stackWith({ metrics: { replicas: 2, evaluationInterval: "1s" }, alerting: { teams } });
    const rules = Object.entries(alerts).map(([alert, { labels }]) => ({ alert, expr: "vector(1)", labels }));
    const file = join(directory, "rules.yaml");
    writeFileSync(file, yaml({ groups: [{ name: "teams", rules }] }));
    const { alerting } = prometheusConfig(stack) as { alerting: { alertmanagers: object[] } };
    alerting.alertmanagers = alerting.alertmanagers.map((one) => ({ ...one, static_configs: [{ targets }] }));
    prometheus = await prometheusServer(directory, stack, { env: { POD_NAME: "prometheus-0" } });
    prometheus.scrape([], { rule_files: [file], alerting });
    prometheus.server.start();
    await prometheus.server.ready(prometheus.ready);
    await eventually("all alerts", 60, async () =>
      Object.keys(told).length === rules.length ? true : undefined,
    );
  });
  afterAll(async () => {
    await prometheus.server.end();
    alertmanager.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each(Object.entries(alerts))("%s: %j", (name, { labels, team }) => {
    expect(told[name]).toEqual({
      ...{ alertname: name, cluster: "kind-local" },
      ...labels,
      ...(team ? { team } : {}),
    });
  });
});
