/** When each alert fires, and when it just does not: kind, stack and service as tests/alerts.promtool.test.ts has them. */

export const origin = 'env="kind", region="local"';
const service = `namespace="shop", service="board-service", ${origin}`;
const container = `namespace="shop", pod="board-1", container="board", ${origin}`;

/** Series at one sample a minute, in promtool's notation: `0+60x20` begins at 0 and grows by 60, 20 times. */
export type Series = Record<string, string>;

/** Fires after so many minutes, and not a minute before; with these labels, besides its name and state. */
export interface Positive {
  alert: string;
  given: string;
  series: Series;
  /** What follows them when its cause is gone; none for what fires always. */
  ends?: Series;
  /** Minute at which it is over; default: an hour later. */
  over?: number;
  firing: number;
  silentUntil?: number;
  labels: string;
  /** Where alerts of one name have several. */
  severity?: string;
  /** Which of the alerts of this name is meant. */
  only?: string;
  /** Its expression itself looks back as far as it waits: it is never pending. */
  looksBack?: true;
}

/** Does not fire within an hour, though little is missing: with these rules instead of the default ones it does. */
export interface Negative {
  alert: string;
  given: string;
  series: Series;
  firesWith: Record<string, object>;
  /** Settings under which it is silent, where the defaults are not. */
  silentWith?: Record<string, object>;
}

export const HOUR = 60;
const WELL = `1x${HOUR}`;
/** A counter that has counted for an hour. */
const NO_MORE = `60x${HOUR}`;
/** The same values again and again, for an hour. */
const again = (values: string, minutes: number) =>
  Array(Math.ceil(HOUR / minutes))
    .fill(values)
    .join(" ");

const up = (values: string): Series => ({ [`up{${service}}`]: values });
const pod = (name: string, values: string): Series => ({ [`up{pod="${name}", ${service}}`]: values });
const other: Series = { [`up{namespace="shop", service="other", ${origin}}`]: `1x${HOUR}` };
/** Of 1,000 answers a minute. */
const answers = (errors: number, minutes = HOUR): Series => ({
  [`http_requests_total{${service}, method="GET", path="/a", status="200"}`]: `0+${1000 - errors}x${minutes}`,
  [`http_requests_total{${service}, method="GET", path="/a", status="503"}`]: `0+${errors}x${minutes}`,
});
/** One wrong answer in twelve minutes, beside so many right ones a minute. */
const seldomWrong = (right: number): Series => ({
  [`http_requests_total{${service}, method="GET", path="/a", status="200"}`]: `0+${right}x${HOUR}`,
  [`http_requests_total{${service}, method="GET", path="/a", status="503"}`]: every(12),
});
/** Of 1,000 requests a minute so many take at most a second, the others up to 2.5 s. */
const within1s = (fast: number): Series =>
  Object.fromEntries(
    Object.entries({ "0.5": 0, "1": fast, "2.5": 1000, "+Inf": 1000 }).map(([le, count]) => [
      `http_request_duration_seconds_bucket{${service}, path="/a", le="${le}"}`,
      `0+${count}x${HOUR}`,
    ]),
  );
const restarts = (values: string): Series => ({
  [`kube_pod_container_status_restarts_total{${container}}`]: values,
});
const heldBack: Series = {
  [`kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff", ${container}}`]: `1x${HOUR}`,
};
/** One more at the end of so many minutes. */
const every = (minutes: number) =>
  Array.from({ length: Math.ceil(HOUR / minutes) }, (_, count) => `${count}x${minutes - 1}`).join(" ");
const memory = (used: number): Series => ({
  [`container_memory_working_set_bytes{${container}, id="/kubepods/x"}`]: `${used}x${HOUR}`,
  [`kube_pod_container_resource_limits{${container}, resource="memory"}`]: `100x${HOUR}`,
});
const cpu = (secondsAMinute: number): Series => ({
  [`container_cpu_usage_seconds_total{${container}, id="/kubepods/x"}`]: `0+${secondsAMinute}x${HOUR}`,
  [`kube_pod_container_resource_limits{${container}, resource="cpu"}`]: `1x${HOUR}`,
});
const mounted = (mountpoint: string, device: string, free: number, readonly = 0): Series => {
  const labels = `node="n", mountpoint="${mountpoint}", device="${device}", ${origin}`;
  return {
    [`node_filesystem_avail_bytes{${labels}}`]: `${free}x${HOUR}`,
    [`node_filesystem_size_bytes{${labels}}`]: `100x${HOUR}`,
    [`node_filesystem_readonly{${labels}}`]: `${readonly}x${HOUR}`,
  };
};
/** Mounted twice, beside an image that is full since nobody can write to it. */
const disk = (free: number): Series => ({
  ...mounted("/", "/dev/sda1", free),
  ...mounted("/var/lib", "/dev/sda1", free),
  ...mounted("/snap/core", "/dev/loop0", 0, 1),
});
const volume = (used: number): Series => ({
  [`kubelet_volume_stats_used_bytes{persistentvolumeclaim="p", ${origin}}`]: `${used}x${HOUR}`,
  [`kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="p", ${origin}}`]: `100x${HOUR}`,
});
const server = (metric: string, job: string, values: string, instance = "a"): Series => ({
  [`${metric}{job="${job}", instance="${instance}", ${origin}}`]: values,
});
const pending = (values: string, name = "board-1", created = 0): Series => ({
  [`kube_pod_status_phase{namespace="shop", pod="${name}", phase="Pending", ${origin}}`]: values,
  [`kube_pod_created{namespace="shop", pod="${name}", ${origin}}`]: `${60 * created}x120`,
});
/** A new one every so many minutes, which waits for all of them. */
const inTurns = (minutes: number): Series =>
  Object.assign(
    {},
    ...Array.from({ length: Math.floor(HOUR / minutes) }, (_, index) => {
      const created = index * minutes;
      return pending(
        `${created ? `_x${created} ` : ""}1x${minutes - 1} 0x${HOUR}`,
        `board-${index}`,
        created,
      );
    }),
  );

