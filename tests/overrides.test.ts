import { load } from "js-yaml";
import { settingsOf } from "../config/settings";
import { programs, stackOf } from "../programs";
import { SECRETS } from "../programs/alertmanager";
import { flows, policyOf } from "../programs/flows";
import { programOf, type Stack } from "../programs/program";

type Given = Record<string, unknown>;

/** One that has this program: with tail sampling, since without it there is no sampler, and its store of traces. */
const stackWith = (given: Given, name = "tempo"): Stack => {
  const tracing = { backend: name === "jaeger" ? name : "tempo", tailSampling: { enabled: true } };
  return stackOf(settingsOf({ tracing, ...given }, "kind"), "kind");
};

const files = {
  loki: "loki.yaml",
  tempo: "tempo.yaml",
  jaeger: "jaeger.yaml",
  collector: "config.yaml",
  sampler: "config.yaml",
  prometheus: "prometheus.yml",
  alertmanager: "alertmanager.yml",
};
type Name = keyof typeof files;
const names = Object.keys(files) as Name[];

/** The configuration file as its program reads it. */
function configOf(name: Name, given: Given = {}): Given {
  const stack = stackWith(given, name);
  const found = programOf(stack, name).files!(stack).find((one) => files[name] in one.files)!;
  return load(found.files[files[name]]) as Given;
}

