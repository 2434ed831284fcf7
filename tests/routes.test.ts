import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { clusterOf, fileOf } from "./support/cluster";
import { binary, describeWith, output } from "./support/programs";

/* Who is told of which alert. */

const people = [
  { name: "team", webhook: { url: "https://hook.example.org/team" } },
  { name: "others", webhook: { url: "https://hook.example.org/others" } },
];
const routes = [{ severity: "warning", receiver: "others" }];
const heartbeat = { url: "https://heartbeat.example.org/" };

const watchdog = { alertname: "Watchdog", severity: "none" };
const critical = { alertname: "ServiceDown", severity: "critical" };
const warning = { alertname: "HighMemory", severity: "warning" };

const inShop = { ...critical, namespace: "shop", service: "board" };
const teams = [{ name: "bank", namespaces: ["bank"] }];
const ofService = [{ severity: "warning", service: "board", receiver: "others" }];

const cases: [
  given: string,
  alerting: object,
  alert: Record<string, string>,
  receiver: string,
  ways: number,
][] = [
  ["people and a heartbeat", { receivers: people, routes, heartbeat }, watchdog, "heartbeat", 1],
  ["people and a heartbeat", { receivers: people, routes, heartbeat }, critical, "team", 1],
  ["people and a heartbeat", { receivers: people, routes, heartbeat }, warning, "others", 1],
  ["people and no heartbeat", { receivers: people, routes }, watchdog, "nobody", 0],
  ["people and no heartbeat", { receivers: people, routes }, warning, "others", 1],
  [
    "a route for a namespace",
    { receivers: people, routes: [{ namespace: "shop", receiver: "others" }] },
    inShop,
    "others",
    1,
  ],
  [
    "a route for a namespace",
    { receivers: people, routes: [{ namespace: "shop", receiver: "others" }] },
    critical,
    "team",
    1,
  ],
  ["a route for a service's warnings", { receivers: people, routes: ofService }, inShop, "team", 1],
  [
    "a route for a service's warnings",
    { receivers: people, routes: ofService },
    { ...inShop, severity: "warning" },
    "others",
    1,
  ],
  ...[
    { ...critical, team: "bank", namespace: "shop" },
    { ...warning, team: "bank" },
    { ...critical, team: "bank-2", namespace: "bank" },
  ].map((alert, index): (typeof cases)[number] => [
    "a route for a team",
    { receivers: people, teams, routes: [{ team: "bank", receiver: "others" }] },
    alert,
    index < 2 ? "others" : "team",
    1,
  ]),
  [
    "a route for a team's warnings",
    { receivers: people, teams, routes: [{ team: "bank", severity: "warning", receiver: "others" }] },
    { ...critical, team: "bank" },
    "team",
    1,
  ],
  ["people and no routes", { receivers: people.slice(0, 1) }, warning, "team", 1],
  ["a heartbeat alone", { heartbeat }, watchdog, "heartbeat", 1],
  ["a heartbeat alone", { heartbeat }, critical, "nobody", 0],
  ["nothing", {}, watchdog, "nobody", 0],
  ["nothing", {}, critical, "nobody", 0],
];

interface Route {
  receiver: string;
  matchers?: string[];
  routes?: Route[];
  continue?: boolean;
}
interface Config {
  route: Route;
  receivers: { name: string; [ways: string]: unknown }[];
}

/** As Alertmanager does: the first route whose matchers all fit. */
function receiverOf({ receiver, routes = [] }: Route, alert: Record<string, string>): string {
  const next = routes.find(({ matchers = [], ...rest }) => {
    expect(rest).not.toHaveProperty("continue");
    return matchers.every((matcher) => {
      const [, label, value] = /^(\w+)="(.*)"$/.exec(matcher)!;
      return alert[label] === value;
    });
  });
  return next ? receiverOf(next, alert) : receiver;
}

const configWith = async (alerting: object) =>
  fileOf(await clusterOf({ alerting }), "alertmanager", "/etc/alertmanager/config/alertmanager.yml");

test.each(cases)("with %s (%j) the alert %j goes to %s", async (_, alerting, alert, receiver, ways) => {
  const { route, receivers } = load(await configWith(alerting)) as Config;
  expect(receiverOf(route, alert)).toBe(receiver);
  const named = receivers.filter(({ name }) => name === receiver);
  expect(named.map((one) => Object.keys(one).length - 1)).toEqual([ways]);
});

test("people hear by each way that an alert is over; a heartbeat never is", async () => {
  const way = {
    slack: { url: "https://hooks.slack.com/services/T/B/x", channel: "#alerts" },
    email: { to: "ops@example.org" },
    webhook: { url: "https://hook.example.org/" },
    pagerduty: { routingKey: "key" },
  };
  const smtp = { smarthost: "smtp.example.org:587", from: "stack@example.org" };
  const { receivers } = load(
    await configWith({ receivers: [{ name: "team", ...way }], smtp, heartbeat }),
  ) as Config;
  const told = [expect.objectContaining({ send_resolved: true })];
  expect(receivers).toEqual([
    { name: "nobody" },
    { name: "heartbeat", webhook_configs: [expect.objectContaining({ send_resolved: false })] },
    {
      name: "team",
      ...{ slack_configs: told, email_configs: told, webhook_configs: told, pagerduty_configs: told },
    },
  ]);
});

describeWith(["alertmanager", "amtool"])("as amtool says", () => {
  test.each(cases)("with %s (%j) the alert %j goes to %s", async (_, alerting, alert, receiver) => {
    expect(await asAmtoolSays(await configWith(alerting), alert)).toBe(receiver);
  });
});

async function asAmtoolSays(config: string, alert: Record<string, string>): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "routes-"));
  try {
    const file = join(directory, "alertmanager.yml");
    writeFileSync(file, config);
    const labels = Object.entries(alert).map(([name, value]) => `${name}=${value}`);
    return (
      await output(binary("alertmanager", "amtool")!, [
        "config",
        "routes",
        "test",
        `--config.file=${file}`,
        ...labels,
      ])
    ).trim();
  } finally {
    rmSync(directory, { recursive: true });
  }
}