const target = (job: string, values: string): Series => server("up", job, values);
/** Everything that the stack itself consists of is scraped, but this. */
export const scrapedBut = (missing: string): Series =>
  Object.assign(
    {},
    ...[
      ...["alertmanager", "alloy-events", "promtail", "collector", "grafana", "kube-state-metrics", "loki"],
      ...[
        "node-exporter",
        "postgres-exporter",
        "prometheus",
        "blackbox-exporter",
        "redis-exporter",
        "tempo",
        "kubelet",
        "cadvisor",
      ],
    ]
      .filter((job) => job !== missing)
      .map((job) => target(job, `1x${HOUR}`)),
  );

const ofNode = (values: string, node = "n"): Series => ({
  [`kube_node_status_condition{condition="Ready", status="true", node="${node}", ${origin}}`]: values,
});
const runsOn = (pod: string, node: string): Series => ({
  [`kube_pod_info{namespace="shop", pod="${pod}", node="${node}", ${origin}}`]: WELL,
});
const replicas = (kind: string, wanted: string, ready: string, values: string): Series => ({
  [`kube_${kind}_${wanted}{namespace="shop", ${kind}="board", ${origin}}`]: `3x${HOUR}`,
  [`kube_${kind}_${ready}{namespace="shop", ${kind}="board", ${origin}}`]: values,
});
const deployment = (values: string) =>
  replicas("deployment", "spec_replicas", "status_replicas_available", values);
const statefulSet = (values: string) => replicas("statefulset", "replicas", "status_replicas_ready", values);
const daemonSet = (values: string): Series => ({
  [`kube_daemonset_status_number_unavailable{namespace="shop", daemonset="board", ${origin}}`]: values,
});
/** The edge, of one pod. */
const edge = (values: string): Series => ({
  [`kube_deployment_spec_replicas{namespace="observability", deployment="edge", ${origin}}`]: WELL,
  [`kube_deployment_status_replicas_available{namespace="observability", deployment="edge", ${origin}}`]:
    values,
});
const job = (values: string): Series => ({
  [`kube_job_failed{namespace="shop", job_name="report", condition="true", ${origin}}`]: values,
});
/** Of 1,000 bytes. */
const growing = (values: string): Series => ({
  [`kubelet_volume_stats_used_bytes{namespace="shop", persistentvolumeclaim="p", ${origin}}`]: values,
  [`kubelet_volume_stats_capacity_bytes{namespace="shop", persistentvolumeclaim="p", ${origin}}`]: "1000x130",
});
const breaker = (values: string): Series => ({
  [`resilience4j_circuitbreaker_not_permitted_calls_total{name="bank", kind="not_permitted", ${service}}`]:
    values,
});
const targets = (count: number): Series => {
  const of = `scrape_job="applications", ${origin}`;
  return {
    [`prometheus_target_scrape_pool_targets{${of}}`]: `${count}x${HOUR}`,
    [`prometheus_target_scrape_pool_target_limit{${of}}`]: `1000x${HOUR}`,
  };
};
const scraped = (byService: string, byAnnotation: string): Series => ({
  [`up{job="board", service="board", namespace="shop", pod="board-1", instance="${byService}", ${origin}}`]: `1x${HOUR}`,
  [`up{job="annotated-pods", service="b", namespace="shop", pod="board-1", instance="${byAnnotation}", ${origin}}`]: `1x${HOUR}`,
});
const queue = (values: string): Series => ({
  [`otelcol_exporter_queue_size{exporter="otlp_grpc", ${origin}}`]: values,
  [`otelcol_exporter_queue_capacity{exporter="otlp_grpc", ${origin}}`]: `100x${HOUR}`,
});
const counter = (name: string, labels: string, values: string): Series => ({
  [`${name}{${labels}, ${origin}}`]: values,
});
const ruleFailures = (values: string) =>
  counter("prometheus_rule_evaluation_failures_total", 'rule_group="slo"', values);
const lineRuleFailures = (values: string) =>
  counter("loki_prometheus_rule_evaluation_failures_total", 'pod="loki-0", rule_group="own"', values);
/** A Loki that is there, and how many rules it has. */
const lineRules = (values?: string): Series => ({
  [`up{job="loki", pod="loki-0", ${origin}}`]: `1x${HOUR}`,
  ...(values
    ? { [`loki_prometheus_rule_group_rules{pod="loki-0", rule_group="own", ${origin}}`]: values }
    : {}),
});
const grafanaFailures = (values: string) =>
  counter("grafana_alerting_rule_evaluation_failures_total", 'pod="grafana-0", org="1"', values);
/** Samples that a workspace refused, and that it could not take. */
const unwritten = (failed: string, retried: string): Series => {
  const labels = 'pod="prometheus-0", remote_name="amp"';
  return {
    ...counter("prometheus_remote_storage_samples_failed_total", labels, failed),
    ...counter("prometheus_remote_storage_samples_retried_total", labels, retried),
  };
};
const untold = (values: string) =>
  counter("alertmanager_notifications_failed_total", 'receiver_name="team", integration="slack"', values);
/** How many each replica of Alertmanager sees, itself included. */
const members = (...seen: string[]): Series =>
  Object.assign(
    {},
    ...seen.map((values, index) => ({
      [`alertmanager_cluster_members{job="alertmanager", pod="alertmanager-${index}", ${origin}}`]: values,
    })),
  ) as Series;
const dropped = (values: string) =>
  counter("loki_write_dropped_entries_total", 'reason="line_too_long"', values);
const droppedByPromtail = (values: string) =>
  counter("promtail_dropped_entries_total", 'reason="ingester_error"', values);
