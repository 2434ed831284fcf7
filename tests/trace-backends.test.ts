/** Where traces are kept is the value of one key: all around it follows, and what belongs to the other store is refused. */
import { settingsOf } from "../config/settings";
import { dashboardFiles } from "../dashboards";
import { samplerConfig } from "../programs/collector/sampler";
import { datasources } from "../programs/grafana/datasources";
import type { Stack } from "../programs/program";
import { clusterOf, configOf, environmentOf, type KubernetesObject, ofKind, podOf } from "./support/cluster";
import { changed, type Made, madeWith } from "./support/components";
import { faultsOf } from "./support/admitted";
import { stackWith } from "./support/servers";

interface Datasource {
  uid: string;
  url: string;
  jsonData: Record<string, unknown>;
}
const provisioned = (stack: Stack) => (datasources(stack) as { datasources: Datasource[] }).datasources;

interface Jaeger {
  extensions: {
    jaeger_storage: { backends: { badger: { badger: { directories: Record<string, string> } } } };
  };
}

/** Outside of kind somebody must be told of alerts. */
const ALERTING = { unattended: true };
const SERVICES = [{ name: "board-service", namespace: "shop", port: 8000 }];
const LOGS = { backend: "elasticsearch" };
const ZIPKIN = { services: SERVICES, tracing: { backend: "zipkin" } };
const JAEGER = { services: SERVICES, tracing: { backend: "jaeger" } };

