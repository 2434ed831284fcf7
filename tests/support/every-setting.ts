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
  /** Other keys that have to go along. */
  also?: Record<string, unknown>;
  /** Name of the resource -> what is seen of it. A function where that is a rule for all resources. */
  changes: Record<string, Seen> | ((resources: Made[]) => Record<string, Seen>);
}

/** A key with one allowed value so far. A second one needs a row. */
export interface Single {
  key: string;
  only: string;
}

/** Everything that may be left out is given, so that each key has something to change. */
export const baseline = {
  platform: "kind",
  services: [{ name: "board-service", namespace: "shop", port: 8000 }],
  placement: {
    tolerations: [
      { key: "only", operator: "Equal", value: "servers", effect: "NoExecute", tolerationSeconds: 60 },
    ],
  },
  alerting: {
    receivers: [
      {
        name: "team",
        slack: { url: "https://slack.example.org/team", channel: "#alerts" },
        email: { to: "team@example.org" },
        webhook: { url: "https://hook.example.org/team" },
      },
      { name: "others", webhook: { url: "https://hook.example.org/others" } },
    ],
    routes: [{ severity: "warning", receiver: "team" }],
    heartbeat: { url: "https://heartbeat.example.org/", interval: "3m" },
    smtp: {
      smarthost: "smtp.example.org:587",
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
const receivers = (seen: Seen) =>
  rolls("metrics-alertmanager-receivers", "metrics-alertmanager-server", seen);
const prometheus = (seen: Seen) => ({ "metrics-prometheus-config": seen });
const rules = (seen: Seen) => ({ "metrics-prometheus-rules": seen });

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

/** The four amounts of a container. */
const resources = (key: string, workload: string): Row[] =>
  [
    ["requests.cpu", "9m"],
    ["requests.memory", "23Mi"],
    ["limits.cpu", "4321m"],
    ["limits.memory", "4321Mi"],
  ].map(([amount, to]) => ({
    key: `${key}.resources.${amount}`,
    to,
    changes: { [workload]: `containers.0.resources.${amount}: ${to}` },
  }));

const storage = (key: string, claim: string): Row[] => [
  { key: `${key}.storage.size`, to: "77Gi", changes: { [claim]: "spec.resources.requests.storage: 77Gi" } },
  { key: `${key}.storage.class`, to: "fast", changes: { [claim]: "spec.storageClassName: fast" } },
];

const claims = [
  "metrics-prometheus-data",
  "metrics-alertmanager-data",
  "logs-loki-data",
  "tracing-tempo-data",
  "grafana-data",
];
const all = (names: string[], seen: Seen) => Object.fromEntries(names.map((name) => [name, seen]));
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
  ...rolls("logs-alloy-config", "logs-alloy-agent", `template = "${value}"`),
  ...rolls("logs-alloy-events-config", "logs-alloy-events-server", `template = "${value}"`),
  ...rolls("tracing-collector-config", "tracing-collector-server", `value: ${value}`),
});

/** Whoever links to the user interfaces, or is reached through the proxy. */
const withoutEdge: Record<string, Seen> = {
  ...all(
    ["grafana-edge-config", "grafana-edge-server", "grafana-edge-service", "grafana-edge-policy"],
    "GONE",
  ),
  "grafana-server": { without: "GF_SERVER_ROOT_URL" },
  "grafana-policy": { without: "app.kubernetes.io/name: edge" },
  "grafana-grafana-rotation-job": "value: http://grafana.observability.svc:3000\n",
  "metrics-prometheus-server": "--web.external-url=http://prometheus.observability.svc:9090\n",
  "metrics-prometheus-policy": { without: "app.kubernetes.io/name: edge" },
  "metrics-alertmanager-server": "--web.external-url=http://grafana.observability.svc:3000/alerting/groups",
  "metrics-alertmanager-config": "http://grafana.observability.svc:3000/alerting/groups",
};

export const single: Single[] = [
  { key: "metrics.backend", only: "prometheus" },
  { key: "logs.backend", only: "loki" },
  { key: "logs.collector", only: "alloy" },
  { key: "tracing.backend", only: "tempo" },
];

export const table: Row[] = [
  {
    key: "platform",
    to: "eks",
    changes: {
      ...withoutEdge,
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
      "namespaces-observability-agents-deny": "GONE",
      "namespaces-watchers": "NEW",
      "namespaces-watchers-deny": "NEW",
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
    changes: everyPod("containers.0.image: mirror.example.org/team/"),
  },
  {
    key: "placement.imagePullSecrets",
    to: ["pull"],
    changes: everyPod("imagePullSecrets.0.name: pull"),
  },
  {
    key: "placement.tolerations[].key",
    to: "pool",
    changes: everyServer("tolerations.0.key: pool"),
  },
  {
    key: "placement.tolerations[].operator",
    to: "Exists",
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
    changes: {
      ...prometheus("job_name: auth-service\n"),
      ...rules('absent(up{service="auth-service", namespace="shop"})'),
    },
  },
  {
    key: "services[].namespace",
    to: "bank",
    changes: {
      ...prometheus("- bank\n"),
      ...rules('absent(up{service="board-service", namespace="bank"})'),
      "namespaces-shop": "GONE",
      "namespaces-bank": "NEW",
      "tracing-applications-shop": "GONE",
      "tracing-applications-bank": "NEW",
      "metrics-prometheus-policy": "kubernetes.io/metadata.name: bank",
      "tracing-collector-policy": "kubernetes.io/metadata.name: bank",
    },
  },
  { key: "services[].port", to: 9000, changes: prometheus('regex: "9000"') },
  {
    key: "services[].path",
    to: "/actuator/prometheus",
    changes: prometheus("metrics_path: /actuator/prometheus\n"),
  },
  { key: "services[].interval", to: "7s", changes: prometheus("scrape_interval: 7s\n") },

  {
    key: "metrics.scrapeInterval",
    to: "20s",
    changes: {
      // The default of all jobs, and the job of a service that says nothing else.
      ...prometheus(["\n  scrape_interval: 20s\n", "\n    scrape_interval: 20s\n"]),
      ...rolls("grafana-provisioning", "grafana-server", "timeInterval: 20s\n"),
    },
  },
  {
    key: "metrics.evaluationInterval",
    to: "20s",
    changes: prometheus("evaluation_interval: 20s\n"),
  },
  {
    key: "metrics.annotatedNamespaces",
    to: ["garden"],
    changes: {
      ...prometheus("- garden\n"),
      "metrics-prometheus-policy": "kubernetes.io/metadata.name: garden",
      "tracing-collector-policy": "kubernetes.io/metadata.name: garden",
    },
  },
  { key: "metrics.retention.time", to: "9d", changes: prometheus("time: 9d\n") },
  { key: "metrics.retention.size", to: "3Gi", changes: prometheus("size: 3GB\n") },
  ...storage("metrics", "metrics-prometheus-data"),
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
      "metrics-node-exporter-agent": "GONE",
      "metrics-node-exporter-policy": "GONE",
      "metrics-prometheus-policy": { without: "node-exporter" },
      ...prometheus({ without: "node-exporter" }),
    },
  },
  ...resources("metrics.nodeExporter", "metrics-node-exporter-agent"),

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
    key: "alerting.routes[].severity",
    to: "critical",
    changes: alertmanager({ without: 'matchers:\n        - severity="warning"\n      receiver: team\n' }),
  },
  {
    key: "alerting.routes[].receiver",
    to: "others",
    changes: alertmanager('matchers:\n        - severity="warning"\n      receiver: others\n'),
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
  { key: "alerting.smtp.password", to: "another", changes: receivers("smtp: another\n") },
  { key: "alerting.groupWait", to: "7s", changes: alertmanager("group_wait: 7s\n") },
  { key: "alerting.groupInterval", to: "7m", changes: alertmanager("group_interval: 7m\n") },
  { key: "alerting.repeatInterval", to: "7h", changes: alertmanager("repeat_interval: 7h\n") },
  {
    key: "alerting.runbookUrl",
    to: "https://runbook.example.org/page",
    changes: rules("runbook_url: https://runbook.example.org/page#servicedown\n"),
  },
  { key: "alerting.rules.serviceDown.for", to: "7m", changes: rules("has succeeded for 7m.\n") },
  { key: "alerting.rules.highErrorRate.for", to: "7m", changes: rules("More than 5 % for 7m.\n") },
  {
    key: "alerting.rules.highErrorRate.threshold",
    to: 0.03,
    changes: rules("> 0.03\n"),
  },
  {
    key: "alerting.rules.highLatency.for",
    to: "7m",
    changes: rules("99th percentile above 2 s for 7m.\n"),
  },
  { key: "alerting.rules.highLatency.seconds", to: 3.5, changes: rules("> 3.5\n") },
  {
    key: "alerting.rules.podCrashLooping.restarts",
    to: 9,
    changes: rules("kube_pod_container_status_restarts_total[15m]) > 9\n"),
  },
  {
    key: "alerting.rules.podCrashLooping.window",
    to: "7m",
    changes: rules("kube_pod_container_status_restarts_total[7m]) > 5\n"),
  },
  {
    key: "alerting.rules.highMemory.for",
    to: "7m",
    changes: rules("More than 85 % for 7m: close to being killed."),
  },
  {
    key: "alerting.rules.highMemory.threshold",
    to: 0.71,
    changes: rules("More than 71 % for 10m: close to being killed."),
  },
  {
    key: "alerting.rules.highCpu.for",
    to: "7m",
    changes: rules("More than 80 % for 7m: it is being throttled."),
  },
  {
    key: "alerting.rules.highCpu.threshold",
    to: 0.71,
    changes: rules("More than 71 % for 10m: it is being throttled."),
  },
  { key: "alerting.rules.diskPressure.for", to: "7m", changes: rules("More than 85 % for 7m.\n") },
  {
    key: "alerting.rules.diskPressure.threshold",
    to: 0.71,
    changes: rules("(kubelet_volume_stats_capacity_bytes > 0) > 0.71\n"),
  },
  { key: "alerting.rules.pendingPods.for", to: "7m", changes: rules("More than 0 for 7m.\n") },
  {
    key: "alerting.rules.pendingPods.count",
    to: 4,
    changes: rules('(kube_pod_status_phase{phase="Pending"}) > 4\n'),
  },
  ...resources("alerting", "metrics-alertmanager-server"),
  ...storage("alerting", "metrics-alertmanager-data"),

  {
    key: "logs.retention.time",
    to: "9d",
    changes: rolls("logs-loki-config", "logs-loki-server", "retention_period: 9d\n"),
  },
  {
    key: "logs.maskIps",
    to: false,
    changes: {
      ...rolls("logs-alloy-config", "logs-alloy-agent", { without: "stage.replace {" }),
      ...rolls("logs-alloy-events-config", "logs-alloy-events-server", { without: "stage.replace {" }),
    },
  },
  ...storage("logs", "logs-loki-data"),
  ...resources("logs", "logs-loki-server"),
  ...resources("logs.agent", "logs-alloy-agent"),
  ...resources("logs.events", "logs-alloy-events-server"),

  {
    key: "tracing.sampling.probability",
    to: 0.25,
    changes: {
      "tracing-applications-shop": [
        "data.TRACING_SAMPLING_PROBABILITY: 0.25\n",
        "data.MANAGEMENT_TRACING_SAMPLING_PROBABILITY: 0.25\n",
        "data.OTEL_TRACES_SAMPLER_ARG: 0.25\n",
      ],
    },
  },
  {
    key: "tracing.retention.time",
    to: "3d",
    changes: rolls("tracing-tempo-config", "tracing-tempo-server", "block_retention: 72h\n"),
  },
  ...storage("tracing", "tracing-tempo-data"),
  ...resources("tracing", "tracing-tempo-server"),
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
      "grafana-policy": { without: "ipBlock.cidr" },
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
  {
    key: "grafana.folder",
    to: "Shop",
    changes: rolls("grafana-provisioning", "grafana-server", "folder: Shop\n"),
  },
  ...storage("grafana", "grafana-data"),
  ...resources("grafana", "grafana-server"),

  { key: "edge.enabled", to: false, changes: withoutEdge },
  {
    key: "edge.nodePort",
    to: 31000,
    changes: { "grafana-edge-service": "spec.ports.0.nodePort: 31000" },
  },
  { key: "edge.nodePort", to: null, changes: withoutEdge },
  {
    key: "edge.url",
    to: "https://ops.example.org",
    changes: {
      "grafana-server": "value: https://ops.example.org/api/monitoring/grafana/\n",
      "metrics-prometheus-server": "--web.external-url=https://ops.example.org/api/monitoring/prometheus\n",
      "metrics-alertmanager-server":
        "--web.external-url=https://ops.example.org/api/monitoring/grafana/alerting/groups\n",
      "metrics-alertmanager-config": "https://ops.example.org/api/monitoring/grafana/alerting/groups?",
    },
  },
  ...resources("edge", "grafana-edge-server"),
];