const discarded = (values: string, reason = "greater_than_max_sample_age") =>
  counter("loki_discarded_samples_total", `reason="${reason}"`, values);
const retentionRun = (values: string) =>
  counter("loki_compactor_apply_retention_last_successful_run_timestamp_seconds", 'pod="loki-0"', values);
const tempo = (what: string, values: string) => server(`tempodb_${what}_total`, "tempo", values);
/** Chunks that Loki, and blocks that Tempo, cannot write. */
const unwrittenLines = (values: string) =>
  server("loki_ingester_chunks_flush_failures_total", "loki", values);
const unwrittenTraces = (values: string) => server("tempo_ingester_failed_flushes_total", "tempo", values);
const missedRounds = (values: string) =>
  counter("prometheus_rule_group_iterations_missed_total", 'rule_group="slo"', values);
const unsent = (values: string) =>
  counter("otelcol_exporter_send_failed_spans", 'exporter="otlp_grpc"', values);
const refused = (values: string) => counter("otelcol_receiver_refused_spans", 'receiver="otlp"', values);
const discardedSpans = (values: string, reason = "trace_too_large") =>
  counter("tempo_discarded_spans_total", `reason="${reason}"`, values);
/** Happens in the twentieth minute, and not again. */
const ONCE = "0x20 1x39";
/** The same of a counter that begins with it, and a Prometheus that was there before. */
const FIRST = "_x20 1x39";
const asked = target("prometheus", WELL);
/** Within two minutes. */
const BRIEFLY = "0x20 1 2x38";
/** Goes on for an hour. */
const ON = `0+1x${HOUR}`;

const redisMemory = (used: string, policy = "noeviction"): Series => {
  const of = `instance="cache", job="redis", ${origin}`;
  return {
    [`redis_memory_used_bytes{${of}}`]: used,
    [`redis_memory_max_bytes{${of}}`]: `1000x${HOUR}`,
    [`redis_instance_info{maxmemory_policy="${policy}", role="master", ${of}}`]: `1x${HOUR}`,
  };
};
/** In two databases of a server that may have a hundred. */
const connections = (values: string): Series => {
  const of = `instance="orders", job="postgres", ${origin}`;
  return {
    [`pg_stat_database_numbackends{datname="orders", ${of}}`]: values,
    [`pg_stat_database_numbackends{datname="postgres", ${of}}`]: `1x${HOUR}`,
    [`pg_settings_max_connections{server="pg:5432", ${of}}`]: `100x${HOUR}`,
  };
};

/** That of the edge ends so many hours after 14 days, that of Elasticsearch in a year. Time begins at 0 here. */
const certificates = (hours: number): Series => {
  const ends = (name: string, days: number) =>
    server("probe_ssl_earliest_cert_expiry", "certificates", `${days * 86_400}x${HOUR}`, name);
  return { ...ends("edge", 14 + hours / 24), ...ends("elasticsearch", 365) };
};

/** One pod after another is replaced, for the first quarter of an hour: the new one does not answer for two minutes. */
const update: Series = Object.assign(
  {},
  ...Array.from({ length: 7 }, (_, index) => {
    const begins = 2 + 2 * index;
    return {
      ...pod(`old-${index}`, `1x${begins + 1} stale`),
      ...pod(`new-${index}`, `_x${begins} 0x1 1x${HOUR}`),
    };
  }),
);

/** Servers that an exporter is asked about. */
const exported = [
  { alert: "RedisDown", metric: "redis_up", job: "redis", rule: "redisDown" },
  { alert: "PostgreSQLDown", metric: "pg_up", job: "postgres", rule: "postgresDown" },
];

