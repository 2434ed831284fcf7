import {
  clusterOf,
  configOf,
  environmentOf,
  fileOf,
  filesOf,
  type KubernetesObject,
  podOf,
  podsOf,
} from "./support/cluster";

/*
 * What Loki, Tempo, the Collector and Grafana are told and no other test meets: each with what a user would miss without it. How
 * they then behave, their own tests and those on the cluster show.
 */

let objects: KubernetesObject[];
beforeAll(async () => {
  objects = await clusterOf({
    environment: "prod",
    region: "seoul",
    metrics: {
      redis: { targets: [{ name: "a", host: "b" }] },
      postgres: { targets: [{ name: "a", host: "b", username: "c", password: "d" }] },
    },
    edge: { url: "https://a.example.org", tls: { secretName: "b" } },
  });
});

type Row = [what: string, key: string, value: unknown];

/** The value at `a.b[0].c` of a file. */
function at(app: string, file: string, key: string): unknown {
  return key
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<unknown>(
      (value, name) => (value as Record<string, unknown> | undefined)?.[name],
      configOf(objects, app, file),
    );
}

describe("Loki", () => {
  test.each<Row>([
    ["has one tenant: nobody sends the header of another", "auth_enabled", false],
    ["tells nobody outside of itself", "analytics.reporting_enabled", false],
    ["says what goes wrong, and not every query", "server.log_level", "warn"],
    ["is alone: nothing to find or to copy", "common.replication_factor", 1],
    ["keeps who is there in memory", "common.ring.kvstore.store", "inmemory"],
    ["reaches itself in a pod whose address changes", "common.instance_addr", "127.0.0.1"],
    ["takes lines that are older than its installation", "schema_config.configs[0].from", "2024-01-01"],
    ["has the index that structured metadata needs", "schema_config.configs[0].store", "tsdb"],
    ["and the schema", "schema_config.configs[0].schema", "v13"],
    ["finds the lines of earlier releases", "schema_config.configs[0].index.prefix", "index_"],
    ["takes as many streams as 512 MiB carry", "limits_config.max_global_streams_per_user", 16_384],
    ["makes no label service_name of its own", "limits_config.discover_service_name", []],
    ["nor a level", "limits_config.discover_log_levels", false],
    ["takes trace ids beside a line", "limits_config.allow_structured_metadata", true],
    ["takes a long line", "limits_config.max_line_size", "256KB"],
    ["cut rather than not at all", "limits_config.max_line_size_truncate", true],
    ["and says so", "limits_config.max_line_size_truncate_identifier", " [cut at 256 KiB]"],
    ["loses nothing at a rollout", "ingester.wal.flush_on_shutdown", true],
    ["reads its log back in a quarter of 512 MiB", "ingester.wal.replay_memory_ceiling", "128MB"],
    ["caches chunks in a small part", "chunk_store_config.chunk_cache_config.embedded_cache.enabled", true],
    ["of them", "chunk_store_config.chunk_cache_config.embedded_cache.max_size_mb", 30],
    ["and results in a smaller one", "query_range.results_cache.cache.embedded_cache.max_size_mb", 10],
  ])("%s", (_, key, value) => expect(at("loki", "/etc/loki/loki.yaml", key)).toEqual(value));
});

test.each(["alloy", "alloy-events"])(
  "%s sends lines to Loki, tries for as long as Loki is away, and keeps an hour of them on disk",
  (app) => {
    const said = fileOf(objects, app, "/etc/alloy/config.alloy").replaceAll(/ +/g, " ");
    expect(said).toContain('url = "http://loki.observability.svc:3100/loki/api/v1/push"');
    // Zero is for ever.
    expect(said).toContain("max_backoff_retries = 0");
    expect(said).toContain('max_backoff_period = "10s"');
    expect(said).toMatch(/wal \{\s+enabled = true\s+max_segment_age = "1h"\s+\}/);
  },
);

describe("Tempo", () => {
  test.each<Row>([
    ["tells nobody outside of itself", "usage_report.reporting_enabled", false],
    ["says what goes wrong, and not every trace", "server.log_level", "warn"],
    ["takes 4 MiB a second with 512 MiB", "overrides.defaults.ingestion.rate_limit_bytes", 4 * 2 ** 20],
    ["and the largest batch at once", "overrides.defaults.ingestion.burst_size_bytes", 24 * 2 ** 20],
    ["drops no trace for their number", "overrides.defaults.ingestion.max_traces_per_user", 0],
    ["asks for what came too fast again", "distributor.retry_after_on_resource_exhausted", "5s"],
    ["holds a block in an eighth of 512 MiB", "ingester.max_block_bytes", 64 * 2 ** 20],
    ["completes it before its pieces are many", "ingester.max_block_duration", "5m"],
    ["keeps traces on its volume", "storage.trace.backend", "local"],
    ["soon finds what it stored before it was away", "storage.trace.blocklist_poll", "30s"],
  ])("%s", (_, key, value) => expect(at("tempo", "/etc/tempo/tempo.yaml", key)).toEqual(value));
});

