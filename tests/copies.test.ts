import {
  clusterOf,
  configOf,
  environmentOf,
  fileOf,
  type KubernetesObject,
  ofKind,
  podsOf,
} from "./support/cluster";
import { load } from "js-yaml";

/* What a pair of Prometheus and Amazon's workspace are told; tests/prometheus-pair.test.ts and tests/amp.test.ts run them. */

interface Config {
  global: { external_labels?: object };
  alerting: { alert_relabel_configs?: object[] };
  remote_write?: object[];
}
const told = (objects: KubernetesObject[]) =>
  configOf<Config>(objects, "prometheus", "/etc/prometheus/config/prometheus.yml");
const podNames = (objects: KubernetesObject[]) =>
  podsOf(objects)
    .filter(({ app }) => app === "prometheus")
    .map(({ spec }) => spec.containers[0].env.find(({ name }) => name === "POD_NAME")?.valueFrom);
const accounts = (objects: KubernetesObject[]) =>
  ofKind(objects, "ServiceAccount").map(({ metadata }) => [
    metadata.name,
    metadata.annotations["eks.amazonaws.com/role-arn"],
  ]);

const place = { environment: "prod", region: "seoul" };
const roleArn = "arn:aws:iam::123456789012:role/amp";
const amp = { url: "https://aps.example.org:8443/workspaces/ws-1", region: "ap-northeast-2", shards: 7 };

/** Whoever gets samples or alerts from two counts them once by these. */
function expectCopies(objects: KubernetesObject[]): void {
  expect(told(objects).global.external_labels).toEqual({ cluster: "prod-seoul", __replica__: "${POD_NAME}" });
  expect(told(objects).alerting.alert_relabel_configs).toEqual([
    { action: "labeldrop", regex: "__replica__" },
  ]);
  const names = podNames(objects);
  for (const name of names) expect(name).toEqual({ fieldRef: { fieldPath: "metadata.name" } });
}

test("each of a pair says which it is, and alerts of both are the same ones", async () => {
  const objects = await clusterOf({ ...place, metrics: { replicas: 2 } });
  expect(podNames(objects)).toHaveLength(2);
  expectCopies(objects);
  expect(told(objects)).not.toHaveProperty("remote_write");
});

test("one alone says nothing of it, and asks nothing of Amazon", async () => {
  const objects = await clusterOf(place);
  expect(told(objects).global).not.toHaveProperty("external_labels");
  expect(told(objects).alerting).not.toHaveProperty("alert_relabel_configs");
  expect(told(objects)).not.toHaveProperty("remote_write");
  expect(podNames(objects)).toEqual([undefined]);
  expect(environmentOf(objects, "grafana")).not.toHaveProperty("GF_AUTH_SIGV4_AUTH_ENABLED");
  expect(fileOf(objects, "grafana", DATASOURCES)).not.toContain("amp");
  expect(accounts(objects).map(([name]) => name)).not.toContain("grafana");
});

test("three Alertmanagers tell each other who was told, each by its pod's address; one alone tells nobody", async () => {
  const gossip = (objects: KubernetesObject[]) =>
    podsOf(objects)
      .filter(({ app }) => app === "alertmanager")
      .map(({ spec: { containers } }) => ({
        args: containers[0].args!.filter((arg) => arg.startsWith("--cluster.")),
        address: containers[0].env.find(({ name }) => name === "POD_IP")?.valueFrom,
        port: containers[0].ports!.find(({ name }) => name === "gossip")?.containerPort,
      }));
  const peers = ["alertmanager-0", "alertmanager-1-0", "alertmanager-2-0"].map(
    (pod) => `--cluster.peer=${pod}.alertmanager-headless.observability.svc:9094`,
  );
  expect(gossip(await clusterOf({ alerting: { replicas: 3 } }))).toEqual(
    Array(3).fill({
      args: ["--cluster.listen-address=[$(POD_IP)]:9094", ...peers],
      address: { fieldRef: { fieldPath: "status.podIP" } },
      port: 9094,
    }),
  );
  expect(gossip(await clusterOf())).toEqual([{ args: ["--cluster.listen-address="] }]);
});

const DATASOURCES = "/etc/grafana/provisioning/datasources/datasources.yaml";

describe("Amazon Managed Prometheus", () => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf({ ...place, metrics: { scrapeInterval: "20s", amp: { ...amp, roleArn } } });
  });

  test("gets every sample, signed, and could have another copy of each", () => {
    expectCopies(objects);
    expect(told(objects).remote_write).toEqual([
      {
        name: "amp",
        url: "https://aps.example.org:8443/workspaces/ws-1/api/v1/remote_write",
        sigv4: { region: "ap-northeast-2" },
        queue_config: { max_shards: 7, capacity: 10_000, max_samples_per_send: 1_000 },
      },
    ]);
  });

  test("is a datasource beside Prometheus, which Grafana's own pod signs for", () => {
    const { datasources } = load(fileOf(objects, "grafana", DATASOURCES)) as {
      datasources: { uid: string }[];
    };
    expect(datasources.at(-1)).toEqual({
      ...{ name: "AMP", uid: "amp", type: "prometheus", url: amp.url },
      ...{ access: "proxy", orgId: 1, editable: true },
      jsonData: {
        httpMethod: "POST",
        ...{ sigV4Auth: true, sigV4AuthType: "default", sigV4Region: "ap-northeast-2" },
        timeInterval: "20s",
      },
    });
    expect(environmentOf(objects, "grafana")).toMatchObject({ GF_AUTH_SIGV4_AUTH_ENABLED: "true" });
  });

  test("is reached by both as its role, and by nobody else", () => {
    const reaching = ofKind(objects, "NetworkPolicy").flatMap(({ metadata, spec }) => {
      const { egress = [] } = spec as { egress?: { ports?: { port: number }[] }[] };
      const ports = egress.map((rule) => (rule.ports ?? []).map(({ port }) => port));
      return ports.some(([port]) => port === 8443)
        ? [[metadata.name, ports.some(([port]) => port === 80)]]
        : [];
    });
    expect(reaching.sort()).toEqual([
      ["grafana", true],
      ["prometheus", true],
    ]);
    expect(accounts(objects).filter(([, role]) => role)).toEqual([
      ["prometheus", roleArn],
      ["grafana", roleArn],
    ]);
  });

  test("at its usual port, where its address names none", async () => {
    const { url, ...others } = amp;
    const usual = { ...others, url: url.replace(":8443", "") };
    const objects = await clusterOf({ metrics: { amp: usual } });
    const { spec } = ofKind(objects, "NetworkPolicy").find(({ metadata }) => metadata.name === "grafana")!;
    expect((spec as { egress: object[] }).egress).toContainEqual(
      expect.objectContaining({ ports: [{ protocol: "TCP", port: 443 }] }),
    );
  });
});
