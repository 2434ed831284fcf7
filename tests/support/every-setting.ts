import { AUTHORITY } from "./certificate";
import type { Made } from "./components";

/** What is seen of one resource when a setting changes. */
export type Seen =
  /** It has this text afterwards, or all of these, and had not before. */
  | string
  | string[]
  /** It had this text before and has it no longer. */
  | { without: string }
  /** It is as it was save for the new name of a file or a Secret, or a new password, that it refers to. */
  | "FOLLOWS"
  /** It is made now, or is made no longer. */
  | "NEW"
  | "GONE";

/** One key of a stack file, another allowed value, and everything that changes because of it. */
export interface Row {
  /** As in the schema; `[]` is the first element of a list. */
  key: string;
  to: unknown;
  /** What it is changed on, where kind allows no other value; else kind. */
  platform?: "eks";
  /** Other keys that have to go along. */
  also?: Record<string, unknown>;
  /** Name of the resource -> what is seen of it. A function where that is a rule for all resources. */
  changes: Record<string, Seen> | ((resources: Made[]) => Record<string, Seen>);
}

/** Everything that may be left out is given, so that each key has something to change. */
export const baseline = {
  platform: "kind",
  services: [{ name: "board-service", namespace: "shop", port: 8000 }],
  placement: {
    registry: "registry.example.org",
    registryLogin: { username: "stack", password: "of the registry" },
    tolerations: [
      { key: "only", operator: "Equal", value: "servers", effect: "NoExecute", tolerationSeconds: 60 },
    ],
  },
  metrics: {
    annotatedNamespaces: [],
    extraScrapeConfigs: [{ job_name: "shelf", static_configs: [{ targets: ["shelf.example.org:9100"] }] }],
    amp: { url: "https://aps.example.org/workspaces/ws-1", region: "us-east-1" },
    redis: {
      targets: [{ name: "cache", host: "redis.shop.svc", username: "stack", password: "of the cache" }],
    },
    postgres: {
      targets: [{ name: "board", host: "pg.shop.svc", username: "stack", password: "of the database" }],
    },
    istio: { enabled: true },
  },
  slo: {
    objectives: [
      {
        ...{ name: "wait", service: "board-service", namespace: "shop", objective: 0.75 },
        ...{ histogram: "wait_seconds", seconds: 30 },
      },
    ],
  },
  logs: {
    s3: {
      bucket: "lines",
      region: "us-east-1",
      endpoint: "http://minio.minio.svc:9000",
      accessKeyId: "key-of-lines",
      secretAccessKey: "secret-of-lines",
    },
  },
  tracing: {
    tailSampling: { enabled: true },
    s3: {
      bucket: "traces",
      region: "us-east-1",
      endpoint: "http://minio.minio.svc:9000",
      accessKeyId: "key-of-traces",
      secretAccessKey: "secret-of-traces",
    },
  },
  edge: {
    url: "https://stack.example.org",
    anonymous: false,
    tls: { secretName: "certificate" },
    ingress: { certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/first" },
  },
  grafana: {
    database: { host: "pg.example.org", password: "of-the-database" },
    oidc: {
      authUrl: "https://id.example.org/auth",
      tokenUrl: "https://id.example.org/token",
      apiUrl: "https://id.example.org/me",
      clientId: "grafana",
      clientSecret: "of the client",
      roles: [{ group: "platform", role: "Admin" }],
    },
  },
  alerting: {
    receivers: [
      {
        name: "team",
        slack: { url: "https://slack.example.org/team", channel: "#alerts" },
        email: { to: "team@example.org" },
        webhook: { url: "https://hook.example.org/team" },
        pagerduty: { routingKey: "p".repeat(32) },
      },
      { name: "others", webhook: { url: "https://hook.example.org/others" } },
    ],
    routes: [
      { severity: "warning", namespace: "shop", service: "board-service", receiver: "team", mute: ["night"] },
      { severity: "critical", receiver: "others" },
    ],
    teams: [
      { name: "sales", namespaces: ["shop"], services: ["board-service"] },
      { name: "platform", namespaces: ["kube-system"] },
    ],
    muteTimings: [{ name: "night", times: [{ start: "22:00", end: "23:30" }], weekdays: ["monday"] }],
    heartbeat: { url: "https://heartbeat.example.org/", interval: "3m" },
    runbookUrl: "https://runbook.example.org/",
    extraAlerts: [
      {
        name: "OrdersWaiting",
        metrics: "orders_waiting > 100",
        for: "9m",
        severity: "critical",
        summary: "Orders wait",
        description: "Nobody takes them",
        runbookUrl: "https://wiki.example.org/orders",
      },
    ],
    smtp: {
      smarthost: "smtp.example.org:465",
      from: "stack@example.org",
      username: "stack",
      password: "of the mail server",
    },
  },
};

const rolls = (config: string, workload: string, seen: Seen): Record<string, Seen> => ({
  [config]: seen,
  [workload]: "FOLLOWS",
});
const alertmanager = (seen: Seen) =>
  rolls("metrics-alertmanager-config", "metrics-alertmanager-server", seen);
const sampler = (seen: Seen) => rolls("tracing-sampler-config", "tracing-sampler-server", seen);
const receivers = (seen: Seen) =>
  rolls("metrics-alertmanager-receivers", "metrics-alertmanager-server", seen);
const prometheus = (seen: Seen) => ({ "metrics-prometheus-config": seen });
const rules = (seen: Seen) => ({ "metrics-prometheus-rules": seen });
/** Dashboards that say what an alert or a retention does. */
const dashboards = (folder: string, seen: Seen) => ({ [`grafana-dashboards-${folder}`]: seen });

const redisPasswords = (seen: Seen) =>
  rolls("metrics-redis-exporter-passwords", "metrics-redis-exporter-server", seen);
const postgresConfig = (seen: Seen) =>
  rolls("metrics-postgres-exporter-config", "metrics-postgres-exporter-server", seen);

const all = (names: string[], seen: Seen): Record<string, Seen> =>
  Object.fromEntries(names.map((name) => [name, seen]));

const workloads = /:(StatefulSet|Deployment|DaemonSet|Job)$/;
const each = (resources: Made[], wanted: (one: Made) => boolean, seen: Seen): Record<string, Seen> =>
  Object.fromEntries(resources.filter(wanted).map(({ name }) => [name, seen]));
const everyPod = (seen: Seen) => (resources: Made[]) =>
  each(resources, ({ type }) => workloads.test(type), seen);
/** The agents run on every node, whatever is said of the others. */
const everyServer = (seen: Seen) => (resources: Made[]) =>
  each(resources, ({ type }) => workloads.test(type) && !type.endsWith(":DaemonSet"), seen);
const everyObject = (seen: Seen) => (resources: Made[]) =>
  each(resources, ({ inputs, existing }) => inputs.kind !== undefined && !existing, seen);
const everyObjectIn = (resources: Made[], namespace: string, seen: Seen) =>
  each(resources, ({ inputs }) => inputs.metadata?.namespace === namespace, seen);

/** The four amounts of a container. Go is told nine tenths of the memory; `sized` is what else follows from that limit. */
const resources = (key: string, workload: string, sized: Record<string, Seen> = {}): Row[] => {
  const row = (amount: string, to: string, ...more: string[]): Row => ({
    key: `${key}.resources.${amount}`,
    to,
    changes: { [workload]: [`containers.0.resources.${amount}: ${to}\n`, ...more] },
  });
  const memory = row("limits.memory", "4321Mi", "value: 3888MiB\n");
  return [
    row("requests.cpu", "9m"),
    row("requests.memory", "23Mi"),
    row("limits.cpu", "4321m"),
    { ...memory, changes: { ...memory.changes, ...sized } },
  ];
};

const storage = (key: string, ...claims: string[]): Row[] => [
  {
    key: `${key}.storage.size`,
    to: "77Gi",
    changes: all(claims, "spec.resources.requests.storage: 77Gi"),
  },
  { key: `${key}.storage.class`, to: "fast", changes: all(claims, "spec.storageClassName: fast") },
];

/** A bucket, and how a program gets at it. */
const bucket = (key: string, program: string, named: string): Row[] => {
  const config = (seen: Seen) => rolls(`${program}-config`, `${program}-server`, seen);
  const keys = (seen: Seen) => rolls(`${program}-bucket`, `${program}-server`, seen);
  return [
    { key: `${key}.s3.bucket`, to: "others", changes: config(`${named}: others\n`) },
    { key: `${key}.s3.region`, to: "eu-west-1", changes: config("region: eu-west-1\n") },
    {
      key: `${key}.s3.endpoint`,
      to: "https://s3.example.org",
      changes: {
        ...config(["endpoint: s3.example.org\n", "insecure: false\n"]),
        [`${program}-policy`]: "ports.0.port: 443\n",
      },
    },
    {
      key: `${key}.s3.roleArn`,
      to: "arn:aws:iam::123456789012:role/store",
      also: { [`${key}.s3.accessKeyId`]: undefined, [`${key}.s3.secretAccessKey`]: undefined },
      changes: {
        [`${program}-account`]: "NEW",
        [`${program}-bucket`]: "GONE",
        [`${program}-server`]: { without: "AWS_SECRET_ACCESS_KEY" },
        [`${program}-policy`]: ["port: 80\n", "port: 443\n"],
      },
    },
    { key: `${key}.s3.accessKeyId`, to: "another-key", changes: keys("id: another-key\n") },
    { key: `${key}.s3.secretAccessKey`, to: "another-secret", changes: keys("secret: another-secret\n") },
  ];
};

/** The service lives in another namespace. */
const inBank: Record<string, Seen> = {
  ...prometheus("- bank\n"),
  ...rules("namespace: bank\n"),
  "namespaces-shop": "GONE",
  "namespaces-bank": "NEW",
  "tracing-applications-shop": "GONE",
  "tracing-applications-bank": "NEW",
  "metrics-prometheus-policy": "kubernetes.io/metadata.name: bank",
  "tracing-collector-policy": "kubernetes.io/metadata.name: bank",
};

const claims = [
  "metrics-prometheus-data",
  "metrics-alertmanager-data",
  "logs-loki-data",
  "tracing-tempo-data",
  "tracing-collector-data",
  "tracing-sampler-data-0",
  "tracing-sampler-data-1",
];
const protectedOnes = [
  ...claims,
  "grafana-secret-key",
  "namespaces-observability",
  "namespaces-observability-agents",
];

/** Label env or region of series, lines and spans. */
const origin = (value: string): Record<string, Seen> => ({
  ...prometheus(`replacement: ${value}`),
  ...rules(`: ${value}`),
  ...rolls("logs-alloy-config", "logs-alloy-agent", `= "${value}"`),
  ...rolls("logs-alloy-events-config", "logs-alloy-events-server", `= "${value}"`),
  ...rolls("tracing-collector-config", "tracing-collector-server", `value: ${value}`),
  ...rolls("grafana-edge-config", "grafana-edge-server", `<b>${value}</b>`),
});

/** Whoever links to the user interfaces, or is reached through the proxy. */
const withoutEdge: Record<string, Seen> = {
  // Nobody shows a certificate.
  ...all(
    ["config", "server", "service", "policy"].map((what) => `metrics-blackbox-exporter-${what}`),
    "GONE",
  ),
  ...dashboards("platform", { without: "blackbox-exporter" }),
  // Their paths begin at the root, for all who ask them.
  "metrics-prometheus-server": [
    "--web.external-url=http://prometheus.observability.svc:9090\n",
    "prometheus.io/path: /metrics\n",
    "startupProbe.httpGet.path: /-/ready\n",
    "readinessProbe.httpGet.path: /-/ready\n",
    "livenessProbe.httpGet.path: /-/healthy\n",
  ],
  "grafana-provisioning": [
    "url: http://prometheus.observability.svc:9090\n",
    "url: http://alertmanager.observability.svc:9093\n",
  ],
  "metrics-prometheus-policy": { without: "app.kubernetes.io/name: edge" },
  "metrics-prometheus-config": { without: "path_prefix" },
  "metrics-alertmanager-server": [
    "--web.route-prefix=/\n",
    "prometheus.io/path: /metrics\n",
    "readinessProbe.httpGet.path: /-/ready\n",
    "livenessProbe.httpGet.path: /-/healthy\n",
  ],
  "metrics-alertmanager-policy": { without: "app.kubernetes.io/name: edge" },
  ...all(
    ["config", "ingress", "login", "password", "policy", "server", "service"].map(
      (what) => `grafana-edge-${what}`,
    ),
    "GONE",
  ),
  "grafana-server": { without: "GF_SERVER_ROOT_URL" },
  "grafana-oidc": "GONE",
  ...rules("dashboard_url: http://grafana.observability.svc:3000/d/"),
  "grafana-policy": { without: "app.kubernetes.io/name: edge" },
  "grafana-grafana-rotation-job": "value: http://grafana.observability.svc:3000\n",
  "metrics-alertmanager-config": "http://grafana.observability.svc:3000/alerting/groups",
};

/** Single sign-on needs the edge. */
const withoutSignOn = { "grafana.oidc": null };

/** Another store takes the place of Tempo: `own` is what it has, with `endpoint` for spans, `url` for Grafana, `page`. */
const toBackend = (
  backend: string,
  { endpoint, url, page, written }: Record<"endpoint" | "url" | "page" | "written", string>,
  own: Record<string, Seen>,
): Pick<Row, "also" | "changes"> => ({
  also: { "tracing.backend": backend, "tracing.s3": null },
  changes: {
    ...all(
      ["config", "server", "service", "policy", "data", "bucket"].map((what) => `tracing-tempo-${what}`),
      "GONE",
    ),
    ...all([`tracing-${backend}-service`, `tracing-${backend}-policy`], "NEW"),
    ...own,
    ...sampler(`endpoint: ${endpoint}\n`),
    "tracing-sampler-policy": `app.kubernetes.io/name: ${backend}\n`,
    "metrics-prometheus-policy": `app.kubernetes.io/name: ${backend}\n`,
    ...prometheus(`${backend};`),
    ...rules(backend),
    ...rolls("grafana-provisioning", "grafana-server", [`url: ${url}\n`, `datasourceUid: ${backend}\n`]),
    "grafana-policy": `app.kubernetes.io/name: ${backend}\n`,
    ...rolls("grafana-edge-config", "grafana-edge-server", page),
    "grafana-edge-policy": `app.kubernetes.io/name: ${backend}\n`,
    ...dashboards("services", { without: '"uid": "tempo"' }),
    ...dashboards("platform", written),
  },
});

/** `server` is what is seen of its pod. */
const toZipkin = (server: string[]) =>
  toBackend(
    "zipkin",
    {
      endpoint: "http://zipkin.observability.svc:9411/api/v2/spans",
      url: "http://zipkin.observability.svc:9411",
      page: '<a href="/zipkin/">Zipkin</a>',
      written: "zipkin_collector_spans_total",
    },
    { "tracing-zipkin-server": server },
  );

const amounts = [
  ["requests.cpu", "9m"],
  ["requests.memory", "23Mi"],
  ["limits.cpu", "4321m"],
  ["limits.memory", "4321Mi"],
] as const;

/** With a volume of its own; `own` is what is seen besides. */
const toJaeger = (own: Record<string, Seen> = {}) =>
  toBackend(
    "jaeger",
    {
      endpoint: "jaeger.observability.svc:4317",
      url: "http://jaeger.observability.svc:16686/api/monitoring/jaeger",
      page: '<a href="/api/monitoring/jaeger/">Jaeger</a>',
      written: "jaeger_storage_exporter",
    },
    {
      "tracing-jaeger-server": "--config=/etc/jaeger/jaeger.yaml",
      ...all(["tracing-jaeger-config", "tracing-jaeger-data"], "NEW"),
      ...own,
    },
  );

/** Where a program's configuration holds words of the user's own it may connect to any address: its last rule. */
const namespace = (name: string) => `kubernetes.io/metadata.name: ${name}\n`;
const anywhere = (rule: number) => `spec.egress.${rule}.to.0.ipBlock.cidr: 0.0.0.0/0\n`;

/** Kiali stands beside the mesh: what its rows change besides. */
const withKiali = (more: Record<string, Seen> = {}): Record<string, Seen> => ({
  ...all(
    ["config", "key", "session-key", "server", "service", "policy", "account", "role", "role-binding"].map(
      (what) => `metrics-kiali-${what}`,
    ),
    "NEW",
  ),
  ...all(
    ["prometheus-config", "prometheus-policy", "prometheus-rules"].map((what) => `metrics-${what}`),
    "kiali",
  ),
  ...all(
    ["dashboards-platform", "edge-policy", "policy"].map((what) => `grafana-${what}`),
    "kiali",
  ),
  "tracing-tempo-policy": "kiali",
  ...rolls("grafana-edge-config", "grafana-edge-server", "kiali"),
  ...more,
});

const AGENT = ["config", "agent", "policy", "account", "role", "role-binding"];

/** Elasticsearch takes the place of Loki, and Filebeat that of Alloy. */
const toElasticsearch = (more: Record<string, Seen> = {}): Pick<Row, "also" | "changes"> => ({
  also: { "logs.backend": "elasticsearch", "logs.s3": null },
  changes: {
    ...all(
      ["config", "server", "service", "policy", "data", "bucket"].map((what) => `logs-loki-${what}`),
      "GONE",
    ),
    ...all(
      ["config", "agent", "policy", "account", "role", "role-binding"].map((what) => `logs-alloy-${what}`),
      "GONE",
    ),
    ...all(
      ["config", "server", "policy", "account", "role", "role-binding"].map(
        (what) => `logs-alloy-events-${what}`,
      ),
      "GONE",
    ),
    ...all(
      ["config", "server", "service", "policy", "data", "users", "filebeat", "grafana"].map(
        (what) => `logs-elasticsearch-${what}`,
      ),
      "NEW",
    ),
    ...all(
      ["config", "agent", "policy", "account", "role", "role-binding", "writer"].map(
        (what) => `logs-filebeat-${what}`,
      ),
      "NEW",
    ),
    "logs-kibana-objects-key": "NEW",
    ...prometheus({ without: "loki;http" }),
    "metrics-prometheus-policy": { without: "app.kubernetes.io/name: loki" },
    ...rules("elasticsearch"),
    "grafana-elasticsearch-login": "NEW",
    "grafana-alerting": "NEW",
    "grafana-provisioning": [
      "url: http://elasticsearch.observability.svc:9200\n",
      "datasourceUid: elasticsearch\n",
    ],
    "grafana-server": "name: ELASTICSEARCH_PASSWORD\n",
    "grafana-policy": "app.kubernetes.io/name: elasticsearch\n",
    ...dashboards("overview", '"uid": "elasticsearch"'),
    ...dashboards("services", '"uid": "elasticsearch"'),
    ...dashboards("platform", { without: '"title": "Lines"' }),
    ...more,
  },
});

/** Elasticsearch's own pages beside it. */
const toKibana = (more: Record<string, Seen> = {}): Pick<Row, "also" | "changes"> =>
  toElasticsearch({
    ...all(
      ["config", "server", "service", "policy", "kibana", "session-key"].map((what) => `logs-kibana-${what}`),
      "NEW",
    ),
    ...all(["logs-elasticsearch-kibana-server", "logs-elasticsearch-admin"], "NEW"),
    ...all(["grafana-edge-policy"], "kibana"),
    ...rolls("grafana-edge-config", "grafana-edge-server", "kibana"),
    ...more,
  });

/** It speaks TLS: whoever asks it mounts who signed its certificate. */
const encrypted = (more: Record<string, Seen> = {}): Pick<Row, "also" | "changes"> =>
  toElasticsearch({
    ...all(
      ["logs-elasticsearch-server", "logs-filebeat-agent", "grafana-server"],
      "secret.secretName: certificate\n",
    ),
    "grafana-provisioning": "url: https://elasticsearch.observability.svc:9200\n",
    "metrics-blackbox-exporter-policy": "app.kubernetes.io/name: elasticsearch\n",
    ...prometheus("- elasticsearch.observability.svc:9200\n"),
    ...more,
  });

/** Each has a volume of its own. */
const threeNodes = (): Row => {
  const { also, changes } = encrypted({
    "logs-elasticsearch-server": ["spec.replicas: 3\n", "spec.minReadySeconds: 30\n"],
    "logs-elasticsearch-service": "port: 9300\n",
    "logs-elasticsearch-config": "- elasticsearch-headless.observability.svc:9300\n",
    "logs-filebeat-config": "number_of_replicas: 1\n",
    ...all(
      ["headless-service", "disruption-budget", "data-0", "data-1", "data-2"].map(
        (what) => `logs-elasticsearch-${what}`,
      ),
      "NEW",
    ),
  });
  const others = Object.entries(changes).filter(([name]) => name !== "logs-elasticsearch-data");
  return {
    key: "logs.elasticsearch.replicas",
    to: 3,
    platform: "eks",
    also: { ...also, "logs.elasticsearch.tls": { secretName: "certificate" } },
    changes: Object.fromEntries(others),
  };
};

/** Logstash between the two. */
const toLogstash = (more: Record<string, Seen> = {}): Pick<Row, "also" | "changes"> => {
  const { also, changes } = toElasticsearch({
    ...all(
      ["config", "job", "policy", "writer"].map((what) => `logs-filebeat-setup-${what}`),
      "NEW",
    ),
    ...all(
      ["config", "server", "service", "policy", "data", "login"].map((what) => `logs-logstash-${what}`),
      "NEW",
    ),
    "logs-elasticsearch-logstash": "NEW",
    "logs-filebeat-config": "logstash.observability.svc:5044",
    ...more,
  });
  // Filebeat has no password then.
  const others = Object.entries(changes as Record<string, Seen>).filter(
    ([name]) => name !== "logs-filebeat-writer",
  );
  return { also, changes: Object.fromEntries(others) };
};

/** One of its settings. */
const ofLogstash = (setting: string, to: string, seen: Record<string, Seen>): Row => {
  const row = toLogstash(seen);
  const also = { ...row.also, "logs.elasticsearch.logstash.enabled": true };
  return { ...row, also, key: `logs.elasticsearch.logstash.${setting}`, to };
};

/** Elasticsearch takes the place of Loki, and that of the volume for traces: `own` is what is seen of who keeps them there. */
const tracesInElasticsearch = (
  keeper: "jaeger" | "zipkin",
  own: Record<string, Seen>,
): Pick<Row, "also" | "changes"> => {
  const [lines, traces] = [toElasticsearch(), keeper === "jaeger" ? toJaeger(own) : toZipkin([])];
  const changes = { ...traces.changes, ...lines.changes, ...own } as Record<string, Seen>;
  delete changes["tracing-jaeger-data"];
  return {
    also: { ...lines.also, ...traces.also },
    changes: {
      ...changes,
      ...all([`logs-elasticsearch-${keeper}`, `tracing-${keeper}-elasticsearch-login`], "NEW"),
      ...all(["tracing-index-cleaner-cron-job", "tracing-index-cleaner-policy"], "NEW"),
    },
  };
};

/** The alert of the user's own asks lines in Elasticsearch, for Grafana to evaluate. */
const luceneAlert = (asked: string, to: unknown, seen: string): Row => {
  const row = toElasticsearch({
    "grafana-alerting": seen,
    "grafana-server": "mountPath: /etc/grafana/provisioning/alerting\n",
    ...rules({ without: "OrdersWaiting" }),
  });
  return {
    ...row,
    also: {
      ...row.also,
      "alerting.extraAlerts[].metrics": undefined,
      "alerting.extraAlerts[].for": undefined,
      ...(asked === "query" ? {} : { "alerting.extraAlerts[].lucene.query": "message:late" }),
    },
    key: `alerting.extraAlerts[].lucene.${asked}`,
    to,
  };
};

const threeAlertmanagers: Record<string, Seen> = {
  "metrics-alertmanager-server": [
    "cluster.listen-address=[$(POD_IP)]:9094\n",
    "cluster.peer=alertmanager-0.alertmanager-headless.observability.svc:9094\n",
    "cluster.peer=alertmanager-2-0.alertmanager-headless.observability.svc:9094\n",
    "spec.selector.matchLabels.observability-stack/replica: 0\n",
  ],
  "metrics-alertmanager-service": ["port: 9094\n", "sessionAffinity: ClientIP\n"],
  "metrics-alertmanager-policy": ["ports.1.protocol: UDP\n", "port: 9094\n"],
  ...all(
    [
      "metrics-alertmanager-server-1",
      "metrics-alertmanager-server-2",
      "metrics-alertmanager-data-1",
      "metrics-alertmanager-data-2",
      "metrics-alertmanager-headless-service",
      "metrics-alertmanager-disruption-budget",
    ],
    "NEW",
  ),
  ...prometheus([
    "- alertmanager-0.alertmanager-headless.observability.svc:9093\n",
    "- alertmanager-1-0.alertmanager-headless.observability.svc:9093\n",
    "- alertmanager-2-0.alertmanager-headless.observability.svc:9093\n",
  ]),
};

export const table: Row[] = [
  {
    key: "platform",
    to: "eks",
    changes: {
      // The Ingress keeps the proxy.
      "grafana-edge-service": "spec.type: ClusterIP",
      "grafana-policy": { without: "spec.ingress.0.from.0.ipBlock.cidr" },
      "metrics-prometheus-policy": { without: "spec.ingress.0.from.0.ipBlock.cidr" },
      ...all(protectedOnes, "protect: true"),
      ...all(claims, "spec.storageClassName: gp3"),
      "metrics-prometheus-service": "spec.type: ClusterIP",
      "grafana-service": "spec.type: ClusterIP",
    },
  },
  { key: "environment", to: "staging", changes: origin("staging") },
  { key: "region", to: "seoul", changes: origin("seoul") },
  { key: "protect", to: true, changes: all(protectedOnes, "protect: true") },
  {
    key: "namespaces.stack",
    to: "watch",
    changes: (resources) => ({
      ...everyObjectIn(resources, "observability", "metadata.namespace: watch\n"),
      "namespaces-observability": "GONE",
      "namespaces-observability-deny": "GONE",
      "namespaces-watch": "NEW",
      "namespaces-watch-deny": "NEW",
      "namespaces-observability-observability-registry": "GONE",
      "namespaces-watch-observability-registry": "NEW",
      ...each(
        resources,
        ({ name, type }) => type.endsWith(":ClusterRoleBinding") && name !== "logs-alloy-role-binding",
        "subjects.0.namespace: watch\n",
      ),
      ...rolls("logs-alloy-config", "logs-alloy-agent", "http://loki.watch.svc:3100/"),
      "logs-alloy-policy": "kubernetes.io/metadata.name: watch\n",
      "metrics-node-exporter-policy": "kubernetes.io/metadata.name: watch\n",
      "tracing-applications-shop": "http://collector.watch.svc:4318",
    }),
  },
  {
    key: "namespaces.agents",
    to: "watchers",
    changes: (resources) => ({
      ...everyObjectIn(resources, "observability-agents", "metadata.namespace: watchers\n"),
      "namespaces-observability-agents": "GONE",
      ...dashboards("platform", "observability|watchers"),
      "namespaces-observability-agents-deny": "GONE",
      "namespaces-watchers": "NEW",
      "namespaces-watchers-deny": "NEW",
      "namespaces-observability-agents-observability-registry": "GONE",
      "namespaces-watchers-observability-registry": "NEW",
      "logs-alloy-role-binding": "subjects.0.namespace: watchers\n",
      "logs-loki-policy": "kubernetes.io/metadata.name: watchers\n",
      "metrics-prometheus-policy": "kubernetes.io/metadata.name: watchers\n",
      ...prometheus("- watchers\n"),
    }),
  },
  {
    key: "namespaces.create",
    to: false,
    changes: {
      "namespaces-observability": "existing: true",
      "namespaces-observability-agents": "existing: true",
      "namespaces-observability-deny": "podSelector.matchLabels.app.kubernetes.io/instance: test",
      "namespaces-observability-agents-deny": "podSelector.matchLabels.app.kubernetes.io/instance: test",
    },
  },
  {
    key: "namespaces.createApplications",
    to: true,
    changes: { "namespaces-shop": "metadata.name: shop" },
  },
  {
    key: "placement.registry",
    to: "mirror.example.org/team",
    changes: (resources) => ({
      ...everyPod("containers.0.image: mirror.example.org/team/")(resources),
      "namespaces-observability-observability-registry": "mirror.example.org",
      "namespaces-observability-agents-observability-registry": "mirror.example.org",
    }),
  },
  {
    key: "placement.imagePullSecrets",
    to: ["pull"],
    changes: everyPod("imagePullSecrets.0.name: pull"),
  },
  {
    key: "placement.registryLogin.username",
    to: "puller",
    changes: {
      "namespaces-observability-observability-registry": "puller",
      "namespaces-observability-agents-observability-registry": "puller",
    },
  },
  {
    key: "placement.registryLogin.password",
    to: "another",
    changes: {
      "namespaces-observability-observability-registry": "another",
      "namespaces-observability-agents-observability-registry": "another",
    },
  },
  {
    key: "placement.createGp3",
    to: true,
    changes: { "namespaces-gp3": "NEW" },
  },
  {
    key: "placement.tolerations[].key",
    to: "pool",
    changes: everyServer("tolerations.0.key: pool"),
  },
  {
    key: "placement.tolerations[].operator",
    to: "Exists",
    also: { "placement.tolerations[].value": undefined },
    changes: everyServer("tolerations.0.operator: Exists"),
  },
  {
    key: "placement.tolerations[].value",
    to: "monitoring",
    changes: everyServer("tolerations.0.value: monitoring"),
  },
  {
    key: "placement.tolerations[].effect",
    to: "NoSchedule",
    also: { "placement.tolerations[].tolerationSeconds": undefined },
    changes: everyServer("tolerations.0.effect: NoSchedule"),
  },
  {
    key: "placement.tolerations[].tolerationSeconds",
    to: 7,
    changes: everyServer("tolerations.0.tolerationSeconds: 7"),
  },
  {
    key: "placement.nodeSelector",
    to: { pool: "servers" },
    changes: everyServer("nodeSelector.pool: servers"),
  },
  {
    key: "placement.priorityClassName",
    to: "high",
    changes: everyPod("priorityClassName: high"),
  },
  { key: "placement.labels", to: { team: "a" }, changes: everyObject("metadata.labels.team: a") },
  {
    key: "placement.annotations",
    to: { note: "a" },
    changes: everyObject("metadata.annotations.note: a"),
  },
  {
    key: "services[].name",
    to: "auth-service",
    also: { "slo.objectives[].service": "auth-service" },
    changes: {
      ...prometheus(";shop;auth-service\n"),
      ...rules("service: auth-service\n"),
    },
  },
  {
    key: "services[].namespace",
    to: "bank",
    also: { "slo.objectives[].namespace": "bank" },
    changes: inBank,
  },
  { key: "services[].port", to: 9000, changes: prometheus("regex: ;.*|[^;]+;Pod;9000;shop;board-service\n") },
  {
    key: "services[].path",
    to: "/actuator/prometheus",
    changes: prometheus("replacement: /actuator/prometheus\n"),
  },
  {
    key: "services[].alike",
    to: ["auth-service"],
    changes: {
      ...prometheus(";shop;(?:board-service|auth-service)\n"),
      ...rules("service: auth-service\n"),
    },
  },
  { key: "services[].interval", to: "7s", changes: prometheus("replacement: 7s\n") },

  {
    key: "metrics.scrapeInterval",
    to: "20s",
    changes: {
      ...prometheus("\n  scrape_interval: 20s\n"),
      ...rolls("grafana-provisioning", "grafana-server", "timeInterval: 20s\n"),
    },
  },
  {
    key: "metrics.evaluationInterval",
    to: "20s",
    changes: {
      ...prometheus("evaluation_interval: 20s\n"),
      ...rules("20 * sum_over_time(slo:bad:rate5m[1h])\n"),
      ...dashboards("overview", "[$__range])) / 3"),
    },
  },
  {
    key: "metrics.annotatedNamespaces",
    to: ["garden"],
    changes: {
      ...prometheus("- garden\n"),
      "metrics-prometheus-policy": "kubernetes.io/metadata.name: garden",
      "tracing-collector-policy": "kubernetes.io/metadata.name: garden",
      "namespaces-garden": "NEW",
      "tracing-applications-garden": "NEW",
    },
  },
  { key: "metrics.limits.samples", to: 700, changes: prometheus("sample_limit: 700\n") },
  { key: "metrics.limits.labels", to: 17, changes: prometheus("label_limit: 17\n") },
  { key: "metrics.limits.targets", to: 70, changes: prometheus("target_limit: 70\n") },
  {
    key: "metrics.extraScrapeConfigs[].job_name",
    to: "rack",
    changes: prometheus("job_name: rack\n"),
  },
  {
    key: "metrics.retention.time",
    to: "9d",
    changes: { ...prometheus("time: 9d\n"), ...dashboards("platform", "before 9d are over") },
  },
  {
    key: "metrics.retention.size",
    to: "3Gi",
    changes: { ...prometheus("size: 3GB\n"), ...dashboards("platform", "is 3Gi. At it") },
  },
  ...storage("metrics", "metrics-prometheus-data"),
  {
    key: "metrics.amp.url",
    to: "https://aps.example.org:8443/workspaces/ws-2",
    changes: {
      ...prometheus("url: https://aps.example.org:8443/workspaces/ws-2/api/v1/remote_write\n"),
      "metrics-prometheus-policy": "port: 8443\n",
      ...rolls(
        "grafana-provisioning",
        "grafana-server",
        "url: https://aps.example.org:8443/workspaces/ws-2\n",
      ),
      "grafana-policy": "port: 8443\n",
    },
  },
  {
    key: "metrics.amp.region",
    to: "eu-west-1",
    changes: {
      ...prometheus("region: eu-west-1\n"),
      ...rolls("grafana-provisioning", "grafana-server", "sigV4Region: eu-west-1\n"),
    },
  },
  {
    key: "metrics.amp.roleArn",
    to: "arn:aws:iam::123456789012:role/amp",
    changes: all(
      ["metrics-prometheus-account", "grafana-account"],
      "eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/amp\n",
    ),
  },
  { key: "metrics.amp.shards", to: 3, changes: prometheus("max_shards: 3\n") },
  {
    key: "metrics.replicas",
    to: 2,
    changes: {
      "metrics-prometheus-server": "spec.selector.matchLabels.observability-stack/replica: 0\n",
      "metrics-prometheus-service": "sessionAffinity: ClientIP\n",
      "metrics-prometheus-policy":
        "spec.egress.8.to.0.podSelector.matchLabels.app.kubernetes.io/name: prometheus\n",
      ...all(
        [
          "metrics-prometheus-server-1",
          "metrics-prometheus-data-1",
          "metrics-prometheus-headless-service",
          "metrics-prometheus-disruption-budget",
        ],
        "NEW",
      ),
    },
  },
  ...resources("metrics", "metrics-prometheus-server"),
  {
    key: "metrics.nodePort",
    to: 31000,
    changes: { "metrics-prometheus-service": "spec.ports.0.nodePort: 31000" },
  },
  {
    key: "metrics.nodePort",
    to: null,
    changes: {
      "metrics-prometheus-service": "spec.type: ClusterIP",
      "metrics-prometheus-policy": { without: "spec.ingress.0.from.0.ipBlock.cidr" },
    },
  },
  ...resources("metrics.kubeStateMetrics", "metrics-kube-state-metrics-server"),
  {
    key: "metrics.nodeExporter.enabled",
    to: false,
    changes: {
      ...{
        "metrics-node-exporter-agent": "GONE",
        "metrics-node-exporter-policy": "GONE",
        "metrics-prometheus-policy": { without: "node-exporter" },
        ...prometheus({ without: "node-exporter" }),
        ...rules({ without: "node-exporter" }),
      },
      ...dashboards("platform", { without: "node_load5" }),
    },
  },
  ...resources("metrics.nodeExporter", "metrics-node-exporter-agent"),
  {
    key: "metrics.istio.enabled",
    to: false,
    changes: {
      ...prometheus({ without: "job_name: istiod" }),
      "metrics-prometheus-policy": { without: "istio-system" },
      ...dashboards("platform", { without: "istio_requests_total" }),
    },
  },
  { key: "metrics.kiali.enabled", to: true, changes: withKiali() },
  ...resources("metrics.kiali", "metrics-kiali-server").map((row): Row => ({
    ...row,
    also: { "metrics.kiali.enabled": true },
    changes: withKiali(row.changes as Record<string, Seen>),
  })),
  {
    key: "metrics.istio.namespace",
    to: "mesh",
    changes: {
      ...prometheus("- mesh\n"),
      "metrics-prometheus-policy": "kubernetes.io/metadata.name: mesh\n",
    },
  },
  { key: "metrics.redis.targets[].name", to: "queue", changes: prometheus("instance: queue\n") },
  {
    key: "metrics.redis.targets[].host",
    to: "10.0.0.7",
    changes: {
      ...prometheus("- redis://stack@10.0.0.7:6379\n"),
      ...redisPasswords('"redis://stack@10.0.0.7:6379": "of the cache"'),
      "metrics-redis-exporter-policy": { without: namespace("shop") },
    },
  },
  {
    key: "metrics.redis.targets[].port",
    to: 6380,
    changes: {
      ...prometheus("- redis://stack@redis.shop.svc:6380\n"),
      ...redisPasswords('"redis://stack@redis.shop.svc:6380": "of the cache"'),
      "metrics-redis-exporter-policy": "ports.0.port: 6380\n",
    },
  },
  {
    key: "metrics.redis.targets[].username",
    to: "watcher",
    changes: {
      ...prometheus("- redis://watcher@redis.shop.svc:6379\n"),
      ...redisPasswords('"redis://watcher@redis.shop.svc:6379": "of the cache"'),
    },
  },
  {
    key: "metrics.redis.targets[].password",
    to: "another",
    changes: redisPasswords('"redis://stack@redis.shop.svc:6379": "another"'),
  },
  ...resources("metrics.redis", "metrics-redis-exporter-server"),
  {
    key: "metrics.postgres.targets[].name",
    to: "orders",
    changes: {
      ...prometheus(["instance: orders\n", "__param_auth_module: orders\n"]),
      ...postgresConfig("  orders:\n"),
    },
  },
  {
    key: "metrics.postgres.targets[].host",
    to: "10.0.0.7",
    changes: {
      ...prometheus("- 10.0.0.7:5432/postgres\n"),
      "metrics-postgres-exporter-policy": { without: namespace("shop") },
    },
  },
  {
    key: "metrics.postgres.targets[].port",
    to: 5433,
    changes: {
      ...prometheus("- pg.shop.svc:5433/postgres\n"),
      "metrics-postgres-exporter-policy": "ports.0.port: 5433\n",
    },
  },
  {
    key: "metrics.postgres.targets[].database",
    to: "orders",
    changes: prometheus("- pg.shop.svc:5432/orders\n"),
  },
  {
    key: "metrics.postgres.targets[].sslmode",
    to: "verify-full",
    changes: postgresConfig("sslmode: verify-full\n"),
  },
  {
    key: "metrics.postgres.targets[].ca",
    to: AUTHORITY,
    also: { "metrics.postgres.targets[].sslmode": "verify-full" },
    changes: {
      ...postgresConfig(["sslmode: verify-full\n", "sslrootcert: /etc/postgres-authorities/board.pem\n"]),
      "metrics-postgres-exporter-authorities": "NEW",
      "metrics-postgres-exporter-server": "mountPath: /etc/postgres-authorities\n",
    },
  },
  {
    key: "metrics.postgres.targets[].username",
    to: "watcher",
    changes: postgresConfig("username: watcher\n"),
  },
  {
    key: "metrics.postgres.targets[].password",
    to: "another",
    changes: postgresConfig("password: another\n"),
  },
  ...resources("metrics.postgres", "metrics-postgres-exporter-server"),
  ...resources("metrics.certificates", "metrics-blackbox-exporter-server"),

  {
    key: "alerting.receivers[].name",
    to: "people",
    also: { "alerting.routes[].receiver": "people" },
    changes: alertmanager("name: people\n"),
  },
  {
    key: "alerting.receivers[].slack.url",
    to: "https://slack.example.org/other",
    changes: receivers("slack-0: https://slack.example.org/other\n"),
  },
  {
    key: "alerting.receivers[].slack.channel",
    to: "#other",
    changes: alertmanager('channel: "#other"\n'),
  },
  {
    key: "alerting.receivers[].email.to",
    to: "other@example.org",
    changes: alertmanager("to: other@example.org\n"),
  },
  {
    key: "alerting.receivers[].webhook.url",
    to: "https://hook.example.org/other",
    changes: receivers("webhook-0: https://hook.example.org/other\n"),
  },
  {
    key: "alerting.receivers[].pagerduty.routingKey",
    to: "q".repeat(32),
    changes: receivers(`pagerduty-0: ${"q".repeat(32)}\n`),
  },
  {
    key: "alerting.routes[].severity",
    to: "critical",
    changes: alertmanager({ without: '- severity="warning"\n        - namespace="shop"\n' }),
  },
  { key: "alerting.routes[].team", to: "platform", changes: alertmanager('- team="platform"\n') },
  { key: "alerting.teams[].name", to: "shop", changes: prometheus("replacement: shop\n") },
  { key: "alerting.teams[].namespaces", to: ["bank"], changes: prometheus("regex: ;(bank)\n") },
  {
    key: "alerting.teams[].services",
    to: ["auth-service", "bank"],
    changes: prometheus("regex: ;(auth-service|bank)\n"),
  },
  { key: "alerting.routes[].namespace", to: "bank", changes: alertmanager('- namespace="bank"\n') },
  {
    key: "alerting.routes[].service",
    to: "auth-service",
    changes: alertmanager('- service="auth-service"\n'),
  },
  {
    key: "alerting.routes[].receiver",
    to: "others",
    changes: alertmanager(
      '- service="board-service"\n      mute_time_intervals:\n        - night\n      receiver: others\n',
    ),
  },
  {
    key: "alerting.routes[].mute",
    to: ["dusk"],
    also: { "alerting.muteTimings[].name": "dusk" },
    changes: alertmanager("mute_time_intervals:\n        - dusk\n"),
  },
  {
    key: "alerting.muteTimings[].name",
    to: "dusk",
    also: { "alerting.routes[].mute": ["dusk"] },
    changes: alertmanager("name: dusk\n"),
  },
  {
    key: "alerting.muteTimings[].times[].start",
    to: "21:15",
    changes: alertmanager('start_time: "21:15"\n'),
  },
  { key: "alerting.muteTimings[].times[].end", to: "23:15", changes: alertmanager('end_time: "23:15"\n') },
  { key: "alerting.muteTimings[].weekdays", to: ["sunday"], changes: alertmanager("- sunday\n") },
  {
    key: "alerting.muteTimings[].timeZone",
    to: "Asia/Seoul",
    changes: alertmanager("location: Asia/Seoul\n"),
  },
  {
    key: "alerting.heartbeat.url",
    to: "https://heartbeat.example.org/other",
    changes: receivers("heartbeat: https://heartbeat.example.org/other\n"),
  },
  { key: "alerting.heartbeat.interval", to: "7m", changes: alertmanager("group_interval: 7m\n") },
  {
    key: "alerting.smtp.smarthost",
    to: "other.example.org:25",
    changes: alertmanager("smtp_smarthost: other.example.org:25\n"),
  },
  {
    key: "alerting.smtp.from",
    to: "other@example.org",
    changes: alertmanager("smtp_from: other@example.org\n"),
  },
  { key: "alerting.smtp.username", to: "other", changes: alertmanager("smtp_auth_username: other\n") },
  { key: "alerting.smtp.requireTls", to: false, changes: alertmanager("smtp_require_tls: false\n") },
  { key: "alerting.smtp.password", to: "another", changes: receivers("smtp: another\n") },
  { key: "alerting.groupWait", to: "7s", changes: alertmanager("group_wait: 7s\n") },
  {
    key: "alerting.groupInterval",
    to: "7m",
    // An alert that looks back beyond the last try.
    changes: { ...alertmanager("group_interval: 7m\n"), ...rules("failed_total[480s]") },
  },
  { key: "alerting.repeatInterval", to: "7h", changes: alertmanager("repeat_interval: 7h\n") },
  {
    key: "alerting.repeatInterval",
    to: "10d",
    changes: {
      ...alertmanager("repeat_interval: 10d\n"),
      "metrics-alertmanager-server": "--data.retention=480h\n",
    },
  },
  // Somebody is told already.
  { key: "alerting.unattended", to: false, changes: {} },
  {
    key: "alerting.runbookUrl",
    to: "https://runbook.example.org/page",
    changes: rules("runbook_url: https://runbook.example.org/page#servicedown\n"),
  },
  { key: "alerting.extraAlerts[].name", to: "OrdersLate", changes: rules("alert: OrdersLate\n") },
  { key: "alerting.extraAlerts[].metrics", to: "orders_late > 7", changes: rules("expr: orders_late > 7\n") },
  {
    key: "alerting.extraAlerts[].logs",
    to: 'rate({app="late"}[5m]) > 7',
    also: { "alerting.extraAlerts[].metrics": undefined },
    changes: {
      "metrics-prometheus-rules": { without: "OrdersWaiting" },
      "logs-loki-rules": "NEW",
      "logs-loki-config": "alertmanager_url: http://alertmanager",
      "logs-loki-server": "mountPath: /etc/loki/rules/fake\n",
      "logs-loki-policy": "app.kubernetes.io/name: alertmanager\n",
      "metrics-alertmanager-policy": "app.kubernetes.io/name: loki\n",
    },
  },
  luceneAlert("query", 'app:"late"', 'query: app:"late"\n'),
  luceneAlert("count", 7, "- 6\n"),
  luceneAlert("within", "7m", "from: 420\n"),
  { key: "alerting.extraAlerts[].for", to: "4m", changes: rules("for: 4m\n") },
  {
    key: "alerting.extraAlerts[].severity",
    to: "warning",
    changes: rules(
      "for: 9m\n        labels:\n          env: kind\n          region: local\n          severity: warning\n",
    ),
  },
  { key: "alerting.extraAlerts[].summary", to: "Late", changes: rules("summary: Late\n") },
  { key: "alerting.extraAlerts[].description", to: "Too late", changes: rules("description: Too late\n") },
  {
    key: "alerting.extraAlerts[].runbookUrl",
    to: "https://wiki.example.org/late",
    changes: rules("runbook_url: https://wiki.example.org/late\n"),
  },
  { key: "alerting.rules.serviceDown.for", to: "7m", changes: rules("has succeeded for 7m.\n") },
  { key: "alerting.rules.highErrorRate.for", to: "7m", changes: rules("More than 5 % for 7m, and") },
  {
    key: "alerting.rules.highErrorRate.threshold",
    to: 0.03,
    changes: {
      ...rules("> 0.03\n"),
      ...dashboards("overview", "HighErrorRate fires above 3 %"),
      ...dashboards("services", "HighErrorRate fires above 3 %"),
      ...dashboards("platform", 'value": 0.03'),
    },
  },
  {
    key: "alerting.rules.highErrorRate.errors",
    to: 7,
    changes: rules('service:http_requests:rate5m{status=~"5.."}) >= 7\n'),
  },
  {
    key: "alerting.rules.manyServerErrors.count",
    to: 42,
    changes: rules('service:http_requests:rate5m{status=~"5.."}) >= 42\n'),
  },
  {
    key: "alerting.rules.highLatency.for",
    to: "7m",
    changes: rules("99th percentile above 2 s for 7m, of"),
  },
  {
    key: "alerting.rules.highLatency.seconds",
    to: 3.5,
    changes: {
      ...rules("> 3.5\n"),
      ...dashboards("overview", 'value": 3.5'),
      ...dashboards("services", "p99 is above 3.5 s"),
      ...dashboards("platform", 'value": 3500'),
    },
  },
  {
    key: "alerting.rules.highLatency.requests",
    to: 77,
    changes: rules('service:http_request_duration_seconds_bucket:rate5m{le="+Inf"}) >= 77\n'),
  },
  { key: "alerting.rules.sloErrorBudgetBurn.events", to: 77, changes: rules(">= 77") },
  {
    key: "alerting.rules.podCrashLooping.restarts",
    to: 9,
    changes: rules('container_status_restarts_total"}[15m]) > 9\n'),
  },
  {
    key: "alerting.rules.podCrashLooping.window",
    to: "7m",
    changes: rules('container_status_restarts_total"}[7m]) > 5\n'),
  },
  {
    key: "alerting.rules.highMemory.for",
    to: "7m",
    changes: rules("More than 85 % for 7m: close to being killed."),
  },
  {
    key: "alerting.rules.highMemory.threshold",
    to: 0.71,
    changes: {
      ...rules("More than 71 % for 10m: close to being killed."),
      ...dashboards("platform", "HighMemory fires above 71 %"),
    },
  },
  {
    key: "alerting.rules.highCpu.for",
    to: "7m",
    changes: rules("More than 80 % for 7m: it is being throttled."),
  },
  {
    key: "alerting.rules.highCpu.threshold",
    to: 0.71,
    changes: {
      ...rules("More than 71 % for 10m: it is being throttled."),
      ...dashboards("platform", "HighCPU fires above 71 %"),
    },
  },
  { key: "alerting.rules.diskPressure.for", to: "7m", changes: rules("More than 85 % for 7m.\n") },
  {
    key: "alerting.rules.diskPressure.threshold",
    to: 0.71,
    changes: {
      ...rules("(kubelet_volume_stats_capacity_bytes > 0) > 0.71\n"),
      ...dashboards("platform", "DiskPressure fires above 71 %"),
    },
  },
  { key: "alerting.rules.diskFull.for", to: "7m", changes: rules("More than 90 % for 7m.\n") },
  {
    key: "alerting.rules.diskFull.threshold",
    to: 0.97,
    changes: {
      ...rules("(kubelet_volume_stats_capacity_bytes > 0) > 0.97\n"),
      ...dashboards("platform", "DiskFull above 97 %"),
    },
  },
  { key: "alerting.rules.pendingPods.for", to: "7m", changes: rules("More than 0 for 7m.\n") },
  {
    key: "alerting.rules.pendingPods.count",
    to: 4,
    changes: rules(") > 4\n"),
  },
  {
    key: "alerting.rules.stackTargetDown.for",
    to: "7m",
    changes: rules('absent(up{job="cadvisor"})\n        for: 7m\n'),
  },
  {
    key: "alerting.rules.configReloadFailed.for",
    to: "7m",
    changes: rules("config_last_reload_successful == 0\n        for: 7m\n"),
  },
  { key: "alerting.rules.circuitBreakerOpen.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.nodeNotReady.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.replicasMissing.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.jobFailed.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.rulesFailing.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.remoteWriteFailing.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.targetLimitNear.for", to: "7m", changes: rules(" 7m") },
  {
    key: "alerting.rules.targetLimitNear.threshold",
    to: 0.97,
    changes: rules("> 0.97\n"),
  },
  { key: "alerting.rules.scrapedTwice.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.notificationsFailing.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.rulesLate.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.compactionFailing.for", to: "7m", changes: rules(" 7m") },
  {
    // One Alertmanager has no members to count.
    key: "alerting.rules.alertmanagerMembersInconsistent.for",
    to: "7m",
    also: { "alerting.replicas": 3 },
    changes: { ...threeAlertmanagers, ...rules(" 7m") },
  },
  { key: "alerting.rules.storeWritesFailing.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.spansLost.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.linesLost.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.spanQueueFilling.for", to: "7m", changes: rules(" 7m") },
  {
    key: "alerting.rules.spanQueueFilling.threshold",
    to: 0.97,
    changes: rules("More than 97 % for 5m: their store"),
  },
  { key: "alerting.rules.volumeFilling.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.retentionNotApplied.for", to: "7m", changes: rules(" 7m") },
  { key: "alerting.rules.volumeFilling.within", to: "2d", changes: rules("Within 2d if") },
  {
    key: "alerting.rules.volumeFilling.threshold",
    to: 0.97,
    changes: rules("(kubelet_volume_stats_capacity_bytes > 0) > 0.97\n"),
  },
  { key: "alerting.rules.retentionNotApplied.after", to: "2h", changes: rules("More than 2h for") },
  { key: "alerting.rules.certificateAboutToEnd.for", to: "7m", changes: rules("were left for 7m: ") },
  {
    key: "alerting.rules.certificateAboutToEnd.within",
    to: "3d",
    changes: {
      ...rules("- time() < 259200\n"),
      ...dashboards("platform", "CertificateAboutToEnd fires below 3d"),
    },
  },
  { key: "alerting.rules.redisDown.for", to: "7m", changes: rules("has not reached it for 7m.\n") },
  {
    key: "alerting.rules.redisMemory.for",
    to: "7m",
    changes: rules("For 7m. At 100 % it refuses every write"),
  },
  { key: "alerting.rules.redisMemory.threshold", to: 0.97, changes: rules("> 0) > 0.97") },
  {
    key: "alerting.rules.postgresConnections.for",
    to: "7m",
    changes: rules("For 7m. At 100 % it refuses every login"),
  },
  {
    key: "alerting.rules.postgresConnections.threshold",
    to: 0.97,
    changes: rules('(pg_settings_max_connections{job="postgres"}) > 0.97'),
  },
  { key: "alerting.rules.postgresDown.for", to: "7m", changes: rules("has not reached it for 7m.\n") },
  {
    key: "alerting.replicas",
    to: 3,
    changes: { ...threeAlertmanagers, ...rules("- alert: AlertmanagerMembersInconsistent\n") },
  },
  ...resources("alerting", "metrics-alertmanager-server"),
  ...storage("alerting", "metrics-alertmanager-data"),

  { key: "slo.enabled", to: false, changes: rules({ without: "slo:error_budget" }) },
  {
    key: "slo.window",
    to: "60d",
    changes: { ...rules("> 28.8 * slo:error_budget"), ...dashboards("overview", "Above 28.8 somebody") },
  },
  { key: "slo.availability.objective", to: 0.99, changes: rules(" + 0.01\n") },
  {
    key: "slo.latency.seconds",
    to: 0.25,
    changes: { ...rules('le=~"0\\\\.25"'), "tracing-applications-shop": "REQUESTS: 250ms\n" },
  },
  { key: "slo.latency.objective", to: 0.8, changes: rules(" + 0.2\n") },
  { key: "slo.objectives[].name", to: "patience", changes: rules("slo: patience\n") },
  {
    key: "slo.objectives[].service",
    to: "auth-service",
    also: { "services[].name": "auth-service" },
    changes: {
      ...prometheus(";shop;auth-service\n"),
      ...rules('wait_seconds_count{namespace="shop", service="auth-service"}'),
    },
  },
  {
    key: "slo.objectives[].namespace",
    to: "bank",
    also: { "services[].namespace": "bank" },
    changes: { ...inBank, ...rules('wait_seconds_count{namespace="bank", service="board-service"}') },
  },
  { key: "slo.objectives[].objective", to: 0.7, changes: rules(" + 0.3\n") },
  { key: "slo.objectives[].histogram", to: "hours", changes: rules("rate(hours_bucket{") },
  { key: "slo.objectives[].seconds", to: 40, changes: rules('le=~"40(') },
  ...["bad", "total"].map((kind): Row => {
    const pair = { bad: 'lost{kind="a"}', total: "sent" };
    const { [kind as "bad"]: value, ...other } = pair;
    const without = { histogram: undefined, seconds: undefined, ...other };
    const also = Object.entries(without).map(([name, to]) => [`slo.objectives[].${name}`, to]);
    return {
      key: `slo.objectives[].${kind}`,
      to: value,
      also: Object.fromEntries(also) as Record<string, unknown>,
      changes: rules(
        `rate(${value.replace("{kind", '{namespace="shop", service="board-service", kind').replace(/t$/, "t{")}`,
      ),
    };
  }),

  {
    key: "logs.retention.time",
    to: "9d",
    changes: {
      ...rolls("logs-loki-config", "logs-loki-server", "retention_period: 9d\n"),
      ...rolls("logs-alloy-config", "logs-alloy-agent", 'older_than = "216h"'),
    },
  },
  { ...toElasticsearch(), key: "logs.backend", to: "elasticsearch" },
  { ...toElasticsearch(), key: "logs.collector", to: "filebeat" },
  {
    key: "logs.collector",
    to: "promtail",
    changes: {
      ...all(
        AGENT.map((what) => `logs-alloy-${what}`),
        "GONE",
      ),
      ...all(
        AGENT.map((what) => `logs-promtail-${what}`),
        "NEW",
      ),
      ...all(["logs-loki-policy", "metrics-prometheus-config", "metrics-prometheus-policy"], "promtail"),
      ...all(["metrics-prometheus-rules", "grafana-dashboards-platform"], "promtail_dropped_entries_total"),
    },
  },
  {
    ...toElasticsearch({ "logs-elasticsearch-filebeat": "rotation: again\n" }),
    key: "logs.elasticsearch.logins.rotation",
    to: "again",
  },
  {
    ...toElasticsearch({ "logs-elasticsearch-data": "storage: 77Gi\n" }),
    key: "logs.elasticsearch.storage.size",
    to: "77Gi",
  },
  {
    ...toElasticsearch({ "logs-elasticsearch-data": "storageClassName: fast\n" }),
    key: "logs.elasticsearch.storage.class",
    to: "fast",
  },
  ...(
    [
      ["requests.cpu", "9m"],
      ["requests.memory", "23Mi"],
      ["limits.cpu", "4321m"],
      ["limits.memory", "4321Mi"],
    ] as const
  ).map(([amount, to]): Row => ({
    ...toElasticsearch({
      "logs-elasticsearch-server": [
        `containers.0.resources.${amount}: ${to}\n`,
        ...(amount === "limits.memory" ? ["value: -Xms2160m -Xmx2160m "] : []),
      ],
    }),
    key: `logs.elasticsearch.resources.${amount}`,
    to,
  })),
  { ...encrypted(), key: "logs.elasticsearch.tls.secretName", to: "certificate" },
  threeNodes(),
  { ...toKibana(), key: "logs.elasticsearch.kibana.enabled", to: true },
  ...(
    [
      ["requests.cpu", "9m"],
      ["requests.memory", "23Mi"],
      ["limits.cpu", "4321m"],
      ["limits.memory", "4320Mi"],
    ] as const
  ).map(([amount, to]): Row => {
    const row = toKibana({
      "logs-kibana-server": [
        `containers.0.resources.${amount}: ${to}\n`,
        ...(amount === "limits.memory" ? ["value: --max-old-space-size=2880 "] : []),
      ],
    });
    const also = { ...row.also, "logs.elasticsearch.kibana.enabled": true };
    return { ...row, also, key: `logs.elasticsearch.kibana.resources.${amount}`, to };
  }),
  { ...toLogstash(), key: "logs.elasticsearch.logstash.enabled", to: true },
  ofLogstash("queue", "64Mi", { "logs-logstash-config": "queue.max_bytes: 67108864\n" }),
  ofLogstash("storage.size", "77Gi", { "logs-logstash-data": "storage: 77Gi\n" }),
  ofLogstash("storage.class", "fast", { "logs-logstash-data": "storageClassName: fast\n" }),
  ...amounts.map(([amount, to]) =>
    ofLogstash(`resources.${amount}`, to, {
      "logs-logstash-server": [
        `containers.0.resources.${amount}: ${to}\n`,
        ...(amount === "limits.memory" ? ["value: -Xms2160m -Xmx2160m "] : []),
      ],
    }),
  ),
  {
    key: "logs.maskIps",
    to: false,
    changes: {
      ...rolls("logs-alloy-config", "logs-alloy-agent", { without: "stage.match {" }),
      ...rolls("logs-alloy-events-config", "logs-alloy-events-server", { without: "stage.match {" }),
    },
  },
  ...storage("logs", "logs-loki-data"),
  ...bucket("logs", "logs-loki", "bucketnames"),
  {
    key: "logs.replicas",
    to: 3,
    changes: {
      "logs-loki-config": ["replication_factor: 3\n", "- loki-headless.observability.svc:7946\n"],
      "logs-loki-server": ["spec.replicas: 3\n", "containerPort: 7946\n"],
      "logs-loki-service": "port: 7946\n",
      "logs-loki-policy": "port: 7946\n",
      "logs-loki-headless-service": "NEW",
      "logs-loki-disruption-budget": "NEW",
      "logs-loki-data": "GONE",
      "logs-loki-data-0": "NEW",
      "logs-loki-data-1": "NEW",
      "logs-loki-data-2": "NEW",
    },
  },
  ...resources("logs", "logs-loki-server", {
    "logs-loki-config": ["replay_memory_ceiling: 1080MB\n", "max_size_mb: 259\n", "max_size_mb: 86\n"],
  }),
  ...resources("logs.agent", "logs-alloy-agent"),
  ...resources("logs.events", "logs-alloy-events-server"),

  {
    key: "tracing.sampling.probability",
    to: 0.25,
    // With these it would be refused.
    also: { "tracing.tailSampling.keepErrors": false, "tracing.tailSampling.slowerThan": null },
    changes: {
      ...sampler({ without: "name: errors\n" }),
      "tracing-applications-shop": [
        "data.TRACING_SAMPLING_PROBABILITY: 0.25\n",
        "data.MANAGEMENT_TRACING_SAMPLING_PROBABILITY: 0.25\n",
        "data.OTEL_TRACES_SAMPLER_ARG: 0.25\n",
      ],
    },
  },
  {
    key: "tracing.tailSampling.enabled",
    to: false,
    changes: {
      ...all(
        [
          ...["config", "server", "service", "policy", "disruption-budget", "data-0", "data-1"].map(
            (what) => `tracing-sampler-${what}`,
          ),
        ],
        "GONE",
      ),
      ...rolls("tracing-collector-config", "tracing-collector-server", [
        "endpoint: tempo.observability.svc:4317\n",
        "span_metrics:\n",
      ]),
      "tracing-collector-server": "containerPort: 8889\n",
      "tracing-collector-service": "port: 8889\n",
      "tracing-collector-policy": "app.kubernetes.io/name: tempo\n",
      "tracing-tempo-policy": "app.kubernetes.io/name: collector\n",
      "metrics-prometheus-policy": { without: "app.kubernetes.io/name: sampler\n" },
      ...prometheus("collector;span-metrics"),
      ...rules({ without: "sampler" }),
      ...dashboards("platform", { without: "|sampler|" }),
    },
  },
  {
    key: "tracing.tailSampling.keepErrors",
    to: false,
    changes: sampler({ without: "type: status_code\n" }),
  },
  {
    key: "tracing.tailSampling.slowerThan",
    to: "30s",
    changes: sampler("threshold_ms: 30000\n"),
  },
  { key: "tracing.tailSampling.percent", to: 2.5, changes: sampler("sampling_percentage: 2.5\n") },
  {
    key: "tracing.tailSampling.decisionWait",
    to: "7s",
    changes: sampler("decision_wait_after_root_received: 7s\n"),
  },
  { key: "tracing.tailSampling.longestTrace", to: "77s", changes: sampler("decision_wait: 77s\n") },
  {
    key: "tracing.tailSampling.replicas",
    to: 3,
    changes: { "tracing-sampler-server": "spec.replicas: 3\n", "tracing-sampler-data-2": "NEW" },
  },
  ...resources("tracing.tailSampling", "tracing-sampler-server"),
  {
    key: "tracing.retention.time",
    to: "3d",
    changes: rolls("tracing-tempo-config", "tracing-tempo-server", "block_retention: 72h\n"),
  },
  ...storage("tracing", "tracing-tempo-data"),
  ...bucket("tracing", "tracing-tempo", "bucket"),
  ...resources("tracing", "tracing-tempo-server", {
    "tracing-tempo-config": `max_block_bytes: ${(4321 * 2 ** 20) / 8}\n`,
  }),
  { ...toJaeger(), key: "tracing.backend", to: "jaeger", also: { "tracing.s3": null } },
  {
    ...tracesInElasticsearch("jaeger", { "tracing-jaeger-server": "name: ELASTICSEARCH_PASSWORD\n" }),
    key: "tracing.jaeger.storage",
    to: "elasticsearch",
  },
  {
    ...tracesInElasticsearch("zipkin", { "tracing-zipkin-server": "value: zipkin-jaeger\n" }),
    key: "tracing.zipkin.storage",
    to: "elasticsearch",
  },
  { ...toZipkin(["MEM_MAX_SPANS"]), key: "tracing.backend", to: "zipkin", also: { "tracing.s3": null } },
  { ...toZipkin(["value: 777\n"]), key: "tracing.zipkin.maxSpans", to: 777 },
  {
    key: "tracing.zipkin.nodePort",
    to: 31_000,
    also: toZipkin([]).also,
    changes: {
      ...toZipkin(["MEM_MAX_SPANS"]).changes,
      "tracing-zipkin-service": "spec.ports.0.nodePort: 31000\n",
    },
  },
  ...amounts.map(([amount, to]): Row => ({
    ...toJaeger({
      "tracing-jaeger-server": [
        `containers.0.resources.${amount}: ${to}\n`,
        ...(amount === "limits.memory" ? ["value: 3888MiB\n"] : []),
      ],
    }),
    key: `tracing.jaeger.resources.${amount}`,
    to,
  })),
  ...amounts.map(([amount, to]): Row => ({
    ...toZipkin([
      `containers.0.resources.${amount}: ${to}\n`,
      ...(amount === "limits.memory" ? ["value: -Xmx1944m "] : []),
    ]),
    key: `tracing.zipkin.resources.${amount}`,
    to,
  })),
  {
    key: "tracing.collector.queue",
    to: "77Mi",
    changes: {
      ...rolls("tracing-collector-config", "tracing-collector-server", `queue_size: ${77 * 2 ** 20}\n`),
      ...sampler(`queue_size: ${77 * 2 ** 20}\n`),
    },
  },
  ...storage(
    "tracing.collector",
    "tracing-collector-data",
    "tracing-sampler-data-0",
    "tracing-sampler-data-1",
  ),
  ...resources("tracing.collector", "tracing-collector-server"),

  {
    key: "grafana.port",
    to: 3006,
    changes: {
      "grafana-server": [".value: 3006\n", "ports.0.containerPort: 3006\n"],
      "grafana-service": "spec.ports.0.port: 3006\n",
      "grafana-policy": "ports.0.port: 3006\n",
      ...rolls("grafana-edge-config", "grafana-edge-server", "grafana.observability.svc:3006"),
      "grafana-edge-policy": "ports.0.port: 3006\n",
      "grafana-grafana-rotation-job": "http://grafana.observability.svc:3006/",
      "grafana-grafana-rotation-policy": "ports.0.port: 3006\n",
      "metrics-prometheus-policy": "ports.0.port: 3006\n",
    },
  },
  {
    key: "grafana.nodePort",
    to: 31000,
    changes: { "grafana-service": "spec.ports.0.nodePort: 31000" },
  },
  {
    key: "grafana.nodePort",
    to: null,
    changes: {
      "grafana-service": "spec.type: ClusterIP",
      "grafana-policy": { without: "spec.ingress.0.from.0.ipBlock.cidr" },
    },
  },
  {
    key: "grafana.admin.rotation",
    to: "second",
    changes: {
      "grafana-admin": "keepers.rotation: second",
      ...all(["grafana-credentials", "grafana-server", "grafana-grafana-rotation-job"], "FOLLOWS"),
    },
  },
  ...["name", "authUrl", "clientId"].map((key): Row => {
    const to = key === "authUrl" ? "https://other.example.org/auth" : "Other";
    return { key: `grafana.oidc.${key}`, to, changes: { "grafana-server": `value: ${to}\n` } };
  }),
  ...["tokenUrl", "apiUrl"].map((key): Row => ({
    key: `grafana.oidc.${key}`,
    to: "https://id.example.org:8443/other",
    changes: {
      "grafana-server": "value: https://id.example.org:8443/other\n",
      "grafana-policy": "port: 8443\n",
    },
  })),
  {
    key: "grafana.oidc.clientSecret",
    to: "another-secret",
    changes: rolls("grafana-oidc", "grafana-server", "secret: another-secret\n"),
  },
  {
    key: "grafana.oidc.ca",
    to: AUTHORITY,
    changes: {
      "grafana-authorities": "NEW",
      "grafana-server": [
        "name: GF_AUTH_GENERIC_OAUTH_TLS_CLIENT_CA\n",
        "value: /etc/grafana/authorities/oidc.pem\n",
      ],
    },
  },
  {
    key: "grafana.oidc.scopes",
    to: ["openid", "groups"],
    changes: { "grafana-server": "value: openid groups\n" },
  },
  {
    key: "grafana.oidc.groupsClaim",
    to: "cognito:groups",
    changes: { "grafana-server": `value: "cognito:groups"[?@ == \`"platform"\`] && 'Admin'\n` },
  },
  {
    key: "grafana.oidc.roles[].group",
    to: "sre",
    changes: { "grafana-server": `value: "groups"[?@ == \`"sre"\`] && 'Admin'\n` },
  },
  {
    key: "grafana.oidc.roles[].role",
    to: "Viewer",
    changes: { "grafana-server": `value: "groups"[?@ == \`"platform"\`] && 'Viewer'\n` },
  },
  {
    key: "grafana.oidc.roles[].organisation",
    to: "Shop",
    changes: { "grafana-server": 'value: ["platform:Shop:Admin"]\n' },
  },
  {
    key: "grafana.folders.overview",
    to: "Shop",
    changes: rolls("grafana-provisioning", "grafana-server", "folder: Shop\n"),
  },
  {
    key: "grafana.folders.services",
    to: "Shop",
    changes: rolls("grafana-provisioning", "grafana-server", "folder: Shop\n"),
  },
  {
    key: "grafana.folders.platform",
    to: "Shop",
    changes: rolls("grafana-provisioning", "grafana-server", "folder: Shop\n"),
  },
  ...Object.entries({ size: "77Gi", class: "fast" }).map(([key, to]): Row => ({
    key: `grafana.storage.${key}`,
    to,
    // Nothing is on a volume beside a database.
    also: { "grafana.database": null },
    changes: {
      "grafana-data": "NEW",
      "grafana-database": "GONE",
      "grafana-server": ["claimName: grafana-data\n", "value: /var/lib/grafana\n"],
      "grafana-policy": { without: "port: 5432" },
    },
  })),
  {
    key: "grafana.database.host",
    to: "pg.data.svc",
    changes: { "grafana-server": "value: pg.data.svc:5432\n", "grafana-policy": namespace("data") },
  },
  ...["name", "username", "sslmode"].map((key): Row => {
    const to = key === "sslmode" ? "verify-full" : "other";
    return { key: `grafana.database.${key}`, to, changes: { "grafana-server": `value: ${to}` } };
  }),
  {
    key: "grafana.database.port",
    to: 6432,
    changes: { "grafana-server": "value: pg.example.org:6432\n", "grafana-policy": "port: 6432\n" },
  },
  {
    key: "grafana.database.ca",
    to: AUTHORITY,
    also: { "grafana.database.sslmode": "verify-full" },
    changes: {
      "grafana-authorities": "NEW",
      "grafana-server": [
        "name: GF_DATABASE_CA_CERT_PATH\n",
        "value: /etc/grafana/authorities/database.pem\n",
        "value: verify-full\n",
      ],
    },
  },
  {
    key: "grafana.database.password",
    to: "another-password",
    changes: rolls("grafana-database", "grafana-server", "password: another-password\n"),
  },
  {
    key: "grafana.replicas",
    to: 2,
    changes: {
      "grafana-server": "spec.selector.matchLabels.observability-stack/replica: 0\n",
      "grafana-service": "sessionAffinity: ClientIP\n",
      ...all(["grafana-server-1", "grafana-headless-service", "grafana-disruption-budget"], "NEW"),
    },
  },
  ...resources("grafana", "grafana-server"),

  { key: "edge.enabled", to: false, also: withoutSignOn, changes: withoutEdge },
  {
    key: "edge.nodePort",
    to: 31000,
    changes: { "grafana-edge-service": "spec.ports.0.nodePort: 31000" },
  },
  { key: "edge.nodePort", to: null, changes: { "grafana-edge-service": "spec.type: ClusterIP" } },
  {
    key: "edge.anonymous",
    to: true,
    also: { "edge.ingress": null },
    changes: {
      ...all(["grafana-edge-ingress", "grafana-edge-login", "grafana-edge-password"], "GONE"),
      "grafana-edge-config": { without: "http_basic" },
      "grafana-edge-server": { without: "EDGE_PASSWORD_HASH" },
    },
  },
  {
    key: "edge.login.rotation",
    to: "second",
    changes: {
      "grafana-edge-password": "keepers.rotation: second",
      ...all(["grafana-edge-login", "grafana-edge-server"], "FOLLOWS"),
    },
  },
  {
    key: "edge.url",
    to: "https://ops.example.org",
    changes: {
      "grafana-edge-ingress": "host: ops.example.org\n",
      ...rules("dashboard_url: https://ops.example.org/api/monitoring/grafana/d/"),
      "grafana-server": "value: https://ops.example.org/api/monitoring/grafana/\n",
      "metrics-prometheus-server": "--web.external-url=https://ops.example.org/api/monitoring/prometheus\n",
      "metrics-alertmanager-server":
        "--web.external-url=https://ops.example.org/api/monitoring/alertmanager\n",
      "metrics-alertmanager-config": "https://ops.example.org/api/monitoring/grafana/alerting/groups?",
    },
  },
  {
    key: "edge.tls.secretName",
    to: "another",
    changes: { "grafana-edge-server": "secret.secretName: another\n" },
  },
  {
    key: "edge.ingress.className",
    to: "inside",
    changes: { "grafana-edge-ingress": "spec.ingressClassName: inside\n" },
  },
  {
    key: "edge.ingress.scheme",
    to: "internet-facing",
    changes: {
      "grafana-edge-ingress": "kubernetes.io/scheme: internet-facing\n",
      // Everybody's way in does not lead to Prometheus, which is at the root again.
      ...rolls("grafana-edge-config", "grafana-edge-server", { without: "/api/monitoring/prometheus" }),
      "grafana-edge-policy": { without: "app.kubernetes.io/name: prometheus\n" },
      "metrics-prometheus-policy": { without: "app.kubernetes.io/name: edge\n" },
      "metrics-prometheus-server": "--web.external-url=http://prometheus.observability.svc:9090\n",
      ...rolls("grafana-provisioning", "grafana-server", "url: http://prometheus.observability.svc:9090\n"),
    },
  },
  {
    key: "edge.ingress.certificateArn",
    to: "arn:aws:acm:us-east-1:123456789012:certificate/second",
    changes: {
      "grafana-edge-ingress":
        "kubernetes.io/certificate-arn: arn:aws:acm:us-east-1:123456789012:certificate/second\n",
    },
  },
  ...resources("edge", "grafana-edge-server"),

  {
    key: "overrides.loki",
    to: { limits_config: { max_query_series: 77 } },
    changes: {
      ...rolls("logs-loki-config", "logs-loki-server", "max_query_series: 77\n"),
      "logs-loki-policy": anywhere(3),
    },
  },
  {
    key: "overrides.tempo",
    to: { ingester: { max_block_duration: "7m" } },
    changes: {
      ...rolls("tracing-tempo-config", "tracing-tempo-server", "max_block_duration: 7m\n"),
      "tracing-tempo-policy": anywhere(3),
    },
  },
  {
    ...toJaeger({ "tracing-jaeger-config": "maintenance_interval: 7m\n" }),
    key: "overrides.jaeger",
    to: {
      extensions: { jaeger_storage: { backends: { badger: { badger: { maintenance_interval: "7m" } } } } },
    },
  },
  {
    key: "overrides.collector",
    to: { processors: { memory_limiter: { limit_percentage: 77 } } },
    changes: {
      ...rolls("tracing-collector-config", "tracing-collector-server", "limit_percentage: 77\n"),
      "tracing-collector-policy": anywhere(3),
    },
  },
  {
    key: "overrides.sampler",
    to: { processors: { memory_limiter: { limit_percentage: 77 } } },
    changes: {
      ...sampler("limit_percentage: 77\n"),
      "tracing-sampler-policy": anywhere(2),
    },
  },
  {
    // With a scrape job of the user's own in the baseline, Prometheus may connect to any address already.
    key: "overrides.prometheus",
    to: { global: { scrape_timeout: "7s" } },
    changes: prometheus("scrape_timeout: 7s\n"),
  },
  {
    key: "overrides.alertmanager",
    to: { global: { resolve_timeout: "7m" } },
    changes: { ...alertmanager("resolve_timeout: 7m\n"), "metrics-alertmanager-policy": anywhere(2) },
  },
];
