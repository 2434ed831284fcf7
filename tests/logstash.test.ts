/**
 * Logstash does not run here. What its files mean is held against the documentation of its version (elastic.co, "logstash.yml"
 * and the plugins' pages), each key by hand. What of it runs: its script on the table of lines (log-lines.test.ts,
 * masking.test.ts) and on others (logstash-runs.test.ts), what it needs of Elasticsearch (elasticsearch.test.ts).
 */
import { load } from "js-yaml";
import { settingsOf } from "../config/settings";
import { faultsOf } from "./support/admitted";
import {
  clusterOf,
  configOf,
  environmentOf,
  fileOf,
  filesOf,
  type KubernetesObject,
  objectsOf,
  ofKind,
  podOf,
} from "./support/cluster";
import { type Made, madeWith } from "./support/components";
import { throughElk } from "./support/logstash";

const SETTINGS = "/etc/logstash/logstash.yml";
const PIPELINE = "/etc/logstash/lines.conf";
const LIGHT = { logs: { backend: "elasticsearch" } };
const elk = (more: object = {}) => ({
  logs: { backend: "elasticsearch", elasticsearch: { logstash: { enabled: true, ...more } } },
});

let made: Map<string, Made>;
let objects: KubernetesObject[];
let light: KubernetesObject[];
beforeAll(async () => {
  made = await madeWith(elk());
  objects = objectsOf(made);
  light = await clusterOf(LIGHT);
});

/** The options of the only plugin of that name in the pipeline. */
function optionsOf(plugin: string): Record<string, string> {
  const [, block] = new RegExp(`^  ${plugin} \\{\n([^]*?)\n  \\}$`, "m").exec(
    fileOf(objects, "logstash", PIPELINE),
  )!;
  return Object.fromEntries(
    block.split("\n").map((line) => /^ +(\w+) => (.+)$/.exec(line)!.slice(1, 3) as [string, string]),
  );
}

test("it is admitted, and without its switch nothing of it is there", () => {
  expect(faultsOf(throughElk())).toEqual([]);
  // The runbook is about all alerts, whatever is there.
  const told = light.filter((one) => !JSON.stringify(one).includes("CertificateAboutToEnd"));
  expect(JSON.stringify(told)).not.toMatch(/logstash|filebeat-setup/i);
});

test("beside Loki it is refused, with what to do; so is a queue that fills its volume", () => {
  const refused = (given: Record<string, unknown>) => () => settingsOf(given, "kind");
  expect(refused({ logs: { elasticsearch: { logstash: { enabled: true } } } })).toThrow(
    /observability:logs\.elasticsearch .*logs\.backend/,
  );
  expect(refused(elk({ queue: "1537Mi" }))).toThrow(
    /observability:logs\.elasticsearch\.logstash\.queue 1537Mi is too much; .*three quarters of logs\.elasticsearch\.logstash\.storage\.size/,
  );
  // Logstash would end at its start: of one file of the queue it has 64 MiB.
  expect(refused(elk({ queue: "63Mi" }))).toThrow(
    /observability:logs\.elasticsearch\.logstash\.queue 63Mi is less .*at least 64Mi/,
  );
  expect(refused(elk({ queue: "64Mi" }))).not.toThrow();
  expect(refused(elk({ queue: "1536Mi" }))).not.toThrow();
  expect(refused(elk({ queue: "3Gi", storage: { size: "4Gi" } }))).not.toThrow();
});