describe("the Collector", () => {
  const read = (key: string) => at("collector", "/etc/collector/config.yaml", key);
  const exporter = () => Object.keys(read("exporters") as object).find((name) => name !== "prometheus")!;

  test.each<Row>([
    ["starts with a queue that a crash left broken", "extensions.file_storage.recreate", true],
    ["makes the directory", "extensions.file_storage.create_directory", true],
    ["gives back disk at a start", "extensions.file_storage.compaction.on_start", true],
    ["whatever a killed one left there too", "extensions.file_storage.compaction.cleanup_on_start", true],
    ["refuses before it is killed", "processors.memory_limiter.limit_percentage", 80],
    ["in time", "processors.memory_limiter.check_interval", "1s"],
    ["for what comes at once", "processors.memory_limiter.spike_limit_percentage", 20],
    [
      "knows the pod by its uid",
      "processors.k8s_attributes.pod_association[0].sources[0].name",
      "k8s.pod.uid",
    ],
    [
      "else by its namespace",
      "processors.k8s_attributes.pod_association[1].sources[0].name",
      "k8s.namespace.name",
    ],
    ["and name", "processors.k8s_attributes.pod_association[1].sources[1].name", "k8s.pod.name"],
    ["else by who calls", "processors.k8s_attributes.pod_association[2].sources[0].from", "connection"],
    [
      "names span metrics as service graphs want them",
      "connectors.span_metrics.namespace",
      "traces.spanmetrics",
    ],
    ["in seconds", "connectors.span_metrics.histogram.unit", "s"],
    ["with exemplars", "connectors.span_metrics.exemplars.enabled", true],
    [
      "one series a service",
      "connectors.span_metrics.resource_metrics_key_attributes",
      ["service.name", "namespace"],
    ],
    ["by namespace", "connectors.span_metrics.dimensions", [{ name: "namespace" }]],
    ["and not by its own start", "connectors.span_metrics.exclude_dimensions", ["collector.instance.id"]],
    ["of 2,000 services and more", "connectors.span_metrics.resource_metrics_cache_size", 4000],
    ["not of every id in a span's name", "connectors.span_metrics.aggregation_cardinality_limit", 1000],
    ["not for ever", "connectors.span_metrics.series_expiration", "1h"],
    ["nor those of a service that is gone", "connectors.span_metrics.metrics_expiration", "1h"],
    ["once a scrape", "connectors.span_metrics.metrics_flush_interval", "15s"],
    ["as the graph", "connectors.service_graph.metrics_flush_interval", "15s"],
    ["whose open calls are bounded", "connectors.service_graph.store", { ttl: "10s", max_items: 20_000 }],
    ["hands out exemplars", "exporters.prometheus.enable_open_metrics", true],
    ["without labels that say nothing", "exporters.prometheus.without_scope_info", true],
    ["keeps its storage and its health", "service.extensions", ["health_check", "file_storage"]],
    ["says what goes wrong, and not every span", "service.telemetry.logs.level", "warn"],
    ["refuses first", "service.pipelines.traces.processors[0]", "memory_limiter"],
    ["takes every way in", "service.pipelines.traces.receivers", ["otlp", "zipkin", "jaeger"]],
    ["measures spans and calls", "service.pipelines.metrics.receivers", ["span_metrics", "service_graph"]],
    ["under house names", "service.pipelines.metrics.processors", ["transform/span_metrics"]],
    ["for Prometheus", "service.pipelines.metrics.exporters", ["prometheus"]],
  ])("%s", (_, key, value) => expect(read(key)).toEqual(value));

  test("measures before anything could be left out, and tries again for as long as the backend is away", () => {
    const name = exporter();
    expect(read("service.pipelines.traces.exporters")).toEqual(["span_metrics", "service_graph", name]);
    expect(read(`exporters.${name}.retry_on_failure`)).toEqual({
      initial_interval: "1s",
      max_interval: "10s",
      max_elapsed_time: "0s",
    });
    // Inside of the cluster nobody has a certificate.
    expect(read(`exporters.${name}.tls`)).toEqual({ insecure: true });
    const queue = read(`exporters.${name}.sending_queue`) as { batch: { max_size: number } };
    expect(queue).toMatchObject({ storage: "file_storage", sizer: "bytes", num_consumers: 4 });
    // Any message that was taken, with what pods' attributes add.
    expect(queue.batch.max_size).toBeGreaterThan(20 * 2 ** 20);
    expect(queue).toMatchObject({ batch: { flush_timeout: "1s", min_size: 256 * 1024 } });
  });

  test("knows the figures that people set as buckets", () => {
    for (const buckets of [
      "span_metrics.histogram.explicit.buckets",
      "service_graph.latency_histogram_buckets",
    ])
      expect(read(`connectors.${buckets}`)).toEqual([
        "5ms",
        "10ms",
        "25ms",
        "50ms",
        "100ms",
        "250ms",
        "500ms",
        "1s",
        "2s",
        "5s",
        "10s",
      ]);
  });

  test("knows a database by what its callers say, in old words and new ones", () => {
    expect(read("connectors.service_graph.virtual_node_peer_attributes")).toEqual(
      expect.arrayContaining(["peer.service", "db.system.name", "db.system", "db.name"]),
    );
    expect(read("connectors.service_graph.database_name_attributes")).toEqual(
      expect.arrayContaining(["db.system.name", "db.system", "db.name"]),
    );
  });

  test("puts the pod, and the labels that lines and series have, onto each span", () => {
    expect(read("processors.k8s_attributes.extract.metadata")).toEqual(
      ["namespace", "pod", "container", "deployment", "node"].map((name) => `k8s.${name}.name`),
    );
    const copied = ["namespace", "pod", "container"];
    expect(read("processors.resource.attributes")).toEqual([
      { key: "env", value: "prod", action: "upsert" },
      { key: "region", value: "seoul", action: "upsert" },
      ...copied.map((key) => ({ key, from_attribute: `k8s.${key}.name`, action: "upsert" })),
    ]);
  });
});

