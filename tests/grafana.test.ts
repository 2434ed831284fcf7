import { load } from "js-yaml";
import { clusterOf, environmentOf, filesOf, type KubernetesObject, ofKind, podOf } from "./support/cluster";

/* What Grafana is told, and that it is where Grafana looks. */

let objects: KubernetesObject[];
beforeAll(async () => {
  objects = await clusterOf({ grafana: { folder: "Shop", port: 3006 } });
});

const filesBelow = (directory: string) =>
  filesOf(objects, podOf(objects, "grafana")).filter(({ path }) => path.startsWith(`${directory}/`));
const provisioned = <T>(what: string) => {
  const found = filesBelow(`${environmentOf(objects, "grafana").GF_PATHS_PROVISIONING}/${what}`);
  expect(found).toHaveLength(1);
  return load(found[0].text) as T;
};

test("its datasources are Services of the stack, one a signal", () => {
  const { datasources } = provisioned<{ datasources: Datasource[] }>("datasources");
  expect(datasources.map(({ type, uid, url }) => [type, uid, url])).toEqual([
    ["prometheus", "prometheus", "http://prometheus.observability.svc:9090/api/monitoring/prometheus"],
    ["loki", "loki", "http://loki.observability.svc:3100"],
    ["tempo", "tempo", "http://tempo.observability.svc:3200"],
    ["alertmanager", "alertmanager", "http://alertmanager.observability.svc:9093"],
  ]);
  const services = ofKind(objects, "Service").flatMap(({ metadata, spec }) =>
    (spec as { ports: { port: number }[] }).ports.map(
      ({ port }) => `http://${metadata.name}.${metadata.namespace}.svc:${port}`,
    ),
  );
  expect(services).toEqual(expect.arrayContaining(datasources.map(({ url }) => new URL(url).origin)));
  // The path is the one under which Prometheus answers.
  const { args = [] } = podOf(objects, "prometheus").spec.containers[0];
  const external = args.find((one) => one.startsWith("--web.external-url="))!.split("=")[1];
  expect(new URL(datasources[0].url).pathname).toBe(new URL(external).pathname);
  expect(datasources.filter(({ isDefault }) => isDefault).map(({ uid }) => uid)).toEqual(["prometheus"]);
});

test("links from one datasource to another end at one that is there", () => {
  const { datasources } = provisioned<{ datasources: Datasource[] }>("datasources");
  const named = [...JSON.stringify(datasources).matchAll(/"datasourceUid":"(\w+)"/g)].map(([, uid]) => uid);
  // From metrics to traces, from logs to traces, from traces to logs, metrics and the service map.
  expect(named.sort()).toEqual(["loki", "prometheus", "prometheus", "tempo", "tempo"]);
});

test("dashboards are files that it finds, in the folder of the settings", () => {
  const { providers } = provisioned<{ providers: Provider[] }>("dashboards");
  expect(providers).toHaveLength(1);
  const [{ folder, type, options }] = providers;
  expect([folder, type]).toEqual(["Shop", "file"]);
  const dashboards = filesBelow(options.path);
  expect(dashboards.length).toBeGreaterThan(0);
  for (const { path, text } of dashboards)
    expect(path).toBe(`${options.path}/${(JSON.parse(text) as { uid: string }).uid}.json`);
});

test("it listens where its port says, lives under the proxy's path, and does not page", async () => {
  const [{ ports }] = podOf(objects, "grafana").spec.containers;
  expect(environmentOf(objects, "grafana")).toMatchObject({
    GF_SERVER_HTTP_PORT: String(ports![0].containerPort),
    GF_SERVER_ROOT_URL: "http://localhost:8080/api/monitoring/grafana/",
    GF_SERVER_SERVE_FROM_SUB_PATH: "true",
    GF_UNIFIED_ALERTING_EXECUTE_ALERTS: "false",
    GF_USERS_ALLOW_SIGN_UP: "false",
  });
  const alone = environmentOf(await clusterOf({ edge: { nodePort: null } }), "grafana");
  expect(alone).not.toHaveProperty("GF_SERVER_ROOT_URL");
  expect(alone).not.toHaveProperty("GF_SERVER_SERVE_FROM_SUB_PATH");
});

interface Datasource {
  type: string;
  uid: string;
  url: string;
  isDefault?: boolean;
}

interface Provider {
  folder: string;
  type: string;
  options: { path: string };
}
