/** One node or three of Elasticsearch with a certificate of the user's: what the cluster is given, and what whoever asks is told. */
import { volumeProblems, type Claim } from "../local/volumes";
import { datasources } from "../programs/grafana/datasources";
import { faultsOf } from "./support/admitted";
import {
  clusterOf,
  configOf,
  filesOf,
  type KubernetesObject,
  ofKind,
  type Pod,
  podOf,
  podsOf,
} from "./support/cluster";
import { madeWith } from "./support/components";
import { inElasticsearch } from "./support/filebeat";

const given = (replicas: 1 | 3, logstash = false) => ({
  ...{ platform: "eks", alerting: { unattended: true } },
  logs: {
    backend: "elasticsearch",
    elasticsearch: {
      ...{ replicas, tls: { secretName: "of-the-user" } },
      ...{ kibana: { enabled: true }, logstash: { enabled: logstash } },
    },
  },
});
/** With Logstash, and Jaeger's traces. */
const whole = (replicas: 1 | 3) => ({
  ...given(replicas, true),
  tracing: { backend: "jaeger", jaeger: { storage: "elasticsearch" } },
});
const AUTHORITY = "/etc/elasticsearch-authority/ca.crt";
const URL = "https://elasticsearch.observability.svc:9200";

/** Of the user's Secret: the file that a pod sees -> its key. */
const mounted = ({ spec }: Pod): Record<string, string> =>
  Object.fromEntries(
    spec.volumes
      .filter(({ secret }) => secret?.secretName === "of-the-user")
      .flatMap(({ name, secret }) => {
        const { mountPath } = spec.containers[0].volumeMounts.find((mount) => mount.name === name)!;
        return secret!.items!.map(({ key, path }) => [`${mountPath}/${path}`, key]);
      }),
  );

/** Who asks them, and what they mount of the Secret. */
const callersOf = (objects: KubernetesObject[]) =>
  Object.fromEntries(
    podsOf(objects)
      .filter((pod) => pod.app !== "elasticsearch" && Object.keys(mounted(pod)).length > 0)
      .map((pod) => [pod.app, mounted(pod)]),
  );
/** What Logstash shows Filebeat. */
const SHOWN = "/etc/logstash-certificate";
const knowingIt = (...apps: string[]) =>
  Object.fromEntries(apps.map((app) => [app, { [AUTHORITY]: "ca.crt" }]));

interface Copies {
  setup: { template: { settings: object } };
}

const copiesOf = (objects: KubernetesObject[], app: string) =>
  configOf<Copies>(objects, app, "/etc/filebeat/filebeat.yml").setup.template.settings;

const nodeConfig = (objects: KubernetesObject[]) =>
  configOf<Record<string, unknown>>(objects, "elasticsearch", "/etc/stack/files/elasticsearch.yml");

const claimsOf = (objects: KubernetesObject[]) =>
  (ofKind(objects, "PersistentVolumeClaim") as unknown as Claim[]).filter(
    ({ metadata }) => metadata.labels!.app === "elasticsearch",
  );

let one: KubernetesObject[];
let three: KubernetesObject[];
beforeAll(async () => {
  one = await clusterOf(given(1));
  three = await clusterOf(given(3));
});

test("all are admitted", () => {
  const all = [given(1), given(3), whole(1), whole(3)];
  expect(all.flatMap((settings) => faultsOf(inElasticsearch(settings)))).toEqual([]);
});

test("the nodes serve https with the certificate of the Secret, from where they read it again", () => {
  const directory = "/etc/elasticsearch/certificate";
  const files = { certificate: `${directory}/tls.crt`, key: `${directory}/tls.key` };
  for (const objects of [one, three]) {
    expect(mounted(podOf(objects, "elasticsearch"))).toEqual({
      [files.certificate]: "tls.crt",
      [files.key]: "tls.key",
      [`${directory}/ca.crt`]: "ca.crt",
    });
    const layer = { enabled: true, ...files, certificate_authorities: `${directory}/ca.crt` };
    expect(nodeConfig(objects)).toMatchObject({
      "xpack.security.http.ssl": layer,
      "xpack.security.transport.ssl": { ...layer, verification_mode: "certificate" },
    });
  }
});

