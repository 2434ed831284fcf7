import { dump } from "js-yaml";
import {
  clusterOf,
  configOf,
  containersOf,
  fileOf,
  filesOf,
  type KubernetesObject,
  ofKind,
  type Pod,
  podsOf,
} from "./support/cluster";
import { keys } from "./support/keys";

/*
 * Every secret, and every place where a program sees it: by a file of a mounted Secret, or by an environment variable
 * that refers to a Secret. Everywhere else it must not be.
 */
const bucket = (name: string) => ({
  bucket: name,
  region: "us-east-1",
  accessKeyId: `key-of-${name}`,
  secretAccessKey: `secret-of-${name}`,
});
const settings = {
  placement: {
    registry: "mirror.example.org/team",
    registryLogin: { username: "puller", password: "password-of-the-registry" },
  },
  services: [{ name: "board-service", namespace: "shop", port: 8000 }],
  metrics: {
    redis: {
      targets: [
        { name: "cache", host: "redis.shop.svc", password: "password-of-the-cache" },
        { name: "open", host: "open.shop.svc" },
        { name: "queue", host: "queue.shop.svc", username: "stack", password: "password-of-the-queue" },
      ],
    },
    postgres: {
      targets: [
        { name: "board", host: "pg.shop.svc", username: "stack", password: "password-of-the-board" },
        { name: "users", host: "pg.bank.svc", username: "reader", password: "password-of-the-users" },
      ],
    },
  },
  logs: { s3: bucket("lines") },
  grafana: {
    database: { host: "pg.example.org", password: "password-of-the-database" },
    oidc: {
      ...{ authUrl: "https://id.example.org/auth", tokenUrl: "https://id.example.org/token" },
      ...{ apiUrl: "https://id.example.org/me", clientId: "grafana", clientSecret: "secret-of-the-client" },
      roles: [{ group: "platform", role: "Admin" }],
    },
  },
  tracing: { s3: bucket("traces") },
  edge: { anonymous: false },
  alerting: {
    receivers: [
      { name: "first", slack: { url: "https://slack-of-first.example.org/", channel: "#first" } },
      { name: "second", email: { to: "second@example.org" } },
      {
        name: "third",
        slack: { url: "https://slack-of-third.example.org/", channel: "#third" },
        webhook: { url: "https://webhook-of-third.example.org/" },
      },
      { name: "fourth", webhook: { url: "https://webhook-of-fourth.example.org/" } },
      { name: "fifth", pagerduty: { routingKey: "f".repeat(32) } },
    ],
    routes: ["second", "third", "fourth", "fifth"].map((receiver) => ({ namespace: receiver, receiver })),
    heartbeat: { url: "https://heartbeat.example.org/" },
    smtp: {
      smarthost: "smtp.example.org:587",
      from: "a@example.org",
      username: "stack",
      password: "password-of-the-mail-server",
    },
  },
};

/** By key of the stack file: the values above. */
const given: Record<string, string[]> = {
  "metrics.redis.targets[].password": ["password-of-the-cache", "password-of-the-queue"],
  "metrics.postgres.targets[].password": ["password-of-the-board", "password-of-the-users"],
  "logs.s3.secretAccessKey": ["secret-of-lines"],
  "tracing.s3.secretAccessKey": ["secret-of-traces"],
  "alerting.receivers[].slack.url": [
    "https://slack-of-first.example.org/",
    "https://slack-of-third.example.org/",
  ],
  "alerting.receivers[].webhook.url": [
    "https://webhook-of-third.example.org/",
    "https://webhook-of-fourth.example.org/",
  ],
  "alerting.receivers[].pagerduty.routingKey": ["f".repeat(32)],
  "alerting.heartbeat.url": ["https://heartbeat.example.org/"],
  "alerting.smtp.password": ["password-of-the-mail-server"],
  "grafana.oidc.clientSecret": ["secret-of-the-client"],
  "grafana.database.password": ["password-of-the-database"],
};

