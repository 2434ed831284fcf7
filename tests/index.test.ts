import type { Resource } from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";

/** The program as `pulumi up` runs it, once: what it asks of Pulumi, and what it prints. */
async function run(config: Record<string, string>) {
  const asked: MockResourceArgs[] = [];
  let urns: string[] = [];
  let outputs: Record<string, unknown> = {};
  await jest.isolateModulesAsync(async () => {
    const pulumi = await import("@pulumi/pulumi");
    await pulumi.runtime.setMocks(
      {
        newResource: (resource) => {
          asked.push(resource);
          const { name, inputs } = resource;
          const metadata = { ...inputs.metadata, name: inputs.metadata?.name ?? name };
          return { id: `${name}-id`, state: { ...inputs, metadata, result: `made by ${name}` } };
        },
        call: ({ inputs }) => inputs,
      },
      "observability-stack",
      "test",
      false,
    );
    pulumi.runtime.setAllConfig(config);
    await pulumi.runtime.runInPulumiStack(async () => {
      const made: Resource[] = [];
      pulumi.runtime.registerStackTransformation(({ resource }) => void made.push(resource));
      const { default: program } = await import("../index");
      const printed = await program();
      outputs = await new Promise((resolve) => pulumi.output(printed).apply(resolve));
      urns = await Promise.all(made.map(({ urn }) => new Promise<string>((resolve) => urn.apply(resolve))));
      return {};
    });
    await pulumi.runtime.disconnect();
  });
  return { asked, outputs, urns };
}

let program: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  program = await run({
    "kubernetes:context": "the-users-cluster",
    "observability:services": JSON.stringify([{ name: "board-service", namespace: "shop", port: 8000 }]),
  });
});

const ofPackage = (name: string) => program.asked.filter(({ type }) => type.startsWith(`${name}:`));

test("there is one provider of Kubernetes, for the cluster that the user names", () => {
  expect(ofPackage("pulumi").filter(({ type }) => type.startsWith("pulumi:providers:"))).toEqual([
    expect.objectContaining({
      type: "pulumi:providers:kubernetes",
      inputs: {
        context: "the-users-cluster",
        enableServerSideApply: "true",
        enableConfigMapMutable: "true",
      },
    }),
  ]);
});

test("every Kubernetes object is made by it, and none by the provider of the user's current context", () => {
  const objects = ofPackage("kubernetes");
  expect(objects.length).toBeGreaterThan(60);
  expect(
    objects
      .filter(({ provider }) => !/pulumi:providers:kubernetes::kubernetes::kubernetes-id$/.test(provider!))
      .map(({ name }) => name),
  ).toEqual([]);
});

test("what holds data keeps the name that Pulumi knows it by: under another one it would be deleted and made anew", () => {
  const holdData = /:(Namespace|PersistentVolumeClaim|RandomPassword)::/;
  const component = (name: string) => `observability-stack::observability:index:${name}`;
  expect(
    program.urns
      .filter((urn) => holdData.test(urn))
      .map((urn) => urn.replace("urn:pulumi:test::", ""))
      .sort(),
  ).toEqual([
    `${component("GrafanaStack")}$kubernetes:core/v1:PersistentVolumeClaim::grafana-data`,
    `${component("GrafanaStack")}$random:index/randomPassword:RandomPassword::grafana-admin`,
    `${component("GrafanaStack")}$random:index/randomPassword:RandomPassword::grafana-secret-key`,
    `${component("LogsStack")}$kubernetes:core/v1:PersistentVolumeClaim::logs-loki-data`,
    `${component("MetricsStack")}$kubernetes:core/v1:PersistentVolumeClaim::metrics-alertmanager-data`,
    `${component("MetricsStack")}$kubernetes:core/v1:PersistentVolumeClaim::metrics-prometheus-data`,
    `${component("Namespaces")}$kubernetes:core/v1:Namespace::namespaces-observability`,
    `${component("Namespaces")}$kubernetes:core/v1:Namespace::namespaces-observability-agents`,
    `${component("Namespaces")}$kubernetes:core/v1:Namespace::namespaces-shop`,
    `${component("TracingStack")}$kubernetes:core/v1:PersistentVolumeClaim::tracing-collector-data`,
    `${component("TracingStack")}$kubernetes:core/v1:PersistentVolumeClaim::tracing-tempo-data`,
  ]);
});

test("passwords are long and of letters and digits; the one that is printed is the administrator's", () => {
  const passwords = Object.fromEntries(ofPackage("random").map(({ name, inputs }) => [name, inputs]));
  expect(Object.keys(passwords).sort()).toEqual(["grafana-admin", "grafana-secret-key"]);
  for (const { length, ...others } of Object.values(passwords)) {
    expect(length).toBeGreaterThanOrEqual(20);
    expect(others).toMatchObject({ special: false });
    for (const kind of ["lower", "upper", "numeric"]) expect(others[kind] ?? true).toBe(true);
  }
  expect(program.outputs).toMatchObject({ grafanaUser: "admin", grafanaPassword: "made by grafana-admin" });
});

test("so is the edge's, where it asks for one", async () => {
  expect(program.outputs).not.toHaveProperty("edgePassword");
  const { outputs } = await run({ "observability:edge": JSON.stringify({ anonymous: false }) });
  expect(outputs).toMatchObject({ edgePassword: "made by grafana-edge-password" });
});

test("so is that of Kibana's readers, where there is a Kibana", async () => {
  expect(program.outputs).not.toHaveProperty("kibanaPassword");
  const logs = { backend: "elasticsearch", elasticsearch: { kibana: { enabled: true } } };
  const { outputs } = await run({ "observability:logs": JSON.stringify(logs) });
  expect(outputs).toMatchObject({ kibanaPassword: "made by logs-elasticsearch-admin" });
});

test("the addresses that are printed are those of the settings and of Services", () => {
  expect(program.outputs).toMatchObject({
    grafanaUrl: "http://localhost:8080/api/monitoring/grafana/",
    prometheusUrl: "http://localhost:8080/api/monitoring/prometheus/",
    otlpEndpoint: "http://collector.observability.svc:4318",
    inCluster: {
      prometheus: "http://prometheus.observability.svc:9090/api/monitoring/prometheus",
      loki: "http://loki.observability.svc:3100",
      tempo: "http://tempo.observability.svc:3200",
    },
  });
});
