/** What a stack is where its file says nothing, key by key. */
import { settingsOf } from "../config/settings";

const amount = (text: string) => {
  const [cpu, memory] = text.split(" ");
  return { cpu, memory };
};
const resources = (requests: string, limits: string) => ({
  resources: { requests: amount(requests), limits: amount(limits) },
});
const volume = (size: string) => ({ storage: { size, class: null } });

const onKind = {
  platform: "kind",
  environment: "kind",
  region: "local",
  protect: false,
  namespaces: {
    stack: "observability",
    agents: "observability-agents",
    create: true,
    createApplications: false,
  },
  placement: {
    registry: null,
    imagePullSecrets: [],
    registryLogin: null,
    createGp3: false,
    tolerations: [],
    nodeSelector: {},
    priorityClassName: null,
    labels: {},
    annotations: {},
  },
  services: [],
  metrics: {
    replicas: 1,
    amp: null,
    scrapeInterval: "15s",
    evaluationInterval: "15s",
    annotatedNamespaces: ["*"],
    limits: { samples: 50_000, labels: 64, targets: 10_000 },
    retention: { time: "7d", size: "4Gi" },
    extraScrapeConfigs: [],
    ...volume("5Gi"),
    ...resources("100m 256Mi", "500m 512Mi"),
    nodePort: 30090,
    kubeStateMetrics: resources("10m 32Mi", "500m 512Mi"),
    nodeExporter: { enabled: true, ...resources("10m 24Mi", "100m 64Mi") },
    redis: { targets: [], ...resources("10m 24Mi", "100m 64Mi") },
    postgres: { targets: [], ...resources("10m 24Mi", "100m 64Mi") },
    certificates: resources("10m 24Mi", "100m 64Mi"),
    istio: { enabled: false, namespace: "istio-system" },
    kiali: { enabled: false, ...resources("10m 64Mi", "500m 512Mi") },
  },
  slo: {
    enabled: true,
    window: "30d",
    availability: { objective: 0.999 },
    latency: { seconds: 0.5, objective: 0.95 },
    objectives: [],
  },
  alerting: {
    receivers: [],
    routes: [],
    teams: [],
    muteTimings: [],
    heartbeat: null,
    smtp: null,
    groupWait: "30s",
    groupInterval: "5m",
    repeatInterval: "4h",
    runbookUrl: null,
    unattended: true,
    extraAlerts: [],
    replicas: 1,
    rules: {
      serviceDown: { for: "5m" },
      highErrorRate: { for: "5m", threshold: 0.05, errors: 5 },
      manyServerErrors: { count: 100 },
      highLatency: { for: "10m", seconds: 2, requests: 20 },
      sloErrorBudgetBurn: { events: 10 },
      podCrashLooping: { restarts: 5, window: "15m" },
      highMemory: { for: "10m", threshold: 0.85 },
      highCpu: { for: "10m", threshold: 0.8 },
      diskPressure: { for: "5m", threshold: 0.85 },
      diskFull: { for: "5m", threshold: 0.9 },
      pendingPods: { for: "10m", count: 0 },
      stackTargetDown: { for: "5m" },
      configReloadFailed: { for: "5m" },
      circuitBreakerOpen: { for: "5m" },
      nodeNotReady: { for: "5m" },
      replicasMissing: { for: "15m" },
      jobFailed: { for: "5m" },
      rulesFailing: { for: "10m" },
      remoteWriteFailing: { for: "10m" },
      targetLimitNear: { for: "15m", threshold: 0.8 },
      rulesLate: { for: "15m" },
      compactionFailing: { for: "15m" },
      alertmanagerMembersInconsistent: { for: "15m" },
      storeWritesFailing: { for: "15m" },
      spansLost: { for: "5m" },
      scrapedTwice: { for: "15m" },
      notificationsFailing: { for: "10m" },
      linesLost: { for: "5m" },
      spanQueueFilling: { for: "5m", threshold: 0.8 },
      volumeFilling: { for: "1h", within: "4d", threshold: 0.5 },
      retentionNotApplied: { for: "15m", after: "6h" },
      certificateAboutToEnd: { for: "15m", within: "14d" },
      redisDown: { for: "5m" },
      redisMemory: { for: "10m", threshold: 0.9 },
      postgresDown: { for: "5m" },
      postgresConnections: { for: "5m", threshold: 0.8 },
    },
    ...resources("10m 32Mi", "200m 128Mi"),
    ...volume("1Gi"),
  },
  logs: {
    backend: "loki",
    collector: "alloy",
    retention: { time: "7d" },
    maskIps: true,
    ...volume("5Gi"),
    s3: null,
    replicas: 1,
    ...resources("100m 256Mi", "500m 512Mi"),
    elasticsearch: {
      logins: { rotation: "1" },
      replicas: 1,
      tls: null,
      ...volume("10Gi"),
      ...resources("250m 1Gi", "1000m 1536Mi"),
      logstash: { enabled: false, queue: "1Gi", ...volume("2Gi"), ...resources("250m 1Gi", "1000m 1536Mi") },
      kibana: { enabled: false, ...resources("250m 768Mi", "1000m 1536Mi") },
    },
    agent: resources("50m 128Mi", "2000m 256Mi"),
    events: resources("10m 64Mi", "100m 128Mi"),
  },
  tracing: {
    backend: "tempo",
    sampling: { probability: 1 },
    tailSampling: {
      enabled: false,
      ...{
        keepErrors: true,
        slowerThan: "1s",
        percent: 10,
        decisionWait: "10s",
        longestTrace: "1m",
        replicas: 2,
      },
      ...resources("100m 256Mi", "1000m 1Gi"),
    },
    retention: { time: "48h" },
    ...volume("5Gi"),
    s3: null,
    ...resources("50m 128Mi", "500m 512Mi"),
    jaeger: { storage: "badger", ...resources("100m 256Mi", "500m 1Gi") },
    zipkin: {
      ...{ storage: "memory", maxSpans: 30_000, nodePort: 30411 },
      ...resources("100m 256Mi", "500m 512Mi"),
    },
    collector: { queue: "256Mi", ...volume("1Gi"), ...resources("100m 128Mi", "500m 256Mi") },
  },
  grafana: {
    port: 3000,
    nodePort: 30006,
    admin: { rotation: "1" },
    oidc: null,
    folders: { overview: "Overview", services: "Services", platform: "Platform" },
    database: null,
    replicas: 1,
    ...volume("1Gi"),
    ...resources("100m 256Mi", "500m 512Mi"),
  },
  edge: {
    enabled: true,
    nodePort: 30080,
    url: "http://localhost:8080",
    anonymous: true,
    login: { rotation: "1" },
    tls: null,
    ingress: null,
    ...resources("10m 24Mi", "100m 64Mi"),
  },
  overrides: {
    loki: {},
    tempo: {},
    jaeger: {},
    collector: {},
    sampler: {},
    prometheus: {},
    alertmanager: {},
  },
};

