/** Where logs are kept is the value of two keys: all around it follows, and what belongs to the other ones is refused. */
import * as pulumi from "@pulumi/pulumi";
import { load } from "js-yaml";
import { ruleFiles } from "../alerts";
import { settingsOf } from "../config/settings";
import { dashboardFiles } from "../dashboards";
import { startPage } from "../programs/edge/page";
import { datasources } from "../programs/grafana/datasources";
import type { Stack } from "../programs/program";
import { faultsOf } from "./support/admitted";
import {
  clusterOf,
  configOf,
  environmentOf,
  fileOf,
  type KubernetesObject,
  ofKind,
  podOf,
  podsOf,
} from "./support/cluster";
import { changed, type Made, madeWith } from "./support/components";
import { inElasticsearch } from "./support/filebeat";
import { withPromtail } from "./support/promtail";
import { stackWith } from "./support/servers";

interface Datasource {
  uid: string;
  jsonData: Record<string, unknown>;
}
interface Dashboard {
  panels: { title: string; description: string; targets?: { query?: string; expr?: string }[] }[];
}
const provisioned = (stack: Stack) => (datasources(stack) as { datasources: Datasource[] }).datasources;

const ALERTING = { unattended: true };
const SERVICES = [{ name: "board-service", namespace: "shop", port: 8000 }];
const LOGS = { backend: "elasticsearch" };

describe("what a backend or a collector does not read is refused in its settings", () => {
  const refused = (given: Record<string, unknown>) => {
    try {
      settingsOf(given, "kind");
    } catch (error) {
      return (error as Error).message.split("\n").slice(1, -1);
    }
    return [];
  };

  test.each<[key: string, given: Record<string, unknown>, instead: RegExp]>([
    ["logs.storage", { logs: { ...LOGS, storage: { size: "9Gi" } } }, /is logs\.elasticsearch\.storage\.$/],
    ["logs.s3", { logs: { ...LOGS, s3: { bucket: "lines", region: "us-east-1" } } }, /on its volume/],
    [
      "logs.resources",
      { logs: { ...LOGS, resources: { limits: { cpu: "1" } } } },
      /logs\.elasticsearch\.resources\.$/,
    ],
    [
      "overrides.loki",
      { logs: LOGS, overrides: { loki: { server: { log_level: "info" } } } },
      /only with logs\.backend: loki/,
    ],
    [
      "logs.events",
      { logs: { ...LOGS, events: { resources: { limits: { cpu: "1" } } } } },
      /sends no events of Kubernetes\.$/,
    ],
    [
      "logs.elasticsearch",
      { logs: { elasticsearch: { storage: { size: "9Gi" } } } },
      /belongs to elasticsearch, and logs\.backend is loki; allowed: only with logs\.backend: elasticsearch/,
    ],
  ])("%s in %j", (key, given, instead) => {
    for (const platform of ["kind", "eks"]) {
      const lines = refused({ ...given, platform, alerting: ALERTING });
      expect(lines).toEqual([expect.stringMatching(new RegExp(`^  observability:${key} belongs to `))]);
      expect(lines[0]).toMatch(instead);
    }
  });

  test("a collector that does not send to the backend, with the one that does", () => {
    const other = (backend: string, collector: string, right: string) =>
      expect(refused({ logs: { backend, collector } })).toEqual([
        `  observability:logs.collector ${collector} does not send to ${backend}; allowed: ${right} with logs.backend: ${backend}. Change the one or the other.`,
      ]);
    other("elasticsearch", "alloy", "filebeat");
    other("loki", "filebeat", "alloy or promtail");
  });

  test("a collector follows the backend by itself, on any platform", () => {
    for (const platform of ["kind", "eks"])
      for (const [backend, collector] of Object.entries({ loki: "alloy", elasticsearch: "filebeat" }))
        expect(settingsOf({ platform, alerting: ALERTING, logs: { backend } }, "kind").logs).toMatchObject({
          collector,
        });
  });

  test("an alert on lines that says it as the other backend wants it", () => {
    const own = (asked: object) => ({ extraAlerts: [{ name: "Refused", summary: "Refused", ...asked }] });
    const loki = own({ logs: 'count_over_time({app="shop"}[5m]) > 0' });
    const lucene = own({ lucene: { query: "app:shop" } });
    expect([refused({ alerting: loki }), refused({ logs: LOGS, alerting: lucene })]).toEqual([[], []]);
    const line = (key: string, asks: string, backend: string, other: string, program: string) =>
      `  observability:alerting.extraAlerts[0].${key} asks ${asks}, and logs.backend is ${backend}; allowed: ${other}, which asks ${program}. Say it so, or change the other.`;
    expect(refused({ logs: LOGS, alerting: loki })).toEqual([
      line("logs", "Loki", "elasticsearch", "lucene", "Elasticsearch"),
    ]);
    expect(refused({ alerting: lucene })).toEqual([line("lucene", "Elasticsearch", "loki", "logs", "Loki")]);
  });

  test("an alert that waits until the lines that it counts are too old", () => {
    const late = (more: object) => ({
      extraAlerts: [{ name: "Late", summary: "Late", lucene: { query: "late", within: "2m" }, ...more }],
    });
    for (const right of [{}, { for: "119s" }])
      expect(refused({ logs: LOGS, alerting: late(right) })).toEqual([]);
    expect(refused({ logs: LOGS, alerting: late({ for: "120s" }) })).toEqual([
      "  observability:alerting.extraAlerts[0].for 120s is no shorter than lucene.within, after which lines are not counted any more; allowed: less than 2m. Or leave it out.",
    ]);
  });

  test("more alerts on lines than Grafana has places for", () => {
    const some = (length: number) =>
      Array.from({ length }, (_, index) => ({ name: `A${index}`, summary: "A", lucene: { query: "*" } }));
    expect(refused({ logs: LOGS, alerting: { extraAlerts: some(100) } })).toEqual([]);
    expect(refused({ logs: LOGS, alerting: { extraAlerts: some(101) } })).toEqual([
      "  observability:alerting.extraAlerts has too many with lucene; allowed: 100. One query finds lines of several applications.",
    ]);
  });
});

