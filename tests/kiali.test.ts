/**
 * Kiali does not run here. What its configuration means is held against the documentation of the version that is pinned
 * (kiali.io, "Kiali CR Reference", and its own `config.go`), each key by hand.
 */
import { settingsOf } from "../config/settings";
import { faultsOf } from "./support/admitted";
import {
  clusterOf,
  configOf,
  environmentOf,
  fileOf,
  type KubernetesObject,
  ofKind,
  podOf,
} from "./support/cluster";
import { stackWith } from "./support/servers";

interface Config {
  auth: { strategy: string };
  deployment: { view_only_mode: boolean };
  external_services: {
    prometheus: { url: string };
    grafana: Record<string, unknown>;
    tracing: Record<string, unknown>;
  };
  server: { port: number; web_root: string; observability: { metrics: { port: number } } };
}
interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const MESH = { istio: { enabled: true }, kiali: { enabled: true } };
const EKS = { platform: "eks", alerting: { unattended: true } };
const FILE = "/kiali-configuration/kiali.yaml";

const given = (more: Record<string, unknown> = {}) => ({
  metrics: { ...MESH, ...(more.metrics as object | undefined) },
  ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== "metrics")),
});
const configured = async (more: Record<string, unknown> = {}) =>
  configOf<Config>(await clusterOf(given(more)), "kiali", FILE);

let objects: KubernetesObject[];
let config: Config;
beforeAll(async () => {
  objects = await clusterOf(given());
  config = configOf(objects, "kiali", FILE);
});

test("it is admitted, and without its switch nothing of it is there", async () => {
  expect(faultsOf(stackWith(given()))).toEqual([]);
  expect(JSON.stringify(await clusterOf({ metrics: { istio: { enabled: true } } }))).not.toMatch(/kiali/i);
});

test("without the mesh it is refused, with what to do", () => {
  expect(() => settingsOf({ metrics: { kiali: { enabled: true } } }, "kind")).toThrow(
    /observability:metrics\.kiali\.enabled true .*allowed: false\. Or set metrics\.istio\.enabled: true/,
  );
});

test("it lives below the path that the edge serves, and so do its probes", async () => {
  expect(config.server).toMatchObject({ port: 20001, web_root: "/api/monitoring/kiali" });
  const { containers } = podOf(objects, "kiali").spec;
  for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"])
    expect(containers[0][probe]).toMatchObject({
      httpGet: { path: "/api/monitoring/kiali/healthz", port: "http" },
    });
  expect(containers[0].ports).toEqual([
    expect.objectContaining({ name: "http", containerPort: config.server.port }),
    expect.objectContaining({
      name: "telemetry",
      containerPort: config.server.observability.metrics.port,
    }),
  ]);
  expect(fileOf(objects, "edge", "/etc/edge/caddy.json")).toContain('"kiali.observability.svc:20001"');
  const alone = await configured({ edge: { enabled: false } });
  expect(alone.server.web_root).toBe("/");
});

test.each<[string, string, Record<string, unknown>]>([
  ["a laptop whose edge asks nobody", "anonymous", {}],
  ["a laptop whose edge asks", "token", { edge: { anonymous: false } }],
  ["a laptop without the edge", "token", { edge: { enabled: false } }],
  ["production", "token", EKS],
  ["production behind the edge", "token", { ...EKS, edge: { enabled: true, url: "https://a.example.org" } }],
  [
    "production whose edge asks nobody",
    "token",
    { ...EKS, edge: { enabled: true, url: "https://a.example.org", anonymous: true } },
  ],
])("who may look: on %s by %s", async (_, strategy, more) => {
  expect((await configured(more)).auth).toEqual({ strategy });
});

test("in production the edge asks for its login before Kiali asks for a token", async () => {
  const edge = { enabled: true, url: "https://a.example.org" };
  const caddy = JSON.parse(
    fileOf(await clusterOf(given({ ...EKS, edge })), "edge", "/etc/edge/caddy.json"),
  ) as {
    apps: {
      http: {
        servers: {
          edge: { routes: { match?: { path: string[] }[]; handle: { handler: string }[] }[] };
        };
      };
    };
  };
  const route = caddy.apps.http.servers.edge.routes.find(({ match }) =>
    match?.[0].path.includes("/api/monitoring/kiali/*"),
  )!;
  expect(route.handle.map(({ handler }) => handler)).toEqual(["authentication", "reverse_proxy"]);
});