export const positives: Positive[] = [
  {
    alert: "ServiceDown",
    given: "no pod answers",
    series: { ...pod("a", `0x${HOUR}`), ...pod("b", `0x${HOUR}`) },
    ends: { ...pod("a", WELL), ...pod("b", WELL) },
    silentUntil: 4,
    firing: 5,
    only: 'pods="all"',
    labels: `pods="all", ${service}`,
  },
  {
    alert: "ServiceDown",
    given: "the service has no target",
    series: other,
    ends: { ...other, ...up(WELL) },
    silentUntil: 4,
    firing: 5,
    labels: `pods="all", ${service}`,
  },
  {
    alert: "ServiceDown",
    given: "one of two pods does not answer",
    series: { ...pod("a", `0x${HOUR}`), ...pod("b", `1x${HOUR}`) },
    ends: { ...pod("a", WELL), ...pod("b", WELL) },
    silentUntil: 4,
    looksBack: true,
    firing: 5,
    labels: `pods="some", ${service}`,
  },
  // Rates and recorded series come a minute or two after the first sample.
  {
    alert: "HighErrorRate",
    given: "5.1 % of the answers are 5xx",
    series: answers(51),
    ends: answers(0),
    silentUntil: 5,
    firing: 8,
    labels: service,
  },
  {
    alert: "ManyServerErrors",
    given: "21 of 1,000 answers a minute are 5xx: 105 within five",
    series: answers(21),
    ends: answers(0),
    silentUntil: 4,
    firing: 8,
    labels: service,
  },
  {
    alert: "HighLatency",
    given: "p99 is 2.1 s",
    series: within1s(960),
    ends: within1s(1000),
    silentUntil: 10,
    firing: 13,
    labels: service,
  },
  ...[
    { wrong: 20, given: "20 of 1000 answers are wrong", severity: "critical", firing: 5 },
    { wrong: 10, given: "10 of 1000 answers are wrong", severity: "critical", firing: 15 },
    { wrong: 3, given: "3 of 1000 answers are wrong", severity: "warning", firing: 59 },
  ].map(({ wrong, given, severity, firing }) => ({
    ...{ alert: "SLOErrorBudgetBurn", given, severity, firing, series: answers(wrong) },
    // The slowest looks back for six hours and asks for twice as much.
    ...{ ends: answers(0, 240), over: 290 },
    only: `severity="${severity}"`,
    labels: `slo="availability", ${service}`,
  })),
  {
    alert: "PodCrashLooping",
    given: "a restart a minute",
    series: restarts(`0+1x${HOUR}`),
    ends: restarts(NO_MORE),
    silentUntil: 4,
    firing: 7,
    labels: `workload="board", ${container}`,
  },
  {
    alert: "PodCrashLooping",
    given: "a restart every six minutes, as the kubelet lets a container that lives for one",
    series: restarts(every(6)),
    ends: restarts(`9x${HOUR}`),
    silentUntil: 35,
    firing: 37,
    labels: `workload="board", ${container}`,
  },
  {
    alert: "PodCrashLooping",
    given: "the third restart, and the kubelet holds it back",
    series: { ...restarts(`0 1 2 3x${HOUR}`), ...heldBack },
    ends: restarts(`3x${HOUR}`),
    silentUntil: 2,
    firing: 3,
    labels: `workload="board", ${container}`,
  },
  {
    alert: "HighMemory",
    given: "86 % are used",
    series: memory(86),
    ends: memory(50),
    silentUntil: 9,
    firing: 10,
    labels: container,
  },
  // A rate needs two samples.
  {
    alert: "HighCPU",
    given: "82 % are used",
    series: cpu(49),
    ends: cpu(6),
    silentUntil: 10,
    firing: 15,
    labels: container,
  },
  {
    alert: "DiskPressure",
    given: "a node's disk is at 86 %",
    series: disk(14),
    ends: disk(50),
    silentUntil: 4,
    firing: 5,
    labels: `node="n", device="/dev/sda1", ${origin}`,
  },
  {
    alert: "DiskPressure",
    given: "a volume is at 86 %",
    series: volume(86),
    ends: volume(50),
    silentUntil: 4,
    firing: 5,
    labels: `persistentvolumeclaim="p", ${origin}`,
  },
  {
    alert: "DiskFull",
    given: "a node's disk is at 91 %",
    series: disk(9),
    ends: disk(50),
    silentUntil: 4,
    firing: 5,
    labels: `node="n", device="/dev/sda1", ${origin}`,
  },
  {
    alert: "DiskFull",
    given: "a volume is at 91 %",
    series: volume(91),
    ends: volume(50),
    silentUntil: 4,
    firing: 5,
    labels: `persistentvolumeclaim="p", ${origin}`,
  },
  {
    alert: "PendingPods",
    given: "one pod does not start",
    series: pending(`1x${HOUR}`),
    ends: pending(`0x${HOUR}`),
    silentUntil: 9,
    looksBack: true,
    firing: 10,
    labels: `namespace="shop", workload="board", ${origin}`,
  },
  {
    alert: "StackTargetDown",
    given: "Loki's scrape fails",
    series: { ...scrapedBut("loki"), ...target("loki", `0x${HOUR}`) },
    ends: scrapedBut("none"),
    silentUntil: 4,
    firing: 5,
    labels: `job="loki", instance="a", ${origin}`,
  },
  {
    alert: "StackTargetDown",
    given: "kube-state-metrics has no pod",
    series: scrapedBut("kube-state-metrics"),
    ends: scrapedBut("none"),
    silentUntil: 4,
    firing: 5,
    labels: `job="kube-state-metrics", ${origin}`,
  },
  {
    alert: "StackProgramDown",
    given: "the edge has no pod that serves",
    series: edge(`0x${HOUR}`),
    ends: edge(WELL),
    silentUntil: 4,
    firing: 5,
    labels: `namespace="observability", workload="edge", deployment="edge", ${origin}`,
  },
  {
    alert: "ConfigReloadFailed",
    given: "a reload is refused",
    series: server("prometheus_config_last_reload_successful", "prometheus", `0x${HOUR}`),
    ends: server("prometheus_config_last_reload_successful", "prometheus", WELL),
    silentUntil: 4,
    firing: 5,
    labels: `job="prometheus", instance="a", ${origin}`,
  },
  {
    alert: "RedisMemoryNearLimit",
    given: "a server that evicts nothing is at 91 %",
    series: redisMemory(`910x${HOUR}`),
    ends: redisMemory(`500x${HOUR}`),
    silentUntil: 9,
    firing: 10,
    labels: `instance="cache", job="redis", ${origin}`,
  },
  {
    alert: "PostgreSQLConnectionsNearLimit",
    given: "81 of 100 connections, in two databases",
    series: connections(`80x${HOUR}`),
    ends: connections(`10x${HOUR}`),
    silentUntil: 4,
    firing: 5,
    labels: `instance="orders", ${origin}`,
  },
  ...exported.flatMap(({ alert, metric, job }): Positive[] => {
    const labels = `job="${job}", instance="a", ${origin}`;
    const fires = { alert, silentUntil: 4, firing: 5, labels };
    return [
      {
        ...fires,
        given: "the exporter does not reach it",
        series: server(metric, job, `0x${HOUR}`),
        ends: server(metric, job, WELL),
      },
      {
        ...fires,
        given: "the exporter cannot be asked",
        series: target(job, `0x${HOUR}`),
        ends: target(job, WELL),
      },
    ];
  }),
  {
    alert: "CertificateAboutToEnd",
    given: "that of the edge ends in less than 14 days",
    series: certificates(-1),
    ends: certificates(24 * 76),
    silentUntil: 14,
    firing: 15,
    labels: `instance="edge", job="certificates", ${origin}`,
  },
  {
    alert: "CircuitBreakerOpen",
    given: "calls are refused",
    series: breaker(ON),
    ends: breaker(NO_MORE),
    silentUntil: 4,
    firing: 8,
    labels: `name="bank", ${service}`,
  },
  {
    alert: "NodeNotReady",
    given: "a node says nothing",
    series: ofNode(`0x${HOUR}`),
    ends: ofNode(WELL),
    silentUntil: 4,
    firing: 5,
    labels: `node="n", ${origin}`,
  },
  ...[
    { kind: "deployment", series: deployment(`2x${HOUR}`), ends: deployment(`3x${HOUR}`) },
    { kind: "statefulset", series: statefulSet(`2x${HOUR}`), ends: statefulSet(`3x${HOUR}`) },
    { kind: "daemonset", series: daemonSet(`1x${HOUR}`), ends: daemonSet(`0x${HOUR}`) },
  ].map(({ kind, series, ends }) => ({
    ...{ alert: "ReplicasMissing", given: `a pod of a ${kind} is not ready`, series, ends },
    ...{
      silentUntil: 14,
      firing: 15,
      labels: `namespace="shop", workload="board", ${kind}="board", ${origin}`,
    },
  })),
  {
    alert: "JobFailed",
    given: "a Job has failed",
    series: job(`1x${HOUR}`),
    ends: {},
    silentUntil: 4,
    firing: 5,
    labels: `namespace="shop", job_name="report", ${origin}`,
  },
  {
    alert: "VolumeFilling",
    given: "a volume grows by a byte a minute",
    series: growing("600+1x130"),
    ends: growing("300x60"),
    over: 185,
    silentUntil: 59,
    firing: 65,
    labels: `namespace="shop", persistentvolumeclaim="p", ${origin}`,
  },
  {
    alert: "RulesFailing",
    given: "a rule fails at each round",
    series: ruleFailures(ON),
    ends: ruleFailures(NO_MORE),
    silentUntil: 9,
    firing: 13,
    labels: `rule_group="slo", ${origin}`,
  },
  {
    alert: "RulesFailing",
    given: "a rule on lines fails at each round",
    series: lineRuleFailures(ON),
    ends: lineRuleFailures(NO_MORE),
    silentUntil: 9,
    firing: 13,
    labels: `rule_group="own", ${origin}`,
  },
  {
    alert: "RulesFailing",
    given: "Loki could not read its rules",
    series: lineRules(),
    ends: lineRules(WELL),
    silentUntil: 9,
    firing: 13,
    labels: origin,
  },
  {
    alert: "RulesFailing",
    given: "Elasticsearch is away",
    series: grafanaFailures(ON),
    ends: grafanaFailures(NO_MORE),
    silentUntil: 9,
    firing: 13,
    labels: origin,
  },
  {
    alert: "RemoteWriteFailing",
    given: "a workspace refuses the key",
    series: unwritten(ON, "0x60"),
    ends: unwritten(NO_MORE, `0x${HOUR}`),
    silentUntil: 9,
    firing: 13,
    labels: `pod="prometheus-0", ${origin}`,
  },
  {
    alert: "RemoteWriteFailing",
    given: "a workspace is away",
    series: unwritten("0x60", ON),
    ends: unwritten(`0x${HOUR}`, NO_MORE),
    silentUntil: 9,
    firing: 13,
    labels: `pod="prometheus-0", ${origin}`,
  },
  {
    alert: "TargetLimitNear",
    given: "810 of 1000 targets",
    series: targets(810),
    ends: targets(500),
    silentUntil: 14,
    firing: 15,
    labels: `scrape_job="applications", ${origin}`,
  },
  {
    alert: "ScrapedTwice",
    given: "a pod is found by its Service, and by its annotation under another name",
    series: scraped("10.0.0.4:8000", "10.0.0.4:8000"),
    ends: {},
    silentUntil: 14,
    firing: 15,
    labels: `instance="10.0.0.4:8000", namespace="shop", pod="board-1", ${origin}`,
  },
  {
    alert: "NotificationsFailing",
    given: "Slack does not take messages",
    series: untold(ON),
    ends: untold(NO_MORE),
    silentUntil: 9,
    firing: 13,
    labels: `receiver_name="team", integration="slack", ${origin}`,
  },
  {
    alert: "AlertmanagerMembersInconsistent",
    given: "one of three replicas sees only itself",
    series: members(`2x${HOUR}`, `2x${HOUR}`, `1x${HOUR}`),
    ends: members("3x30", "3x30", "3x30"),
    silentUntil: 14,
    firing: 15,
    labels: origin,
  },
  {
    alert: "LinesLost",
    given: "the agent drops lines",
    series: dropped(ON),
    ends: dropped(NO_MORE),
    silentUntil: 4,
    firing: 8,
    labels: `reason="line_too_long", ${origin}`,
  },
  {
    alert: "LinesLost",
    given: "Promtail drops lines",
    series: droppedByPromtail(ON),
    ends: droppedByPromtail(NO_MORE),
    silentUntil: 4,
    firing: 8,
    labels: `reason="ingester_error", ${origin}`,
  },
  {
    alert: "LinesLost",
    given: "Loki refuses lines for good",
    series: discarded(ON),
    ends: discarded(NO_MORE),
    silentUntil: 4,
    firing: 8,
    labels: `reason="greater_than_max_sample_age", ${origin}`,
  },
  {
    alert: "LinesLost",
    given: "lines come too fast for Loki",
    series: discarded(ON, "rate_limited"),
    ends: discarded(NO_MORE, "rate_limited"),
    silentUntil: 4,
    firing: 8,
    labels: `reason="rate_limited", ${origin}`,
  },
  {
    alert: "RetentionNotApplied",
    given: "the last run was more than six hours ago",
    series: retentionRun("1x400"),
    ends: retentionRun("24000x60"),
    over: 420,
    silentUntil: 370,
    firing: 380,
    labels: origin,
  },
  {
    alert: "RetentionNotApplied",
    given: "Tempo cannot delete",
    series: tempo("retention_errors", ON),
    ends: tempo("retention_errors", NO_MORE),
    silentUntil: 14,
    firing: 18,
    labels: origin,
  },
  {
    alert: "StoreWritesFailing",
    given: "Loki's bucket refuses lines",
    series: unwrittenLines(ON),
    ends: unwrittenLines(NO_MORE),
    silentUntil: 14,
    firing: 18,
    labels: `job="loki", ${origin}`,
  },
  {
    alert: "StoreWritesFailing",
    given: "Tempo's bucket refuses traces",
    series: unwrittenTraces(ON),
    ends: unwrittenTraces(NO_MORE),
    silentUntil: 14,
    firing: 18,
    labels: `job="tempo", ${origin}`,
  },
  {
    alert: "RulesLate",
    given: "rounds of a group are left out",
    series: missedRounds(ON),
    ends: missedRounds(NO_MORE),
    silentUntil: 14,
    firing: 18,
    labels: `rule_group="slo", ${origin}`,
  },
  {
    alert: "CompactionFailing",
    given: "Prometheus cannot join its blocks",
    series: server("prometheus_tsdb_compactions_failed_total", "prometheus", ON),
    ends: server("prometheus_tsdb_compactions_failed_total", "prometheus", NO_MORE),
    silentUntil: 14,
    firing: 18,
    labels: `job="prometheus", ${origin}`,
  },
  {
    alert: "CompactionFailing",
    given: "Tempo cannot join its blocks",
    series: tempo("compaction_errors", ON),
    ends: tempo("compaction_errors", NO_MORE),
    silentUntil: 14,
    firing: 18,
    labels: `job="tempo", ${origin}`,
  },
  {
    alert: "SpansLost",
    given: "the store refuses spans for good",
    series: unsent(ON),
    ends: unsent(NO_MORE),
    silentUntil: 4,
    firing: 8,
    labels: `exporter="otlp_grpc", ${origin}`,
  },
  {
    alert: "SpansLost",
    given: "Tempo drops spans",
    series: discardedSpans(ON),
    ends: discardedSpans(NO_MORE),
    silentUntil: 4,
    firing: 8,
    labels: `reason="trace_too_large", ${origin}`,
  },
  {
    alert: "SpansLost",
    given: "the gateway refuses spans",
    series: refused(ON),
    ends: refused(NO_MORE),
    silentUntil: 4,
    firing: 8,
    labels: `receiver="otlp", ${origin}`,
  },
  {
    alert: "SpanQueueFilling",
    given: "81 % of the queue is taken",
    series: queue(`81x${HOUR}`),
    ends: queue(`0x${HOUR}`),
    silentUntil: 4,
    firing: 5,
    labels: `exporter="otlp_grpc", ${origin}`,
  },
  { alert: "Watchdog", given: "nothing", series: {}, firing: 0, labels: origin },
];