interface Role {
  cluster?: string[];
  indices: { names: string[]; privileges: string[] }[];
}

describe("a stack with Elasticsearch", () => {
  const stack = inElasticsearch({ services: SERVICES });
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf({ services: SERVICES, logs: LOGS });
  });

  test("is admitted, and has neither Loki nor Alloy", () => {
    expect(faultsOf(stack)).toEqual([]);
    expect(objects.filter(({ metadata }) => /loki|alloy/.test(metadata.name))).toEqual([]);
  });

  test("its probes take a connection, since whoever asks by HTTP must log in", () => {
    const [{ startupProbe, readinessProbe, livenessProbe }] = podOf(objects, "elasticsearch").spec
      .containers as unknown as Record<string, object>[];
    expect(startupProbe).toMatchObject({ tcpSocket: { port: "readiness" } });
    expect(readinessProbe).toMatchObject({ tcpSocket: { port: "readiness" } });
    expect(livenessProbe).toMatchObject({ tcpSocket: { port: "http" } });
    expect(JSON.stringify([startupProbe, readinessProbe, livenessProbe])).not.toContain("httpGet");
  });

  test("half of its memory is Java's heap", () => {
    expect(environmentOf(objects, "elasticsearch")).toMatchObject({
      // Java's log of its garbage collection would fill the disk of the node.
      ES_JAVA_OPTS: expect.stringMatching(/^-Xms768m -Xmx768m -Xlog:disable /),
    });
  });

  test("it lets in the stack's own users alone, asks nothing of the node, and keeps lines on its volume", () => {
    const config = configOf<object>(objects, "elasticsearch", "/etc/stack/files/elasticsearch.yml");
    expect(config).toMatchObject({
      ...{ "xpack.security.enabled": true, "xpack.security.autoconfiguration.enabled": false },
      // Users that it has by itself, such as elastic.
      "xpack.security.authc.reserved_realm.enabled": false,
      // Its processes would take of the memory that is not Java's.
      "xpack.ml.enabled": false,
      // Mapped files need vm.max_map_count.
      "node.store.allow_mmap": false,
      ...{ "network.host": "0.0.0.0", "path.data": "/usr/share/elasticsearch/data" },
    });
    const { spec } = podOf(objects, "elasticsearch");
    const { name } = spec.containers[0].volumeMounts.find(
      ({ mountPath }) => mountPath === "/usr/share/elasticsearch/data",
    )!;
    expect(spec.volumes.find((volume) => volume.name === name)).toMatchObject({
      persistentVolumeClaim: { claimName: "elasticsearch-data" },
    });
  });

  test("who adds lines cannot read, change or delete them, who reads adds none, and all is about lines", async () => {
    const more = { kibana: { enabled: true }, logstash: { enabled: true } };
    const all = await clusterOf({ services: SERVICES, logs: { ...LOGS, elasticsearch: more } });
    const file = (name: string) => fileOf(all, "elasticsearch", `/etc/stack/files/${name}`);
    const roles = load(file("roles.yml")) as Record<string, Role>;
    const may = (role: string, ...privileges: string[]) => {
      expect(roles[role].indices.flatMap(({ names }) => names)).toEqual(["kubernetes-logs*"]);
      return privileges.filter((one) => roles[role].indices[0].privileges.includes(one));
    };
    const every = ["read", "create_doc", "create_index", "index", "write", "delete", "delete_index", "all"];
    expect(Object.keys(roles).sort()).toEqual(["admin", "filebeat", "grafana", "logstash"]);
    expect(may("filebeat", ...every)).toEqual(["create_doc", "create_index"]);
    // Of an index of its own making nobody would delete a line.
    expect(may("logstash", ...every)).toEqual(["create_doc"]);
    expect(may("grafana", ...every)).toEqual(["read"]);
    expect(may("admin", ...every)).toEqual(["read"]);
    // Templates and deletion by age are set by who adds lines; who reads may do nothing to the whole.
    expect(roles.filebeat.cluster).toEqual(expect.arrayContaining(["manage_index_templates", "manage_ilm"]));
    for (const role of ["grafana", "admin"]) expect(roles[role]).not.toHaveProperty("cluster");
    expect(file("users_roles").trim().split("\n").sort()).toEqual([
      ...["admin:admin", "filebeat:filebeat", "grafana:grafana", "kibana_system:kibana-server"],
      "logstash:logstash",
    ]);
  });

  test("the passwords' hashes are in one Secret, each password in that of who logs in, and nothing of them elsewhere", () => {
    const secrets = ofKind(objects, "Secret").map(({ stringData }) => stringData as Record<string, string>);
    const users = secrets.find((data) => data.users)!.users;
    expect(users).toMatch(/^filebeat:hash-of-\S+-filebeat-\w+\ngrafana:hash-of-\S+-grafana-\w+\n$/);
    const passwords = secrets
      .flatMap(({ password }) => password ?? [])
      .filter((text) => text.includes("elasticsearch"));
    expect(passwords.map((text) => text.split("-").at(-2)).sort()).toEqual(["filebeat", "grafana"]);
    const others = JSON.stringify(objects.filter(({ kind }) => kind !== "Secret"));
    expect(others).not.toMatch(/made-by-\S*elasticsearch|hash-of/);
  });

  test("links every signal to it and to nothing that is not there", () => {
    const all = provisioned(stack);
    expect(all.map(({ uid }) => uid)).toEqual(["prometheus", "elasticsearch", "tempo", "alertmanager"]);
    const of = (uid: string) => all.find((one) => one.uid === uid)!;
    expect(of("elasticsearch")).toMatchObject({
      basicAuth: true,
      basicAuthUser: "grafana",
      secureJsonData: { basicAuthPassword: "$ELASTICSEARCH_PASSWORD" },
      name: "Elasticsearch",
      jsonData: {
        ...{ index: "kubernetes-logs*", timeField: "@timestamp" },
        dataLinks: [{ field: "trace_id", datasourceUid: "tempo", url: "$${__value.raw}" }],
      },
    });
    expect(of("tempo").jsonData.tracesToLogsV2).toMatchObject({
      datasourceUid: "elasticsearch",
      query: '$${__tags} AND trace_id:"$${__trace.traceId}"',
    });
    expect(JSON.stringify(all)).not.toContain("loki");
  });

  test("links of alerts lead to the lines of the service", () => {
    const { groups } = load(ruleFiles(stack)["services.yaml"]) as {
      groups: { rules: { alert: string; annotations: { logs_url: string } }[] }[];
    };
    const { logs_url } = groups[0].rules.find(({ alert }) => alert === "HighErrorRate")!.annotations;
    const left = decodeURIComponent(logs_url.split("left=")[1]);
    expect(JSON.parse(left.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, "$1"))).toMatchObject({
      datasource: "elasticsearch",
      queries: [{ query: 'namespace:"namespace" AND app:"service" AND level:(error OR fatal)' }],
    });
  });

  test("dashboards ask it in its own language; what it cannot answer is left out", () => {
    const files = Object.values(dashboardFiles(stack)).flatMap((folder) => Object.entries(folder));
    for (const [file, text] of files)
      expect([file, text]).toEqual([file, expect.not.stringMatching(/loki/i)]);
    const panels = (name: string) =>
      (JSON.parse(files.find(([file]) => file === name)![1]) as Dashboard).panels;
    const asked = (name: string) =>
      panels(name).flatMap(({ title, targets = [] }) =>
        targets.flatMap(({ query }) => (query?.includes(":") ? [[title, query]] : [])),
      );
    expect(asked("logs.json")).toEqual([
      ["Lines by level", 'namespace:"$namespace" AND app:/$service/'],
      ["Lines by application", 'namespace:"$namespace" AND app:/$service/'],
      ["Errors", 'namespace:"$namespace" AND app:/$service/ AND level:(error OR fatal)'],
      ["Search", 'namespace:"$namespace" AND app:/$service/ AND message:($search)'],
    ]);
    expect(panels("logs.json").map(({ description }) => description)[0]).toMatch(/^Lines a minute\./);
    expect(asked("service.json")).toEqual([["Logs", 'namespace:"$namespace" AND app:"$service"']]);
    expect(asked("landing.json")).toEqual([["Error lines", "level:(error OR fatal)"]]);
    const left = ["Lines", "Lines that are lost", "Since lines were last deleted by age"];
    for (const title of left) expect(panels("stack.json").map((one) => one.title)).not.toContain(title);
  });

  test("the start page names it as nothing to open: its lines are read in Grafana", () => {
    expect(startPage(stack)).not.toMatch(/elasticsearch/i);
  });

  test("lines are deleted by age, by a policy that Filebeat binds to the index", () => {
    const data = ofKind(objects, "ConfigMap").flatMap(({ data }) =>
      Object.entries(data as Record<string, string>),
    );
    const file = (name: string) => data.find(([key]) => key === name)![1];
    expect(JSON.parse(file("retention.json"))).toEqual({
      policy: {
        phases: {
          hot: { actions: { rollover: { max_age: "1d", max_primary_shard_size: "10gb" } } },
          delete: { min_age: "604800s", actions: { delete: {} } },
        },
      },
    });
    expect(load(file("filebeat.yml"))).toMatchObject({
      setup: {
        template: { name: "kubernetes-logs", pattern: "kubernetes-logs*" },
        ilm: { enabled: true, policy_name: "kubernetes-logs", policy_file: "/etc/filebeat/retention.json" },
      },
      output: { elasticsearch: { index: "kubernetes-logs", password: "${ELASTICSEARCH_PASSWORD}" } },
    });
  });
});