test("its sessions are encrypted with a generated key of 32 letters, which only a Secret holds", () => {
  const { name } = podOf(objects, "kiali").spec.containers[0].volumeMounts.find(
    ({ mountPath }) => mountPath === "/kiali-override-secrets/login-token-signing-key",
  )!;
  const { secret } = podOf(objects, "kiali").spec.volumes.find((volume) => volume.name === name)!;
  const { stringData } = ofKind(objects, "Secret").find(
    ({ metadata }) => metadata.name === secret!.secretName,
  )!;
  expect(stringData).toEqual({ "value.txt": expect.stringMatching(/^made-by-metrics-kiali-key/) });
  expect(JSON.stringify(objects.filter(({ kind }) => kind !== "Secret"))).not.toContain(
    stringData!["value.txt"],
  );
});

test("it asks the Prometheus of the cluster, also where metrics go to Amazon", async () => {
  const url = "http://prometheus.observability.svc:9090/api/monitoring/prometheus";
  expect(config.external_services.prometheus).toEqual({ url });
  const amp = { url: "https://aps.example.org/workspaces/ws-1", region: "us-east-1" };
  expect((await configured({ metrics: { amp } })).external_services.prometheus.url).toBe(url);
});

test("it finds what it draws connections by", () => {
  const kept = (of: KubernetesObject[]) =>
    configOf<{ scrape_configs: { job_name: string; metric_relabel_configs: { regex: string }[] }[] }>(
      of,
      "prometheus",
      "/etc/prometheus/config/prometheus.yml",
    ).scrape_configs.find(({ job_name }) => job_name === "istio-proxy")!.metric_relabel_configs[0].regex;
  for (const name of ["istio_requests_total", "istio_tcp_sent_bytes_total", "istio_tcp_received_bytes_total"])
    expect(name).toMatch(new RegExp(`^(?:${kept(objects)})$`));
});

test("links lead to Grafana and to the traces of the backend that is deployed", async () => {
  const grafana = "http://localhost:8080/api/monitoring/grafana";
  expect(config.external_services.grafana).toMatchObject({
    enabled: true,
    internal_url: "http://grafana.observability.svc:3000/api/monitoring/grafana",
    external_url: grafana,
    datasource_uid: "prometheus",
  });
  expect(config.external_services.tracing).toEqual({
    ...{ enabled: true, provider: "tempo", use_grpc: false },
    ...{ internal_url: "http://tempo.observability.svc:3200", external_url: grafana },
    health_check_url: "http://tempo.observability.svc:3200/ready",
    tempo_config: { url_format: "grafana", datasource_uid: "tempo", org_id: "1" },
  });
  const { external_services: withJaeger } = await configured({ tracing: { backend: "jaeger" } });
  expect(withJaeger.tracing).toEqual({
    ...{ enabled: true, provider: "jaeger", use_grpc: false },
    internal_url: "http://jaeger.observability.svc:16686/api/monitoring/jaeger",
    external_url: "http://localhost:8080/api/monitoring/jaeger",
  });
  const { external_services: withZipkin } = await configured({ tracing: { backend: "zipkin" } });
  expect(withZipkin.tracing).toEqual({ enabled: false });
  // An address inside the cluster is none for a browser.
  const { external_services: alone } = await configured({ edge: { enabled: false } });
  expect([alone.grafana.enabled, alone.tracing.external_url]).toEqual([false, ""]);
});

test("it reads: no Secret, no lines of containers, no port of a pod, and nothing is changed", () => {
  const rules = ofKind(objects, "ClusterRole").find(({ metadata }) => /kiali/.test(metadata.name))!
    .rules as Rule[];
  expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(["get", "list", "watch"]));
  const core = rules.filter(({ apiGroups }) => apiGroups[0] === "").flatMap((rule) => rule.resources);
  expect(core).not.toContain("secrets");
  for (const resource of core) expect(resource).not.toMatch(/[*/]/);
  // Everything of a group only where the group is the mesh's.
  for (const { apiGroups, resources } of rules)
    if (resources.includes("*"))
      expect(apiGroups[0]).toMatch(/\.istio\.io$|^(gateway|inference)\.networking\.k8s\.io$/);
  expect(rules).toContainEqual(
    expect.objectContaining({
      resources: ["mutatingwebhookconfigurations"],
      verbs: ["get", "list", "watch"],
    }),
  );
  expect(config.deployment.view_only_mode).toBe(true);
  expect(config).toMatchObject({
    external_services: { istio: { istio_api_enabled: false } },
    kiali_feature_flags: { disabled_features: ["logs-tab"] },
  });
  expect(environmentOf(objects, "kiali")).not.toHaveProperty("LOGIN_TOKEN_SIGNING_KEY");
});
