import execa from "execa";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alertmanagerArgs, alertmanagerConfig, alertmanagerSecrets, SECRETS } from "../programs/alertmanager";
import { datasources } from "../programs/grafana/datasources";
import { settingsOf } from "../config/settings";
import { stackOf } from "../programs";
import { yaml } from "../config/yaml";
import { eventually } from "./support/eventually";
import { freePort } from "./support/free-port";
import { binary, describeWith } from "./support/programs";
import { startReceivers } from "./support/receivers";

/*
 * A real Alertmanager with a stack's configuration tells receivers on this machine. Alerts are handed over as
 * Prometheus does it.
 */
jest.setTimeout(60_000);
const program = binary("alertmanager", "alertmanager");
const groups = "https://ops.example.org/api/monitoring/grafana/alerting/groups";
const path = "/api/monitoring/alertmanager";
const smtp = { from: "stack@example.org", username: "stack", password: "mail password" };
const directory = mkdtempSync(join(tmpdir(), "alertmanager-"));

let receivers: Awaited<ReturnType<typeof startReceivers>>;
let alertmanager: execa.ExecaChildProcess;
let url: string;

/** Neither today nor tomorrow, in whichever time zone. */
const dayInThreeDays = () =>
  new Date(Date.now() + 3 * 86_400_000)
    .toLocaleDateString("en", { weekday: "long", timeZone: "UTC" })
    .toLowerCase();

const stackFor = (web: string, smarthost: string) =>
  stackOf(
    settingsOf(
      {
        edge: { nodePort: 30080, url: "https://ops.example.org" },
        alerting: {
          receivers: [
            { name: "team", slack: { url: `${web}/slack`, channel: "#alerts" } },
            { name: "mail", email: { to: "ops@example.org" }, webhook: { url: `${web}/webhook` } },
            { name: "oncall", pagerduty: { routingKey: "key-of-the-team" } },
            { name: "asleep", webhook: { url: `${web}/asleep` } },
            { name: "awake", webhook: { url: `${web}/awake` } },
          ],
          routes: [
            { namespace: "bank", receiver: "oncall" },
            { namespace: "garden", service: "roses", receiver: "asleep", mute: ["all day"] },
            { namespace: "garden", receiver: "awake", mute: ["another day"] },
            { severity: "warning", receiver: "mail" },
          ],
          muteTimings: [
            { name: "all day", times: [{ start: "00:00", end: "24:00" }], timeZone: "Asia/Seoul" },
            { name: "another day", weekdays: [dayInThreeDays()] },
          ],
          heartbeat: { url: `${web}/heartbeat`, interval: "1s" },
          smtp: { ...smtp, smarthost },
          groupWait: "1s",
          groupInterval: "1s",
          // Above what it remembers by itself.
          repeatInterval: "10d",
        },
      },
      "test",
    ),
    "test",
  );

/** As in the pod, save for the places of files and the port. */
async function startAlertmanager(stack: ReturnType<typeof stackFor>, address: string) {
  const secrets = join(directory, "secrets");
  mkdirSync(secrets);
  for (const [name, secret] of Object.entries(alertmanagerSecrets(stack.settings)))
    writeFileSync(join(secrets, name), secret);
  const config = join(directory, "alertmanager.yml");
  const generated = alertmanagerConfig(stack) as { global: object };
  const told = { ...generated, global: { ...generated.global, pagerduty_url: `${receivers.url}/pagerduty` } };
  writeFileSync(config, yaml(told).replaceAll(SECRETS, secrets));
  const others = alertmanagerArgs(stack).filter((arg) => !/^--(config|storage)/.test(arg));
  const here = [`--config.file=${config}`, `--storage.path=${directory}`, `--web.listen-address=${address}`];
  const env = { SSL_CERT_FILE: receivers.authority };
  alertmanager = execa(program!, [...others, ...here], { env, all: true, reject: false });
  await eventually("Alertmanager is ready", 30, async () =>
    (await fetch(`${url}/-/ready`)).ok ? true : undefined,
  );
}