test("Grafana asks nobody outside, keeps its data on the volume and logs to where the agent reads", () => {
  expect(environmentOf(objects, "grafana")).toMatchObject({
    ...{ GF_PATHS_DATA: "/var/lib/grafana", GF_PATHS_LOGS: "/var/lib/grafana/log" },
    ...{ GF_PATHS_PLUGINS: "/var/lib/grafana/plugins", GF_LOG_MODE: "console", GF_LOG_LEVEL: "warn" },
    ...{ GF_ANALYTICS_REPORTING_ENABLED: "false", GF_ANALYTICS_CHECK_FOR_UPDATES: "false" },
    ...{ GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false", GF_NEWS_NEWS_FEED_ENABLED: "false" },
  });
});

test("Caddy keeps what it writes where it may, and is run with the file that it is given", () => {
  expect(environmentOf(objects, "edge")).toMatchObject({ XDG_DATA_HOME: "/tmp", XDG_CONFIG_HOME: "/tmp" });
  const [{ command, volumeMounts }] = podOf(objects, "edge").spec.containers;
  expect(command).toEqual(["/usr/bin/caddy", "run", "--config=/etc/edge/caddy.json"]);
  expect(volumeMounts).toContainEqual({ name: "tmp", mountPath: "/tmp" });
});

test("every file that a command line names is there", () => {
  const named = podsOf(objects).flatMap((pod) => {
    const [{ command = [], args = [] }] = pod.spec.containers;
    const paths = [...command, ...args].flatMap((word) => word.match(/\/(?:etc|scripts)\/\S+/)?.[0] ?? []);
    const files = filesOf(objects, pod).map(({ path }) => path);
    expect([pod.app, paths.filter((path) => !files.includes(path))]).toEqual([pod.app, []]);
    return paths.map(() => pod.app);
  });
  // Whatever reads its environment, or nothing, is not among them.
  expect(named.sort()).toEqual([
    ...[
      "alertmanager",
      "alloy",
      "alloy-events",
      "blackbox-exporter",
      "collector",
      "edge",
      "grafana-rotation",
    ],
    ...["loki", "postgres-exporter", "prometheus", "redis-exporter", "tempo"],
  ]);
});

test("the exporter of Redis asks nobody but whom Prometheus names", () => {
  expect(podOf(objects, "redis-exporter").spec.containers[0].args).toContain("--redis.addr=");
});