describe("Filebeat in front of it", () => {
  interface Filebeat {
    processors: Record<string, object>[];
    output: Record<string, { hosts: string[] }>;
  }
  const told = (of: KubernetesObject[]) => configOf<Filebeat>(of, "filebeat", "/etc/filebeat/filebeat.yml");
  const names = (of: KubernetesObject[]) => told(of).processors.flatMap((one) => Object.keys(one));

  test("sends what it reads as it is, with the pod's labels, and to nobody else", () => {
    expect(names(light).filter((name) => !names(objects).includes(name))).toEqual(["script"]);
    expect(told(objects)).not.toHaveProperty("setup");
    expect(told(objects).output).toMatchObject({
      logstash: { hosts: ["logstash.observability.svc:5044"] },
    });
    expect(Object.keys(told(objects).output)).toEqual(["logstash"]);
    expect(told(objects).processors.at(-1)).toMatchObject({
      include_fields: { fields: expect.arrayContaining(["message", "pod", "kubernetes.labels"]) },
    });
    expect(JSON.stringify(told(light).processors.at(-1))).not.toContain("labels");
  });

  test("has no password, and no rule of masking", () => {
    const { env } = podOf(objects, "filebeat").spec.containers[0];
    expect(env.filter(({ valueFrom }) => valueFrom?.secretKeyRef)).toEqual([]);
    expect(filesOf(objects, podOf(objects, "filebeat")).map(({ path }) => path)).toEqual([
      "/etc/filebeat/filebeat.yml",
    ]);
  });

  test("gives a line an id that tells nothing of its text, with Logstash and without", () => {
    for (const all of [objects, light])
      expect(told(all).processors).toContainEqual({
        fingerprint: {
          fields: ["@timestamp", "namespace", "pod", "container", "log.offset"],
          target_field: "@metadata._id",
        },
      });
  });
});

describe("what says how lines are kept", () => {
  const setup = "/etc/filebeat/filebeat.yml";

  test("is Filebeat's own command, with the same template and policy as without Logstash", () => {
    const { spec, kind, namespace } = podOf(objects, "filebeat-setup");
    expect([kind, namespace]).toEqual(["Job", "observability"]);
    expect(spec.containers[0].args!.slice(0, 2)).toEqual(["setup", "--index-management"]);
    const { setup: how, output: to } = configOf<Record<string, object>>(light, "filebeat", setup);
    expect(configOf(objects, "filebeat-setup", setup)).toEqual({ setup: how, output: to });
    for (const file of ["/etc/filebeat/fields.yml", "/etc/filebeat/retention.json"])
      expect(fileOf(objects, "filebeat-setup", file)).toBe(fileOf(light, "filebeat", file));
  });

  test("comes after Elasticsearch and before the first line", () => {
    const after = (name: string) => [...made.values()].find((one) => one.name === name)!.after;
    expect(after("logs-filebeat-setup-job")).toContain("logs-elasticsearch-server");
    expect(after("logs-logstash-server")).toContain("logs-filebeat-setup-job");
  });

  test("is run again for another retention, and Logstash goes on", async () => {
    const later = await clusterOf({ logs: { ...elk().logs, retention: { time: "9d" } } });
    const nameOf = (of: KubernetesObject[], app: string) =>
      podOf(of, app).spec.volumes.find(({ configMap }) => configMap)!.configMap!.name;
    expect(nameOf(later, "filebeat-setup")).not.toBe(nameOf(objects, "filebeat-setup"));
    expect(podOf(later, "logstash")).toEqual(podOf(objects, "logstash"));
  });
});

test("its pipeline: from Filebeat, by the script, into what Grafana and Kibana read", () => {
  expect(optionsOf("beats")).toEqual({ port: "5044" });
  expect(optionsOf("ruby")).toEqual({
    path: '"/etc/logstash/normalise.rb"',
    script_params: '{ "rules" => "/etc/logstash/rules.json" }',
  });
  expect(optionsOf("elasticsearch")).toMatchObject({
    hosts: '["http://elasticsearch.observability.svc:9200"]',
    index: '"kubernetes-logs"',
    // A data stream takes new lines alone; of a name such as this one the plugin would not take it for one.
    action: '"create"',
    data_stream: "false",
    // Whoever sends a line again meets the first one.
    document_id: '"%{[@metadata][_id]}"',
    silence_errors_in_log: '["version_conflict_engine_exception"]',
    // The Job does that.
    manage_template: "false",
    ilm_enabled: "false",
  });
  for (const file of ["/etc/logstash/normalise.rb", "/etc/logstash/rules.json"])
    expect(fileOf(objects, "logstash", file)).not.toBe("");
});