test("whoever asks them knows them by its authority, and nobody else gets anything of the Secret", () => {
  expect(callersOf(three)).toEqual(knowingIt("filebeat", "grafana", "kibana"));
  expect(configOf(three, "filebeat", "/etc/filebeat/filebeat.yml")).toMatchObject({
    output: { elasticsearch: { hosts: [URL], ssl: { certificate_authorities: [AUTHORITY] } } },
  });
  expect(configOf(three, "kibana", "/etc/kibana/kibana.yml")).toMatchObject({
    "elasticsearch.hosts": [URL],
    "elasticsearch.ssl.certificateAuthorities": AUTHORITY,
  });
  const { datasources: all } = datasources(inElasticsearch(given(3))) as { datasources: { uid: string }[] };
  expect(all.find(({ uid }) => uid === "elasticsearch")).toMatchObject({
    url: URL,
    jsonData: { tlsAuthWithCACert: true, timeField: "@timestamp" },
    secureJsonData: { tlsCACert: `$__file{${AUTHORITY}}`, basicAuthPassword: "$ELASTICSEARCH_PASSWORD" },
  });
});

test("so do Logstash, which has the certificate too, the Job before it, Filebeat, which knows Logstash by it, and who keeps traces and deletes them", async () => {
  const objects = await clusterOf(whole(3));
  const { logstash, ...others } = callersOf(objects);
  expect(others).toEqual(
    knowingIt("filebeat", "filebeat-setup", "grafana", "kibana", "jaeger", "index-cleaner"),
  );
  expect(logstash).toEqual({
    [AUTHORITY]: "ca.crt",
    ...Object.fromEntries(["tls.crt", "tls.key", "ca.crt"].map((key) => [`${SHOWN}/${key}`, key])),
  });
  expect(configOf(objects, "filebeat", "/etc/filebeat/filebeat.yml")).toMatchObject({
    output: {
      logstash: {
        hosts: ["logstash.observability.svc:5044"],
        ssl: { certificate_authorities: [AUTHORITY] },
      },
    },
  });
  const files = filesOf(objects, podOf(objects, "logstash"));
  const { text } = files.find(({ path }) => path === "/etc/logstash/lines.conf")!;
  for (const line of [
    `hosts => ["${URL}"]`,
    "ssl_enabled => true",
    `ssl_certificate_authorities => ["${AUTHORITY}"]`,
  ])
    expect(text).toContain(`    ${line}\n`);
  expect(text).toContain(`  beats {
    port => 5044
    ssl_enabled => true
    ssl_certificate => "${SHOWN}/tls.crt"
    ssl_key => "${SHOWN}/tls.key"
  }
`);
  expect(configOf(objects, "filebeat-setup", "/etc/filebeat/filebeat.yml")).toMatchObject({
    output: { elasticsearch: { hosts: [URL], ssl: { certificate_authorities: [AUTHORITY] } } },
  });
  expect(copiesOf(objects, "filebeat-setup")).toMatchObject({ index: { number_of_replicas: 1 } });
  const twice = { shards: 1, replicas: 1 };
  expect(configOf(objects, "jaeger", "/etc/jaeger/jaeger.yaml")).toMatchObject({
    extensions: {
      jaeger_storage: {
        backends: {
          elasticsearch: {
            elasticsearch: {
              ...{ server_urls: [URL], tls: { ca_file: AUTHORITY } },
              indices: { spans: twice, services: twice },
            },
          },
        },
      },
    },
  });
  expect(podOf(objects, "index-cleaner").spec.containers[0].args).toEqual(
    expect.arrayContaining(["--es.tls.enabled", `--es.tls.ca=${AUTHORITY}`, URL]),
  );
});

test("without a certificate all is as plain http, and nothing asks for a Secret", async () => {
  const settings = whole(1);
  const { logs } = settings;
  const plain = await clusterOf({
    ...settings,
    logs: { ...logs, elasticsearch: { ...logs.elasticsearch, tls: null } },
  });
  expect(JSON.stringify(plain)).not.toMatch(
    /https:\/\/elasticsearch|elasticsearch-authority|logstash-certificate|tlsCACert|es\.tls|ssl_(enabled|certificate)/,
  );
  expect(nodeConfig(plain)).toMatchObject({
    "xpack.security.http.ssl": { enabled: false },
    "xpack.security.transport.ssl": { enabled: false },
  });
});

