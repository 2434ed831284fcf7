/**
 * The mesh, as a real Prometheus scrapes it and as the dashboard Istio Mesh asks for it. No mesh runs here: servers tell what
 * sidecars and istiod were recorded to tell (tests/support/istio.ts), on the ports that those have.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dashboardFiles } from "../dashboards";
import { prometheusConfig } from "../programs/prometheus/config";
import { eventually } from "./support/eventually";
import { exposition, istiod, line, type MeshPod, pods } from "./support/istio";
import { binary, describeWith, output } from "./support/programs";
import { type Prometheus, prometheusServer, stackWith } from "./support/servers";

jest.setTimeout(180_000);

type Labels = Record<string, string>;

interface Job {
  job_name: string;
  kubernetes_sd_configs: object[];
  sample_limit?: number;
  metric_relabel_configs?: object[];
}

const jobsOf = (given: Record<string, unknown>) =>
  (prometheusConfig(stackWith(given)) as { scrape_configs: Job[] }).scrape_configs;
const job = (given: Record<string, unknown>, name: string) =>
  jobsOf(given).find(({ job_name }) => job_name === name)!;

const service = { name: "board", namespace: "shop", port: 8000 };
const settings = {
  ...{ environment: "prod", region: "seoul", services: [service] },
  metrics: { scrapeInterval: "1s", istio: { enabled: true } },
};
const stack = stackWith(settings);

describe("metrics.istio", () => {
  const mesh = { istio: { enabled: true } };
  const named = { services: [service], metrics: { ...mesh, annotatedNamespaces: ["garden"] } };

  test("without it nothing of the mesh is scraped, and there is no dashboard of it", () => {
    expect(jobsOf({}).map(({ job_name }) => job_name)).not.toContain("istiod");
    expect(JSON.stringify(jobsOf({ services: [service] }))).not.toMatch(/istio|envoy/);
    expect(Object.keys(dashboardFiles(stackWith()).platform)).not.toContain("istio.json");
    expect(Object.keys(dashboardFiles(stack).platform)).toContain("istio.json");
  });

  test("where every namespace is open, Prometheus watches no more than it did: equal discoveries are one", () => {
    const discoveries = (given: Record<string, unknown>) =>
      new Set(
        jobsOf(given)
          .flatMap((one) => one.kubernetes_sd_configs ?? [])
          .map((one) => JSON.stringify(one)),
      );
    expect(discoveries({ metrics: mesh })).toEqual(discoveries({}));
    const open = { metrics: { ...mesh, annotatedNamespaces: ["istio-system"] } };
    expect(discoveries(open)).toEqual(discoveries({ metrics: { annotatedNamespaces: ["istio-system"] } }));
  });

  test("where namespaces are named, the mesh's own is watched besides", () => {
    for (const name of ["istio-proxy", "istiod"])
      expect(job(named, name).kubernetes_sd_configs).toEqual([
        { role: "pod", namespaces: { names: ["garden", "shop"] } },
        { role: "pod", namespaces: { names: ["istio-system"] } },
      ]);
    const elsewhere = { metrics: { annotatedNamespaces: [], istio: { enabled: true, namespace: "mesh" } } };
    expect(job(elsewhere, "istiod").kubernetes_sd_configs).toEqual([
      { role: "pod", namespaces: { names: ["mesh"] } },
    ]);
  });

  test("its targets have the limits of applications", () => {
    const limited = { metrics: { ...mesh, limits: { samples: 70, labels: 40, targets: 9 } } };
    for (const name of ["istio-proxy", "istiod"])
      expect(job(limited, name)).toMatchObject({ sample_limit: 70, label_limit: 40, target_limit: 9 });
  });
});

describeWith(["prometheus", "prometheus"], ["prometheus", "promtool"])("a recorded mesh", () => {
  const directory = mkdtempSync(join(tmpdir(), "istio-"));
  const servers: HttpServer[] = [];
  let prometheus: Prometheus;
  /** Addresses of loopback that nobody else uses, so that the ports can be those of the mesh. */
  const network = `127.${1 + (process.pid % 250)}.${1 + Math.floor(Math.random() * 250)}`;
  const ipOf = (index: number) => `${network}.${10 + index}`;
  const mesh = [...pods, istiod];
  /** In seconds since 1970: what is recorded ends then, and the servers go on with it. */
  const now = Math.floor(Date.now() / 1000);
  const end = now - 60;
  const begin = end - 900;

  const targetLabels = (pod: MeshPod): Labels => ({
    ...{ env: "prod", region: "seoul", namespace: pod.namespace, pod: pod.name },
    ...(pod === istiod
      ? { job: "istiod", instance: `${ipOf(mesh.indexOf(pod))}:15014` }
      : { job: "istio-proxy", instance: `${ipOf(mesh.indexOf(pod))}:15090` }),
  });

  /** A pod as Prometheus finds it: once for each port that its containers declare. */
  const found = (pod: MeshPod, container: string, port: number, more: Labels = {}) => ({
    targets: [`${ipOf(mesh.indexOf(pod))}:${port}`],
    labels: {
      __meta_kubernetes_namespace: pod.namespace,
      __meta_kubernetes_pod_name: pod.name,
      __meta_kubernetes_pod_ip: ipOf(mesh.indexOf(pod)),
      __meta_kubernetes_pod_phase: "Running",
      __meta_kubernetes_pod_label_app: pod.name.replace("-1", ""),
      __meta_kubernetes_pod_container_name: container,
      __meta_kubernetes_pod_container_init: "false",
      __meta_kubernetes_pod_container_port_number: String(port),
      __meta_kubernetes_pod_container_port_protocol: "TCP",
      // As the injector does.
      __meta_kubernetes_pod_annotation_prometheus_io_scrape: "true",
      __meta_kubernetes_pod_annotation_prometheus_io_port: pod === istiod ? "15014" : "15020",
      __meta_kubernetes_pod_annotation_prometheus_io_path: pod === istiod ? "/metrics" : "/stats/prometheus",
      ...more,
    },
  });
  const [webPod, boardPod] = pods;
  const inCluster = [
    ...pods.flatMap((pod) => [found(pod, "server", 8000), found(pod, "istio-proxy", 15021)]),
    // A container beside the server; and, since Istio 1.27, an init container that goes on running.
    found(webPod, "istio-proxy", 15090),
    ...pods
      .slice(1)
      .map((pod) => found(pod, "istio-proxy", 15090, { __meta_kubernetes_pod_container_init: "true" })),
    found(boardPod, "istio-proxy", 15090, {
      ...{ __meta_kubernetes_pod_name: "of-a-job", __meta_kubernetes_pod_phase: "Succeeded" },
    }),
    ...[8080, 15010, 15017].map((port) => found(istiod, "discovery", port)),
  ];

  async function serve(pod: MeshPod, port: number, path: string, more = ""): Promise<void> {
    const server = createServer(({ url }, response) => {
      // Envoy's own words for the format.
      response.writeHead(url === path ? 200 : 404, { "content-type": "text/plain; charset=UTF-8" });
      response.end(exposition(pod, Date.now() / 1000 - begin) + more);
    });
    server.listen(port, ipOf(mesh.indexOf(pod)));
    await once(server, "listening");
    servers.push(server);
  }

  beforeAll(async () => {
    const lines = mesh.flatMap((pod) =>
      [...pod.series, { name: "up", labels: {}, value: 1 }].flatMap((series) =>
        Array.from({ length: (end - begin) / 15 + 1 }, (_, step) =>
          line(series, 15 * step, targetLabels(pod), begin + 15 * step),
        ),
      ),
    );
    const recording = join(directory, "recorded.om");
    writeFileSync(recording, `${lines.join("\n")}\n# EOF\n`);
    const blocks = ["tsdb", "create-blocks-from", "openmetrics", recording, join(directory, "data")];
    await output(binary("prometheus", "promtool")!, blocks);

    for (const pod of pods) await serve(pod, 15090, "/stats/prometheus");
    await serve(istiod, 15014, "/metrics");
    // Where Istio merges what the application tells.
    for (const pod of pods) await serve(pod, 15020, "/stats/prometheus", "orders_total 7\n");

    prometheus = await prometheusServer(directory, stack);
    prometheus.scrape(
      jobsOf(settings)
        .filter(({ job_name }) => ["applications", "istio-proxy", "istiod"].includes(job_name))
        .map((one) => ({ ...one, kubernetes_sd_configs: undefined, static_configs: inCluster })),
    );
    prometheus.server.start();
    await prometheus.server.ready(prometheus.ready);
  });
  afterAll(async () => {
    await prometheus?.server.end();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(directory, { recursive: true, force: true });
  });

  async function get<T>(path: string, parameters: Labels): Promise<T> {
    const response = await fetch(`${prometheus.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error) throw new Error(`${parameters.query}: ${error}`);
    return data;
  }
  const live = (selector: string) => ({ "match[]": selector, start: String(Date.now() / 1000 - 30) });

  test("each sidecar and istiod is one target; merged, what is named or has a job of its own is none", async () => {
    interface Target {
      scrapeUrl: string;
      health: string;
      labels: Labels;
    }
    const targets = await eventually("all targets up", 60, async () => {
      const { activeTargets } = await get<{ activeTargets: Target[] }>("targets", { state: "active" });
      const up = activeTargets.filter(({ health }) => health === "up").length;
      return up > 0 && up === activeTargets.length ? activeTargets : undefined;
    });
    const merged = pods.filter(({ name }) => name !== "board-1");
    expect(targets.map(({ scrapeUrl, labels }) => [scrapeUrl, labels]).sort()).toEqual(
      [
        ...pods.map((pod) => [`http://${targetLabels(pod).instance}/stats/prometheus`, targetLabels(pod)]),
        [`http://${targetLabels(istiod).instance}/metrics`, targetLabels(istiod)],
        ...merged.map((pod) => {
          const instance = `${ipOf(mesh.indexOf(pod))}:15020`;
          const application = { job: "annotated-pods", service: pod.name.replace("-1", "") };
          return [`http://${instance}/stats/prometheus`, { ...targetLabels(pod), ...application, instance }];
        }),
      ].sort(),
    );
  });

  test("of what they tell, that is kept which the dashboard reads, and each of it once", async () => {
    const names = async (selector: string) =>
      (await get<string[]>("label/__name__/values", live(selector))).filter(
        (name) => !/^(up|scrape_)/.test(name),
      );
    const istios = ["bucket", "count", "sum"].map((part) => `istio_request_duration_milliseconds_${part}`);
    await eventually("a scrape of each", 60, async () =>
      (await names('{job="istiod"}')).length > 0 && (await names('{job="istio-proxy"}')).length > 5
        ? true
        : undefined,
    );
    expect(await names('{job="istio-proxy"}')).toEqual([
      ...istios,
      "istio_requests_total",
      "istio_tcp_connections_closed_total",
      "istio_tcp_connections_opened_total",
    ]);
    expect(await names('{job="istiod"}')).toEqual([
      "pilot_proxy_convergence_time_bucket",
      "pilot_total_xds_rejects",
      "pilot_xds",
      "pilot_xds_pushes",
    ]);
    expect(await names('{job="annotated-pods"}')).toEqual(["orders_total"]);
    const [series] = await get<Labels[]>("series", live('istio_requests_total{pod="users-1"}'));
    expect(series).toEqual({
      __name__: "istio_requests_total",
      ...targetLabels(pods[4]),
      ...pods[4].series[0].labels,
      // An empty label is none.
      grpc_response_status: undefined,
    });
  });

  interface Model {
    panels: { title: string; type: string; targets?: { expr: string }[] }[];
    templating: { list: { query: { query: string } }[] };
  }
  const { panels, templating } = JSON.parse(dashboardFiles(stack).platform["istio.json"]) as Model;

  /** What a panel's query answers about what was recorded, by the labels of each row in alphabetical order. */
  async function answer(title: string, index = 0, namespace = ".+"): Promise<Record<string, number>> {
    const { expr } = panels.find((panel) => panel.title === title && panel.type !== "row")!.targets![index];
    const query = expr.replaceAll("$namespace", namespace);
    const { result } = await get<{ result: { metric: Labels; value: [number, string] }[] }>("query", {
      query,
      time: String(end),
    });
    return Object.fromEntries(
      result.map(({ metric, value }) => [
        Object.keys(metric)
          .sort()
          .map((name) => metric[name])
          .join("/"),
        Math.round(Number(value[1]) * 1000) / 1000,
      ]),
    );
  }

  const cases: [string, number, Record<string, number>][] = [
    ["Requests", 0, { "": 20 }],
    ["Errors", 0, { "": 0.1 }],
    ["Requests by mTLS", 0, { "": 0.95 }],
    ["Connections by mTLS", 0, { "": 0.8 }],
    ["Requests by service", 0, { "shop/board": 10, "shop/pay": 4, "bank/users": 6 }],
    ["Errors as services answer", 0, { "shop/board": 0.1, "shop/pay": 0.25, "bank/users": 0 }],
    ["Errors as callers see them", 0, { "shop/board": 0.2 }],
    ["Duration in services", 0, { "shop/board": 18.333, "shop/pay": 17.5, "bank/users": 17.5 }],
    ["Duration in services", 1, { "shop/board": 235, "shop/pay": 24.85, "bank/users": 24.85 }],
    ["Duration as callers see it", 0, { "shop/board": 17.5 }],
    ["Share of requests by mTLS", 0, { "shop/board": 0.9, "shop/pay": 1, "bank/users": 1 }],
    ["Share of connections by mTLS", 0, { "shop/ledger": 0.8 }],
    ["Callers in plain text", 0, { "shop/board/unknown/unknown": 1 }],
    ["Connections opened", 0, { "shop/mongo": 2, "shop/ledger": 4 }],
    ["Connections closed", 0, { "shop/mongo": 1.5 }],
    ["Connections open", 0, { "shop/mongo": 450, "shop/ledger": 3600 }],
    ["Proxies", 0, { "": 5 }],
    ["Proxies", 1, { "": 5 }],
    ["Configuration sent", 0, { eds: 2 }],
    ["Configuration refused", 0, { lds: 0.2 }],
    ["Configuration refused", 1, { cds_senderr: 0.5 }],
    ["Until proxies have it", 0, { "": 0.46 }],
  ];
  test.each(cases)("the panel %s, query %i, of what was recorded: %j", async (title, index, expected) => {
    expect(await answer(title, index)).toEqual(expected);
  });

  test("p99 of all, and the columns of the table of services", async () => {
    // 19 of 20 within 25 ms, the last one between 100 and 250.
    expect(await answer("p99")).toEqual({ "": 220 });
    const columns = [
      { "shop/board": 10, "shop/pay": 4, "bank/users": 6 },
      { "shop/board": 0.1, "shop/pay": 0.25, "bank/users": 0 },
      { "shop/board": 18.333, "shop/pay": 17.5, "bank/users": 17.5 },
      { "shop/board": 175, "shop/pay": 24.25, "bank/users": 24.25 },
      { "shop/board": 235, "shop/pay": 24.85, "bank/users": 24.85 },
      { "shop/board": 0.9, "shop/pay": 1, "bank/users": 1 },
    ];
    for (const [index, expected] of columns.entries())
      expect(await answer("Services", index)).toEqual(expected);
  });

  test("who calls whom: a caller without a sidecar is unknown, and its slow request is not the other's", async () => {
    const calls = (web: number, outside: number, pay: number, users: number) => ({
      "shop/board/web-v1/shop": web,
      "shop/board/unknown/unknown": outside,
      "shop/pay/web-v1/shop": pay,
      "bank/users/web-v1/shop": users,
    });
    const columns = [calls(9, 1, 4, 6), calls(0.111, 0, 0.25, 0), calls(24.25, 242.5, 24.25, 24.25)];
    for (const [index, expected] of columns.entries())
      expect(await answer("Who calls whom", index)).toEqual(expected);
  });

  test("every panel but those of the proxies shows the chosen namespace alone", async () => {
    expect(await answer("Requests", 0, "bank")).toEqual({ "": 6 });
    expect(await answer("Requests by service", 0, "bank")).toEqual({ "bank/users": 6 });
    expect(await answer("Connections open", 0, "bank")).toEqual({});
    // Every panel's queries are in the table above.
    const asked = new Set([...cases.map(([title]) => title), "p99", "Services", "Who calls whom"]);
    expect(
      panels
        .filter(({ type }) => type !== "row")
        .map(({ title }) => title)
        .sort(),
    ).toEqual([...asked].sort());
  });

  test("the namespaces to choose from are those that are called", async () => {
    const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(templating.list[0].query.query)!;
    expect(await get<string[]>(`label/${label}/values`, live(selector))).toEqual(["bank", "shop"]);
  });
});