test("nothing given: the kind stack", () => expect(settingsOf({}, "kind")).toEqual(onKind));

test("eks: volumes by the EBS driver, protected; no port on the nodes, so no edge proxy", () => {
  const of = (settings: object) => Object.assign({}, settings, { nodePort: null });
  const gp3 = (size: string) => ({ storage: { size, class: "gp3" } });
  const { metrics, alerting, logs, tracing, grafana, edge } = onKind;
  expect(settingsOf({ platform: "eks", alerting: { unattended: true } }, "prod")).toEqual({
    ...onKind,
    platform: "eks",
    protect: true,
    metrics: { ...of(metrics), ...gp3("5Gi"), annotatedNamespaces: [] },
    alerting: { ...alerting, ...gp3("1Gi") },
    logs: {
      ...logs,
      ...gp3("5Gi"),
      elasticsearch: {
        ...logs.elasticsearch,
        ...gp3("10Gi"),
        logstash: { ...logs.elasticsearch.logstash, ...gp3("2Gi") },
      },
    },
    tracing: {
      ...tracing,
      ...gp3("5Gi"),
      zipkin: of(tracing.zipkin),
      collector: { ...tracing.collector, ...gp3("1Gi") },
    },
    grafana: { ...of(grafana), ...gp3("1Gi") },
    edge: { ...of(edge), enabled: false, anonymous: false },
  });
});

test("what is named has defaults of its own", () => {
  const { services, placement, metrics, alerting } = settingsOf(
    {
      services: [{ name: "a", namespace: "x", port: 80 }],
      placement: { tolerations: [{ key: "a" }] },
      metrics: {
        redis: { targets: [{ name: "a", host: "b" }] },
        postgres: { targets: [{ name: "a", host: "b", username: "c", password: "d" }] },
      },
      alerting: { heartbeat: { url: "https://a.org" } },
    },
    "kind",
  );
  expect(services).toEqual([{ name: "a", namespace: "x", port: 80, path: "/metrics", alike: [] }]);
  expect(placement.tolerations).toEqual([{ key: "a" }]);
  expect(metrics.redis.targets).toEqual([{ name: "a", host: "b", port: 6379 }]);
  expect(metrics.postgres.targets).toEqual([
    {
      name: "a",
      host: "b",
      port: 5432,
      database: "postgres",
      sslmode: "require",
      ca: null,
      username: "c",
      password: "d",
    },
  ]);
  expect(alerting.heartbeat).toEqual({ url: "https://a.org", interval: "5m" });
});
