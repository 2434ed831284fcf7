/** Alerts of the user's own on lines in Elasticsearch, from the line in a container's log to the message, by the real programs. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Stack } from "../programs/program";
import { type AlertingGrafana, alertingGrafana } from "./support/alerting-grafana";
import { criLine, logDirectory } from "./support/alloy";
import { type Alertmanager, alertmanagerServers } from "./support/alertmanagers";
import { databasesAreHere, postgresServer } from "./support/databases";
import { type Elasticsearch, elasticsearchServer, isFetched, PASSWORD } from "./support/elasticsearch";
import { eventually } from "./support/eventually";
import { filebeatServer, inElasticsearch, UNNAMED } from "./support/filebeat";
import { describeWith } from "./support/programs";
import { startReceivers } from "./support/receivers";
import type { Server } from "./support/servers";

jest.setTimeout(300_000);

const REFUSED = {
  name: "CardsRefused",
  lucene: { query: 'app:(shop OR other) AND message:"card refused"', count: 3, within: "80s" },
  for: "20s",
  severity: "critical",
  summary: "{{ $value }} cards for $5 were refused in {{ $labels.app }} of {{ $labels.namespace }}",
  runbookUrl: "https://wiki.example.org/cards",
};
const LATE = { name: "Late", lucene: { query: "message:late" }, summary: "Late" };
/** Elasticsearch alone can say that this is no Lucene. */
const MISTAKE = { name: "Mistake", lucene: { query: "level:(error" }, for: "1s", summary: "Never told" };

const stackOf = (extraAlerts: object[], more: object = {}): Stack =>
  inElasticsearch({ environment: "test", region: "here", alerting: { extraAlerts, ...more } });

interface Message {
  status: string;
  groupLabels: Record<string, string>;
  alerts: {
    status: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    generatorURL: string;
  }[];
}

