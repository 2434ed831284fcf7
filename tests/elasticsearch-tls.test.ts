/** One node or three of Elasticsearch with a certificate of the user's: what the cluster is given, and what whoever asks is told. */
import { volumeProblems, type Claim } from "../local/volumes";
import { datasources } from "../programs/grafana/datasources";
import { faultsOf } from "./support/admitted";
import {
  clusterOf,
  configOf,
  type KubernetesObject,
  ofKind,
  type Pod,
  podOf,
  podsOf,
} from "./support/cluster";
import { inElasticsearch } from "./support/filebeat";

const given = (replicas: 1 | 3) => ({
  logs: {
    backend: "elasticsearch",
    elasticsearch: { replicas, tls: { secretName: "of-the-user" }, kibana: { enabled: true } },
  },
});
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

test("both are admitted", () => {
  expect([1, 3].flatMap((replicas) => faultsOf(inElasticsearch(given(replicas as 1 | 3))))).toEqual([]);
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
  const authority = "/etc/elasticsearch-authority/ca.crt";
  const callers = podsOf(three).filter(({ app }) => app !== "elasticsearch");
  const those = callers.flatMap((pod) =>
    Object.keys(mounted(pod)).length > 0 ? [[pod.app, mounted(pod)]] : [],
  );
  expect(Object.fromEntries(those)).toEqual(
    Object.fromEntries(["filebeat", "grafana", "kibana"].map((app) => [app, { [authority]: "ca.crt" }])),
  );
  expect(configOf(three, "filebeat", "/etc/filebeat/filebeat.yml")).toMatchObject({
    output: { elasticsearch: { hosts: [URL], ssl: { certificate_authorities: [authority] } } },
  });
  expect(configOf(three, "kibana", "/etc/kibana/kibana.yml")).toMatchObject({
    "elasticsearch.hosts": [URL],
    "elasticsearch.ssl.certificateAuthorities": authority,
  });
  const { datasources: all } = datasources(inElasticsearch(given(3))) as { datasources: { uid: string }[] };
  expect(all.find(({ uid }) => uid === "elasticsearch")).toMatchObject({
    url: URL,
    jsonData: { tlsAuthWithCACert: true, timeField: "@timestamp" },
    secureJsonData: { tlsCACert: `$__file{${authority}}`, basicAuthPassword: "$ELASTICSEARCH_PASSWORD" },
  });
});

test("without a certificate all is as plain http, and nothing asks for a Secret", async () => {
  const plain = await clusterOf({
    logs: { backend: "elasticsearch", elasticsearch: { kibana: { enabled: true } } },
  });
  expect(JSON.stringify(plain)).not.toMatch(/https:\/\/elasticsearch|elasticsearch-authority|tlsCACert/);
  expect(nodeConfig(plain)).toMatchObject({
    "xpack.security.http.ssl": { enabled: false },
    "xpack.security.transport.ssl": { enabled: false },
  });
});

test("three have a volume, a name and an address each, find the others by them, and keep each line twice", () => {
  expect(claimsOf(three).map(({ metadata }) => metadata.name)).toEqual(
    [0, 1, 2].map((index) => `data-elasticsearch-${index}`),
  );
  const [{ spec }] = ofKind(three, "StatefulSet").filter(({ metadata }) => metadata.name === "elasticsearch");
  expect(spec).toMatchObject({ replicas: 3, podManagementPolicy: "Parallel", minReadySeconds: 30 });
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
  const copies = (objects: KubernetesObject[]) =>
    configOf<{ setup: { template: { settings: object } } }>(objects, "filebeat", "/etc/filebeat/filebeat.yml")
      .setup.template.settings;
  expect(copies(three)).toEqual({ index: { number_of_shards: 1, number_of_replicas: 1 } });
  expect(copies(one)).toEqual({ index: { number_of_shards: 1, number_of_replicas: 0 } });
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
