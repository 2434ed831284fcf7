import { clusterOf, configOf, type KubernetesObject, podOf, podsOf } from "./support/cluster";

/* What Prometheus is told to scrape; what becomes of what it finds is in discovery.test.ts. */

const services = [
  { name: "board-service", namespace: "shop", port: 8000 },
  { name: "auth-service", namespace: "shop", port: 8080, path: "/actuator/prometheus" },
  { name: "chat-service", namespace: "chat", port: 8001, path: "/actuator/prometheus", interval: "30s" },
  { name: "noti-service", namespace: "chat", port: 8002, interval: "5s" },
];
let objects: KubernetesObject[];
let config: Config;
beforeAll(async () => {
  objects = await clusterOf({
    services,
    environment: "prod",
    region: "seoul",
    metrics: {
      scrapeInterval: "20s",
      annotatedNamespaces: ["garden"],
      redis: {
        targets: [
          { name: "cache", host: "redis.shop.svc" },
          { name: "queue", host: "queue.shop.svc", port: 6380, username: "stack", password: "p" },
        ],
      },
      postgres: {
        targets: [
          { name: "board", host: "pg.shop.svc", username: "u", password: "p" },
          { name: "users", host: "pg.bank.svc", database: "users", username: "u", password: "p" },
        ],
      },
    },
    edge: { url: "https://ops.example.org", tls: { secretName: "certificate" } },
  });
  config = configOf<Config>(objects, "prometheus", "/etc/prometheus/config/prometheus.yml");
});

const job = (name: string) => config.scrape_configs.find(({ job_name }) => job_name === name)!;

test("what guards against too many series stands on applications alone: of the stack nothing is left out", () => {
  const guarded = config.scrape_configs.filter((one) => "sample_limit" in one || "label_limit" in one);
  expect(guarded.map(({ job_name }) => job_name).sort()).toEqual(["applications"]);
});

test("every target says which environment and region it is of", () => {
  for (const { job_name, relabel_configs, static_configs } of config.scrape_configs)
    if (static_configs)
      for (const { labels } of static_configs) expect(labels).toMatchObject({ env: "prod", region: "seoul" });
    else
      for (const [target_label, replacement] of [
        ["env", "prod"],
        ["region", "seoul"],
      ])
        expect([job_name, relabel_configs]).toEqual([
          job_name,
          expect.arrayContaining([{ target_label, replacement }]),
        ]);
});

/** `program;port` of the stack's own pods that a job keeps. */
const kept = (name: string) => {
  const { relabel_configs: rules } = job(name);
  const [{ action, regex }] = rules.filter(
    ({ source_labels: [, second] = [] }) => second === "__meta_kubernetes_pod_container_port_name",
  );
  expect(action).toBe("keep");
  const wanted = new RegExp(`^(?:${regex})$`);
  return podsOf(objects)
    .flatMap(({ app, spec }) => (spec.containers[0].ports ?? []).map((port) => `${app};${port.name}`))
    .filter((port) => wanted.test(port))
    .sort();
};

test("of the stack's own ports those with metrics are scraped, and no others", () => {
  expect(kept("stack")).toEqual([
    "alertmanager;http",
    "alloy-events;http",
    "alloy;http",
    "blackbox-exporter;http",
    "collector;telemetry",
    "grafana;http",
    "kube-state-metrics;telemetry",
    "loki;http",
    "node-exporter;http",
    "postgres-exporter;http",
    "prometheus;http",
    "redis-exporter;http",
    "tempo;http",
  ]);
});

test("an exporter is asked for each server by turns, whose name is the instance", () => {
  const askedFor = (name: string) =>
    job(name).static_configs!.map(({ targets, labels }) => [
      targets,
      Object.fromEntries(Object.entries(labels).filter(([label]) => !["env", "region"].includes(label))),
    ]);
  expect([job("redis").metrics_path, askedFor("redis")]).toEqual([
    "/scrape",
    [
      [["redis://redis.shop.svc:6379"], { instance: "cache" }],
      [["redis://stack@queue.shop.svc:6380"], { instance: "queue" }],
    ],
  ]);
  expect([job("postgres").metrics_path, askedFor("postgres")]).toEqual([
    "/probe",
    [
      [["pg.shop.svc:5432/postgres"], { instance: "board", __param_auth_module: "board" }],
      [["pg.bank.svc:5432/users"], { instance: "users", __param_auth_module: "users" }],
    ],
  ]);
  expect([job("certificates").metrics_path, askedFor("certificates")]).toEqual([
    "/probe",
    [[["edge.observability.svc:8080"], { instance: "edge", __param_module: "certificate" }]],
  ]);
  for (const [name, exporter] of [
    ["redis", "redis-exporter.observability.svc:9121"],
    ["postgres", "postgres-exporter.observability.svc:9187"],
    ["certificates", "blackbox-exporter.observability.svc:9115"],
  ])
    expect(job(name).relabel_configs).toEqual([
      { source_labels: ["__address__"], target_label: "__param_target" },
      { target_label: "__address__", replacement: exporter },
    ]);
});