/** When the last alerts began. An older one would not wait for its group, and be told before what holds it back. */
let began: Date;
/** Links show what was from an hour before. */
const hourBefore = () => began.getTime() - 3_600_000;

/** Hands over alerts that begin now; their labels besides `env` and `region`. */
const raise = (...alerts: Record<string, string>[]) => hand(alerts);

/** The same alerts have ended. */
const resolve = (...alerts: Record<string, string>[]) =>
  hand(alerts, { startsAt: undefined, endsAt: new Date().toISOString() });

async function hand(alerts: Record<string, string>[], more: object = {}): Promise<void> {
  began = new Date();
  const body = alerts.map((labels) => ({
    ...{ startsAt: began.toISOString(), ...more },
    labels: { env: "prod", region: "seoul", ...labels },
    annotations: {
      summary: `${labels.alertname} of ${labels.pod ?? labels.service}`,
      description: "More than it should be.",
      runbook_url: `https://runbook.example.org/#${labels.alertname.toLowerCase()}`,
      dashboard_url: `https://ops.example.org/d/${labels.pod ?? "service?var-service=a"}`,
      ...(labels.service
        ? {
            logs_url: "https://ops.example.org/explore?from=now-1h",
            traces_url: "https://ops.example.org/traces?from=now-1h",
          }
        : {}),
    },
    generatorURL: "https://prometheus.example.org/graph?g0.expr=up",
  }));
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/api/v2/alerts`, { method: "POST", headers, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
}

/** Summaries of the alerts that are held back, since another one says enough. */
async function heldBack(): Promise<string[]> {
  const alerts = (await (await fetch(`${url}/api/v2/alerts?inhibited=true`)).json()) as {
    annotations: { summary: string };
    status: { inhibitedBy: string[] };
  }[];
  const held = alerts.filter(({ status }) => status.inhibitedBy.length > 0);
  return held.map(({ annotations }) => annotations.summary).sort();
}

/** The first thing that a receiver was told about it. */
const told = <T>(list: () => T[], about: string): Promise<T> =>
  eventually(about, 30, async () => list().find((one) => JSON.stringify(one).includes(about)));
const slack = () => receivers.postedTo("/slack");
const webhook = () => receivers.postedTo("/webhook");
const pagerduty = () => receivers.postedTo("/pagerduty");

function tests(): void {
  beforeAll(async () => {
    receivers = await startReceivers(smtp);
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}${path}`;
    await startAlertmanager(stackFor(receivers.url, receivers.smarthost), address);
  });

  afterAll(async () => {
    alertmanager.kill();
    await alertmanager;
    receivers.stop();
  });

  test("a critical alert goes to Slack, with links", async () => {
    await raise({ alertname: "ServiceDown", severity: "critical", namespace: "shop", service: "auth" });
    const message = await told(slack, "ServiceDown of auth");
    expect(message.channel).toBe("#alerts");
    const [{ title, title_link, text }] = message.attachments as Record<string, string>[];
    expect(title).toBe("FIRING ServiceDown (prod, seoul)");
    expect(title_link).toBe(`${groups}?alertmanager=Alertmanager&queryString=alertname%3DServiceDown`);
    expect(text).toContain("<https://prometheus.example.org/graph?g0.expr=up|Query>");
    expect(text).toContain("<https://runbook.example.org/#servicedown|Runbook>");
    expect(text).toContain(
      `<https://ops.example.org/d/service?var-service=a&from=${hourBefore()}&to=now|Dashboard>`,
    );
    expect(text).toContain(`<https://ops.example.org/explore?from=${hourBefore()}|Logs>`);
    expect(text).toContain(`<https://ops.example.org/traces?from=${hourBefore()}|Traces>`);
  });

  test("the alerts of a namespace go to its team: an incident at PagerDuty with links, resolved as well", async () => {
    const alert = {
      ...{ alertname: "ServiceDown", severity: "critical" },
      ...{ namespace: "bank", service: "vault", team: "savings" },
    };
    await raise(alert);
    const incident = await told(pagerduty, "ServiceDown of vault");
    expect(incident).toMatchObject({
      routing_key: "key-of-the-team",
      event_action: "trigger",
      client: "observability-stack test",
      client_url: `${groups}?alertmanager=Alertmanager&queryString=alertname%3DServiceDown`,
      payload: {
        severity: "critical",
        summary: "FIRING ServiceDown (prod, seoul, savings): ServiceDown of vault",
        custom_details: { alerts: "FIRING ServiceDown of vault\n" },
      },
      links: [
        {
          text: "Dashboard",
          href: `https://ops.example.org/d/service?var-service=a&from=${hourBefore()}&to=now`,
        },
        { text: "Logs", href: expect.stringMatching(/explore\?from=\d{13}$/) },
        { text: "Traces", href: expect.stringMatching(/traces\?from=\d{13}$/) },
        { text: "Query", href: "https://prometheus.example.org/graph?g0.expr=up" },
        { text: "Runbook", href: "https://runbook.example.org/#servicedown" },
      ],
    });
    await resolve(alert);
    await eventually("the incident is resolved", 30, async () =>
      pagerduty().find(
        ({ event_action, dedup_key }) => event_action === "resolve" && dedup_key === incident.dedup_key,
      ),
    );
  });

  test("links that an alert lacks are left out", async () => {
    await raise({ alertname: "NodeDown", severity: "critical", namespace: "bank", pod: "agent" });
    const { links } = (await told(pagerduty, "NodeDown of agent")) as { links: { text: string }[] };
    expect(links.map(({ text }) => text)).toEqual(["Dashboard", "Query", "Runbook"]);
  });

  test("a route that is muted now tells nobody, one of another day does", async () => {
    const alert = { alertname: "HighLatency", severity: "critical", namespace: "garden" };
    await raise({ ...alert, service: "roses" }, { ...alert, service: "tulips" });
    await told(() => receivers.postedTo("/awake"), "HighLatency of tulips");
    const muted = await eventually("one is muted", 30, async () => {
      const groups = (await (await fetch(`${url}/api/v2/alerts/groups?muted=true`)).json()) as {
        receiver: { name: string };
        alerts: { status: { mutedBy: string[] } }[];
      }[];
      const { alerts } = groups.find(({ receiver }) => receiver.name === "asleep")!;
      return alerts[0].status.mutedBy.length > 0 ? alerts[0].status.mutedBy : undefined;
    });
    expect(muted).toEqual(["all day"]);
    expect(receivers.postedTo("/asleep")).toEqual([]);
  });

  test("of a dozen alerts in one message ten are shown, and how many there are more", async () => {
    const many = Array.from({ length: 12 }, (_, number) => ({
      ...{ alertname: "PodCrashLooping", severity: "critical", namespace: "shop", service: "crowd" },
      pod: `crowd-${number}`,
    }));
    await raise(...many);
    const message = await told(slack, "PodCrashLooping of crowd");
    const [{ text }] = message.attachments as Record<string, string>[];
    expect(text.match(/PodCrashLooping of crowd-/g)).toHaveLength(10);
    expect(text).toContain("and 2 more");
  });

  test("of the alerts in one message those that fire come first, and each that is over says so", async () => {
    const disk = (node: number) => ({ alertname: "DiskFull", severity: "critical", pod: `node-${node}` });
    const over = Array.from({ length: 12 }, (_, number) => disk(10 + number));
    await raise(...over, disk(99));
    await told(slack, "DiskFull of node-10");
    await resolve(...over);
    const [{ title, text }] = (await told(slack, "RESOLVED DiskFull")).attachments as Record<
      string,
      string
    >[];
    expect(title).toBe("FIRING DiskFull (prod, seoul)");
    expect(text.match(/^.*DiskFull of node-..|^and.*/gm)).toEqual([
      "DiskFull of node-99",
      ...[10, 11, 12, 13, 14].map((node) => `RESOLVED DiskFull of node-${node}`),
      "and 7 more that are over",
    ]);
  });

  test("an incident is about an alert that fires, as long as one does", async () => {
    const agent = (pod: string) => ({ alertname: "AgentDown", severity: "critical", namespace: "bank", pod });
    await raise(agent("agent-1"), agent("agent-2"));
    await told(pagerduty, "AgentDown of agent-2");
    await resolve(agent("agent-1"));
    expect(await told(pagerduty, "RESOLVED AgentDown")).toMatchObject({
      payload: {
        summary: "FIRING AgentDown (prod, seoul): AgentDown of agent-2",
        custom_details: { alerts: "FIRING AgentDown of agent-2\nRESOLVED AgentDown of agent-1\n" },
      },
      links: expect.arrayContaining([
        { text: "Dashboard", href: expect.stringMatching(/\/d\/agent-2\?from=\d{13}&to=now$/) },
      ]),
    });
  });

  test("a warning takes its route: by e-mail, with a login over TLS, and by webhook", async () => {
    await raise({ alertname: "HighMemory", severity: "warning", namespace: "shop", pod: "auth-1" });
    const { user, to, content } = await told(() => receivers.mails, "HighMemory of auth-1");
    expect({ user, to }).toEqual({ user: "stack", to: ["ops@example.org"] });
    expect(content).toMatch(/^Subject: FIRING HighMemory \(prod, seoul\)\r$/m);
    // Quoted-printable: soft line breaks, and = as =3D.
    const readable = content.replaceAll("=\r\n", "").replaceAll("=3D", "=");
    expect(readable).toContain("Runbook: https://runbook.example.org/#highmemory");
    expect(readable).toContain(`${groups}?alertmanager=Alertmanager&queryString=alertname%3DHighMemory`);
    expect(await told(webhook, "HighMemory of auth-1")).toMatchObject({
      receiver: "mail",
      externalURL: `https://ops.example.org${path}`,
    });
  });

  test("the watchdog tells the heartbeat again and again, and nobody else", async () => {
    await raise({ alertname: "Watchdog", severity: "none" });
    await eventually("three heartbeats", 30, async () => receivers.postedTo("/heartbeat")[2]);
    expect(JSON.stringify([slack(), webhook(), receivers.mails])).not.toContain("Watchdog");
  });

  test("who hears that a service is down does not hear that it is slow as well; others do", async () => {
    const down = { alertname: "ServiceDown", severity: "critical", namespace: "shop" };
    await raise(
      { ...down, pods: "some", service: "queue" },
      // Its other pods serve, slowly.
      { ...down, pods: "some", service: "cart" },
      { alertname: "HighLatency", severity: "critical", namespace: "shop", service: "cart" },
      { ...down, pods: "all", service: "queue" },
      { alertname: "HighLatency", severity: "critical", namespace: "shop", service: "queue" },
      { alertname: "HighLatency", severity: "critical", namespace: "shop", service: "ticket" },
    );
    await told(slack, "HighLatency of ticket");
    await told(slack, "HighLatency of cart");
    expect((await heldBack()).sort()).toEqual(["HighLatency of queue", "ServiceDown of queue"]);
    expect(JSON.stringify(slack())).not.toContain("HighLatency of queue");
  });

  test("a critical alert on a pod holds back the warnings about it, and about no other", async () => {
    await raise(
      { alertname: "PodCrashLooping", severity: "critical", namespace: "shop", pod: "ticket-1" },
      { alertname: "HighCPU", severity: "warning", namespace: "shop", pod: "ticket-1" },
      { alertname: "HighCPU", severity: "warning", namespace: "shop", pod: "ticket-2" },
    );
    await told(webhook, "HighCPU of ticket-2");
    expect(await heldBack()).toContain("HighCPU of ticket-1");
    expect(JSON.stringify(webhook())).not.toContain("HighCPU of ticket-1");
  });

  test("why a workload's pods are missing holds back that they are, and not that another one's are", async () => {
    const shop = { namespace: "shop", severity: "warning" };
    await raise(
      { ...shop, alertname: "PodCrashLooping", severity: "critical", workload: "debug", pod: "debug-1" },
      { ...shop, alertname: "PendingPods", workload: "import", service: "import" },
      ...["debug", "import", "payment"].map((workload) => ({
        ...{ ...shop, alertname: "ReplicasMissing", workload, service: workload },
      })),
    );
    await told(webhook, "ReplicasMissing of payment");
    expect(await heldBack()).toEqual(
      expect.arrayContaining(["ReplicasMissing of debug", "ReplicasMissing of import"]),
    );
    expect(JSON.stringify(webhook())).not.toMatch(/ReplicasMissing of (debug|import)/);
  });

  test("a program of the stack that is down is told once, with its reason where there is one", async () => {
    const stack = { namespace: "observability", severity: "critical" };
    const down = (workload: string) => ({
      ...{ ...stack, alertname: "StackProgramDown", workload, service: workload },
    });
    await raise(
      { ...stack, alertname: "PodCrashLooping", workload: "kibana", pod: "kibana-1" },
      ...["edge", "kibana"].map(down),
      { ...down("edge"), alertname: "ReplicasMissing", severity: "warning" },
    );
    await told(slack, "StackProgramDown of edge");
    const held = (await heldBack()).filter((summary) => /of (edge|kibana)$/.test(summary));
    expect(held).toEqual(["ReplicasMissing of edge", "StackProgramDown of kibana"]);
  });

  test("a node that is away holds back what runs on it, and no other part of the stack", async () => {
    const down = (job: string, more: object = {}) => ({
      ...{ alertname: "StackTargetDown", severity: "critical", service: job },
      ...more,
    });
    await raise({ alertname: "NodeNotReady", severity: "critical", node: "n1", service: "n1" });
    await raise(down("kubelet-of-n1", { node: "n1" }), down("kubelet-of-n2", { node: "n2" }), down("loki"));
    await told(slack, "StackTargetDown of kubelet-of-n2");
    await told(slack, "StackTargetDown of loki");
    expect(await heldBack()).toContain("StackTargetDown of kubelet-of-n1");
    expect(JSON.stringify(slack())).not.toContain("kubelet-of-n1");
  });

  test("of two about one matter the more urgent one is told", async () => {
    const [shop, disk] = [{ namespace: "shop", service: "stock" }, { node: "n" }];
    await raise(
      { alertname: "HighErrorRate", severity: "critical", ...shop },
      { alertname: "ManyServerErrors", severity: "warning", ...shop },
      { alertname: "ManyServerErrors", severity: "warning", namespace: "shop", service: "board" },
      { alertname: "DiskFull", severity: "critical", ...disk, device: "sda" },
      { alertname: "DiskPressure", severity: "warning", ...disk, device: "sda", service: "sda" },
      { alertname: "DiskPressure", severity: "warning", ...disk, device: "sdb", service: "sdb" },
    );
    await told(webhook, "ManyServerErrors of board");
    await told(webhook, "DiskPressure of sdb");
    expect(await heldBack()).toEqual(
      expect.arrayContaining(["DiskPressure of sda", "ManyServerErrors of stock"]),
    );
    expect(JSON.stringify(webhook())).not.toMatch(/ManyServerErrors of stock|DiskPressure of sda/);
  });

  test("one that is about no pod holds back no warning", async () => {
    await raise(
      { alertname: "RedisDown", severity: "critical", instance: "cache" },
      { alertname: "DiskPressure", severity: "warning", node: "node-1" },
      { alertname: "ServiceDown", severity: "critical", namespace: "shop", service: "stock", pods: "all" },
      { alertname: "PendingPods", severity: "warning", namespace: "shop", service: "stock" },
    );
    await told(webhook, "DiskPressure");
    await told(webhook, "PendingPods");
  });
}

describeWith(["alertmanager", "alertmanager"])("Alertmanager tells", tests);

test("links in messages choose the Alertmanager that Grafana has", () => {
  const { datasources: all } = datasources(stackOf(settingsOf({}, "test"), "test")) as {
    datasources: { name: string }[];
  };
  const links = yaml(alertmanagerConfig(stackFor("http://web", "mail:25"))).match(/alertmanager=\w+/g);
  expect(new Set(links)).toEqual(new Set([`alertmanager=${all.at(-1)!.name}`]));
});

afterAll(() => rmSync(directory, { recursive: true }));
