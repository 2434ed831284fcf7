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

const labels = { "app.kubernetes.io/name": "store", "app.kubernetes.io/instance": "test" };

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

  test("has a claim each, under the names that the template gives", () => {
    const { spec } = named("logs-store-server");
    expect(spec.replicas).toBe(3);
    const [template] = spec.volumeClaimTemplates!;
    expect(template).toEqual({
      metadata: { name: "data" },
      // Nobody reads them, and an API server refuses a template without.
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: expect.stringMatching(/^\d+Gi$/) } },
      },
    });
    for (const index of [0, 1, 2]) {
      const claim = named(`logs-store-data-${index}`);
      expect(claim.metadata.name).toBe(`${template.metadata.name}-store-${index}`);
      expect(claim.spec.resources!.requests.storage).toBe("2Gi");
    }
    const pod = spec.template!.spec;
    expect(pod.containers[0].volumeMounts).toEqual([{ name: template.metadata.name, mountPath: "/data" }]);
    expect(pod.volumes).toEqual([]);
  });

  test("grows by its claims alone: a StatefulSet's template cannot change", async () => {
    const larger = {
      ...store,
      data: () => ({ path: "/data", setting: "logs.storage", size: "3Gi", class: null }),
    };
    (programs as Program[]).push(larger);
    const grown = await madeWith({ placement: { labels: { team: "a" } } });
    (programs as Program[]).pop();
    const serverOf = (all: Map<string, Made>) =>
      ([...all.values()].find(({ name }) => name === "logs-store-server")!.inputs as unknown as Inputs).spec;
    expect(serverOf(grown).volumeClaimTemplates).toEqual(serverOf(made).volumeClaimTemplates);
    const claim = [...grown.values()].find(({ name }) => name === "logs-store-data-2")!;
    expect(claim.inputs).toMatchObject({ spec: { resources: { requests: { storage: "3Gi" } } } });
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
    expect(named("logs-store-service").spec).not.toHaveProperty("sessionAffinity");
  });

  test("is drained one at a time, and spread over zones and nodes where there are several", () => {
    expect(named("logs-store-disruption-budget").spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: labels },
    });
    const spread = named("logs-store-server").spec.template!.spec.topologySpreadConstraints;
    expect(spread).toEqual(
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
        ...{ topologyKey, maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" },
        labelSelector: { matchLabels: labels },
      })),
    );
  });

  test("has an account for its role in the cloud, and no token of the cluster's", () => {
    expect(named("logs-store-account").metadata.annotations).toMatchObject({
      "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/store",
    });
    expect(named("logs-store-server").spec.template!.spec).toMatchObject({
      serviceAccountName: "store",
      automountServiceAccountToken: false,
    });
    expect([...made.values()].filter(({ name }) => name.startsWith("logs-store-role"))).toEqual([]);
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
    selector?: { matchLabels: object };
    resources?: { requests: { storage: string } };
    volumeClaimTemplates?: { metadata: { name: string } }[];
    template?: {
      metadata: { labels: object };
      spec: {
        containers: { volumeMounts: object[] }[];
        volumes: object[];
        topologySpreadConstraints: object[];
      };
    };
  };
}

describe("a program whose replicas stand apart", () => {
  const made = async (replicas: number) => {
    (programs as Program[]).push({ ...store, replicas: () => replicas, apart: true });
    try {
      return new Map([...(await madeWith()).values()].map((one) => [one.name, one]));
    } finally {
      (programs as Program[]).pop();
    }
  };
  let one: Map<string, Made>;
  let two: Map<string, Made>;
  beforeAll(async () => {
    one = await made(1);
    two = await made(2);
  });
  const inputs = (name: string) => two.get(name)!.inputs as unknown as Inputs;

  test("has a workload each, which find their own pods alone", () => {
    const servers = ["logs-store-server", "logs-store-server-1"].map(inputs);
    expect(servers.map(({ metadata }) => metadata.name)).toEqual(["store", "store-1"]);
    servers.forEach(({ spec }, index) => {
      expect(spec).toMatchObject({ replicas: 1, serviceName: "store-headless" });
      const mine = { ...labels, "observability-stack/replica": String(index) };
      expect(spec.selector).toEqual({ matchLabels: mine });
      expect(spec.template!.metadata.labels).toMatchObject(mine);
    });
    expect(two.has("logs-store-server-2")).toBe(false);
  });

  test("the first keeps the volume that it had alone, the other has one of its own", () => {
    expect(two.get("logs-store-data")).toEqual(one.get("logs-store-data"));
    const claims = ["logs-store-server", "logs-store-server-1"].map(
      (name) => inputs(name).spec.template!.spec.volumes,
    );
    expect(claims).toEqual(
      ["store-data", "store-1-data"].map((claimName) => [
        { name: "data", persistentVolumeClaim: { claimName } },
      ]),
    );
    expect(inputs("logs-store-data-1").metadata.name).toBe("store-1-data");
  });

  test("is updated one after the other", () => {
    expect(two.get("logs-store-server-1")!.after).toContain("logs-store-server");
    expect(two.get("logs-store-server")!.after).not.toContain("logs-store-server-1");
  });

  test("has one Service for all, where whoever asks stays with the same, and one budget", () => {
    expect(inputs("logs-store-service").spec).toMatchObject({
      selector: labels,
      sessionAffinity: "ClientIP",
    });
    expect(inputs("logs-store-disruption-budget").spec).toMatchObject({ selector: { matchLabels: labels } });
  });

  test("alone it is as any other", () => {
    const alone = one.get("logs-store-server")!.inputs as unknown as Inputs;
    expect(alone.spec).toMatchObject({
      replicas: 1,
      serviceName: "store",
      selector: { matchLabels: labels },
    });
    expect(alone.spec.selector!.matchLabels).toEqual(labels);
    expect(one.get("logs-store-service")!.inputs.spec).not.toHaveProperty("sessionAffinity");
  });
});

test("a Secret that nobody generates is named", async () => {
  (programs as Program[]).push({ ...store, secrets: () => [{ name: "key" }] });
  await expect(madeWith()).rejects.toThrow("store: nobody generates the Secret key");
  (programs as Program[]).pop();
});

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
