import { container, pair, pod } from "./objects";
import { passwordOf, postgresManifests } from "./postgres";
import type { FaultName } from "./src/faults";
import { isNodeRole, type Role, services } from "./src/services";

export interface Workload {
  /** An existing namespace. */
  namespace: string;
  /** All programs of the workload, as the Dockerfile has them: for instance `docker.io/observability-stack/ticketing:0.1.0`. */
  image: string;
  /** For instance `docker.io/library/redis:7.0.15`. */
  redisImage: string;
  /** For instance `docker.io/library/postgres:15.20`. */
  postgresImage: string;
}

export type Traffic = Pick<Workload, "namespace" | "image"> & {
  /** Default `traffic`. */
  name?: string;
  /** Users that take turns, visits a second, seconds. */
  users: number;
  rate: number;
  duration: number;
  /** What breaks meanwhile, and for how many seconds. */
  fault?: FaultName;
  for?: number;
  /** Whether some visits go wrong on purpose; default true. */
  mistakes?: boolean;
};

const NODE = ["/usr/local/bin/node", "--max-old-space-size=64"];
const JAVA = ["/opt/java/openjdk/bin/java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"];
const REDIS_PORT = 6379;

const usual = { ready: "/health", live: "/health", metrics: "/metrics", more: {} };

/** How each is run, and where it says whether it is well and what it measures. */
const programs = {
  node: { ...usual, command: [...NODE, "/app/service.js"] },
  board: { ...usual, command: ["/app/board-service"] },
  payment: {
    command: [...JAVA, "-jar", "/app/payment-service.jar"],
    ready: "/actuator/health/readiness",
    live: "/actuator/health/liveness",
    metrics: "/actuator/prometheus",
    more: {
      // A JVM with Spring takes 170 MiB however little it does, and starts in 7 s of processor time.
      resources: { requests: { cpu: "20m", memory: "176Mi" }, limits: { cpu: "1", memory: "256Mi" } },
      // Tomcat's.
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    },
  },
};
const programOf = (role: Role) => programs[isNodeRole(role) ? "node" : role];

/**
 * Every role, Redis and PostgreSQL: a Deployment and a Service each, as plain objects that `kubectl apply` takes. The
 * passwords of the database are in {@link postgresSecret}, which must be there.
 */
export function ticketingManifests({ namespace, image, redisImage, postgresImage }: Workload): object[] {
  return [
    ...pair(namespace, "redis", { name: "redis", port: REDIS_PORT }, pod(redis(redisImage))),
    ...postgresManifests({ namespace, image: postgresImage }),
    ...(Object.keys(services) as Role[]).flatMap((role) => {
      const { name, port } = services[role];
      const found = annotations(port, programOf(role).metrics);
      return pair(namespace, name, { name: "http", port }, pod(service(role, image)), found);
    }),
  ];
}

/** A Job that sends users through the gateway; the last line of its log is the JSON report. */
export function trafficJob({
  namespace,
  image,
  name = "traffic",
  mistakes = true,
  ...options
}: Traffic): object {
  const { users, rate, duration, fault } = options;
  const url = `http://${services.gateway.name}:${services.gateway.port}`;
  const given = { users, rate, duration, url, ...(fault ? { fault, for: options.for } : {}) };
  const args = Object.entries(given).flatMap(([option, value]) => [`--${option}`, String(value)]);
  if (!mistakes) args.push("--no-mistakes");
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: { app: name } },
        spec: {
          ...pod(container(name, image, { command: [...NODE, "/app/traffic.js"], args })),
          restartPolicy: "Never",
        },
      },
    },
  };
}

/** The habit of the field. It leads Prometheus to board-service; those that its settings name it scrapes once all the same. */
const annotations = (port: number, path: string) => ({
  "prometheus.io/scrape": "true",
  "prometheus.io/port": String(port),
  "prometheus.io/path": path,
});

function service(role: Role, image: string) {
  const { name, port } = services[role];
  const { command, ready, live, more } = programOf(role);
  const field = (variable: string, fieldPath: string) => ({
    name: variable,
    valueFrom: { fieldRef: { fieldPath } },
  });
  return container(name, image, {
    ...more,
    command,
    ports: [{ name: "http", containerPort: port }],
    // Where to send spans and how many; the monitoring stack writes it. Without it the services still run.
    envFrom: [{ configMapRef: { name: "observability-tracing", optional: true } }],
    env: [
      ...(isNodeRole(role) ? [{ name: "ROLE", value: role }] : []),
      ...(role === "ticket" ? [passwordOf("PGPASSWORD", "ticketing")] : []),
      field("POD_NAME", "metadata.name"),
      field("POD_NAMESPACE", "metadata.namespace"),
      {
        name: "OTEL_RESOURCE_ATTRIBUTES",
        value: `k8s.pod.name=$(POD_NAME),k8s.namespace.name=$(POD_NAMESPACE),k8s.container.name=${name}`,
      },
    ],
    // The service is up within seconds; a killed pod is noticed within a minute.
    readinessProbe: {
      httpGet: { path: ready, port: "http" },
      initialDelaySeconds: 10,
      periodSeconds: 10,
    },
    livenessProbe: { httpGet: { path: live, port: "http" }, initialDelaySeconds: 20, periodSeconds: 20 },
  });
}

/** In memory only: what it holds is worth ten minutes. Reachable from other pods, so protected mode is off. */
const redis = (image: string) =>
  container("redis", image, {
    command: ["/usr/local/bin/redis-server"],
    args: ["--save", "", "--appendonly", "no", "--protected-mode", "no"],
    ports: [{ name: "redis", containerPort: REDIS_PORT }],
    readinessProbe: { tcpSocket: { port: "redis" }, periodSeconds: 5 },
    livenessProbe: { tcpSocket: { port: "redis" }, initialDelaySeconds: 20, periodSeconds: 20 },
  });
