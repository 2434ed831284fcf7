import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OWN_JOBS } from "../config/schema/checks";
import { settingsOf } from "../config/settings";
import { programs, stackOf } from "../programs";
import { prometheusConfig } from "../programs/prometheus/config";

/** Settings that look right and would break on the cluster: each is refused instead. */

const service = { name: "a", namespace: "x", port: 8080 };
const hook = { url: "https://hook.example.org" };
const receiver = (more: object) => ({ alerting: { receivers: [{ name: "a", ...more }] } });
const routed = (routes: object[], muteTimings: object[] = []) => ({
  alerting: {
    receivers: [{ name: "a", webhook: hook }],
    routes: routes.map((route) => ({ ...route, receiver: "a" })),
    muteTimings,
  },
});
const owned = (teams: object[], routes: object[] = []) => ({
  alerting: { ...routed(routes).alerting, teams },
});
const TEAMS = [
  { name: "bank", namespaces: ["bank"] },
  { name: "sales", namespaces: ["shop"] },
  { name: "vaults", services: ["vault"] },
];
const amounts = { resources: { limits: { memory: "1200Mi" } } };
const smtp = (more: object) => ({
  alerting: { smtp: { smarthost: "smtp.example.org:587", from: "a@b.org", ...more } },
});
const placement = (more: object) => ({ placement: more });

type Row = [what: string, given: Record<string, unknown>, key: string, allowed: string];

const workspace = { url: "https://aps.example.org/workspaces/ws-1", region: "us-east-1" };
const amp: Row[] = [
  [
    "AMP without a URL",
    { metrics: { amp: { region: "us-east-1" } } },
    "metrics.amp.url is missing",
    "the workspace's",
  ],
  [
    "AMP without a region",
    { metrics: { amp: { url: workspace.url } } },
    "metrics.amp.region is missing",
    "an AWS region",
  ],
  [
    "AMP by plain http",
    { metrics: { amp: { ...workspace, url: workspace.url.replace("https", "http") } } },
    'metrics.amp.url is "http://aps.example.org/workspaces/ws-1"',
    "the workspace's https:// address",
  ],
];

/** The whole of what is said: the key, what is allowed, and the way out. */
const buckets: Row[] = ["logs", "tracing"].flatMap((signal): Row[] => [
  [
    `an S3 of ${signal} without a bucket`,
    { [signal]: { s3: { region: "us-east-1" } } },
    `observability:${signal}.s3.bucket is missing; allowed: the name of a bucket: 3 to 63 lower-case letters,`,
    `. Set it, or remove ${signal}.s3.\nNothing was changed.`,
  ],
  [
    `an S3 of ${signal} without a region`,
    { [signal]: { s3: { bucket: "lines" } } },
    `observability:${signal}.s3.region is missing; allowed: an AWS region such as ap-northeast-2`,
    `. Set it, or remove ${signal}.s3.\nNothing was changed.`,
  ],
]);

const names: Row[] = [
  ...["nobody", "heartbeat"].map((name): Row => [
    `a receiver called ${name}`,
    { alerting: { receivers: [{ name, webhook: hook }] } },
    `alerting.receivers[0].name is "${name}"`,
    "any name but nobody and heartbeat",
  ]),
  ...OWN_JOBS.map((name): Row => [
    `a service called like the own job ${name}`,
    { services: [{ ...service, name }] },
    `services[0].name ${name} is one of the stack's own`,
    `any name but ${OWN_JOBS.join(", ")}. A Service that cannot be renamed is scraped by the annotations of its pods`,
  ]),
  ...["observability", "observability-agents"].map((namespace): Row => [
    `a service in ${namespace}`,
    { services: [{ ...service, namespace }] },
    `services[0].namespace ${namespace} is the stack's own`,
    "a namespace of applications",
  ]),
  [
    "annotated pods of the own namespace",
    { metrics: { annotatedNamespaces: ["x", "observability"] } },
    "metrics.annotatedNamespaces[1] observability is the stack's own",
    "a namespace of applications",
  ],
  [
    "every namespace, and one of them",
    { metrics: { annotatedNamespaces: ["shop", "*"] } },
    'metrics.annotatedNamespaces[1] "*" is every namespace',
    "it alone, or namespaces by their names",
  ],
  [
    "a namespace listed twice",
    { metrics: { annotatedNamespaces: ["x", "x"] } },
    'metrics.annotatedNamespaces[1] "x" is listed twice',
    "each once",
  ],
  ...["default", "kube-system", "kube-public", "kube-node-lease"].map((name): Row => [
    `the cluster's own namespace ${name}`,
    { namespaces: { stack: name } },
    `namespaces.stack ${name} is the cluster's own`,
    "create: false",
  ]),
  [
    "an application namespace that every cluster has",
    { namespaces: { createApplications: true }, services: [{ ...service, namespace: "kube-system" }] },
    "services[0].namespace kube-system",
    "createApplications: false",
  ],
];

