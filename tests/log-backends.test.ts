/** Where logs are kept is the value of two keys: all around it follows, and what belongs to the other ones is refused. */
import { load } from "js-yaml";
import { ruleFiles } from "../alerts";
import { settingsOf } from "../config/settings";
import { dashboardFiles } from "../dashboards";
import { startPage } from "../programs/edge/page";
import { datasources } from "../programs/grafana/datasources";
import type { Stack } from "../programs/program";
import { faultsOf } from "./support/admitted";
import { clusterOf, environmentOf, type KubernetesObject, ofKind, podOf } from "./support/cluster";
import { changed, type Made, madeWith } from "./support/components";
import { inElasticsearch } from "./support/filebeat";

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
const LOGS = { backend: "elasticsearch", collector: "filebeat" };

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
    other("loki", "filebeat", "alloy");
    // The default collector as well.
    expect(refused({ logs: { backend: "elasticsearch" } })).toHaveLength(1);
    expect(refused({ logs: LOGS })).toEqual([]);
  });

  test("an alert on lines, which Loki alone evaluates", () => {
    const own = { name: "Refused", summary: "Refused", logs: 'count_over_time({app="shop"}[5m]) > 0' };
    expect(refused({ alerting: { extraAlerts: [own] } })).toEqual([]);
    expect(refused({ logs: LOGS, alerting: { extraAlerts: [own] } })).toEqual([
      "  observability:alerting.extraAlerts[0].logs is evaluated by Loki alone, and logs.backend is elasticsearch; allowed: metrics. Remove it, or change the other.",
    ]);
  });
});

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
      ES_JAVA_OPTS: expect.stringMatching(/^-Xms768m -Xmx768m /),
    });
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
      jsonData: { dataLinks: [{ field: "trace_id", datasourceUid: "tempo", url: "$${__value.raw}" }] },
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
    const { logs_url } = groups[0].rules.find(({ alert }) => alert)!.annotations;
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

  test("in production the volume is protected: Pulumi refuses to delete it", async () => {
    const made = await madeWith({ platform: "eks", alerting: ALERTING, services: SERVICES, logs: LOGS });
    for (const name of ["logs-elasticsearch-data"])
      expect([...made.values()].find((one) => one.name === name)!.protect).toBe(true);
  });
});