export const negatives: Negative[] = [
  {
    alert: "CertificateAboutToEnd",
    given: "none ends within 14 days and an hour",
    series: certificates(2),
    firesWith: { certificateAboutToEnd: { within: "15d" } },
  },
  {
    alert: "CircuitBreakerOpen",
    given: "a call is refused once, and counted for five minutes",
    series: breaker("0x5 1x55"),
    firesWith: { circuitBreakerOpen: { for: "1m" } },
  },
  {
    alert: "NodeNotReady",
    given: "a node is away for four minutes at a time",
    series: ofNode(again("0x3 1", 5)),
    firesWith: { nodeNotReady: { for: "3m" } },
  },
  ...[
    { kind: "deployment", series: deployment(again("2x13 3", 15)) },
    { kind: "statefulset", series: statefulSet(again("2x13 3", 15)) },
    { kind: "daemonset", series: daemonSet(again("1x13 0", 15)) },
  ].map(({ kind, series }) => ({
    ...{
      alert: "ReplicasMissing",
      given: `a pod of a ${kind} is not ready for 14 minutes at a time`,
      series,
    },
    firesWith: { replicasMissing: { for: "12m" } },
  })),
  {
    alert: "JobFailed",
    given: "a Job has failed for four minutes at a time",
    series: job(again("1x3 0", 5)),
    firesWith: { jobFailed: { for: "3m" } },
  },
  {
    alert: "VolumeFilling",
    given: "a volume that will be full in a month",
    series: growing("600+0.01x130"),
    firesWith: { volumeFilling: { within: "60d", for: "5m" } },
  },
  {
    alert: "RulesFailing",
    given: "a rule has failed once",
    series: ruleFailures("0x5 1x55"),
    firesWith: { rulesFailing: { for: "2m" } },
  },
  {
    alert: "RulesFailing",
    given: "a rule on lines has failed once",
    series: lineRuleFailures("0x5 1x55"),
    firesWith: { rulesFailing: { for: "2m" } },
  },
  {
    alert: "RulesFailing",
    given: "Loki was without rules for a moment",
    series: lineRules("1x9 0x5 1x45"),
    firesWith: { rulesFailing: { for: "2m" } },
  },
  {
    alert: "RulesFailing",
    given: "Elasticsearch was away for a moment",
    series: grafanaFailures("0x5 1x55"),
    firesWith: { rulesFailing: { for: "2m" } },
  },
  {
    alert: "RemoteWriteFailing",
    given: "a workspace was away for a minute",
    series: unwritten("0x60", "0x5 1x55"),
    firesWith: { remoteWriteFailing: { for: "2m" } },
  },
  {
    alert: "RemoteWriteFailing",
    given: "a workspace has refused samples once",
    series: unwritten("0x5 1x55", "0x60"),
    firesWith: { remoteWriteFailing: { for: "2m" } },
  },
  {
    alert: "TargetLimitNear",
    given: "targets near the limit for ten minutes at a time",
    series: {
      ...targets(810),
      [`prometheus_target_scrape_pool_targets{scrape_job="applications", ${origin}}`]: again("810x9 700", 11),
    },
    firesWith: { targetLimitNear: { for: "8m" } },
  },
  {
    alert: "ScrapedTwice",
    given: "two ports of one pod, and one of them twice for ten minutes at a time",
    series: {
      ...scraped("10.0.0.4:8000", "10.0.0.4:9102"),
      [`up{job="again", service="c", namespace="shop", pod="board-1", instance="10.0.0.4:8000", ${origin}}`]:
        again("1x9 stale", 11),
    },
    firesWith: { scrapedTwice: { for: "8m" } },
  },
  {
    alert: "AlertmanagerMembersInconsistent",
    given: "one of three replicas goes away, and the others see each other soon",
    series: members(`2x${HOUR}`, `1x10 2x${HOUR}`, "1x5 stale"),
    firesWith: { alertmanagerMembersInconsistent: { for: "8m" } },
  },
  {
    alert: "NotificationsFailing",
    given: "one message has failed",
    series: untold("0x20 1x39"),
    firesWith: { notificationsFailing: { for: "1m" } },
  },
  {
    alert: "LinesLost",
    given: "the agent has dropped lines once",
    series: dropped(ONCE),
    silentWith: { linesLost: { for: "11m" } },
    firesWith: {},
  },
  {
    alert: "LinesLost",
    given: "Promtail has dropped lines once",
    series: droppedByPromtail(ONCE),
    silentWith: { linesLost: { for: "11m" } },
    firesWith: {},
  },
  {
    alert: "LinesLost",
    given: "Loki has refused lines once, the first ones",
    series: { ...asked, ...discarded(FIRST) },
    silentWith: { linesLost: { for: "11m" } },
    firesWith: {},
  },
  {
    alert: "LinesLost",
    given: "lines are of more streams than Loki takes for two minutes, and come again",
    series: discarded(BRIEFLY, "stream_limit"),
    firesWith: { linesLost: { for: "1m" } },
  },
  {
    alert: "RetentionNotApplied",
    given: "the last run was an hour ago",
    series: retentionRun(`1x${HOUR}`),
    firesWith: { retentionNotApplied: { after: "30m" } },
  },
  {
    alert: "RetentionNotApplied",
    given: "Tempo could not delete once",
    series: tempo("retention_errors", ONCE),
    firesWith: { retentionNotApplied: { for: "1m" } },
  },
  {
    alert: "StoreWritesFailing",
    given: "Loki's bucket has refused lines once",
    series: unwrittenLines(ONCE),
    firesWith: { storeWritesFailing: { for: "1m" } },
  },
  {
    alert: "StoreWritesFailing",
    given: "Tempo's bucket has refused traces once",
    series: unwrittenTraces(ONCE),
    firesWith: { storeWritesFailing: { for: "1m" } },
  },
  {
    alert: "RulesLate",
    given: "one round was left out",
    series: missedRounds(ONCE),
    firesWith: { rulesLate: { for: "1m" } },
  },
  {
    alert: "CompactionFailing",
    given: "Prometheus failed once",
    series: server("prometheus_tsdb_compactions_failed_total", "prometheus", ONCE),
    firesWith: { compactionFailing: { for: "1m" } },
  },
  {
    alert: "CompactionFailing",
    given: "Tempo failed once",
    series: tempo("compaction_errors", ONCE),
    firesWith: { compactionFailing: { for: "1m" } },
  },
  {
    alert: "SpansLost",
    given: "the store has refused a batch once",
    series: { ...asked, ...unsent(FIRST) },
    silentWith: { spansLost: { for: "11m" } },
    firesWith: {},
  },
  {
    alert: "SpansLost",
    given: "Tempo has dropped spans once, and refuses others that are sent again",
    series: { ...asked, ...discardedSpans(FIRST), ...discardedSpans(ON, "rate_limited") },
    silentWith: { spansLost: { for: "11m" } },
    firesWith: {},
  },
  {
    alert: "SpansLost",
    given: "the gateway refuses spans for two minutes, which come again",
    series: refused(BRIEFLY),
    firesWith: { spansLost: { for: "1m" } },
  },
  {
    alert: "SpanQueueFilling",
    given: "the queue is at 90 % for four minutes at a time",
    series: queue(again("90x3 10", 5)),
    firesWith: { spanQueueFilling: { for: "3m" } },
  },
  {
    alert: "ServiceDown",
    given: "up is 0 for four minutes at a time",
    series: up(again("0x3 1", 5)),
    firesWith: { serviceDown: { for: "3m" } },
  },
  {
    alert: "ServiceDown",
    // Prometheus takes a target for absent five minutes after its last sample.
    given: "the service has no target for eight minutes at a time",
    series: { ...other, ...up(again("1x4 _x8", 13)) },
    firesWith: { serviceDown: { for: "2m" } },
  },
  {
    alert: "ServiceDown",
    given: "one of two pods is away for four minutes at a time",
    series: { ...pod("a", again("0x3 1", 5)), ...pod("b", `1x${HOUR}`) },
    firesWith: { serviceDown: { for: "3m" } },
  },
  {
    alert: "HighErrorRate",
    given: "4.9 % of the answers are 5xx",
    series: answers(49),
    firesWith: { highErrorRate: { threshold: 0.048 } },
  },
  {
    alert: "ManyServerErrors",
    given: "19 a minute: 95 within five",
    series: answers(19),
    firesWith: { manyServerErrors: { count: 90 } },
  },
  {
    alert: "HighLatency",
    given: "p99 is 1.9 s",
    series: within1s(975),
    firesWith: { highLatency: { seconds: 1.8 } },
  },
  ...[1, 8, 28].map((right) => ({
    alert: "SLOErrorBudgetBurn",
    given: `5 answers an hour are wrong beside ${right} a minute that are right`,
    series: seldomWrong(right),
    firesWith: { sloErrorBudgetBurn: { events: 1 } },
  })),
  {
    alert: "PodCrashLooping",
    given: "five restarts",
    series: restarts(`0x2 1 2 3 4 5x${HOUR}`),
    firesWith: { podCrashLooping: { restarts: 4 } },
  },
  {
    alert: "PodCrashLooping",
    given: "a restart every thirteen minutes",
    series: restarts(every(13)),
    firesWith: { podCrashLooping: { restarts: 3 } },
  },
  {
    alert: "PodCrashLooping",
    given: "two restarts, and the kubelet holds it back",
    series: { ...restarts(`0 1 2x${HOUR}`), ...heldBack },
    firesWith: { podCrashLooping: { restarts: 1 } },
  },
  {
    alert: "HighMemory",
    given: "85 % are used",
    series: memory(85),
    firesWith: { highMemory: { threshold: 0.84 } },
  },
  {
    alert: "HighCPU",
    given: "79 % are used",
    series: cpu(47.4),
    firesWith: { highCpu: { threshold: 0.78 } },
  },
  {
    alert: "DiskPressure",
    given: "a node's disk is at 84.9 %",
    series: disk(15.1),
    firesWith: { diskPressure: { threshold: 0.84 } },
  },
  {
    alert: "DiskPressure",
    given: "a volume is at 84.9 %",
    series: volume(84.9),
    firesWith: { diskPressure: { threshold: 0.84 } },
  },
  {
    alert: "DiskFull",
    given: "a node's disk is at 89.9 %",
    series: disk(10.1),
    firesWith: { diskFull: { threshold: 0.89 } },
  },
  {
    alert: "DiskFull",
    given: "a volume is at 89.9 %",
    series: volume(89.9),
    firesWith: { diskFull: { threshold: 0.89 } },
  },
  {
    alert: "PendingPods",
    given: "one pod after another takes nine minutes to start",
    series: inTurns(9),
    firesWith: { pendingPods: { for: "7m" } },
  },
  {
    alert: "StackTargetDown",
    given: "Loki's scrape fails for four minutes at a time",
    series: { ...scrapedBut("loki"), ...target("loki", again("0x3 1", 5)) },
    firesWith: { stackTargetDown: { for: "3m" } },
  },
  {
    alert: "StackTargetDown",
    given: "kube-state-metrics has no target for eight minutes at a time",
    series: { ...scrapedBut("kube-state-metrics"), ...target("kube-state-metrics", again("1x4 _x8", 13)) },
    firesWith: { stackTargetDown: { for: "2m" } },
  },
  {
    alert: "StackProgramDown",
    given: "the edge is away for four minutes at a time",
    series: edge(again("0x3 1", 5)),
    firesWith: { stackTargetDown: { for: "3m" } },
  },
  {
    alert: "ConfigReloadFailed",
    given: "a reload is refused for four minutes at a time",
    series: server("prometheus_config_last_reload_successful", "prometheus", again("0x3 1", 5)),
    firesWith: { configReloadFailed: { for: "3m" } },
  },
  {
    alert: "RedisMemoryNearLimit",
    given: "a full cache, and another server at 89 %",
    series: {
      ...redisMemory(`890x${HOUR}`),
      ...Object.fromEntries(
        Object.entries(redisMemory(`1000x${HOUR}`, "allkeys-lru")).map(([name, values]) => [
          name.replace('"cache"', '"another"'),
          values,
        ]),
      ),
    },
    firesWith: { redisMemory: { threshold: 0.88 } },
  },
  {
    alert: "PostgreSQLConnectionsNearLimit",
    given: "80 of 100 connections",
    series: connections(`79x${HOUR}`),
    firesWith: { postgresConnections: { threshold: 0.79 } },
  },
  ...exported.flatMap(({ alert, metric, job, rule }): Negative[] => {
    const values = again("0x3 1", 5);
    const fires = { alert, firesWith: { [rule]: { for: "3m" } } };
    return [
      { ...fires, given: "it is away for four minutes at a time", series: server(metric, job, values) },
      { ...fires, given: "the exporter is away for four minutes at a time", series: target(job, values) },
    ];
  }),
];

