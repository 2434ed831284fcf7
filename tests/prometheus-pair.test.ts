/** A pair of real Prometheus servers with three real Alertmanagers: a person hears of everything once. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { yaml } from "../config/yaml";
import { prometheusConfig } from "../programs/prometheus/config";
import { type Alertmanager, alertmanagerServers } from "./support/alertmanagers";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { listening, startReceivers } from "./support/receivers";
import { type Prometheus, prometheusServer, stackWith } from "./support/servers";

jest.setTimeout(300_000);

/** In ms. Alertmanager looks after each whether something is to be said. */
const GROUP_INTERVAL = 20_000;

/** Longer than until Alertmanager looks again, and than an alert lasts that nobody repeats. */
const quiet = () => sleep(GROUP_INTERVAL + 5_000);

describeWith(["prometheus", "prometheus"], ["alertmanager", "alertmanager"])("a pair of Prometheus", () => {
  const directory = mkdtempSync(join(tmpdir(), "pair-"));
  let receivers: Awaited<ReturnType<typeof startReceivers>>;
  let alertmanagers: Alertmanager[];
  let pair: Prometheus[];
  let target: HttpServer;
  let answer = 200;
  /** When somebody was told, in ms since 1970. */
  let paged = 0;
  /** While one was dead, in seconds since 1970. */
  let dead: [from: number, to: number];

  beforeAll(async () => {
    receivers = await startReceivers({ username: "u", password: "p" });
    const stack = stackWith({
      environment: "prod",
      region: "seoul",
      metrics: { replicas: 2, scrapeInterval: "1s", evaluationInterval: "1s" },
      alerting: {
        replicas: 3,
        receivers: [{ name: "team", webhook: { url: `${receivers.url}/webhook` } }],
        ...{ groupWait: "3s", groupInterval: `${GROUP_INTERVAL / 1000}s` },
      },
    });
    alertmanagers = await alertmanagerServers(directory, stack);
    for (const { server } of alertmanagers) server.start();
    for (const { server, url } of alertmanagers) await server.ready(`${url}/-/ready`);

    target = createServer((_, response) => {
      response.writeHead(answer, { "content-type": "text/plain; version=0.0.4" });
      response.end("shelf_books 7\n");
    });
    const jobs = [{ job_name: "shelf", static_configs: [{ targets: [await listening(target)] }] }];
    const rules = join(directory, "rules.yaml");
    const rule = { alert: "ShelfDown", expr: 'up{job="shelf"} == 0', labels: { severity: "critical" } };
    writeFileSync(rules, yaml({ groups: [{ name: "shelf", rules: [rule] }] }));
    // As in the cluster, save for where the three are.
    const { alerting } = prometheusConfig(stack) as { alerting: { alertmanagers: object[] } };
    const there = { static_configs: [{ targets: alertmanagers.map(({ address }) => address) }] };
    alerting.alertmanagers = alerting.alertmanagers.map((one) => ({ ...one, ...there }));
    pair = await Promise.all(
      ["prometheus-0", "prometheus-1-0"].map((name) => {
        const place = join(directory, name);
        mkdirSync(place);
        return prometheusServer(place, stack, {
          env: { POD_NAME: name },
          // Prometheus repeats an alert every minute, and it lasts four times as long.
          args: ["--rules.alert.resend-delay=5s"],
        });
      }),
    );
    for (const { scrape, server } of pair) {
      scrape(jobs, { rule_files: [rules], alerting });
      server.start();
    }
    for (const { server, ready } of pair) await server.ready(ready);
    for (const one of pair) await eventually("a first scrape", 30, () => counts(one, "shelf_books"));
  });
  afterAll(async () => {
    for (const { server } of [...pair, ...alertmanagers]) await server.end();
    target.close();
    receivers.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function counts({ url }: Prometheus, query: string): Promise<number | undefined> {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = (await response.json()) as { data: { result: object[] } };
    return data.result.length || undefined;
  }
  /** In how many of these seconds, both ends among them, it had a sample that was at most five seconds old. */
  async function sampled({ url }: Prometheus, start: number, end: number): Promise<number> {
    const query = 'count_over_time(up{job="shelf"}[5s])';
    const range = new URLSearchParams({ query, start: String(start), end: String(end), step: "1" });
    const { data } = (await (await fetch(`${url}/api/v1/query_range?${range}`)).json()) as {
      data: { result: { values: unknown[] }[] };
    };
    return data.result[0]?.values.length ?? 0;
  }
  const now = () => Math.floor(Date.now() / 1000);
  const fires = (one: Prometheus) =>
    eventually("the alert", 30, () => counts(one, 'ALERTS{alertname="ShelfDown", alertstate="firing"}'));
  const messages = (status: string) =>
    receivers.postedTo("/webhook").filter((message) => message.status === status) as unknown as Message[];

  test("pages once, with one alert that says which cluster and not which replica", async () => {
    answer = 500;
    for (const one of pair) await fires(one);
    await eventually("the page", 60, async () => messages("firing").length > 0 || undefined);
    paged = Date.now();
    await quiet();
    expect(messages("firing")).toHaveLength(1);
    const [{ alerts }] = messages("firing");
    expect(alerts.map(({ labels }) => labels)).toEqual([
      expect.objectContaining({ alertname: "ShelfDown", cluster: "prod-seoul" }),
    ]);
    expect(JSON.stringify(alerts)).not.toContain("__replica__");
  });

  test("each of them has told each Alertmanager", async () => {
    for (const { url } of pair) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const sent = [...text.matchAll(/^prometheus_notifications_sent_total\{.*\} (\S+)$/gm)];
      expect(sent.map(([, number]) => Number(number) > 0)).toEqual([true, true, true]);
    }
  });

  test("one dies: nobody is paged again, nothing counts as resolved, and the other has no gap", async () => {
    const from = now();
    await pair[0].server.end("SIGKILL");
    await quiet();
    dead = [from, now()];
    expect([messages("firing").length, messages("resolved").length]).toEqual([1, 0]);
    const [start, end] = [from - 10, dead[1]];
    expect(await sampled(pair[1], start, end)).toBe(end - start + 1);
  });

  test("it is back, the trouble ends: that is said once", async () => {
    pair[0].server.start();
    await pair[0].server.ready(pair[0].ready);
    await fires(pair[0]);
    // A gap is seen, where there is one.
    expect(await sampled(pair[0], ...dead)).toBeLessThan((dead[1] - dead[0]) / 2);
    // One of the pair sees the end before the other, which is no news while nobody looks.
    await sleep(GROUP_INTERVAL + 3_000 - ((Date.now() - paged) % GROUP_INTERVAL));
    answer = 200;
    await eventually("the news", 60, async () => messages("resolved").length > 0 || undefined);
    await quiet();
    expect([messages("firing").length, messages("resolved").length]).toEqual([1, 1]);
  });
});

interface Message {
  alerts: { labels: Record<string, string> }[];
}