const objective = (more: object) => ({
  services: [service],
  slo: { objectives: [{ name: "wait", service: "a", namespace: "x", objective: 0.9, ...more }] },
});
const counted = { bad: "lost_total", total: "sent_total" };
const pair = "histogram and seconds, or bad and total; both of one pair and none of the other";
const objectives: Row[] = [
  ["an objective without a metric", objective({}), "slo.objectives[0].bad", pair],
  ["an objective of half a pair", objective({ bad: "lost" }), "slo.objectives[0].bad", pair],
  [
    "an objective with a pattern that is none",
    objective({ ...counted, bad: 'lost_total{why=~"(a"}' }),
    "slo.objectives[0].bad has a pattern that is none: error parsing regexp: missing closing ): `(a`",
    "a counter, with matchers or without, such as",
  ],
  [
    "an objective with a backslash as in no quotes",
    objective({ ...counted, total: String.raw`sent_total{to=~"a\.b"}` }),
    String.raw`slo.objectives[0].total has \. in quotes, which must be \\. there`,
    "a counter, with matchers or without, such as",
  ],
  [
    "an objective of both pairs",
    objective({ ...counted, histogram: "wait_seconds", seconds: 1 }),
    "slo.objectives[0].histogram",
    pair,
  ],
  [
    "an objective of a service that is not watched",
    objective({ ...counted, service: "b" }),
    "slo.objectives[0].service x/b is not among observability:services",
    "x/a",
  ],
  [
    "an objective where no service is watched",
    { ...objective(counted), services: [] },
    "slo.objectives[0].service x/a is not among observability:services",
    "none, since that list is empty",
  ],
  [
    "an objective called like one that every service has",
    objective({ ...counted, name: "latency" }),
    'slo.objectives[0].name is "latency"',
    "any name but availability and latency",
  ],
  [
    "two objectives of one name",
    { services: [service], slo: { objectives: [0, 1].map(() => objective(counted).slo.objectives[0]) } },
    "slo.objectives[1].name wait is an objective of that service already",
    "each name once a service",
  ],
];