describe("what a backend does not read is refused in its settings", () => {
  const refused = (given: Record<string, unknown>) => {
    try {
      settingsOf(given, "kind");
    } catch (error) {
      return (error as Error).message.split("\n").slice(1, -1);
    }
    return [];
  };

  test.each<[key: string, given: Record<string, unknown>, instead: RegExp]>([
    [
      "tracing.retention",
      { tracing: { backend: "zipkin", retention: { time: "48h" } } },
      /keeps the newest tracing\.zipkin\.maxSpans spans in memory, however old they are: set that\.$/,
    ],
    [
      "tracing.retention",
      { tracing: { backend: "zipkin", zipkin: { storage: "memory" }, retention: { time: "48h" } } },
      /and tracing\.zipkin\.storage is memory; allowed: only with tracing\.zipkin\.storage: elasticsearch\./,
    ],
    [
      "tracing.zipkin.maxSpans",
      { logs: LOGS, tracing: { backend: "zipkin", zipkin: { storage: "elasticsearch", maxSpans: 9 } } },
      /kept by age: set tracing\.retention\.time\.$/,
    ],
    [
      "tracing.storage",
      {
        logs: LOGS,
        tracing: { backend: "jaeger", jaeger: { storage: "elasticsearch" }, storage: { size: "9Gi" } },
      },
      /only with tracing\.jaeger\.storage: badger\..* The volume of Elasticsearch is logs\.elasticsearch\.storage\.$/,
    ],
    ["tracing.storage", { tracing: { backend: "zipkin", storage: { size: "9Gi" } } }, /in memory/],
    ["tracing.storage", { tracing: { backend: "zipkin", storage: { class: "fast" } } }, /in memory/],
    [
      "tracing.s3",
      { tracing: { backend: "zipkin", s3: { bucket: "traces", region: "us-east-1" } } },
      /in memory/,
    ],
    [
      "tracing.resources",
      { tracing: { backend: "zipkin", resources: { limits: { cpu: "1" } } } },
      /are tracing\.zipkin\.resources\.$/,
    ],
    [
      "overrides.tempo",
      { tracing: { backend: "zipkin" }, overrides: { tempo: { server: { log_level: "info" } } } },
      /only with tracing\.backend: tempo/,
    ],
    [
      "tracing.zipkin",
      { tracing: { zipkin: { maxSpans: 9 } } },
      /belongs to zipkin, and tracing\.backend is tempo; allowed: only with tracing\.backend: zipkin/,
    ],
    [
      "tracing.s3",
      { tracing: { backend: "jaeger", s3: { bucket: "traces", region: "us-east-1" } } },
      /Jaeger keeps traces on a volume: see tracing\.storage\.$/,
    ],
    [
      "tracing.resources",
      { tracing: { backend: "jaeger", resources: { limits: { cpu: "1" } } } },
      /are tracing\.jaeger\.resources\.$/,
    ],
    [
      "tracing.jaeger",
      { tracing: { jaeger: { resources: { limits: { cpu: "1" } } } } },
      /only with tracing\.backend: jaeger/,
    ],
    [
      "tracing.zipkin",
      { tracing: { backend: "jaeger", zipkin: { maxSpans: 9 } } },
      /and tracing\.backend is jaeger; allowed: only with tracing\.backend: zipkin/,
    ],
    [
      "overrides.jaeger",
      { overrides: { jaeger: { service: { telemetry: { logs: { level: "info" } } } } } },
      /only with tracing\.backend: jaeger/,
    ],
  ])("%s in %j", (key, given, instead) => {
    for (const platform of ["kind", "eks"]) {
      const lines = refused({ ...given, platform, alerting: ALERTING });
      expect(lines).toEqual([expect.stringMatching(new RegExp(`^  observability:${key} belongs to `))]);
      expect(lines[0]).toMatch(instead);
    }
  });

  test("defaults, what a platform changes, and nulls are no settings of it", () => {
    for (const platform of ["kind", "eks"])
      expect(
        refused({
          platform,
          alerting: ALERTING,
          tracing: { backend: "zipkin", s3: null },
          overrides: { tempo: {} },
        }),
      ).toEqual([]);
  });

  test.each([
    ["jaeger", "badger"],
    ["zipkin", "memory"],
  ])("%s keeps traces only in the Elasticsearch that keeps lines", (backend, other) => {
    const tracing = { backend, [backend]: { storage: "elasticsearch" }, retention: { time: "3d" } };
    expect(refused({ tracing })).toEqual([
      `  observability:tracing.${backend}.storage elasticsearch is the one that logs.backend: elasticsearch deploys, and logs.backend is loki; allowed: ${other}. Or set logs.backend: elasticsearch.`,
    ]);
    expect(refused({ tracing, logs: LOGS })).toEqual([]);
  });

  test("Zipkin keeps none in the one that speaks TLS: it takes no certificate in PEM to know it by", () => {
    const logs = { ...LOGS, elasticsearch: { tls: { secretName: "certificate" } } };
    const tracing = (backend: string) => ({ backend, [backend]: { storage: "elasticsearch" } });
    expect(refused({ tracing: tracing("zipkin"), logs })).toEqual([
      "  observability:tracing.zipkin.storage elasticsearch speaks TLS with logs.elasticsearch.tls, and Zipkin takes no certificates in PEM to know it by; allowed: memory. Or take tracing.backend: jaeger, or leave out logs.elasticsearch.tls.",
    ]);
    expect(refused({ tracing: tracing("jaeger"), logs })).toEqual([]);
  });

  test("where another keeps traces, that Zipkin's would be in memory refuses nothing", () => {
    expect(refused({ tracing: { zipkin: { storage: "memory" }, retention: { time: "3d" } } })).toEqual([
      expect.stringMatching(/^ {2}observability:tracing\.zipkin belongs to zipkin/),
    ]);
  });

  test("Jaeger takes the keys of Tempo that it can hold to", () => {
    const tracing = {
      ...{ backend: "jaeger", retention: { time: "3d" }, storage: { size: "9Gi" } },
      jaeger: { resources: { limits: { memory: "2Gi" } } },
    };
    expect(refused({ tracing, overrides: { jaeger: {} } })).toEqual([]);
  });

  test("beside other mistakes it is said all the same, and of an unknown backend nothing", () => {
    expect(refused({ tracing: { backend: "zipkin", storage: { size: "much" } } })).toHaveLength(2);
    const [line, ...others] = refused({ tracing: { backend: "zipkinn", storage: { size: "9Gi" } } });
    expect(line).toMatch(/tracing\.backend is "zipkinn"; allowed: tempo, jaeger, zipkin$/);
    expect(others).toEqual([]);
    expect(refused({ tracing: "zipkin" })).toHaveLength(1);
  });

  test("more spans than fit into the memory are refused, with how many do; with more memory they do", () => {
    const with40k = (memory: string) => ({
      tracing: { backend: "zipkin", zipkin: { maxSpans: 40_000, resources: { limits: { memory } } } },
    });
    expect(refused(with40k("512Mi"))).toEqual([
      "  observability:tracing.zipkin.maxSpans 40000 do not fit into the memory; allowed: at most 32768 with tracing.zipkin.resources.limits.memory 512Mi. Lower it, or raise the other.",
    ]);
    expect(refused(with40k("1Gi"))).toEqual([]);
    const zipkin = { storage: "elasticsearch", resources: { limits: { memory: "256Mi" } } };
    expect(refused({ logs: LOGS, tracing: { backend: "zipkin", zipkin } })).toEqual([]);
  });

  test("a NodePort of Zipkin is taken only where Zipkin is", () => {
    expect(refused({ grafana: { nodePort: 30411 } })).toEqual([]);
    expect(refused({ tracing: { backend: "zipkin" }, grafana: { nodePort: 30411 } })).toEqual([
      "  observability:grafana.nodePort 30411 is taken by tracing.zipkin.nodePort; allowed: each NodePort once. Set another one, or another one or null in tracing.zipkin.nodePort.",
    ]);
  });
});