describe("a stack with Promtail", () => {
  const given = { services: SERVICES, logs: { collector: "promtail" } };
  let objects: KubernetesObject[];
  let usual: KubernetesObject[];
  let warned: string[];
  beforeAll(async () => {
    const warn = jest.spyOn(pulumi.log, "warn").mockImplementation();
    usual = await clusterOf({ services: SERVICES });
    const quiet = warn.mock.calls.length;
    objects = await clusterOf(given);
    warned = warn.mock.calls.slice(quiet).map(([text]) => text);
    warn.mockRestore();
  });

  test("is admitted, and the preview warns with the day on which Promtail's life ended", () => {
    expect(faultsOf(withPromtail({ services: SERVICES }))).toEqual([]);
    expect(warned).toEqual([
      expect.stringMatching(/^logs\.collector is promtail.* 2026-03-02.* 3\.6\.11.*logs\.collector: alloy/),
    ]);
  });

  test("it takes the place of the Alloy on every node, and events of Kubernetes come as before", () => {
    const pods = (of: KubernetesObject[]) => podsOf(of).map(({ app, kind }) => `${kind} ${app}`);
    expect(pods(usual).filter((one) => !pods(objects).includes(one))).toEqual(["DaemonSet alloy"]);
    expect(pods(objects).filter((one) => !pods(usual).includes(one))).toEqual(["DaemonSet promtail"]);
    const events = (of: KubernetesObject[]) => [
      podOf(of, "alloy-events"),
      fileOf(of, "alloy-events", "/etc/alloy/config.alloy"),
      ...of.filter(({ kind, metadata }) => /Role|Policy/.test(kind) && /alloy-events/.test(metadata.name)),
    ];
    expect(events(objects).length).toBeGreaterThan(3);
    expect(events(objects)).toEqual(events(usual));
  });

  test("it listens where its Service says, and asks for the pods of its own node alone", () => {
    const { server, scrape_configs } = configOf<{
      server: object;
      scrape_configs: { kubernetes_sd_configs: object[] }[];
    }>(objects, "promtail", "/etc/promtail/promtail.yml");
    const [{ ports, env, args }] = podOf(objects, "promtail").spec.containers;
    expect(server).toMatchObject({ http_listen_port: ports![0].containerPort, grpc_listen_port: 0 });
    expect(scrape_configs.map((one) => one.kubernetes_sd_configs)).toEqual([
      [{ role: "pod", selectors: [{ role: "pod", field: "spec.nodeName=${NODE_NAME}" }] }],
    ]);
    expect(args).toContain("-config.expand-env=true");
    expect(env).toContainEqual({
      name: "NODE_NAME",
      valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } },
    });
  });

  test("it sends lines to Loki, and tries for as long as Loki is away", () => {
    const { clients } = configOf<{ clients: object[] }>(objects, "promtail", "/etc/promtail/promtail.yml");
    expect(clients).toEqual([
      {
        url: "http://loki.observability.svc:3100/loki/api/v1/push",
        // Zero is for ever.
        backoff_config: { max_period: "10s", max_retries: 0 },
      },
    ]);
  });

  test("its positions outlive its pod, and the logs are read only", () => {
    const { spec } = podOf(objects, "promtail");
    const mounted = spec.containers[0].volumeMounts.flatMap(({ name, mountPath, readOnly }) => {
      const path = spec.volumes.find((one) => one.name === name)!.hostPath?.path;
      return path ? [[path, mountPath, readOnly ?? false]] : [];
    });
    expect(mounted).toEqual([
      ["/var/log/pods", "/var/log/pods", true],
      ["/var/lib/observability/test/promtail", "/var/lib/promtail", false],
    ]);
    const { positions } = configOf<{ positions: { filename: string } }>(
      objects,
      "promtail",
      "/etc/promtail/promtail.yml",
    );
    expect(positions.filename).toMatch(/^\/var\/lib\/promtail\//);
  });

  test("what it sends, and what it loses, is shown and told", () => {
    const asked = (stack: Stack) =>
      [dashboardFiles(stack).platform["stack.json"], JSON.stringify(ruleFiles(stack))].map((text) =>
        [...new Set(text.match(/promtail_(sent|dropped)_entries_total/g))].sort(),
      );
    expect(asked(withPromtail({ services: SERVICES }))).toEqual([
      ["promtail_dropped_entries_total", "promtail_sent_entries_total"],
      ["promtail_dropped_entries_total"],
    ]);
    expect(asked(stackWith({ services: SERVICES }))).toEqual([[], []]);
  });
});