const quantities: Row[] = [
  ...["2m", "5m", "1h", "61s"].flatMap((interval): Row[] => [
    [
      `scraped every ${interval}`,
      { metrics: { scrapeInterval: interval } },
      "metrics.scrapeInterval",
      "at most 1m, since rules and dashboards take rates over 5m",
    ],
    [
      `evaluated every ${interval}`,
      { metrics: { evaluationInterval: interval } },
      "evaluationInterval",
      "at most 1m",
    ],
    [
      `a service scraped every ${interval}`,
      { services: [{ ...service, interval }] },
      "services[0].interval",
      "at most 1m",
    ],
  ]),
  [
    "a window without scrapes",
    { alerting: { rules: { podCrashLooping: { window: "1m" } } } },
    "window",
    "at least 5m",
  ],
  ["more than Go counts", { alerting: { groupWait: "99999999w" } }, "groupWait", "at most 10 years"],
  [
    "messages again before a group is looked at again",
    { alerting: { groupInterval: "10m", repeatInterval: "599s" } },
    "alerting.repeatInterval 599s is less than alerting.groupInterval (10m)",
    "at least as long. Raise it, or lower the other.",
  ],
  [
    "a group that is looked at less often than messages are repeated by default",
    { alerting: { groupInterval: "5h" } },
    "alerting.repeatInterval 4h is less than alerting.groupInterval (5h)",
    "at least as long",
  ],
  [
    "retention for ever",
    { metrics: { retention: { time: "99999999w" } } },
    "retention.time",
    "at most 10 years",
  ],
  [
    "less than a block of metrics",
    { metrics: { retention: { time: "5m" } } },
    "metrics.retention.time",
    "at least 2h",
  ],
  [
    "less than a block of traces",
    { tracing: { retention: { time: "1s" } } },
    "tracing.retention.time",
    "at least 2h",
  ],
  [
    "less than Loki's index",
    { logs: { retention: { time: "1439m" } } },
    "logs.retention.time",
    "at least 24h",
  ],
  ...["0Mi", "0.0Gi", "1Ki", "1.0005Gi", "800000.00024Gi", "99999999Ti"].flatMap((size): Row[] => [
    [
      `a volume of ${size}`,
      { logs: { storage: { size } } },
      `logs.storage.size is "${size}"`,
      "from 8Mi to 1024Ti",
    ],
    [
      `a limit of ${size}`,
      { logs: { resources: { limits: { memory: size } } } },
      `logs.resources.limits.memory is "${size}"`,
      "a whole number of bytes from 8Mi",
    ],
    [`metrics up to ${size}`, { metrics: { retention: { size } } }, "metrics.retention.size", "8Mi"],
  ]),
  ...["0", "0.0", "0.0001", 0, -1, "100000", [2], null].map((cpu): Row => [
    `cpu ${JSON.stringify(cpu)}`,
    { logs: { resources: { requests: { cpu } } } },
    "logs.resources.requests.cpu",
    "from 1m to 1000 cores",
  ]),
  ...[
    ["metrics"],
    ["metrics", "kubeStateMetrics"],
    ["metrics", "nodeExporter"],
    ["alerting"],
    ["logs"],
    ["logs", "agent"],
    ["logs", "events"],
    ["tracing"],
    ["tracing", "collector"],
    ["tracing", "tailSampling"],
    ["grafana"],
    ["edge"],
  ].flatMap((path): Row[] =>
    [
      { what: "cpu", requests: { cpu: 2 }, limits: { cpu: "1500m" } },
      { what: "memory", requests: { memory: "2Gi" }, limits: { memory: "2047Mi" } },
    ].map(({ what, ...resources }) => [
      `${path.join(".")}: more ${what} requested than allowed`,
      path.reduceRight<Record<string, unknown>>((inner, key) => ({ [key]: inner }), { resources }),
      `${path.join(".")}.resources.requests.${what}`,
      "at most the limit",
    ]),
  ),
  [
    "the whole volume",
    { metrics: { retention: { size: "4.75Gi" } } },
    "metrics.retention.size 4.75Gi",
    "at most 90 %",
  ],
  ["a port that needs root", { grafana: { port: 80 } }, "grafana.port is 80", "from 1024 to 65535"],
  ["a rotation that YAML rounds", { grafana: { admin: { rotation: 1.1 } } }, "rotation is 1.1", "in quotes"],
  [
    "a rotation beyond what a number holds",
    { grafana: { admin: { rotation: 2 ** 53 } } },
    "rotation is 9007199254740992",
    "in quotes",
  ],
];

const nodes: Row[] = [
  [
    "three nodes that could not tell each other from anybody else",
    {
      ...{ platform: "eks", alerting: { unattended: true } },
      logs: { backend: "elasticsearch", elasticsearch: { replicas: 3 } },
    },
    "logs.elasticsearch.replicas 3 needs logs.elasticsearch.tls",
    "1 without it",
  ],
  ...[null, { secretName: "certificate" }].map((tls): Row => [
    `three nodes on one machine, tls: ${JSON.stringify(tls)}`,
    { logs: { backend: "elasticsearch", elasticsearch: { replicas: 3, tls } } },
    "logs.elasticsearch.replicas 3 needs as many machines, and platform: kind is one",
    "1. Set 1, or platform: eks",
  ]),
];

