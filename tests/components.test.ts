import { ComponentResource } from "@pulumi/pulumi";
import { LIMIT, withinLimit } from "../components/kubernetes/size";
import { changed, type Made, madeWith } from "./support/components";

const services = [{ name: "board-service", namespace: "shop", port: 8000 }];
const own = /^observability:index:/;

let made: Map<string, Made>;
beforeAll(async () => {
  made = await madeWith({ services });
});
const all = () => [...made.values()];
const FIRST = "metrics-kube-state-metrics-server";
const workloads = () => {
  const found = all().filter(({ type }) => /:(Deployment|StatefulSet|DaemonSet|Job)$/.test(type));
  expect(found.length).toBeGreaterThan(10);
  return found;
};
const named = (name: string, from = made) => [...from.values()].find((one) => one.name === name)!;

test("the components have the types that a user sees in pulumi up", () => {
  expect(all().flatMap(({ type, name }) => (own.test(type) ? [`${type} ${name}`] : []))).toEqual([
    "observability:index:Namespaces namespaces",
    "observability:index:MetricsStack metrics",
    "observability:index:LogsStack logs",
    "observability:index:TracingStack tracing",
    "observability:index:GrafanaStack grafana",
  ]);
});

test("a component says where it is reached, or how to log in", async () => {
  const proto = ComponentResource.prototype as unknown as { registerOutputs(outputs?: object): void };
  const registered = jest.spyOn(proto, "registerOutputs");
  await madeWith({ services });
  const said = registered.mock.calls.map(([outputs]) => outputs);
  registered.mockRestore();
  expect(said).toEqual(
    expect.arrayContaining([
      { url: "http://prometheus.observability.svc:9090/api/monitoring/prometheus" },
      { url: "http://loki.observability.svc:3100" },
      {
        url: "http://tempo.observability.svc:3200",
        otlpUrl: "http://collector.observability.svc:4318",
      },
      { password: expect.anything(), edgePassword: undefined },
    ]),
  );
});

test("every resource is the child of a component and named after it", () => {
  const children = all().filter(({ type }) => !own.test(type) && type !== "pulumi:pulumi:Stack");
  expect(children.length).toBeGreaterThan(50);
  for (const { type, name, parent } of children) {
    expect([type, name, parent]).not.toContain(undefined);
    expect(name.startsWith(`${parent}-`) ? name : `${name} is no child's name of ${parent}`).toBe(name);
  }
});

test("every object waits for all namespaces", () => {
  const waiting = all().filter(
    ({ type, parent }) => type.startsWith("kubernetes:") && parent !== "namespaces" && parent !== undefined,
  );
  expect(waiting.length).toBeGreaterThan(50);
  for (const { name, after } of waiting)
    expect([name, after]).toEqual([
      name,
      expect.arrayContaining([
        "namespaces-observability",
        "namespaces-observability-agents",
        "namespaces-shop",
      ]),
    ]);
});

test("what cannot start says so after ten minutes, the one that all others wait for after five", () => {
  for (const { name, waits } of workloads()) {
    const wait = name === FIRST ? "5m" : "10m";
    expect([name, waits]).toEqual([name, { create: wait, update: wait, delete: "5m" }]);
  }
});

test("all others wait for that one, so that a wrong mirror or placement is noticed while they still run", () => {
  const atOnce = workloads().filter(({ after }) => !after.includes(FIRST));
  expect(atOnce.map(({ name }) => name)).toEqual([FIRST]);
});

test("the same settings make the same resources", async () => {
  expect(changed(made, await madeWith({ services }))).toEqual([]);
});

test("an alert's threshold changes the rules in place and restarts nothing", async () => {
  const after = await madeWith({ services, alerting: { rules: { highErrorRate: { threshold: 0.2 } } } });
  // The dashboards' colours follow the threshold.
  expect(changed(made, after)).toEqual([
    "grafana-dashboards-overview",
    "grafana-dashboards-services",
    "metrics-prometheus-rules",
  ]);
  for (const one of [made, after])
    expect(named("metrics-prometheus-rules", one).inputs).toMatchObject({
      metadata: { name: "prometheus-rules" },
    });
  expect(named("metrics-prometheus-rules", after).inputs.immutable).toBeUndefined();
});

test("a new service changes Prometheus' files in place", async () => {
  const more = [...services, { name: "auth-service", namespace: "shop", port: 8080 }];
  expect(changed(made, await madeWith({ services: more }))).toEqual([
    "metrics-prometheus-config",
    "metrics-prometheus-rules",
  ]);
});

