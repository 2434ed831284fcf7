import { applicationNamespaces } from "../config/schema";
import { settingsOf } from "../config/settings";

const service = { name: "a", namespace: "x", port: 8080 };

test("a platform is a patch below what is given", () => {
  const settings = settingsOf(
    { platform: "eks", logs: { storage: { class: "io2" } }, alerting: { unattended: true } },
    "prod",
  );
  expect(settings.grafana.nodePort).toBeNull();
  expect(settings.protect).toBe(true);
  expect(settings.logs.storage).toEqual({ size: "5Gi", class: "io2" });
  expect(settings.metrics.storage.class).toBe("gp3");
});

test("services in another order are in the same namespaces, each named once", () => {
  const services = ["b", "a", "b"].map((namespace, index) => ({ name: `s${index}`, namespace, port: 8080 }));
  expect(applicationNamespaces(settingsOf({ services }, "kind"))).toEqual(["a", "b"]);
});

const receiver = { name: "team", webhook: { url: "http://hook.example.org" } };
const wrong: [string, Record<string, unknown>, string, string][] = [
  ["unknown key", { metric: {} }, "metric is no setting", "metrics"],
  [
    "unknown key inside",
    { metrics: { retention: { tim: "7d" } } },
    "metrics.retention.tim is no setting",
    "time, size",
  ],
  [
    "unknown key in a list",
    { services: [{ ...service, prot: 1 }] },
    "services[0].prot is no setting",
    "path",
  ],
  ["unknown key with a digit at its end", { edge: { v2: 1 } }, "edge.v2 is no setting", "nodePort"],
  ["unknown key with a digit in front", { edge: { "2x": 1 } }, "edge.2x is no setting", "nodePort"],
  [
    "unknown key in the eleventh place of a list",
    { services: Array.from({ length: 11 }, () => ({ ...service, prot: 1 })) },
    "services[10].prot is no setting",
    "path",
  ],
  ["misspelt backend", { logs: { backend: "lokki" } }, 'logs.backend is "lokki"', "allowed: loki"],
  ["misspelt collector", { logs: { collector: "aloy" } }, 'logs.collector is "aloy"', "allowed: alloy"],
  ["unknown platform", { platform: "gke" }, 'platform is "gke"', "allowed: kind, eks"],
  ["probability 1.5", { tracing: { sampling: { probability: 1.5 } } }, "probability is 1.5", "from 0 to 1"],
  [
    "probability ten",
    { tracing: { sampling: { probability: "ten" } } },
    'probability is "ten"',
    "from 0 to 1",
  ],
  ["probability -1", { tracing: { sampling: { probability: -1 } } }, "probability is -1", "from 0 to 1"],
  [
    "retention in words",
    { metrics: { retention: { time: "7 days" } } },
    'time is "7 days"',
    "such as 30s, 5m, 7d",
  ],
  ["negative retention", { logs: { retention: { time: "-7d" } } }, 'logs.retention.time is "-7d"', "7d"],
  [
    "zero retention",
    { tracing: { retention: { time: "0d" } } },
    'tracing.retention.time is "0d"',
    "above zero",
  ],
  [
    "log retention too short",
    { logs: { retention: { time: "23h" } } },
    "logs.retention.time",
    "at least 24h",
  ],
  [
    "size above the volume",
    { metrics: { retention: { size: "9Gi" } } },
    "metrics.retention.size",
    "at most 90 % of metrics.storage.size (5Gi)",
  ],
  [
    "queue above half of the volume",
    { tracing: { collector: { queue: "1Gi" } } },
    "tracing.collector.queue",
    "at most half of tracing.collector.storage.size",
  ],
  [
    "tail sampling that keeps nothing",
    { tracing: { tailSampling: { enabled: true, keepErrors: false, slowerThan: null, percent: 0 } } },
    "tracing.tailSampling.percent 0 with neither keepErrors nor slowerThan would keep no trace",
    "allowed: more than 0, keepErrors: true, or a duration in slowerThan",
  ],
  [
    "tail sampling that decides before a trace is slow",
    { tracing: { tailSampling: { enabled: true, slowerThan: "60s" } } },
    "tracing.tailSampling.slowerThan 60s is not below longestTrace, 1m",
    "allowed: less, or a longer longestTrace",
  ],
  [
    "tail sampling that decides before the wait after the root ends",
    { tracing: { tailSampling: { enabled: true, decisionWait: "2m" } } },
    "tracing.tailSampling.decisionWait 2m is not below longestTrace, 1m",
    "allowed: less, or a longer longestTrace",
  ],
  [
    "all errors of a tenth of all traces",
    { tracing: { sampling: { probability: 0.1 }, tailSampling: { enabled: true } } },
    "tracing.sampling.probability 0.1 makes applications leave traces out",
    "tracing.tailSampling.keepErrors would keep a part of them only; allowed: 1",
  ],
  [
    "all slow traces of a tenth of all",
    { tracing: { sampling: { probability: 0.1 }, tailSampling: { enabled: true, keepErrors: false } } },
    "tracing.sampling.probability 0.1 makes applications leave traces out",
    "tracing.tailSampling.slowerThan would keep a part of them only; allowed: 1",
  ],
  [
    "two of one name",
    { services: [service, service] },
    "services[1].name x/a is named twice",
    "each name once in a namespace",
  ],
  [
    "two of one name, one of them among those alike",
    { services: [service, { ...service, name: "b", alike: ["c", "a"] }] },
    "services[1].alike[1] x/a is named twice",
    "each name once in a namespace",
  ],
  ["port 70000", { services: [{ ...service, port: 70000 }] }, "services[0].port is 70000", "1 to 65535"],
  [
    "invalid path",
    { services: [{ ...service, path: "metrics" }] },
    'services[0].path is "metrics"',
    "begins with /",
  ],
  [
    "missing namespace",
    { services: [{ name: "a", port: 1 }] },
    "services[0].namespace is missing",
    "namespace",
  ],
  ["NodePort outside", { grafana: { nodePort: 80 } }, "grafana.nodePort is 80", "30000 to 32767"],
  [
    "NodePort twice",
    { grafana: { nodePort: 30090 } },
    "grafana.nodePort 30090 is taken by metrics.nodePort",
    "each NodePort once. Set another one, or another one or null in metrics.nodePort.",
  ],
  [
    "NodePort of the proxy twice",
    { edge: { nodePort: 30090 } },
    "observability:edge.nodePort 30090 is taken by metrics.nodePort",
    "each NodePort once",
  ],
  [
    "NodePort that kind brings for another key",
    { grafana: { nodePort: 30080 } },
    "observability:grafana.nodePort 30080 is taken by edge.nodePort",
    "or another one or null in edge.nodePort",
  ],
  [
    "NodePort that two keys say",
    { platform: "eks", metrics: { nodePort: 30006 }, grafana: { nodePort: 30006 } },
    "observability:grafana.nodePort 30006 is taken by metrics.nodePort",
    "each NodePort once",
  ],
  ...[null, {}, ""].map((rotation): (typeof wrong)[number] => [
    `rotation ${JSON.stringify(rotation)}`,
    { grafana: { admin: { rotation } } },
    "grafana.admin.rotation",
    "any text that is not empty",
  ]),
  ["empty rotation", { grafana: { admin: { rotation: " " } } }, 'grafana.admin.rotation is " "', "not empty"],
  [
    "one namespace for both",
    { namespaces: { agents: "observability" } },
    "namespaces.agents",
    "another namespace",
  ],
  [
    "route to nobody",
    { alerting: { routes: [{ severity: "critical", receiver: "x" }] } },
    "alerting.routes[0].receiver is no receiver",
    "none",
  ],
  [
    "e-mail without server",
    { alerting: { receivers: [{ name: "a", email: { to: "a@b.org" } }] } },
    "alerting.receivers[0].email needs a mail server",
    "set alerting.smtp",
  ],
  [
    "receiver without a way",
    { alerting: { receivers: [{ name: "a" }] } },
    "receivers[0]",
    "slack, email, webhook",
  ],
  [
    "two receivers of a name",
    { alerting: { receivers: [receiver, receiver] } },
    "alerting.receivers[1].name team is named twice",
    "once",
  ],
  [
    "slack without channel",
    { alerting: { receivers: [{ name: "a", slack: { url: "https://hooks.example.org" } }] } },
    "receivers[0].slack.channel is missing",
    'such as "#alerts"',
  ],
  [
    "no folder",
    { grafana: { folders: { services: "" } } },
    'services is ""',
    "allowed: any text that is not empty",
  ],
  [
    "negative threshold",
    { alerting: { rules: { podCrashLooping: { restarts: 0 } } } },
    "restarts is 0",
    "allowed: a whole number of restarts, 1 or more",
  ],
  ["memory without unit", { logs: { resources: { limits: { memory: "512" } } } }, 'memory is "512"', "512Mi"],
  [
    "nothing for an object that the platform fills",
    { platform: "eks", grafana: null },
    "grafana is null",
    "a map",
  ],
  ["text for an object", { edge: "pretty" }, 'edge is "pretty"', "a map of the keys"],
];

