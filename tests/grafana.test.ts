import { load } from "js-yaml";
import { settingsOf } from "../config/settings";
import { clusterOf, environmentOf, filesOf, type KubernetesObject, ofKind, podOf } from "./support/cluster";

/* What Grafana is told, and that it is where Grafana looks. */

let objects: KubernetesObject[];
beforeAll(async () => {
  objects = await clusterOf({ grafana: { folders: { services: "Shop" }, port: 3006 } });
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
  expect(datasources.map(({ name, type, uid, url }) => [name, type, uid, url])).toEqual([
    [
      "Prometheus",
      "prometheus",
      "prometheus",
      "http://prometheus.observability.svc:9090/api/monitoring/prometheus",
    ],
    ["Loki", "loki", "loki", "http://loki.observability.svc:3100"],
    ["Tempo", "tempo", "tempo", "http://tempo.observability.svc:3200"],
    [
      "Alertmanager",
      "alertmanager",
      "alertmanager",
      "http://alertmanager.observability.svc:9093/api/monitoring/alertmanager",
    ],
  ]);
  const services = ofKind(objects, "Service").flatMap(({ metadata, spec }) =>
    (spec as { ports: { port: number }[] }).ports.map(
      ({ port }) => `http://${metadata.name}.${metadata.namespace}.svc:${port}`,
    ),
  );
  expect(services).toEqual(expect.arrayContaining(datasources.map(({ url }) => new URL(url).origin)));
  // The path is the one under which each answers.
  for (const { uid, url } of datasources.filter(({ type }) => /prometheus|alertmanager/.test(type))) {
    const { args = [] } = podOf(objects, uid).spec.containers[0];
    const external = args.find((one) => one.startsWith("--web.external-url="))!.split("=")[1];
    expect(new URL(url).pathname).toBe(new URL(external).pathname);
  }
  expect(datasources.filter(({ isDefault }) => isDefault).map(({ uid }) => uid)).toEqual(["prometheus"]);
});

test("links from one datasource to another end at one that is there", () => {
  const { datasources } = provisioned<{ datasources: Datasource[] }>("datasources");
  const named = [...JSON.stringify(datasources).matchAll(/"datasourceUid":"(\w+)"/g)].map(([, uid]) => uid);
  // From metrics to traces, from logs to traces, from traces to logs, metrics and the service map.
  expect(named.sort()).toEqual(["loki", "prometheus", "prometheus", "tempo", "tempo"]);
});

describe("links, as Grafana reads them once it has filled in its own environment", () => {
  /** In provisioned files a variable of the environment begins with one dollar sign, and two are one. */
  const linksOf = (uid: string) => {
    const { datasources } = provisioned<{ datasources: Datasource[] }>("datasources");
    const { jsonData } = datasources.find((one) => one.uid === uid)!;
    return JSON.parse(JSON.stringify(jsonData).replaceAll("$$", "$")) as Record<string, unknown>;
  };

  test("a span leads to the lines of its trace and pod, five minutes around it", () => {
    expect(linksOf("tempo").tracesToLogsV2).toEqual({
      datasourceUid: "loki",
      spanStartTimeShift: "-5m",
      spanEndTimeShift: "5m",
      // The attributes of a span that are labels of lines.
      tags: ["namespace", "pod", "container"].map((key) => ({ key, value: key })),
      customQuery: true,
      query: '{${__tags}} | trace_id = "${__trace.traceId}"',
    });
  });

  test("and to processor, memory, rate and duration of its pod, a quarter of an hour around it", () => {
    const { queries, ...link } = linksOf("tempo").tracesToMetrics as { queries: object[] };
    expect(link).toEqual({
      datasourceUid: "prometheus",
      spanStartTimeShift: "-15m",
      spanEndTimeShift: "15m",
      tags: ["namespace", "pod"].map((key) => ({ key, value: key })),
    });
    expect(queries).toEqual([
      {
        name: "Processor",
        query: 'sum by (pod) (rate(container_cpu_usage_seconds_total{$__tags, container!=""}[5m]))',
      },
      {
        name: "Memory",
        query: 'sum by (pod) (container_memory_working_set_bytes{$__tags, container!=""})',
      },
      // The layer has no pods: the pod's scrape says which service it serves.
      {
        name: "Requests a second",
        query: "sum by (service) (service:http_requests:rate5m and on (namespace, service) up{$__tags})",
      },
      {
        name: "p95 seconds",
        query:
          "histogram_quantile(0.95, sum by (service, le) (service:http_request_duration_seconds_bucket:rate5m and on (namespace, service) up{$__tags}))",
      },
    ]);
    expect(linksOf("tempo")).toMatchObject({
      serviceMap: { datasourceUid: "prometheus" },
      nodeGraph: { enabled: true },
    });
  });

  test("a line leads to its trace, by the id that is kept beside it", () => {
    expect(linksOf("loki").derivedFields).toEqual([
      {
        name: "TraceID",
        matcherType: "label",
        matcherRegex: "trace_id",
        url: "${__value.raw}",
        datasourceUid: "tempo",
        urlDisplayLabel: "Trace",
      },
    ]);
  });

  test("a dot on a panel leads to its trace, and panels know how often there is a sample", () => {
    expect(linksOf("prometheus")).toEqual({
      httpMethod: "POST",
      prometheusType: "Prometheus",
      timeInterval: "15s",
      exemplarTraceIdDestinations: [{ name: "trace_id", datasourceUid: "tempo" }],
    });
    expect(linksOf("alertmanager")).toEqual({
      implementation: "prometheus",
      handleGrafanaManagedAlerts: false,
    });
  });
});