test("series about others keep their own labels", () => {
  expect(kept("stack-samples")).toEqual(["collector;span-metrics", "kube-state-metrics;http"]);
  const honest = config.scrape_configs.filter(({ honor_labels }) => honor_labels);
  expect(honest.map(({ job_name }) => job_name)).toEqual(["stack-samples"]);
});

test("the stack's jobs find the pods of this stack alone, and where Grafana has its metrics", () => {
  for (const name of ["stack", "stack-samples"])
    expect(job(name).kubernetes_sd_configs).toEqual([
      {
        role: "pod",
        namespaces: { names: ["observability", "observability-agents"] },
        selectors: [
          {
            role: "pod",
            label: "app.kubernetes.io/part-of=observability-stack,app.kubernetes.io/instance=test",
          },
        ],
      },
    ]);
  expect(podOf(objects, "grafana").annotations).toEqual({
    "prometheus.io/path": "/api/monitoring/grafana/metrics",
  });
});

test("all applications are found by two discoveries, in their namespaces and those that are named", () => {
  expect(job("applications").kubernetes_sd_configs).toEqual([
    { role: "endpointslice", namespaces: { names: ["chat", "shop"] } },
    { role: "pod", namespaces: { names: ["chat", "garden", "shop"] } },
  ]);
});

describe("kubelets", () => {
  test.each([
    ["kubelet", "/metrics"],
    ["cadvisor", "/metrics/cadvisor"],
  ])("%s is asked on every node, as the account of Prometheus", (name, path) => {
    expect(job(name)).toMatchObject({
      scheme: "https",
      metrics_path: path,
      authorization: { credentials_file: "/var/run/secrets/kubernetes.io/serviceaccount/token" },
      // Kubelets sign their own.
      tls_config: { insecure_skip_verify: true },
      kubernetes_sd_configs: [{ role: "node" }],
    });
    expect(job(name).relabel_configs).toContainEqual({
      source_labels: ["__meta_kubernetes_node_name"],
      target_label: "node",
    });
  });

  /** Whether a job keeps a series. */
  const keeps = (name: string, series: string) => {
    const [{ action, source_labels, regex }] = job(name).metric_relabel_configs!;
    expect([action, source_labels]).toEqual(["keep", ["__name__"]]);
    return new RegExp(`^(?:${regex})$`).test(series);
  };

  test("what rules, dashboards and people on call read of containers is kept, and no more", () => {
    const of = (group: string, ...names: string[]) => names.map((name) => `container_${group}_${name}`);
    const kept = [
      ...of("cpu", "usage_seconds_total", "cfs_periods_total", "cfs_throttled_periods_total"),
      ...of("memory", "working_set_bytes", "rss", "usage_bytes"),
      ...of("network", "receive_bytes_total", "transmit_bytes_total", "receive_errors_total"),
      ...of("network", "transmit_errors_total"),
      ...of("fs", "reads_bytes_total", "writes_bytes_total"),
      ...["container_oom_events_total", "machine_cpu_cores", "machine_memory_bytes"],
    ];
    const dropped = [
      "container_tasks_state",
      "container_memory_failures_total",
      "container_cpu_load_average_10s",
    ];
    expect(kept.filter((name) => !keeps("cadvisor", name))).toEqual([]);
    expect(dropped.filter((name) => keeps("cadvisor", name))).toEqual([]);
  });

  test("and of kubelets: volumes, what runs, and their own process", () => {
    const kept = [
      ...[
        "kubelet_volume_stats_used_bytes",
        "kubelet_running_pods",
        "kubelet_pleg_relist_duration_seconds_bucket",
      ],
      ...["kubelet_node_name", "process_cpu_seconds_total"],
    ];
    expect(kept.filter((name) => !keeps("kubelet", name))).toEqual([]);
    for (const name of ["rest_client_requests_total", "apiserver_audit_event_total"])
      expect([name, keeps("kubelet", name)]).toEqual([name, false]);
  });
});

test("Prometheus takes changes over by itself, and keeps the traces that samples are of", () => {
  expect(podOf(objects, "prometheus").spec.containers[0].args).toEqual([
    "--config.file=/etc/prometheus/config/prometheus.yml",
    "--storage.tsdb.path=/prometheus",
    "--web.external-url=https://ops.example.org/api/monitoring/prometheus",
    "--enable-feature=auto-reload-config,exemplar-storage",
    "--config.auto-reload-interval=10s",
  ]);
  expect(config.storage).toMatchObject({ exemplars: { max_exemplars: 20_000 } });
});

interface Config {
  storage: object;
  global: { scrape_interval: string };
  scrape_configs: {
    job_name: string;
    metric_relabel_configs?: { action: string; source_labels: string[]; regex: string }[];
    metrics_path?: string;
    honor_labels?: boolean;
    kubernetes_sd_configs?: object[];
    static_configs?: { targets: string[]; labels: Record<string, string> }[];
    relabel_configs: {
      action?: string;
      source_labels?: string[];
      regex?: string;
      target_label?: string;
      replacement?: string;
    }[];
  }[];
}