describe("a stack with Zipkin", () => {
  const stack = stackWith(ZIPKIN);
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf(ZIPKIN);
  });

  test("is admitted, and has no more objects than the default one", async () => {
    expect(faultsOf(stack)).toEqual([]);
    expect(objects.length).toBeLessThanOrEqual((await clusterOf({ services: SERVICES })).length);
  });

  test("runs it without a volume, on its own page's NodePort where the platform has one", async () => {
    const { spec } = podOf(objects, "zipkin");
    expect(spec.volumes.map(({ emptyDir }) => emptyDir !== undefined)).toEqual([true]);
    expect(spec.containers[0].volumeMounts.map(({ mountPath }) => mountPath)).toEqual(["/tmp"]);
    const port = (from: KubernetesObject[]) =>
      (
        ofKind(from, "Service").find(({ metadata }) => metadata.name === "zipkin")!.spec as {
          ports: { port: number; nodePort?: number }[];
        }
      ).ports.map(({ port, nodePort }) => [port, nodePort]);
    expect(port(objects)).toEqual([[9411, 30411]]);
    expect(port(await clusterOf({ ...ZIPKIN, platform: "eks", alerting: ALERTING }))).toEqual([
      [9411, undefined],
    ]);
  });

  test("is asked for its health and its metrics by the paths that it has", () => {
    const { annotations, spec } = podOf(objects, "zipkin");
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"])
      expect(spec.containers[0][probe]).toMatchObject({ httpGet: { path: "/health", port: "http" } });
    expect(annotations["prometheus.io/path"]).toBe("/prometheus");
  });

  test("gives Java less than the memory limit, so that the kernel does not end it", () => {
    expect(environmentOf(objects, "zipkin")).toMatchObject({
      STORAGE_TYPE: "mem",
      MEM_MAX_SPANS: "30000",
      JAVA_OPTS: expect.stringMatching(/^-Xmx230m .*-XX:\+ExitOnOutOfMemoryError$/),
    });
  });

  test.each([
    ["zipkin", { zipkin: { storage: "elasticsearch" } }, false],
    ["jaeger", { jaeger: { storage: "elasticsearch" } }, undefined],
    ["tempo", {}, undefined],
  ])(
    "is answered by Elasticsearch without compression, of which it reads not all: %s",
    async (backend, keeps, answer) => {
      const all = await clusterOf({ services: SERVICES, logs: LOGS, tracing: { backend, ...keeps } });
      const config = configOf<Record<string, unknown>>(
        all,
        "elasticsearch",
        "/etc/stack/files/elasticsearch.yml",
      );
      expect(config["http.compression"]).toBe(answer);
    },
  );

  test("links every signal to it and to nothing that is not there", () => {
    const all = provisioned(stack);
    expect(all.map(({ uid }) => uid)).toEqual(["prometheus", "loki", "zipkin", "alertmanager"]);
    const ends = [...JSON.stringify(all).matchAll(/"datasourceUid":"(\w+)"/g)].map(([, uid]) => uid);
    expect(ends.sort()).toEqual(["loki", "prometheus", "zipkin", "zipkin"]);
    const of = (from: Stack, name: string) => provisioned(from).find(({ uid }) => uid === name)!.jsonData;
    for (const link of ["tracesToLogsV2", "tracesToMetrics", "nodeGraph"])
      expect(of(stack, "zipkin")[link]).toEqual(of(stackWith(), "tempo")[link]);
  });

  test("has the panels of span metrics, and none that only Tempo can answer", () => {
    const files = Object.values(dashboardFiles(stack)).flatMap((folder) => Object.entries(folder));
    for (const [file, text] of files)
      expect([file, text]).toEqual([file, expect.not.stringMatching(/tempo/i)]);
    const titles = (name: string) =>
      (JSON.parse(files.find(([file]) => file === name)![1]) as { panels: { title: string }[] }).panels.map(
        ({ title }) => title,
      );
    expect(titles("traces.json")).toEqual([
      ...["Requests", "Errors", "Duration, with traces", "Operations", "Who calls whom"],
    ]);
    expect(titles("stack.json")).toEqual(expect.arrayContaining(["Spans", "Queue to the store"]));
    expect(titles("stack.json")).not.toContain("Blocks of traces deleted by age");
  });

  test("has samplers that wait for it as for Tempo, and send no more at once than it takes", () => {
    const sampled = stackWith({ tracing: { backend: "zipkin", tailSampling: { enabled: true } } });
    expect(samplerConfig(sampled)).toMatchObject({
      exporters: {
        zipkin: {
          endpoint: "http://zipkin.observability.svc:9411/api/v2/spans",
          retry_on_failure: { max_elapsed_time: "0s" },
          sending_queue: { block_on_overflow: true, batch: { sizer: "items", max_size: 500 } },
        },
      },
    });
  });
});