const where = isFetched && databasesAreHere ? describeWith : () => describe.skip;
where(
  ["grafana", "grafana"],
  ["alertmanager", "alertmanager"],
  ["filebeat", "filebeat"],
)("alerts on lines in Elasticsearch", () => {
  const directory = mkdtempSync(join(tmpdir(), "grafana-alerts-"));
  const log = (app: string) =>
    join(logDirectory(join(directory, "pods"), { namespace: "sales", pod: app, name: "server" }), "0.log");
  let receivers: Awaited<ReturnType<typeof startReceivers>>;
  let alertmanager: Alertmanager;
  let elasticsearch: Elasticsearch;
  let filebeat: Server;
  let postgres: Awaited<ReturnType<typeof postgresServer>>;
  let stack: Stack;
  /** Two, which share a database. */
  let grafanas: AlertingGrafana[];

  beforeAll(async () => {
    receivers = await startReceivers({ username: "u", password: "p" });
    stack = stackOf([LATE, REFUSED, MISTAKE], {
      receivers: [
        { name: "others", webhook: { url: `${receivers.url}/others` } },
        { name: "team", webhook: { url: `${receivers.url}/team` } },
      ],
      teams: [
        { name: "sales", namespaces: ["sales"] },
        { name: "cards", services: ["cards", "shop"] },
      ],
      routes: [{ team: "cards", severity: "critical", receiver: "team" }],
      groupWait: "1s",
      groupInterval: "5s",
    });
    elasticsearch = await elasticsearchServer(stack);
    elasticsearch.server.start();
    [alertmanager] = await alertmanagerServers(directory, stack);
    // It forgets sooner what nobody says again; in the cluster after five minutes.
    const config = join(directory, "alertmanager.yml");
    const text = readFileSync(config, "utf8");
    writeFileSync(config, text.replace("global: {}", "global: { resolve_timeout: 25s }"));
    alertmanager.server.start();
    for (const app of ["shop", "other", UNNAMED]) mkdirSync(dirname(log(app)), { recursive: true });
    filebeat = await filebeatServer(directory, elasticsearch.url, stack, PASSWORD);
    postgres = await postgresServer({ TICKETING_PASSWORD: PASSWORD, EXPORTER_PASSWORD: PASSWORD });
    await postgres.start();
    const servers = { elasticsearch: elasticsearch.url, alertmanager, postgres: postgres.port };
    grafanas = await Promise.all(["a", "b"].map((name) => alertingGrafana(join(directory, name), servers)));
    await alertmanager.server.ready(`${alertmanager.url}/-/ready`);
    await elasticsearch.ready();
    filebeat.start();
    for (const grafana of grafanas) await grafana.startWith(stack);
  });
  afterAll(async () => {
    for (const grafana of grafanas ?? []) await grafana.server.end("SIGTERM");
    await postgres?.stop();
    await filebeat?.end();
    await alertmanager?.server.end();
    // Killed, its starter would leave it behind.
    await elasticsearch?.server.end("SIGTERM");
    elasticsearch?.remove();
    receivers?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (app: string, line: string, times = 1) =>
    appendFileSync(
      log(app),
      Array.from({ length: times }, (_, index) =>
        criLine(`${line} ${index}`, new Date(Date.now() + index)),
      ).join(""),
    );
  const refuse = (times: number, app: string) => write(app, "card refused", times);
  const told = (who: string) => receivers.postedTo(`/${who}`) as unknown as Message[];
  const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

  test("reach people once, however many Grafanas ask, by the routes of the settings", async () => {
    refuse(2, "shop");
    refuse(2, "other");
    await wait(30);
    expect([told("team"), told("others")]).toEqual([[], []]);
    refuse(4, "shop");
    const message = await eventually("the message", 120, async () => {
      if (!grafanas[0].server.running) throw new Error(grafanas[0].server.output);
      return told("team")[0];
    });
    expect(message).toMatchObject({
      status: "firing",
      groupLabels: { alertname: "CardsRefused", namespace: "sales", service: "shop" },
      alerts: [
        {
          labels: {
            ...{ severity: "critical", env: "test", region: "here" },
            ...{ namespace: "sales", app: "shop", service: "shop", team: "cards" },
          },
          annotations: {
            summary: expect.stringMatching(/^[46] cards for \$5 were refused in shop of sales$/),
            runbook_url: "https://wiki.example.org/cards",
            dashboard_url: "http://localhost:8080/api/monitoring/grafana/d/alerts",
          },
        },
      ],
    });
    const [alert] = message.alerts;
    const { pathname, origin } = new URL(alert.generatorURL);
    expect(origin + pathname).toBe(
      "http://localhost:8080/api/monitoring/grafana/alerting/grafana/own-1/view",
    );
  });

  test("whose end is told, once, though Grafanas restart meanwhile, and nobody else hears anything", async () => {
    for (const grafana of grafanas) await grafana.startWith(stack);
    await eventually("the end", 240, async () => told("team").find(({ status }) => status === "resolved"));
    await wait(20);
    expect(told("team").map(({ status, alerts }) => `${status} ${alerts.length}`)).toEqual([
      "firing 1",
      "resolved 1",
    ]);
    expect(told("others")).toEqual([]);
  });

  test("a query that Elasticsearch refuses tells nobody, and is counted for RulesFailing", async () => {
    expect(await grafanas[0].failures()).toBeGreaterThan(0);
    const { data } = await grafanas[0].get<{
      data: { groups: { rules: { name: string; state: string }[] }[] };
    }>("/api/prometheus/grafana/api/v1/rules");
    expect(data.groups[0].rules.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      "CardsRefused inactive",
      "Late inactive",
      "Mistake inactive",
    ]);
  });

  test("one line of a pod without the label app is heard of at once", async () => {
    write(UNNAMED, "late");
    const message = await eventually("the message", 120, async () => told("others")[0]);
    expect(message).toMatchObject({
      status: "firing",
      groupLabels: { alertname: "Late", namespace: "sales" },
    });
    expect(message.alerts.map(({ labels }) => labels.app)).toEqual([undefined]);
  });

  test("while Elasticsearch is away no rule tells so by itself", async () => {
    const [before] = [await grafanas[0].failures()];
    await elasticsearch.server.end("SIGTERM");
    await eventually("failures of all three", 60, async () =>
      (await grafanas[0].failures()) > before + 5 ? true : undefined,
    );
    const late = told("others").filter(({ groupLabels }) => groupLabels.alertname === "Late");
    expect([told("team").length, told("others").length]).toEqual([2, late.length]);
  });

  test("one that leaves the settings leaves Grafana, and names may change places", async () => {
    const [grafana, other] = grafanas;
    await other.server.end("SIGTERM");
    expect(await grafana.rules()).toEqual(["own-0 Late", "own-1 CardsRefused", "own-2 Mistake"]);
    await grafana.startWith(stackOf([REFUSED, LATE]));
    expect(await grafana.rules()).toEqual(["own-0 CardsRefused", "own-1 Late"]);
    await grafana.startWith(stackOf([MISTAKE]));
    expect(await grafana.rules()).toEqual(["own-0 Mistake"]);
    await grafana.startWith(stackOf([]));
    expect(await grafana.rules()).toEqual([]);
  });
});