const ingress = { certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/a" };
const addresses: Row[] = [
  [
    "https at the edge under an address that says http",
    { edge: { tls: { secretName: "a" } } },
    "edge.url http://localhost:8080 is no address of a proxy that has edge.tls",
    "begins with https://",
  ],
  ...[
    "http://a.example.org",
    "https://a.example.org:8443",
    "https://10.0.0.1",
    "https://localhost",
    "https://A.example.org",
  ].map((url): Row => [
    `a load balancer for ${url}`,
    { edge: { url, anonymous: false, ingress } },
    `edge.url ${url} is no address of a load balancer`,
    "https:// and a host name",
  ]),
  [
    "a load balancer in front of pages without a login",
    { edge: { url: "https://a.example.org", anonymous: true, ingress } },
    "edge.anonymous would open Prometheus",
    "false",
  ],
  ...["/x", "/?a=b", "#a", "/x/", "?x"].map((end): Row => [
    `edge.url with ${end}`,
    { edge: { url: `https://a.example.org${end}` } },
    `edge.url is "https://a.example.org${end}"`,
    "scheme, host and port alone",
  ]),
  ...[
    "ftp://a",
    "http://",
    "http:a",
    "http://a:99999",
    "http://a b",
    "http://a`b`",
    'http://a"',
    "http://{{x}}",
  ].map((url): Row => [
    `edge.url ${url}`,
    { edge: { url } },
    `edge.url is ${JSON.stringify(url)}`,
    "allowed: ",
  ]),
  ...["https://a/`x`", "https://a/{{ x }}", "https://a/x y", "https://a/%zz", "https://a/$(x)"].map(
    (runbookUrl): Row => [
      `runbookUrl ${runbookUrl}`,
      { alerting: { runbookUrl } },
      `alerting.runbookUrl is ${JSON.stringify(runbookUrl)}`,
      "an http:// or https:// URL",
    ],
  ),
  [
    "a runbook with #",
    { alerting: { runbookUrl: "https://a/#b" } },
    "alerting.runbookUrl",
    "a URL without #",
  ],
  ...["https://a.org", "a.org/", "a.org/Team", "a.org:x", "mirror", "a.org//b", "a b.org"].map(
    (registry): Row => [
      `registry ${registry}`,
      placement({ registry }),
      `placement.registry is "${registry}"`,
      "host[:port][/path]",
    ],
  ),
  ...["smtp.example.org", "a:0", "a:99999", "a:b", ":25", "a b:25", "http://a:25"].map((smarthost): Row => [
    `smarthost ${smarthost}`,
    smtp({ smarthost }),
    "alerting.smtp.smarthost is",
    "with a port from 1 to 65535",
  ]),
  [
    "a password in clear text",
    smtp({ username: "u", password: "p", requireTls: false }),
    "alerting.smtp.requireTls is false",
    "true beside a password",
  ],
  [
    "a mail server for nobody",
    { alerting: { ...smtp({}).alerting, ...receiver({ webhook: hook }).alerting } },
    "alerting.smtp is without effect, since no receiver has email",
    "beside a receiver with email",
  ],
  [
    "messages that would lead to the reader's own machine",
    { platform: "eks", edge: { enabled: true }, ...receiver({ webhook: hook }) },
    "edge.url is http://localhost:8080, which messages would lead to",
    "the address that people type, such as https://observability.example.org",
  ],
  ["a password without a user", smtp({ password: "p" }), "alerting.smtp.username is missing", "or neither"],
  ["a user without a password", smtp({ username: "p" }), "alerting.smtp.password is missing", "or neither"],
  ...["alerts", "#", "#a b", "#{{ x }}", "", null].map((channel): Row => [
    `slack channel ${JSON.stringify(channel)}`,
    receiver({ slack: { url: "https://hooks.example.org/x", channel } }),
    "alerting.receivers[0].slack.channel",
    '"#alerts"',
  ]),
  [
    "an e-mail address that is none",
    receiver({ email: { to: "a" } }),
    "receivers[0].email.to",
    "an e-mail address",
  ],
  [
    "nobody to tell outside of kind",
    { platform: "eks" },
    "alerting.receivers names nobody, so that alerts tell nobody",
    "alerting.unattended: true",
  ],
  [
    "messages without a runbook to open",
    { platform: "eks", alerting: { receivers: [{ name: "a", webhook: hook }] } },
    "alerting.runbookUrl is missing",
    "edge.enabled: true, which serves it",
  ],
  [
    "a receiver to whom no route leads",
    {
      alerting: {
        receivers: ["a", "b", "c"].map((name) => ({ name, webhook: hook })),
        routes: [{ severity: "critical", receiver: "b" }],
      },
    },
    "alerting.receivers[2].name c is told nothing",
    "the first receiver, which has what no route takes, or one that alerting.routes[].receiver names",
  ],
  [
    "a route to none of the receivers",
    {
      alerting: {
        receivers: ["a", "b"].map((name) => ({ name, webhook: hook })),
        routes: [{ severity: "critical", receiver: "x" }],
      },
    },
    "alerting.routes[0].receiver is no receiver",
    "allowed: a, b\n",
  ],
  [
    "two routes of a severity",
    {
      alerting: {
        receivers: [{ name: "a", webhook: hook }],
        routes: ["a", "a"].map((name) => ({ severity: "critical", receiver: name })),
      },
    },
    "alerting.routes[1] is never taken, since routes[0] takes all of its alerts",
    "the narrower one first",
  ],
  [
    "a route that a wider one hides",
    routed([{ severity: "critical" }, { severity: "critical", namespace: "shop" }]),
    "alerting.routes[1] is never taken, since routes[0] takes all of its alerts",
    "the narrower one first",
  ],
  [
    "a route of everything",
    routed([{}]),
    "alerting.routes[0] is not usable",
    "at least one of severity, team, namespace, service; what no route takes goes to the first receiver",
  ],
  [
    "a team that there is not",
    routed([{ team: "sales" }]),
    "alerting.routes[0].team sales is no team",
    "none, since alerting.teams is empty",
  ],
  [
    "a team that there is not, beside others",
    owned([{ name: "bank", namespaces: ["bank"] }], [{ team: "sales" }]),
    "alerting.routes[0].team sales is no team",
    "bank",
  ],
  [
    "two teams of a name",
    owned([
      { name: "bank", namespaces: ["bank"] },
      { name: "bank", services: ["vault"] },
    ]),
    "alerting.teams[1].name bank is named twice",
    "each name once",
  ],
  [
    "a namespace in two teams",
    owned([
      { name: "bank", namespaces: ["bank"] },
      { name: "sales", namespaces: ["shop", "bank"] },
    ]),
    "alerting.teams[1].namespaces[1] bank is in team bank already",
    "each namespace once, in one team",
  ],
  [
    "a service in two teams",
    owned([
      { name: "bank", services: ["vault"] },
      { name: "sales", services: ["vault"] },
    ]),
    "alerting.teams[1].services[0] vault is in team bank already",
    "each service once, in one team",
  ],
  [
    "a team of nothing",
    owned([{ name: "bank" }]),
    "alerting.teams[0] is not usable",
    "at least one of namespaces, services",
  ],
  [
    "a team's pattern of services",
    owned([{ name: "bank", services: ["vault-.*"] }]),
    'alerting.teams[0].services[0] is "vault-.*"',
    "a service name: lower-case letters, digits and -",
  ],
  [
    "a route behind one that takes all of its team",
    owned([{ name: "bank", services: ["vault"] }], [{ team: "bank" }, { team: "bank", severity: "warning" }]),
    "alerting.routes[1] is never taken, since routes[0] takes all of its alerts",
    "the narrower one first",
  ],
  [
    "a route behind one for each severity",
    routed([
      { severity: "critical" },
      { severity: "warning", namespace: "shop" },
      { severity: "warning" },
      {
        service: "vault",
      },
    ]),
    "alerting.routes[3] is never taken, since routes[0] and routes[2] take all of its alerts",
    "the narrower one first",
  ],
  [
    "a team's route behind those of all that it has",
    owned(
      [{ name: "bank", namespaces: ["bank"], services: ["vault"] }],
      [
        { service: "vault" },
        { severity: "critical", namespace: "bank" },
        { namespace: "bank" },
        { team: "bank" },
      ],
    ),
    "alerting.routes[3] is never taken, since routes[0] and routes[1] and routes[2] take all of its alerts",
    "the narrower one first",
  ],
  ...(
    [
      [{ namespace: "shop" }, "shop", "sales or vaults"],
      [{ service: "vault" }, "vault", "vaults"],
      [{ service: "vault", namespace: "bank" }, "vault", "vaults"],
      [{ namespace: "nobodys", service: "a" }, "a", "a team that has it by alerting.teams"],
    ] as const
  ).map(([about, what, owners]): Row => [
    `a team's route for what it has not: ${JSON.stringify(about)}`,
    owned(TEAMS, [{ team: "bank", ...about }]),
    `alerting.routes[0].team bank has no alert about ${what}, so that this route is never taken`,
    `${owners}. Correct the one or the other, or leave one out.`,
  ]),
  [
    "a mute timing that there is not",
    routed([{ severity: "warning", mute: ["night"] }]),
    "alerting.routes[0].mute[0] night is no mute timing",
    "none, since alerting.muteTimings is empty",
  ],
  [
    "a mute timing with a line break in its name",
    routed([{ severity: "warning", mute: ["a\nb"] }]),
    "alerting.routes[0].mute[0] a\\nb is no mute timing",
    "none, since alerting.muteTimings is empty",
  ],
  [
    "a mute timing that mutes nothing",
    routed([{ severity: "warning" }], [{ name: "night", weekdays: ["sunday"] }]),
    "alerting.muteTimings[0].name night mutes nothing",
    "a name that alerting.routes[].mute lists",
  ],
  [
    "a mute timing of all times",
    routed([{ severity: "warning", mute: ["night"] }], [{ name: "night" }]),
    "alerting.muteTimings[0].times is missing, and so are weekdays",
    "one of them or both",
  ],
  [
    "a night in one piece",
    routed(
      [{ severity: "warning", mute: ["night"] }],
      [{ name: "night", times: [{ start: "22:00", end: "06:00" }] }],
    ),
    "alerting.muteTimings[0].times[0].end",
    "a time after start; a night is two: 22:00 to 24:00 and 00:00 to 06:00; beside weekdays in two mute timings that the route lists both, the second with the days after, such as friday and saturday\n",
  ],
  [
    "a day of the week that there is not",
    routed([{ severity: "warning", mute: ["night"] }], [{ name: "night", weekdays: ["Sunday"] }]),
    'alerting.muteTimings[0].weekdays[0] is "Sunday"',
    "monday, tuesday, wednesday",
  ],
];

const objects: Row[] = [
  ...["a b", "-a", "A.org/x/y", "a/", "/a", "UPPER.org/x", "x".repeat(64), `${"a".repeat(254)}/x`].flatMap(
    (key): Row[] =>
      ["labels", "annotations", "nodeSelector"].map((where) => [
        `${where} with key ${key.slice(0, 20)}`,
        placement({ [where]: { [key]: "x" } }),
        `placement.${where}`,
        "a name of at most 63 letters",
      ]),
  ),
  ...["a b", "-", "x".repeat(64), "ü"].flatMap((value): Row[] =>
    ["labels", "nodeSelector"].map((where) => [
      `${where} with value ${value}`,
      placement({ [where]: { team: value } }),
      `placement.${where}.team is "${value}"`,
      "at most 63 of them",
    ]),
  ),
  ["a label that is a number", placement({ labels: { team: 1 } }), "placement.labels.team is 1", "in quotes"],
  [
    "an annotation that is true",
    placement({ annotations: { a: true } }),
    "annotations.a is true",
    "in quotes",
  ],
  ...[
    "app",
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/part-of",
    "pod-security.kubernetes.io/enforce",
    "kubernetes.io/metadata.name",
    "pod-template-hash",
  ].map((key): Row => [
    `label ${key}`,
    placement({ labels: { [key]: "x" } }),
    "placement.labels",
    "a label of your own",
  ]),
  ...["prometheus.io/path", "pulumi.com/skipAwait", "kubectl.kubernetes.io/last-applied-configuration"].map(
    (key): Row => [
      `annotation ${key}`,
      placement({ annotations: { [key]: "x" } }),
      `placement.annotations["${key}"]`,
      "neither Prometheus",
    ],
  ),
  [
    "annotations that fill an object",
    placement({ annotations: { a: "x".repeat(300_000) } }),
    "placement.annotations are too long",
    "100000 characters",
  ],
  ...["A", "a_b", "-a", "a".repeat(254)].flatMap((name): Row[] => [
    [
      `priority class ${name.slice(0, 9)}`,
      placement({ priorityClassName: name }),
      "priorityClassName",
      "PriorityClass",
    ],
    [
      `storage class ${name.slice(0, 9)}`,
      { logs: { storage: { class: name } } },
      "logs.storage.class",
      "StorageClass",
    ],
    [
      `pull secret ${name.slice(0, 9)}`,
      placement({ imagePullSecrets: [name] }),
      "imagePullSecrets[0]",
      "a Secret",
    ],
  ]),
  ...["redis", "postgres"].map((exporter): Row => [
    `two ${exporter} servers of one name`,
    {
      metrics: {
        [exporter]: {
          targets: ["b", "c"].map((host) => ({ name: "a", host, username: "u", password: "p" })),
        },
      },
    },
    `metrics.${exporter}.targets[1].name a is named twice`,
    "each name once",
  ]),
  [
    "a Redis server under two names",
    { metrics: { redis: { targets: ["a", "b"].map((name) => ({ name, host: "redis", password: name })) } } },
    "metrics.redis.targets[1].host",
    "each host, port and username once",
  ],
  [
    "a login at no registry",
    placement({ registryLogin: { username: "u", password: "p" } }),
    "placement.registryLogin",
    "only beside placement.registry",
  ],
  ["a pull secret twice", placement({ imagePullSecrets: ["a", "a"] }), "imagePullSecrets[1]", "each once"],
  ["a toleration of nothing", placement({ tolerations: [{}] }), "tolerations[0].operator", "must be Exists"],
  [
    "a toleration with a value too many",
    placement({ tolerations: [{ key: "a", operator: "Exists", value: "b" }] }),
    "tolerations[0].value",
    "must be missing",
  ],
  [
    "a toleration with seconds but no effect",
    placement({ tolerations: [{ key: "a", operator: "Exists", tolerationSeconds: 5 }] }),
    "tolerations[0].effect",
    "must be NoExecute",
  ],
  [
    "a taint that cannot be",
    placement({ tolerations: [{ key: "a b" }] }),
    "tolerations[0].key",
    "at most 63",
  ],
];

/** What nobody switched on. */
const eks = { platform: "eks", alerting: { unattended: true } };
const inElasticsearch = (more: object) => ({ logs: { backend: "elasticsearch", elasticsearch: more } });
const off: Row[] = [
  ...(
    [
      [{ tracing: { tailSampling: { percent: 5 } } }, "tracing.tailSampling", "tracing.tailSampling"],
      [{ overrides: { sampler: { a: 1 } } }, "overrides.sampler", "tracing.tailSampling"],
      [{ metrics: { istio: { namespace: "mesh" } } }, "metrics.istio", "metrics.istio"],
      [{ metrics: { kiali: amounts } }, "metrics.kiali", "metrics.kiali"],
      [inElasticsearch({ kibana: amounts }), "logs.elasticsearch.kibana", "logs.elasticsearch.kibana"],
      [inElasticsearch({ logstash: amounts }), "logs.elasticsearch.logstash", "logs.elasticsearch.logstash"],
    ] as const
  ).map(([given, key, of]): Row => [
    `${key} without ${of}.enabled`,
    given,
    `${key} is without effect, since nothing says ${of}.enabled`,
    `beside ${of}.enabled: true. Set that, or remove ${key}, or keep it for later with ${of}.enabled: false.`,
  ]),
  ...Object.entries({
    url: "https://a.example.org",
    tls: { secretName: "a" },
    login: { rotation: "2" },
    anonymous: true,
    resources: { limits: { memory: "99Mi" } },
  }).flatMap(([key, value]): Row[] =>
    [{ ...eks, edge: { [key]: value } }, { edge: { nodePort: null, [key]: value } }].map((given) => [
      `edge.${key} where nothing leads to the edge`,
      given,
      `edge.${key} is without effect, since nothing leads to the edge proxy`,
      "beside edge.ingress or edge.nodePort, or edge.enabled: true for an Ingress of your own",
    ]),
  ),
  [
    "a login of an edge that the platform opens",
    { edge: { login: { rotation: "2" } } },
    "edge.login is without effect, since the platform kind has edge.anonymous: true",
    "beside edge.anonymous: false. Set that, or remove edge.login, or keep it for later with edge.anonymous: true",
  ],
];

test("who opens the edge themselves may keep its login for later", () => {
  expect(() => settingsOf({ edge: { anonymous: true, login: { rotation: "2" } } }, "kind")).not.toThrow();
});

test("what is off and belongs to another backend besides is refused once", () => {
  const elasticsearch = { kibana: amounts };
  expect(messageOf({ logs: { elasticsearch } })).toMatch(/ has a setting that cannot be used:/);
});

test.each([
  ...off,
  ...names,
  ...amp,
  ...buckets,
  ...objectives,
  ...quantities,
  ...nodes,
  ...addresses,
  ...objects,
])("%s is refused", (_, given, key, allowed) => {
  const message = messageOf(given);
  expect(message).toContain(`observability:`);
  expect(message).toContain(key);
  expect(message).toContain(allowed);
});

test.each<[string, Record<string, unknown>]>([
  ["the longest interval", { metrics: { scrapeInterval: "60s", evaluationInterval: "1m" } }],
  [
    "labels of all forms",
    placement({ labels: { "example.org/a_b.c": "", "app.kubernetes.io/managed-by": "x" } }),
  ],
  [
    "a whole port range",
    {
      alerting: {
        ...smtp({ smarthost: "[::1]:65535" }).alerting,
        ...receiver({ email: { to: "a@b.org" } }).alerting,
      },
    },
  ],
  [
    "a group's slack channel",
    receiver({ slack: { url: "https://hooks.example.org/x", channel: "#장애-알림" } }),
  ],
  ["a mirror with port and path", placement({ registry: "localhost:5000/a/b-c" })],
  ["metrics up to just 90 %", { metrics: { storage: { size: "10Gi" }, retention: { size: "9Gi" } } }],
  [
    "Redis servers that differ by host, port or user",
    {
      metrics: {
        redis: {
          targets: [
            { name: "a", host: "redis", port: 16379 },
            { name: "b", host: "redis1", port: 6379 },
            { name: "c", host: "redis", port: 6379 },
            { name: "d", host: "redis", port: 6379, username: "u", password: "p" },
          ],
        },
      },
    },
  ],
  ["retention in minutes", { logs: { retention: { time: "1440m" } } }],
  ["a NodePort of a proxy that is off", { edge: { enabled: false }, grafana: { nodePort: 30080 } }],
  [
    "what is switched off on purpose",
    {
      metrics: { istio: { enabled: false, namespace: "mesh" }, nodeExporter: { enabled: false, ...amounts } },
      tracing: { tailSampling: { enabled: false, percent: 5 } },
      overrides: { sampler: { a: 1 } },
      slo: { enabled: false, ...objective(counted).slo },
      services: [service],
    },
  ],
  [
    "an edge that is switched off on purpose",
    { ...eks, edge: { enabled: false, url: "https://a.example.org", ingress } },
  ],
  [
    "routes that take what those before leave",
    owned(TEAMS, [
      { team: "vaults", namespace: "bank" },
      { team: "bank", service: "a" },
      { service: "vault", severity: "critical" },
      { team: "vaults" },
      { severity: "critical", namespace: "bank" },
      { team: "bank" },
    ]),
  ],
  [
    "a route for a team that an expression says",
    {
      alerting: {
        ...owned(TEAMS, [{ team: "bank", namespace: "shop" }, { namespace: "bank" }, { team: "bank" }])
          .alerting,
        extraAlerts: [{ name: "Late", metrics: "late > 1", summary: "Late" }],
      },
    },
  ],
  [
    "the nights after fridays, as the refusal of one in one piece says",
    routed(
      [{ severity: "warning", mute: ["friday night", "saturday morning"] }],
      [
        { name: "friday night", times: [{ start: "22:00", end: "24:00" }], weekdays: ["friday"] },
        { name: "saturday morning", times: [{ start: "00:00", end: "06:00" }], weekdays: ["saturday"] },
      ],
    ),
  ],
  ["an edge that only leads to pages", { ...eks, edge: { enabled: true } }],
  ["an edge for an Ingress of one's own", { ...eks, edge: { enabled: true, url: "https://a.example.org" } }],
  ["what is off and asks for nothing", { tracing: { tailSampling: {} }, overrides: { sampler: {} } }],
  ["an environment that YAML would quote", { environment: "2026", region: "a.b_c-d" }],
])("%s is accepted", (_, given) => {
  expect(() => settingsOf(given, "kind")).not.toThrow();
});

test("the slash that browsers put behind a host is left out of edge.url", () => {
  expect(settingsOf({ edge: { url: "https://a.example.org:8443/" } }, "kind").edge.url).toBe(
    "https://a.example.org:8443",
  );
});

test.each(["a_", "-a", "x".repeat(64), "a/b"])("a stack called %s is refused", (name) => {
  expect(() => settingsOf({}, name)).toThrow(/stack's name .*Allowed: .*pulumi stack init/s);
});

test("the names that services must not have are those of all jobs and programs", () => {
  const metrics = {
    redis: { targets: [{ name: "queue", host: "redis" }] },
    postgres: { targets: [{ name: "orders", host: "postgres", username: "u", password: "p" }] },
    istio: { enabled: true },
  };
  const edge = { url: "https://ops.example.org", tls: { secretName: "certificate" } };
  const stack = stackOf(settingsOf({ services: [service], metrics, edge }, "kind"), "kind");
  const { scrape_configs } = prometheusConfig(stack) as { scrape_configs: { job_name: string }[] };
  const jobs = scrape_configs.map(({ job_name }) => job_name).filter((name) => name !== service.name);
  // The series of pods that no service's name leads to have it as their job.
  const all = new Set([...jobs, "annotated-pods", ...programs.map(({ name }) => name)]);
  expect([...OWN_JOBS].sort()).toEqual([...all].sort());
});

/** Written so that this file is not found itself. */
const WORD = /\b(the|a) see[d]\b|\bsee[d]s\b/i;

test("no text names a document that they do not have", () => {
  const root = join(__dirname, "..");
  const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n");
  const texts = files.filter(
    (file) => /\.(ts|mjs|json|md|yaml)$/.test(file) && !/package-lock|go\.sum/.test(file),
  );
  const naming = texts.filter((file) => WORD.test(readFileSync(join(root, file), "utf8")));
  expect(naming).toEqual([]);
});

test("what is wrong with the stores of lines is all that is said: nothing of a collector that nobody named", () => {
  const { logs } = nodes[1][1] as { logs: object };
  for (const given of [logs, { replicas: 3 }, { collector: "promtail", replicas: 3 }])
    expect(messageOf({ logs: given })).toMatch(/ has a setting that cannot be used:/);
  expect(messageOf({ logs: { ...logs, collector: "alloy" } })).toMatch(/collector alloy does not send to/);
});

function messageOf(given: Record<string, unknown>): string {
  try {
    settingsOf(given, "kind");
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was accepted");
}