/** The only program that sees the values of a key, and the file or environment variable in which it does. */
const readBy = (key: string): [program: string, file: RegExp] => {
  if (key.startsWith("metrics.redis.")) return ["redis-exporter", /^\/etc\/redis-exporter\/passwords\.json$/];
  if (key.startsWith("metrics.postgres."))
    return ["postgres-exporter", /^\/etc\/postgres-exporter\/postgres_exporter\.yml$/];
  if (key.startsWith("logs.s3.")) return ["loki", /^AWS_SECRET_ACCESS_KEY$/];
  if (key.startsWith("tracing.s3.")) return ["tempo", /^AWS_SECRET_ACCESS_KEY$/];
  if (key.startsWith("grafana.database.")) return ["grafana", /^GF_DATABASE_PASSWORD$/];
  if (key.startsWith("grafana.")) return ["grafana", /^GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET$/];
  return ["alertmanager", /^\/etc\/alertmanager\/secrets\/[\w-]+$/];
};

/** What Pulumi makes up, by the resource that does, and the environment variables that hold it. */
const generated: Record<string, string[]> = {
  "made-by-grafana-admin-": ["grafana GF_SECURITY_ADMIN_PASSWORD", "grafana-rotation GRAFANA_PASSWORD"],
  "hash-of-grafana-edge-password-": ["edge EDGE_PASSWORD_HASH"],
  "made-by-grafana-secret-key-": ["grafana GF_SECURITY_SECRET_KEY"],
};

let objects: KubernetesObject[];
beforeAll(async () => {
  objects = await clusterOf(settings);
});

/** Where programs see a text. */
const seenBy = (text: string): string[] => [
  ...new Set(podsOf(objects).flatMap((pod) => [...inFiles(pod, text), ...inEnvironment(pod, text)])),
];

const inFiles = (pod: Pod, text: string) =>
  filesOf(objects, pod)
    .filter((file) => file.text.includes(text))
    .map(({ path, of }) => `${pod.app} ${path}${of.startsWith("Secret ") ? "" : `, which is of ${of}`}`);

const inEnvironment = (pod: Pod, text: string) =>
  containersOf(pod)
    .flatMap(({ env }) => env)
    .filter(({ valueFrom }) => valueOf(valueFrom?.secretKeyRef)?.includes(text))
    .map(({ name }) => `${pod.app} ${name}`);

const valueOf = (ref?: { name: string; key: string }) =>
  ref && ofKind(objects, "Secret").find(({ metadata }) => metadata.name === ref.name)!.stringData![ref.key];

test("every key that the schema marks as secret is here", () => {
  const marked = [...keys].filter(([, schema]) => JSON.stringify(schema).includes('"secret":true'));
  const ofKubelet = ["placement.registryLogin.password"];
  expect([...ofKubelet, ...Object.keys(given)].sort()).toEqual(marked.map(([key]) => key).sort());
});

test("the registry's password is in a pull secret of each namespace, which its pods name, and nowhere else", () => {
  const holding = objects.filter((object) => dump(object).includes("password-of-the-registry"));
  expect(holding.map(({ kind, metadata, type }) => [kind, metadata.namespace, metadata.name, type])).toEqual(
    ["observability", "observability-agents"].map((namespace) => [
      "Secret",
      namespace,
      "observability-registry",
      "kubernetes.io/dockerconfigjson",
    ]),
  );
  for (const { stringData } of holding)
    expect(JSON.parse(stringData![".dockerconfigjson"])).toEqual({
      auths: { "mirror.example.org": { username: "puller", password: "password-of-the-registry" } },
    });
  for (const { spec } of podsOf(objects))
    expect(spec).toMatchObject({ imagePullSecrets: [{ name: "observability-registry" }] });
});

test.each(
  Object.entries(given).flatMap(([key, texts]) => texts.map((text) => [key, text, ...readBy(key)] as const)),
)("%s: %s is seen by %s alone", (_, text, program, file) => {
  const places = seenBy(text).map((place) => place.split(" "));
  expect(places).toEqual([[program, expect.stringMatching(file)]]);
});

test.each(Object.entries(generated))("%s is seen as %j only", (text, places) => {
  expect(seenBy(text).sort()).toEqual(places);
});

test.each([...Object.values(given).flat(), ...Object.keys(generated)])(
  "%s is in one Secret, once, and in no other object",
  (text) => {
    const holding = objects.filter((object) => dump(object).includes(text));
    expect(holding.map(({ kind }) => kind)).toEqual(["Secret"]);
    expect(Object.values(holding[0].stringData!).filter((value) => value.includes(text))).toHaveLength(1);
  },
);