/** What is usual, and once raised an alert, besides the nearest neighbour of each. */
export const usual: Negative[] = [
  {
    alert: "HighErrorRate",
    given: "every second answer of a quiet service is 5xx: four within five minutes",
    series: {
      [`http_requests_total{${service}, method="GET", path="/a", status="200"}`]: `0+0.8x${HOUR}`,
      [`http_requests_total{${service}, method="GET", path="/a", status="503"}`]: `0+0.8x${HOUR}`,
    },
    firesWith: { highErrorRate: { errors: 3 } },
  },
  {
    alert: "HighLatency",
    given: "one of fifteen requests within five minutes is slow",
    series: Object.fromEntries(
      Object.entries({ "1": 2.8, "2.5": 2.8, "5": 3, "+Inf": 3 }).map(([le, count]) => [
        `http_request_duration_seconds_bucket{${service}, path="/a", le="${le}"}`,
        `0+${count}x${HOUR}`,
      ]),
    ),
    firesWith: { highLatency: { requests: 10 } },
  },
  {
    alert: "ServiceDown",
    given: "a node is away with one of two pods, which answers a minute after the node is back",
    series: {
      ...pod("a", "1x5 0x20 1x34"),
      ...pod("b", WELL),
      ...runsOn("a", "n"),
      ...runsOn("b", "m"),
      ...ofNode("1x6 0x18 1x34"),
      ...ofNode(WELL, "m"),
    },
    firesWith: { serviceDown: { for: "1m" } },
  },
  {
    alert: "ServiceDown",
    given: "an update whose pods take two minutes each to start",
    series: update,
    firesWith: { serviceDown: { for: "1m" } },
  },
];