function messageOf(given: Given): string {
  try {
    settingsOf(given, "kind");
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was accepted");
}

const alerting = {
  receivers: [{ name: "a", webhook: { url: "https://hook.example.org/" }, email: { to: "a@example.org" } }],
  smtp: { smarthost: "smtp.example.org:587", from: "a@example.org", username: "u", password: "p" },
};

describe("overrides", () => {
  test.each(names)("%s: objects are merged, lists and the rest replaced, null is written as null", (name) => {
    const before = configOf(name);
    const [object] = Object.entries(before).find(
      ([key, value]) =>
        typeof value === "object" && !["server", "extensions", "scrape_configs", "receivers"].includes(key),
    )!;
    const own = { [object]: { own: { list: [1, 2], none: null } }, brand_new: [3] };
    expect(configOf(name, { overrides: { [name]: own } })).toEqual({
      ...before,
      [object]: { ...(before[object] as object), own: { list: [1, 2], none: null } },
      brand_new: [3],
    });
  });

  test("a list of the stack's is replaced, its neighbours stay", () => {
    const { limits_config } = configOf("loki", {
      overrides: { loki: { limits_config: { discover_service_name: ["x"], max_line_size: null } } },
    }) as { limits_config: Given };
    expect(limits_config).toMatchObject({ discover_service_name: ["x"], retention_period: "7d" });
    expect(limits_config).toHaveProperty("max_line_size", null);
  });

  test("they change no other program's files", () => {
    const textsOf = (stack: Stack) =>
      new Map(stack.programs.map((program) => [program.name, JSON.stringify(program.files?.(stack) ?? [])]));
    for (const name of names) {
      const before = textsOf(stackWith({}, name));
      const after = textsOf(stackWith({ overrides: { [name]: { brand_new: 1 } } }, name));
      expect([...after].filter(([key, text]) => before.get(key) !== text).map(([key]) => key)).toEqual([
        name,
      ]);
    }
  });

  /** Paths of everything in a configuration that says where the program listens, or which file holds a secret. */
  function kept(value: unknown, ports: number[], path: string[] = []): string[][] {
    if (typeof value === "object" && value !== null)
      return Object.entries(value).flatMap(([key, inner]) => kept(inner, ports, [...path, key]));
    const listens = ports.some((port) => value === port || value === `0.0.0.0:${port}`);
    return listens || String(value).startsWith(SECRETS) ? [path] : [];
  }
  const nested = (path: string[], value: unknown): unknown =>
    path.reduceRight((inner, part) => (/^\d+$/.test(part) ? [inner] : { [part]: inner }), value);

  test.each<Name>(["loki", "tempo", "jaeger", "collector", "sampler", "alertmanager"])(
    "%s: every listen address and every secret's file that it has stays the stack's, at any depth",
    (name) => {
      const ports = Object.values(programs.find((one) => one.name === name)!.ports(settingsOf({}, "kind")));
      const paths = kept(configOf(name, { alerting }), ports);
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths)
        for (const depth of [path.length, Math.max(1, path.length - 1), 1]) {
          const given = { alerting, overrides: { [name]: nested(path.slice(0, depth), "other") } };
          const message = messageOf(given);
          expect(message).toContain(`observability:overrides.${name}.${path[0]}`);
          expect(message).toContain("stays as the stack writes it, since");
          expect(message).toContain("Remove it");
        }
    },
  );

  const LISTENS = "Services, probes and network policies follow from where the program listens";
  const LOGS_BY_AGE = "its store would fill without it; set logs.retention.time";
  const TRACES_BY_AGE = "its store would fill without it; set tracing.retention.time";
  test.each<[Name, string, unknown, string]>([
    ["loki", "auth_enabled", true, "agents and Grafana name no tenant"],
    ["loki", "compactor.retention_enabled", false, LOGS_BY_AGE],
    ["loki", "compactor", null, LOGS_BY_AGE],
    ["loki", "limits_config.retention_period", 0, LOGS_BY_AGE],
    ["loki", "server", null, LISTENS],
    ["loki", "server.http_listen_address", "::", LISTENS],
    ["loki", "server.http_path_prefix", "/loki", LISTENS],
    ["tempo", "multitenancy_enabled", true, "the Collector and Grafana name no tenant"],
    ["tempo", "compactor.compaction.block_retention", "0s", TRACES_BY_AGE],
    ["tempo", "overrides.defaults.compaction.block_retention", "87600h", TRACES_BY_AGE],
    ["tempo", "server.grpc_listen_port", 1, LISTENS],
    ["tempo", "server.http_path_prefix", "/tempo", LISTENS],
    ["jaeger", "extensions.jaeger_query.base_path", "/ui", LISTENS],
    [
      "jaeger",
      "extensions.jaeger_query.multi_tenancy.enabled",
      true,
      "the Collector and Grafana name no tenant",
    ],
    ["prometheus", "scrape_configs", [], "the stack's own jobs are in it; add yours by metrics.extraScrape"],
    ["prometheus", "global.scrape_interval", "5m", "rates need four samples in five minutes; set metrics."],
    ["prometheus", "global.evaluation_interval", "5m", "alerts read what was recorded last; set metrics."],
    ["prometheus", "rule_files", [], "the stack's own rules are in it; add yours by alerting.extraAlerts"],
    [
      "prometheus",
      "alerting.alert_relabel_configs",
      [],
      "it says whose an alert is and makes those of a pair",
    ],
    [
      "prometheus",
      "alerting.alertmanagers",
      [],
      "all alerts go to the stack's own; send them on by alerting.",
    ],
    ["alertmanager", "route.routes", [], "Watchdog's own is among them; set alerting.routes"],
    ["alertmanager", "time_intervals", [], "routes refer to them; set alerting.muteTimings"],
    ["alertmanager", "receivers", {}, "they name the files of secrets; set alerting.receivers"],
    [
      "alertmanager",
      "global.smtp_auth_password_file",
      "/a",
      "the stack mounts it; set alerting.smtp.password",
    ],
    ["alertmanager", "global.slack_api_url", "https://x", "it is a secret; set alerting.receivers"],
  ])("%s keeps its %s and says why", (name, key, value, why) => {
    expect(messageOf({ overrides: { [name]: nested(key.split("."), value) } })).toContain(
      `overrides.${name}.${key} stays as the stack writes it, since ${why}`,
    );
  });

  test.each<[Name, object]>([
    ["loki", { common: { storage: { s3: { secret_access_key: "sentinel" } } } }],
    ["loki", { ruler: { alertmanager_client: { basic_auth_password: "sentinel" } } }],
    ["tempo", { storage: { trace: { s3: { secret_key: "sentinel" } } } }],
    ["collector", { exporters: { otlp: { headers: { Authorization: "Bearer sentinel" } } } }],
    ["collector", { exporters: { otlp: { headers: { "x-api-key": "sentinel" } } } }],
    ["collector", { exporters: { otlp: { headers: { "X-AuthToken": "sentinel" } } } }],
    ["collector", { exporters: { otlp: { headers: { apikey: "sentinel" } } } }],
    ["collector", { exporters: { otlp: { headers: { "x-api-key": "${env:KEY}sentinel" } } } }],
    ["collector", { exporters: { otlp: { headers: { "x-api-key": "sentinel${env:KEY}" } } } }],
    ["collector", { exporters: { otlp: { tls: { key_pem: "-----BEGIN EC PRIVATE KEY-----sentinel" } } } }],
    ["collector", { exporters: { kafka: { auth: { password: "sentinel" } } } }],
    ["collector", { extensions: { oauth2client: { client_secret: "sentinel" } } }],
    ["collector", { extensions: { bearertokenauth: { token: ["sentinel"] } } }],
    ["collector", { extensions: { own: { credential: "sentinel" } } }],
    ["prometheus", { remote_write: [{ url: "https://user:sentinel@a.org", basic_auth: {} }] }],
    ["prometheus", { remote_write: [{ authorization: { credentials: "sentinel" } }] }],
    ["alertmanager", { global: { opsgenie_api_key: "sentinel" } }],
    ["alertmanager", { global: { http_config: { bearer_token: 12345 } } }],
  ])("%s: a secret in %j is refused and not shown", (name, own) => {
    const message = messageOf({ overrides: { [name]: own } });
    expect(message).toMatch(
      new RegExp(`observability:overrides\\.${name}\\.\\S+ would be a secret in a ConfigMap`),
    );
    expect(message).toContain("settings of the stack that docs/settings.md marks as secrets");
    expect(message).not.toMatch(/sentinel|12345/);
  });

  test("samples go on to Amazon Managed Prometheus, whoever else is to have them", () => {
    const overrides = { prometheus: { remote_write: [{ url: "https://a.org" }] } };
    const amp = { url: "https://aps.example.org/workspaces/ws-1", region: "us-east-1" };
    expect(messageOf({ overrides, metrics: { amp } })).toContain(
      "overrides.prometheus.remote_write would replace what sends to metrics.amp; allowed: one of the two. Remove the one or the other.",
    );
    expect(() => settingsOf({ overrides }, "kind")).not.toThrow();
  });

  test.each<[Name, object]>([
    ["alertmanager", { route: { group_by: ["alertname"] } }],
    ["prometheus", { remote_write: [{ url: "https://a.org", authorization: { credentials_file: "/a" } }] }],
    ["loki", { ingester: { lifecycler: { num_tokens: 128, tokens_file_path: "/loki/tokens" } } }],
    [
      "collector",
      { exporters: { otlp: { headers: { "x-api-key": "${env:KEY}" } } }, processors: { batch: null } },
    ],
    ["collector", { receivers: { hostmetrics: { collection_interval: "1m" } } }],
    [
      "collector",
      { exporters: { otlp: { headers: { "x-api-key": "" }, auth: { token: true, cookie: null } } } },
    ],
    ["loki", { server: { grpc_server_max_recv_msg_size: 8_388_608 } }],
  ])("%s: %j is no secret and not kept", (name, own) => {
    expect(() => settingsOf({ overrides: { [name]: own } }, "kind")).not.toThrow();
  });

  test("programs that are configured otherwise have none", () => {
    expect(messageOf({ overrides: { alloy: {} } })).toContain(
      "overrides.alloy is no setting; allowed here: loki",
    );
  });
});

describe("the network", () => {
  const elsewhere = (given: Given) =>
    flows(stackWith(given))
      .filter(({ to }) => to === "elsewhere")
      .map(({ from, ports }) => ({ from, ports }));

  test("stays closed where there are no words of the user's own", () => {
    expect(elsewhere({})).toEqual([]);
  });

  test("lets a program out to whatever its user's own words name, and no other program", () => {
    const job = { job_name: "mine" };
    expect(elsewhere({ overrides: { loki: { brand_new: 1 } } })).toEqual([{ from: "loki" }]);
    expect(elsewhere({ metrics: { extraScrapeConfigs: [job] } })).toEqual([{ from: "prometheus" }]);
    const stack = stackWith({ metrics: { extraScrapeConfigs: [job] } });
    const { ingress, egress } = policyOf(stack, programOf(stack, "prometheus"), (app) => ({ app }));
    expect(egress).toContainEqual({
      to: [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }, { namespaceSelector: {} }],
    });
    const without = stackWith({});
    expect(ingress).toEqual(policyOf(without, programOf(without, "prometheus"), (app) => ({ app })).ingress);
  });
});