test("three have a volume, a name and an address each, find the others by them, and keep each line twice", async () => {
  expect(claimsOf(three).map(({ metadata }) => metadata.name)).toEqual(
    [0, 1, 2].map((index) => `data-elasticsearch-${index}`),
  );
  const [{ spec }] = ofKind(three, "StatefulSet").filter(({ metadata }) => metadata.name === "elasticsearch");
  expect(spec).toMatchObject({ replicas: 3, podManagementPolicy: "Parallel", minReadySeconds: 30 });
  const made = [...(await madeWith(given(3))).values()];
  // One after the other, each as long as one alone.
  expect(made.find(({ name }) => name === "logs-elasticsearch-server")!.waits).toMatchObject({
    create: "10m",
    update: "30m",
  });
  const [{ ports }] = podOf(three, "elasticsearch").spec.containers;
  expect(ports).toContainEqual({ name: "transport", containerPort: 9300 });
  const config = nodeConfig(three);
  expect(config).toMatchObject({
    "node.name": "${NODE_NAME}",
    "transport.host": "${POD_IP}",
    "transport.port": 9300,
    "discovery.seed_hosts": ["elasticsearch-headless.observability.svc:9300"],
    "cluster.initial_master_nodes": ["elasticsearch-0", "elasticsearch-1", "elasticsearch-2"],
  });
  expect(config).not.toHaveProperty(["discovery.type"]);
  const { env } = podOf(three, "elasticsearch").spec.containers[0];
  for (const [name, fieldPath] of Object.entries({ NODE_NAME: "metadata.name", POD_IP: "status.podIP" }))
    expect(env).toContainEqual({ name, valueFrom: { fieldRef: { fieldPath } } });
  expect(copiesOf(three, "filebeat")).toEqual({ index: { number_of_shards: 1, number_of_replicas: 1 } });
  expect(copiesOf(one, "filebeat")).toEqual({ index: { number_of_shards: 1, number_of_replicas: 0 } });
});

test("when it ends is asked once, however many nodes there are: they have one certificate", () => {
  for (const objects of [one, three]) {
    const { scrape_configs: jobs } = configOf<{
      scrape_configs: { job_name: string; static_configs?: { targets: string[]; labels: object }[] }[];
    }>(objects, "prometheus", "/etc/prometheus/config/prometheus.yml");
    const { static_configs: asked } = jobs.find(({ job_name }) => job_name === "certificates")!;
    expect(asked).toEqual([
      {
        targets: [URL.replace("https://", "")],
        labels: expect.objectContaining({ instance: "elasticsearch" }),
      },
    ]);
  }
});

test("of Logstash it is asked as well, which shows a renewed one only after a restart", async () => {
  const { scrape_configs: jobs } = configOf<{
    scrape_configs: { job_name: string; static_configs?: { targets: string[] }[] }[];
  }>(await clusterOf(given(1, true)), "prometheus", "/etc/prometheus/config/prometheus.yml");
  const { static_configs: asked } = jobs.find(({ job_name }) => job_name === "certificates")!;
  expect(asked!.flatMap(({ targets }) => targets)).toEqual([
    URL.replace("https://", ""),
    "logstash.observability.svc:5044",
  ]);
});

test("one alone listens for no other node", () => {
  expect(nodeConfig(one)).toMatchObject({
    "discovery.type": "single-node",
    "transport.host": "127.0.0.1",
  });
  expect(JSON.stringify(one)).not.toMatch(/9300|elasticsearch-headless/);
});

test("from one to three and back is refused while there is data, with the steps", () => {
  const [alone, several] = [claimsOf(one), claimsOf(three)];
  for (const [wanted, there] of [
    [several, alone],
    [alone, several],
  ])
    expect(volumeProblems(wanted, there, [])).toEqual([
      expect.stringMatching(/^elasticsearch would begin with an empty volume .*1\..*2\..*3\./s),
    ]);
});