describe("a stack with Jaeger", () => {
  const stack = stackWith(JAEGER);
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf(JAEGER);
  });

  test("is admitted, and has no more objects than the default one", async () => {
    expect(faultsOf(stack)).toEqual([]);
    expect(objects.length).toBeLessThanOrEqual((await clusterOf({ services: SERVICES })).length);
  });

  test("keeps its database on a volume of that size, for that time, and listens where others reach it", async () => {
    const tracing = { ...JAEGER.tracing, retention: { time: "3d" }, storage: { size: "9Gi", class: "fast" } };
    const own = await clusterOf({ tracing });
    const [claim] = ofKind(own, "PersistentVolumeClaim").filter(
      ({ metadata }) => metadata.name === "jaeger-data",
    );
    expect(claim.spec).toMatchObject({
      storageClassName: "fast",
      resources: { requests: { storage: "9Gi" } },
    });
    const config = configOf<Jaeger>(own, "jaeger", "/etc/jaeger/jaeger.yaml");
    const { badger } = config.extensions.jaeger_storage.backends.badger;
    expect(badger).toMatchObject({ ephemeral: false, ttl: { spans: "72h" } });
    const mounted = podOf(own, "jaeger").spec.containers[0].volumeMounts.map(({ mountPath }) => mountPath);
    for (const path of Object.values(badger.directories)) expect(mounted).toContain(`/${path.split("/")[1]}`);
    const listened = [...JSON.stringify(config).matchAll(/"(?:endpoint|host)":"([\d.]+)/g)].map(
      ([, at]) => at,
    );
    expect(listened).toEqual(Array(4).fill("0.0.0.0"));
  });

  test("starts all that it is told of, and says how it is where its probes ask", () => {
    const { extensions, service } = configOf<{
      extensions: { healthcheckv2: object };
      service: { extensions: string[] };
    }>(objects, "jaeger", "/etc/jaeger/jaeger.yaml");
    expect(service.extensions.sort()).toEqual(Object.keys(extensions).sort());
    expect(extensions.healthcheckv2).toEqual({ use_v2: true, http: { endpoint: "0.0.0.0:13133" } });
    const [container] = podOf(objects, "jaeger").spec.containers;
    expect(container.ports).toContainEqual({ name: "health", containerPort: 13133 });
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"])
      expect(container[probe]).toMatchObject({ httpGet: { path: "/status", port: "health" } });
  });

  test("links every signal to it and to nothing that is not there, below its path under the edge", () => {
    const all = provisioned(stack);
    expect(all.map(({ uid }) => uid)).toEqual(["prometheus", "loki", "jaeger", "alertmanager"]);
    const ends = [...JSON.stringify(all).matchAll(/"datasourceUid":"(\w+)"/g)].map(([, uid]) => uid);
    expect(ends.sort()).toEqual(["jaeger", "jaeger", "loki", "prometheus"]);
    const urlIn = (from: Stack) => provisioned(from).find(({ uid }) => uid === "jaeger")!.url;
    expect(urlIn(stack)).toBe("http://jaeger.observability.svc:16686/api/monitoring/jaeger");
    expect(urlIn(stackWith({ ...JAEGER, edge: { enabled: false } }))).toBe(
      "http://jaeger.observability.svc:16686",
    );
  });

  test("has the panels of span metrics, its own counter, and nothing of Tempo", () => {
    const files = Object.values(dashboardFiles(stack)).flatMap((folder) => Object.entries(folder));
    for (const [file, text] of files)
      expect([file, text]).toEqual([file, expect.not.stringMatching(/tempo/i)]);
    expect(files.find(([file]) => file === "stack.json")![1]).toContain(
      JSON.stringify(
        'sum(rate(otelcol_exporter_sent_spans_total{exporter="jaeger_storage_exporter"}[5m]))',
      ).slice(1, -1),
    );
  });

  test("its volume is protected in production, as Tempo's", async () => {
    const made = await madeWith({ ...JAEGER, platform: "eks", alerting: ALERTING });
    const claim = [...made.values()].find(({ name }) => name === "tracing-jaeger-data");
    expect(claim!.protect).toBe(true);
  });
});