test("datasources are asked by the server, may be tried out, and go when nothing is listed any more", () => {
  const { datasources, prune } = provisioned<{ datasources: Datasource[]; prune: boolean }>("datasources");
  expect(prune).toBe(true);
  for (const one of datasources) expect(one).toMatchObject({ access: "proxy", orgId: 1, editable: true });
});

test("dashboards are files that it finds, in the folders of the settings", () => {
  const { providers } = provisioned<{ providers: Provider[] }>("dashboards");
  expect(providers.map(({ folder, folderUid, type }) => [folder, folderUid, type])).toEqual([
    ["Overview", "overview", "file"],
    ["Shop", "services", "file"],
    ["Platform", "platform", "file"],
  ]);
  for (const { name, options, ...how } of providers) {
    expect(how).toMatchObject({
      ...{ folderUid: name, orgId: 1, updateIntervalSeconds: 30 },
      // What was tried out on a dashboard can be saved, until its file changes; a file that is gone takes it away.
      ...{ allowUiUpdates: true, disableDeletion: false },
    });
    expect(options.foldersFromFilesStructure).toBe(false);
    const dashboards = filesBelow(options.path);
    expect(dashboards.length).toBeGreaterThan(2);
    for (const { path, text } of dashboards)
      expect(path).toBe(`${options.path}/${(JSON.parse(text) as { uid: string }).uid}.json`);
  }
});

test("two folders of one name are refused, and so is the key of earlier releases", () => {
  expect(() => settingsOf({ grafana: { folders: { overview: "services" } } }, "kind")).toThrow(
    /grafana\.folders.*a name of its own for each/s,
  );
  expect(() => settingsOf({ grafana: { folder: "Shop" } }, "kind")).toThrow(/grafana\.folder\b/);
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

describe("a new password", () => {
  test("is written into the database before the server starts, by Grafana's own command and out of sight", () => {
    const { initContainers, containers } = podOf(objects, "grafana").spec;
    const [{ name, command, image }] = initContainers!;
    expect([name, image]).toEqual(["set-password", containers[0].image]);
    const [shell, option, script] = command!;
    expect([shell, option]).toEqual(["/bin/sh", "-c"]);
    const [first, second] = script.split(" |\nexec ");
    // printf is the shell's own: no other process gets the password as an argument.
    expect(first).toBe(`printf '%s\\n' "$GF_SECURITY_ADMIN_PASSWORD"`);
    const [grafana, server, home] = containers[0].command!;
    expect(server).toBe("server");
    expect(second).toBe(`${grafana} cli ${home} admin reset-admin-password --password-from-stdin`);
  });

  test("ends the sessions by a Job that asks Grafana where it is, with the same password", () => {
    const [{ command, env, resources }] = podOf(objects, "grafana-rotation").spec.containers;
    expect(command).toEqual(["/usr/local/bin/node", "/scripts/end-sessions.mjs"]);
    expect(environmentOf(objects, "grafana-rotation")).toEqual({
      GRAFANA_URL: "http://grafana.observability.svc:3006/api/monitoring/grafana",
    });
    const keys = env.flatMap(({ name, valueFrom }) =>
      valueFrom ? [[name, valueFrom.secretKeyRef!.key]] : [],
    );
    expect(keys).toEqual([
      ["GRAFANA_USER", "user"],
      ["GRAFANA_PASSWORD", "password"],
    ]);
    expect(resources).toMatchObject({ limits: { cpu: "500m", memory: "128Mi" } });
  });
});

interface Datasource {
  name: string;
  type: string;
  uid: string;
  url: string;
  isDefault?: boolean;
  jsonData: object;
}

interface Provider {
  name: string;
  folder: string;
  folderUid: string;
  type: string;
  options: { path: string; foldersFromFilesStructure: boolean };
}