describe("the preview of another backend", () => {
  let loki: Map<string, Made>;
  let elasticsearch: Map<string, Made>;
  beforeAll(async () => {
    loki = await madeWith({ services: SERVICES });
    elasticsearch = await madeWith({ services: SERVICES, logs: LOGS });
  });

  test("takes away Loki's volume and nobody else's, and leaves traces and applications alone", () => {
    const claims = (made: Map<string, Made>) =>
      [...made.values()]
        .filter(({ inputs }) => inputs.kind === "PersistentVolumeClaim")
        .map(({ name }) => name);
    expect(claims(loki).filter((name) => !claims(elasticsearch).includes(name))).toEqual(["logs-loki-data"]);
    expect(
      changed(loki, elasticsearch).filter((name) => !/^logs-|^grafana-|^metrics-prometheus/.test(name)),
    ).toEqual([
      // The link from a span to its lines is Grafana's; the collector's configuration stays.
    ]);
  });

  test("in production the volume is protected, and the key to what Kibana keeps there, though Kibana be off", async () => {
    const made = await madeWith({ platform: "eks", alerting: ALERTING, services: SERVICES, logs: LOGS });
    for (const name of ["logs-elasticsearch-data", "logs-kibana-objects-key"])
      expect([...made.values()].find((one) => one.name === name)!.protect).toBe(true);
  });
});
