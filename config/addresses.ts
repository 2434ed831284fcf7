import type { Settings } from "./schema";

/**
 * Every program of the stack and the ports it listens on, by name. Services, scrape jobs, datasources and network
 * policies are made from this one table.
 *
 * Two port names have a meaning for Prometheus (see config/prometheus.ts): `metrics` is a program's own telemetry,
 * `samples` are metrics about others, whose own labels win.
 */
export const ports = {
  prometheus: { metrics: 9090 },
  alertmanager: { metrics: 9093 },
  "kube-state-metrics": { samples: 8080, metrics: 8081 },
  "node-exporter": { metrics: 9100 },
  loki: { metrics: 3100, grpc: 9096 },
  alloy: { metrics: 12345 },
  "alloy-events": { metrics: 12345 },
  collector: {
    "otlp-grpc": 4317,
    "otlp-http": 4318,
    zipkin: 9411,
    "jaeger-grpc": 14250,
    "jaeger-thrift": 14268,
    samples: 8889,
    metrics: 8888,
    health: 13133,
  },
  tempo: { metrics: 3200, "otlp-grpc": 4317 },
  edge: { http: 8080 },
  "grafana-rotation": {},
} as const satisfies Record<string, Record<string, number>>;

export type Program = keyof typeof ports | "grafana";

/** Programs that live on every node, in the privileged namespace. */
const agents: readonly Program[] = ["alloy", "node-exporter"];

/** Grafana's port is a setting (seed 000 wants 3006); all others are fixed. */
export const portsOf = (settings: Settings, program: Program): Record<string, number> =>
  program === "grafana" ? { metrics: settings.grafana.port } : ports[program];

export const namespaceOf = (settings: Settings, program: Program): string =>
  agents.includes(program) ? settings.namespaces.agents : settings.namespaces.stack;

/** host:port inside the cluster. */
export const addressOf = (settings: Settings, program: Program, port = "metrics"): string =>
  `${program}.${namespaceOf(settings, program)}.svc:${portsOf(settings, program)[port]}`;

/** http://host:port inside the cluster. */
export const urlOf = (settings: Settings, program: Program, port = "metrics"): string =>
  `http://${addressOf(settings, program, port)}`;

/** Paths of the user interfaces behind the edge proxy (seed 002). */
export const paths = {
  grafana: "/api/monitoring/grafana",
  prometheus: "/api/monitoring/prometheus",
} as const;

/** What users and links in messages open. Without the edge proxy: the address inside the cluster. */
export const userUrl = (settings: Settings, program: keyof typeof paths): string =>
  settings.edge.nodePort === null ? urlOf(settings, program) : settings.edge.url + paths[program];