describe("the preview of another backend", () => {
  const resources = (made: Map<string, Made>) => [...made.values()];
  const TEMPO = { services: SERVICES };
  let tempo: Map<string, Made>;
  let zipkin: Map<string, Made>;
  beforeAll(async () => {
    tempo = await madeWith(TEMPO);
    zipkin = await madeWith(ZIPKIN);
  });

  test("takes away Tempo's volume and nobody else's, and leaves other signals and applications alone", () => {
    const claims = (made: Map<string, Made>) =>
      resources(made)
        .filter(({ inputs }) => inputs.kind === "PersistentVolumeClaim")
        .map(({ name }) => name);
    expect(claims(tempo).filter((name) => !claims(zipkin).includes(name))).toEqual(["tracing-tempo-data"]);
    expect(claims(zipkin).filter((name) => !claims(tempo).includes(name))).toEqual([]);
    expect(changed(tempo, zipkin)).toEqual(
      [
        ...["config", "data", "policy", "server", "service"].map((what) => `tracing-tempo-${what}`),
        ...["policy", "server", "service"].map((what) => `tracing-zipkin-${what}`),
        // Where spans go, who is asked for them, and who scrapes it.
        ...["tracing-collector-config", "tracing-collector-policy", "tracing-collector-server"],
        ...["grafana-provisioning", "grafana-policy", "grafana-server"],
        ...["grafana-dashboards-platform", "grafana-dashboards-services"],
        ...["grafana-edge-config", "grafana-edge-policy", "grafana-edge-server"],
        ...["metrics-prometheus-config", "metrics-prometheus-policy", "metrics-prometheus-rules"],
      ].sort(),
    );
  });

  test("and back is what there was", async () => {
    expect(changed(tempo, await madeWith(TEMPO))).toEqual([]);
  });

  test("in production the volume is protected: Pulumi refuses to delete it", async () => {
    const claim = resources(await madeWith({ ...TEMPO, platform: "eks", alerting: ALERTING })).find(
      ({ name }) => name === "tracing-tempo-data",
    );
    expect(claim!.protect).toBe(true);
  });
});