interface Receiver {
  name: string;
  slack_configs?: { api_url_file: string; channel: string }[];
  webhook_configs?: { url_file: string }[];
  email_configs?: { to: string }[];
  pagerduty_configs?: { routing_key_file: string }[];
}
const alertmanager = () =>
  configOf<{ receivers: Receiver[]; global: Record<string, string> }>(
    objects,
    "alertmanager",
    "/etc/alertmanager/config/alertmanager.yml",
  );
const read = (path: string) => fileOf(objects, "alertmanager", path);

test("each receiver reads its own secret and writes to its own address", () => {
  const told = alertmanager().receivers.map(
    ({ name, slack_configs, webhook_configs, email_configs, pagerduty_configs }) => ({
      name,
      ...(slack_configs && {
        slack: slack_configs.map(({ api_url_file, channel }) => [read(api_url_file), channel]),
      }),
      ...(webhook_configs && { webhook: webhook_configs.map(({ url_file }) => read(url_file)) }),
      ...(email_configs && { email: email_configs.map(({ to }) => to) }),
      ...(pagerduty_configs && { pagerduty: pagerduty_configs.map((one) => read(one.routing_key_file)) }),
    }),
  );
  expect(told).toEqual([
    { name: "nobody" },
    { name: "heartbeat", webhook: ["https://heartbeat.example.org/"] },
    { name: "first", slack: [["https://slack-of-first.example.org/", "#first"]] },
    { name: "second", email: ["second@example.org"] },
    {
      name: "third",
      slack: [["https://slack-of-third.example.org/", "#third"]],
      webhook: ["https://webhook-of-third.example.org/"],
    },
    { name: "fourth", webhook: ["https://webhook-of-fourth.example.org/"] },
    { name: "fifth", pagerduty: ["f".repeat(32)] },
  ]);
});

test("the mail server is told its own password", () => {
  const { smtp_auth_username: user, smtp_auth_password_file: file } = alertmanager().global;
  expect([user, read(file)]).toEqual(["stack", "password-of-the-mail-server"]);
});

test("each server is asked with its own password", () => {
  expect(JSON.parse(fileOf(objects, "redis-exporter", "/etc/redis-exporter/passwords.json"))).toEqual({
    "redis://redis.shop.svc:6379": "password-of-the-cache",
    "redis://open.shop.svc:6379": "",
    "redis://stack@queue.shop.svc:6379": "password-of-the-queue",
  });
  const path = "/etc/postgres-exporter/postgres_exporter.yml";
  const { auth_modules: modules } = configOf<{ auth_modules: Record<string, { userpass: object }> }>(
    objects,
    "postgres-exporter",
    path,
  );
  expect(Object.entries(modules).map(([name, { userpass }]) => [name, userpass])).toEqual([
    ["board", { username: "stack", password: "password-of-the-board" }],
    ["users", { username: "reader", password: "password-of-the-users" }],
  ]);
});

test("without a secret to keep there is the Secret of Grafana's credentials alone", async () => {
  const none = await clusterOf();
  expect(ofKind(none, "Secret").map(({ metadata }) => metadata.name)).toEqual([
    expect.stringMatching(/^grafana-credentials-/),
  ]);
});

test("no process gets a secret as an argument, which every process of its node may read", () => {
  const containers = podsOf(objects).flatMap(({ spec }) => [
    ...(spec.initContainers ?? []),
    ...spec.containers,
  ]);
  const secretly = containers.flatMap(({ name, command = [], args = [], env = [] }) =>
    env
      .filter(({ valueFrom }) => valueFrom?.secretKeyRef)
      .filter((variable) => [...command, ...args].some((text) => text.includes(`$(${variable.name})`)))
      .map((variable) => [name, variable.name]),
  );
  expect(containers.map(({ name }) => name)).toContain("set-password");
  expect(secretly).toEqual([]);
});

test("nothing looks like a secret in plain text", () => {
  const plain = podsOf(objects).flatMap((pod) =>
    containersOf(pod).flatMap(({ env }) =>
      env.filter(({ name, value }) => value !== undefined && /PASSWORD|SECRET|TOKEN(?!_URL)/.test(name)),
    ),
  );
  expect(plain).toEqual([]);
});

test("the edge's password itself is in no object: its hash is enough", () => {
  expect(objects.filter((object) => dump(object).includes("made-by-grafana-edge-password-"))).toEqual([]);
});