test.each([
  ["trace retention", { tracing: { retention: { time: "24h" } } }, "tracing-tempo"],
  ["a receiver's grouping", { alerting: { groupWait: "7s" } }, "metrics-alertmanager"],
])("%s makes a new start file, which rolls its program and no other", async (_, setting, program) => {
  const after = await madeWith({ services, ...setting });
  expect(changed(made, after)).toEqual([`${program}-config`, `${program}-server`]);
  const config = named(`${program}-config`, after).inputs;
  expect(config.immutable).toBe(true);
  expect(config.metadata).not.toHaveProperty("name");
});

test("log retention rolls Loki, and the agent that leaves out what is older", async () => {
  const after = await madeWith({ services, logs: { retention: { time: "48h" } } });
  expect(changed(made, after)).toEqual([
    ...["logs-alloy-agent", "logs-alloy-config", "logs-loki-config", "logs-loki-server"],
  ]);
});

test("a rotation makes another password, a Secret and what reads it; the encryption key stays", async () => {
  const after = await madeWith({ services, grafana: { admin: { rotation: "second" } } });
  expect(changed(made, after)).toEqual([
    "grafana-admin",
    "grafana-credentials",
    "grafana-grafana-rotation-job",
    "grafana-server",
  ]);
  expect(named("grafana-admin", after).inputs).toEqual({
    ...named("grafana-admin").inputs,
    keepers: { rotation: "second" },
  });
  expect(named("grafana-grafana-rotation-job", after).after).toContain("grafana-server");
});

test("a rotation of the edge's login makes another password, its Secret and its pod, and leaves Grafana alone", async () => {
  const asking = (more: object = {}) => madeWith({ services, edge: { anonymous: false, ...more } });
  const before = await asking();
  const after = await asking({ login: { rotation: "second" } });
  expect(changed(before, after)).toEqual([
    "grafana-edge-login",
    "grafana-edge-password",
    "grafana-edge-server",
  ]);
  expect(named("grafana-edge-password", after).inputs).toEqual({
    ...named("grafana-edge-password", before).inputs,
    keepers: { rotation: "second" },
  });
});

test("an edge that asks nobody has no password", () =>
  expect([...made.values()].filter(({ name }) => /edge-(login|password)/.test(name))).toEqual([]));

test("a larger volume is an edit of the claim", async () => {
  const after = await madeWith({ services, logs: { storage: { size: "9Gi" } } });
  expect(changed(made, after)).toEqual(["logs-loki-data"]);
});

test("without node-exporter nothing of it is left", async () => {
  const after = await madeWith({ services, metrics: { nodeExporter: { enabled: false } } });
  const mentions = (one: Map<string, Made>) =>
    [...one.values()].filter(({ name, inputs }) => JSON.stringify([name, inputs]).includes("node-exporter"));
  expect(mentions(made).map(({ name }) => name)).toEqual(
    expect.arrayContaining(["metrics-node-exporter-agent", "metrics-node-exporter-policy"]),
  );
  expect(mentions(after).map(({ name }) => name)).toEqual([]);
});

test("what holds data is protected where the platform says so", async () => {
  const kept = (one: Map<string, Made>) =>
    [...one.values()].filter(({ protect }) => protect).map(({ name }) => name);
  expect(kept(made)).toEqual([]);
  expect(kept(await madeWith({ services, platform: "eks", alerting: { unattended: true } })).sort()).toEqual([
    "grafana-data",
    "grafana-secret-key",
    "logs-loki-data",
    "metrics-alertmanager-data",
    "metrics-prometheus-data",
    "namespaces-observability",
    "namespaces-observability-agents",
    "tracing-collector-data",
    "tracing-tempo-data",
  ]);
});

describe("the size guard", () => {
  test("lets 900,000 bytes pass and no more, counting bytes and not letters", () => {
    const files = { "b.yaml": "가", "a.yaml": "x".repeat(LIMIT - 3) };
    expect(withinLimit("prometheus-rules", files)).toBe(files);
    expect(() => withinLimit("prometheus-rules", { ...files, "c.yaml": "x" })).toThrow(
      /ConfigMap prometheus-rules have 900001 bytes.*allowed: 900000.*largest is a\.yaml/,
    );
  });

  test("speaks up when a stack has too many services", async () => {
    const alike = Array.from({ length: 6000 }, (_, index) => `service-${index}`);
    await expect(madeWith({ services: [{ ...services[0], alike }] })).rejects.toThrow(/services\.yaml/);
  });
});
