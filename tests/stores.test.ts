import {
  clusterOf,
  configOf,
  fileOf,
  filesOf,
  type KubernetesObject,
  ofKind,
  podOf,
} from "./support/cluster";

/* What Loki and Tempo are told with a bucket, with replicas and with rules; tests/bucket.test.ts runs them. */

interface Loki {
  common: { ring: object; storage: object; replication_factor: number };
  memberlist?: object;
  ruler?: { storage: { local: { directory: string } }; [key: string]: unknown };
  schema_config: { configs: { object_store: string }[] };
  compactor: { delete_request_store: string };
}
const lokiIn = (objects: KubernetesObject[]) => configOf<Loki>(objects, "loki", "/etc/loki/loki.yaml");
const tempoIn = (objects: KubernetesObject[]) =>
  configOf<{ storage: { trace: object } }>(objects, "tempo", "/etc/tempo/tempo.yaml").storage.trace;

/** The ports outside of the cluster that a program may connect to, rule by rule. */
const outside = (objects: KubernetesObject[], app: string) =>
  (policyOf(objects, app).egress ?? [])
    .filter(({ to = [] }) => to.some(({ ipBlock }) => ipBlock))
    .map(({ ports = [] }) => ports.map(({ port }) => port));
const policyOf = (objects: KubernetesObject[], app: string) =>
  ofKind(objects, "NetworkPolicy").find(({ metadata }) => metadata.name === app)!.spec as {
    egress?: { to?: { ipBlock?: object }[]; ports?: { port: number; protocol: string }[] }[];
    ingress?: { ports?: { port: number }[] }[];
  };
const accountOf = (objects: KubernetesObject[], app: string) =>
  ofKind(objects, "ServiceAccount").find(({ metadata }) => metadata.name === app)?.metadata.annotations;

describe("in a bucket of Amazon's, as a role", () => {
  const bucket = (name: string) => ({
    ...{ bucket: name, region: "eu-west-1", roleArn: `arn:aws:iam::123456789012:role/${name}` },
  });
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf({ logs: { s3: bucket("lines") }, tracing: { s3: bucket("traces") } });
  });

  test("Loki keeps its lines there, and deletes them there", () => {
    const { common, schema_config, compactor } = lokiIn(objects);
    expect(common.storage).toEqual({
      s3: {
        ...{ bucketnames: "lines", region: "eu-west-1", endpoint: "s3.eu-west-1.amazonaws.com" },
        ...{ insecure: false, s3forcepathstyle: false },
      },
    });
    expect([schema_config.configs[0].object_store, compactor.delete_request_store]).toEqual(["s3", "s3"]);
  });

  test("Tempo keeps its blocks there, and on its volume what is not there yet", () => {
    expect(tempoIn(objects)).toMatchObject({
      backend: "s3",
      s3: {
        ...{ bucket: "traces", region: "eu-west-1", endpoint: "s3.eu-west-1.amazonaws.com" },
        ...{ insecure: false, forcepathstyle: false },
      },
      wal: { path: "/var/tempo/wal" },
    });
    expect(tempoIn(objects)).not.toHaveProperty("local");
  });

  test.each(["loki", "tempo"])("%s reaches the bucket, and who hands out its role's credentials", (app) => {
    expect(outside(objects, app)).toEqual([[443], [80, 443]]);
    const role = `arn:aws:iam::123456789012:role/${app === "loki" ? "lines" : "traces"}`;
    expect(accountOf(objects, app)).toMatchObject({ "eks.amazonaws.com/role-arn": role });
    expect(podOf(objects, app).spec.serviceAccountName).toBe(app);
  });

  test("in China Amazon's domain is another", async () => {
    const s3 = { bucket: "lines", region: "cn-north-1" };
    const found = await clusterOf({ logs: { s3 }, tracing: { s3 } });
    const endpoint = "s3.cn-north-1.amazonaws.com.cn";
    expect([lokiIn(found).common.storage, tempoIn(found)]).toMatchObject([
      { s3: { endpoint } },
      { s3: { endpoint } },
    ]);
  });

  test("a role that Pod Identity finds by the account's name needs an account, and nothing on it", async () => {
    const { bucket: name, region } = bucket("lines");
    const found = await clusterOf({ logs: { s3: { bucket: name, region } } });
    expect(podOf(found, "loki").spec.serviceAccountName).toBe("loki");
    expect(accountOf(found, "loki")).not.toHaveProperty(["eks.amazonaws.com/role-arn"]);
  });
});

