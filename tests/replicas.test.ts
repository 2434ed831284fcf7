import { programs } from "../programs";
import type { Program } from "../programs/program";
import { type Made, madeWith } from "./support/components";

/** A store of several replicas, as the production backends will be. */
const store: Program = {
  name: "store",
  component: "logs",
  workload: "StatefulSet",
  image: "loki",
  user: 10001,
  ports: () => ({ http: 3100 }),
  exposed: () => ({ port: "http", nodePort: null }),
  replicas: () => 3,
  accountAnnotations: () => ({ "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/store" }),
  data: () => ({ path: "/data", setting: "logs.storage", size: "2Gi", class: null }),
  resources: ({ logs }) => logs.resources,
};

describe("a program of three replicas", () => {
  let made: Map<string, Made>;
  beforeAll(async () => {
    (programs as Program[]).push(store);
    made = await madeWith();
    (programs as Program[]).pop();
  });
  const named = (name: string) => {
    const found = [...made.values()].find((one) => one.name === name);
    if (!found) throw new Error(`no resource ${name}`);
    return found.inputs as unknown as Inputs;
  };
  const labels = { "app.kubernetes.io/name": "store", "app.kubernetes.io/instance": "test" };

  test("has a claim each, under the names that the template gives", () => {
    const { spec } = named("logs-store-server");
    expect(spec.replicas).toBe(3);
    const [template] = spec.volumeClaimTemplates!;
    for (const index of [0, 1, 2]) {
      const claim = named(`logs-store-data-${index}`);
      expect(claim.metadata.name).toBe(`${template.metadata.name}-store-${index}`);
      expect(claim.spec.resources!.requests.storage).toBe("2Gi");
    }
    const pod = spec.template!.spec;
    expect(pod.containers[0].volumeMounts).toEqual([{ name: template.metadata.name, mountPath: "/data" }]);
    expect(pod.volumes).toEqual([]);
  });

  test("has an address for each, ready or not, besides the one for all", () => {
    const headless = named("logs-store-headless-service");
    expect(headless.spec).toMatchObject({
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: labels,
    });
    expect(named("logs-store-server").spec.serviceName).toBe(headless.metadata.name);
    expect(named("logs-store-service").spec).toMatchObject({ type: "ClusterIP", selector: labels });
  });

  test("is drained one at a time, and spread over zones and nodes", () => {
    expect(named("logs-store-disruption-budget").spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: labels },
    });
    const spread = named("logs-store-server").spec.template!.spec.topologySpreadConstraints;
    expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
      "topology.kubernetes.io/zone",
      "kubernetes.io/hostname",
    ]);
  });

  test("has an account for its role in the cloud, and no token of the cluster's", () => {
    expect(named("logs-store-account").metadata.annotations).toMatchObject({
      "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/store",
    });
    expect(named("logs-store-server").spec.template!.spec).toMatchObject({
      serviceAccountName: "store",
      automountServiceAccountToken: false,
    });
  });

  test("programs of one replica have none of that", () => {
    const { spec } = named("logs-loki-server");
    expect(spec.serviceName).toBe("loki");
    expect(spec).not.toHaveProperty("volumeClaimTemplates");
    expect([...made.values()].filter(({ name }) => /loki-(headless|disruption)/.test(name))).toEqual([]);
  });
});

interface Inputs {
  metadata: { name: string; annotations: Record<string, string> };
  spec: {
    replicas?: number;
    serviceName?: string;
    resources?: { requests: { storage: string } };
    volumeClaimTemplates?: { metadata: { name: string } }[];
    template?: {
      spec: {
        containers: { volumeMounts: object[] }[];
        volumes: object[];
        topologySpreadConstraints: { topologyKey: string }[];
      };
    };
  };
}

describe("a program that these settings do not deploy", () => {
  const calling = (to: string): Program => ({
    ...store,
    calls: () => [{ to, ports: ["http"], why: "asks it" }],
  });

  test("is named, and so is who calls it", async () => {
    (programs as Program[]).push(calling("zipkin"));
    await expect(madeWith()).rejects.toThrow("store calls zipkin, which these settings do not deploy");
    (programs as Program[]).pop();
  });
});