test.each(wrong)("%s is refused, naming the key and what is allowed", (_, given, key, allowed) => {
  expect(() => settingsOf(given, "kind")).toThrow(
    expect.objectContaining({
      name: "SettingsError",
      message: expect.stringMatching(new RegExp(`Pulumi\\.kind\\.yaml[\\s\\S]*observability:.*`)),
    }),
  );
  const message = messageOf(given);
  expect(message).toContain(key);
  expect(message).toContain(allowed);
  expect(message).toContain("Nothing was changed");
});

test("all wrong keys are listed at once", () => {
  const message = messageOf({ platform: "kind", tracing: { backend: "x" }, logs: { backend: "y" } });
  expect(message).toContain("2 settings");
  expect(message).toContain("observability:tracing.backend");
  expect(message).toContain("observability:logs.backend");
});

test("what was given is shown as it was written, objects aside", () => {
  const lines = (given: Record<string, unknown>) => messageOf(given).split("\n").slice(0, 2);
  const header = "Pulumi.kind.yaml has a setting that cannot be used:";
  const map = "allowed: a map of the keys that docs/settings.md lists";
  expect(lines({ grafana: null })).toEqual([header, `  observability:grafana is null; ${map}`]);
  expect(lines({ grafana: [1] })).toEqual([header, `  observability:grafana is not usable; ${map}`]);
  expect(lines({ alerting: { routes: [{ severity: "critical", receiver: 7 }] } })).toEqual([
    header,
    "  observability:alerting.routes[0].receiver is 7; allowed: text, in quotes where it could be read as something else",
  ]);
});

function messageOf(given: Record<string, unknown>): string {
  try {
    settingsOf(given, "kind");
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was accepted");
}