describe("in a bucket of the user's own server, with keys", () => {
  const s3 = (endpoint: string) => ({
    ...{ bucket: "kept", region: "eu-west-1", endpoint },
    ...{ accessKeyId: "key-of-kept", secretAccessKey: "secret-of-kept" },
  });

  test.each([
    ["http://minio.minio.svc:9000", "minio.minio.svc:9000", true, 9000],
    ["http://minio.example.org", "minio.example.org", true, 80],
    ["https://s3.example.org", "s3.example.org", false, 443],
  ])("%s is asked by path, at its port and as it says", async (url, endpoint, insecure, port) => {
    const objects = await clusterOf({ logs: { s3: s3(url) }, tracing: { s3: s3(url) } });
    expect(lokiIn(objects).common.storage).toMatchObject({
      s3: { endpoint, insecure, s3forcepathstyle: true },
    });
    expect(tempoIn(objects)).toMatchObject({ s3: { endpoint, insecure, forcepathstyle: true } });
    for (const app of ["loki", "tempo"]) {
      expect(outside(objects, app)).toEqual([[port]]);
      expect(accountOf(objects, app)).toBeUndefined();
      const { env } = podOf(objects, app).spec.containers[0];
      const keys = env.flatMap(({ name, valueFrom }) => (valueFrom?.secretKeyRef ? [name] : []));
      expect(keys).toEqual(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
    }
  });
});

const rule = { name: "CardsRefused", logs: 'rate({app="shop"}[5m]) > 1', summary: "Refused" };

describe("three replicas of Loki", () => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf({
      logs: { replicas: 3, s3: { bucket: "lines", region: "eu-west-1" } },
      alerting: { replicas: 3, extraAlerts: [rule] },
    });
  });

  test("find each other by the Service that names each, whoever starts first, and each line is kept by all", () => {
    const { common, memberlist } = lokiIn(objects);
    expect(common).toMatchObject({ replication_factor: 3, ring: { kvstore: { store: "memberlist" } } });
    const [set] = ofKind(objects, "StatefulSet").filter(({ metadata }) => metadata.name === "loki");
    expect(set.spec).toMatchObject({ replicas: 3 });
    // A pod's own address is what the others reach it by.
    expect(common).not.toHaveProperty("instance_addr");
    expect(memberlist).toEqual({
      join_members: ["loki-headless.observability.svc:7946"],
      bind_port: 7946,
      abort_if_cluster_join_fails: false,
      rejoin_interval: "10s",
    });
    expect(podOf(objects, "loki").spec.containers[0].ports).toContainEqual({
      name: "gossip",
      containerPort: 7946,
    });
  });

  test("may talk to each other on each of their ports", () => {
    const ports = (policyOf(objects, "loki").egress ?? [])
      .filter(({ to }) => JSON.stringify(to ?? []).includes('"app.kubernetes.io/name":"loki"'))
      .flatMap(({ ports = [] }) => ports.map(({ port }) => port));
    expect(ports).toEqual([3100, 9096, 7946]);
  });

  test("share the rules, and tell each Alertmanager", () => {
    expect(lokiIn(objects).ruler).toMatchObject({
      enable_sharding: true,
      alertmanager_url: ["alertmanager-0", "alertmanager-1-0", "alertmanager-2-0"]
        .map(
          (pod) => `http://${pod}.alertmanager-headless.observability.svc:9093/api/monitoring/alertmanager`,
        )
        .join(","),
    });
  });
});

describe("rules on lines", () => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf({ alerting: { extraAlerts: [rule] } });
  });

  test("are where Loki looks for those of the one tenant, and what it works on is on its volume", () => {
    const { ruler } = lokiIn(objects);
    expect(ruler).toEqual({
      storage: { type: "local", local: { directory: "/etc/loki/rules" } },
      rule_path: "/loki/rules",
      enable_sharding: false,
      alertmanager_url: "http://alertmanager.observability.svc:9093/api/monitoring/alertmanager",
      external_url: "http://localhost:8080/api/monitoring/grafana",
      datasource_uid: "loki",
    });
    const { directory } = ruler!.storage.local;
    const files = filesOf(objects, podOf(objects, "loki")).filter(({ path }) => path.startsWith(directory));
    expect(files.map(({ path }) => path)).toEqual([
      expect.stringMatching(/^\/etc\/loki\/rules\/fake\/\w+\.yaml$/),
    ]);
    expect(fileOf(objects, "loki", files[0].path)).toContain("CardsRefused");
  });

  test("are heard by Alertmanager: Loki is let out to it, and in there", () => {
    const from = (policyOf(objects, "alertmanager").ingress ?? []).filter((one) =>
      JSON.stringify(one).includes('"app.kubernetes.io/name":"loki"'),
    );
    const to = (policyOf(objects, "loki").egress ?? []).filter((one) =>
      JSON.stringify(one).includes('"app.kubernetes.io/name":"alertmanager"'),
    );
    for (const rules of [from, to])
      expect(rules.flatMap(({ ports = [] }) => ports.map(({ port }) => port))).toEqual([9093]);
  });

  test("change without a restart: their file keeps its name", () => {
    const [{ of }] = filesOf(objects, podOf(objects, "loki")).filter(({ path }) => path.includes("/fake/"));
    expect(of).toBe("ConfigMap loki-rules");
  });

  test("without any there is no ruler, nobody is told and there are no replicas to find", async () => {
    const none = await clusterOf();
    expect(lokiIn(none)).not.toHaveProperty("ruler");
    expect(lokiIn(none)).not.toHaveProperty("memberlist");
    expect(JSON.stringify(policyOf(none, "loki").egress)).not.toContain("alertmanager");
  });
});