test("its settings: a queue on its volume, below the volume's size, and nothing that calls out", async () => {
  const told = (of: KubernetesObject[]) => configOf<Record<string, unknown>>(of, "logstash", SETTINGS);
  expect(told(objects)).toEqual({
    "node.name": "logstash",
    "path.config": PIPELINE,
    "api.http.host": "0.0.0.0",
    "api.http.port": 9600,
    "queue.type": "persisted",
    "queue.max_bytes": 2 ** 30,
    "pipeline.ecs_compatibility": "disabled",
    "log.level": "warn",
    "xpack.monitoring.enabled": false,
    "xpack.geoip.downloader.enabled": false,
  });
  const claim = ofKind(objects, "PersistentVolumeClaim").find(
    ({ metadata }) => metadata.name === "logstash-data",
  );
  expect(claim!.spec).toMatchObject({ resources: { requests: { storage: "2Gi" } } });
  const { spec } = podOf(objects, "logstash");
  const places = Object.fromEntries(
    spec.containers[0].volumeMounts.map(({ name, mountPath }) => [
      mountPath,
      Object.keys(spec.volumes.find((one) => one.name === name)!)
        .filter((key) => key !== "name")
        .join(),
    ]),
  );
  // The root is read only: what it writes it has a place for.
  expect(places).toEqual({
    "/etc/logstash": "configMap",
    "/usr/share/logstash/data": "persistentVolumeClaim",
    "/usr/share/logstash/logs": "emptyDir",
    "/tmp": "emptyDir",
  });
  expect(told(await clusterOf(elk({ queue: "64Mi" })))).toMatchObject({ "queue.max_bytes": 64 * 2 ** 20 });
});

test("masks are in its rules, and not where they are switched off", async () => {
  const rules = (of: KubernetesObject[]) =>
    load(fileOf(of, "logstash", "/etc/logstash/rules.json")) as { masks: object[] };
  expect(rules(objects).masks).toHaveLength(2);
  const { logs } = elk();
  expect(rules(await clusterOf({ logs: { ...logs, maskIps: false } })).masks).toEqual([]);
});

test("half of its memory is Java's heap, and the image's script does not write into its settings", async () => {
  const [{ command }] = podOf(objects, "logstash").spec.containers;
  expect(command).toEqual(["/usr/share/logstash/bin/logstash", "--path.settings=/etc/logstash"]);
  expect(environmentOf(objects, "logstash").LS_JAVA_OPTS).toMatch(/^-Xms768m -Xmx768m .*log4j2\.properties$/);
  const more = await clusterOf(elk({ resources: { limits: { memory: "4Gi" } } }));
  expect(environmentOf(more, "logstash").LS_JAVA_OPTS).toMatch(/^-Xms2048m -Xmx2048m /);
});

test("it is ready where its pipeline listens, and lives while Elasticsearch is away", () => {
  const [{ startupProbe, readinessProbe, livenessProbe }] = podOf(objects, "logstash").spec.containers;
  expect(startupProbe).toMatchObject({ httpGet: { path: "/", port: "http" } });
  expect(readinessProbe).toMatchObject({ tcpSocket: { port: "beats" } });
  expect(livenessProbe).toMatchObject({ tcpSocket: { port: "http" } });
});

test("it and the Job log in by passwords of their own, which are in Secrets and their environment alone", () => {
  const secretOf = (app: string) =>
    podOf(objects, app)
      .spec.containers[0].env.filter(({ name }) => name === "ELASTICSEARCH_PASSWORD")
      .map(({ valueFrom }) => valueFrom!.secretKeyRef);
  expect(secretOf("logstash")).toEqual([expect.objectContaining({ key: "password" })]);
  expect(secretOf("filebeat-setup")).not.toEqual(secretOf("logstash"));
  expect(optionsOf("elasticsearch")).toMatchObject({
    user: '"logstash"',
    password: '"${ELASTICSEARCH_PASSWORD}"',
  });
  const others = JSON.stringify(objects.filter(({ kind }) => kind !== "Secret"));
  expect(others).not.toMatch(/made-by-logs-elasticsearch/);
});
