import { TRACING_CONFIG } from "../../programs/collector/config";
import { postgresSecret } from "../../examples/ticketing/postgres";
import { ticketingManifests, trafficJob } from "../../examples/ticketing/kubernetes";

const images = {
  image: "docker.io/observability-stack/ticketing:0.1.0",
  redisImage: "docker.io/library/redis:7.0.15",
  postgresImage: "docker.io/library/postgres:15.20",
};
const workload = { namespace: "ticketing", ...images };
const traffic = trafficJob({ ...workload, users: 10, rate: 1, duration: 60 });
const objects = ticketingManifests(workload);

/** The parts of an object that the tests look at. */
interface Manifest {
  kind: string;
  metadata: { name: string; namespace: string };
  spec: {
    type?: string;
    selector: { matchLabels: object };
    ports: { port: number }[];
    template: {
      metadata: { labels: object; annotations?: object };
      spec: { containers: Record<string, unknown>[] };
    };
  };
}
const all = objects as Manifest[];
const kinds = (kind: string) => all.filter((object) => object.kind === kind);
const container = (name: string) =>
  kinds("Deployment").find(({ metadata }) => metadata.name === name)?.spec.template.spec.containers[0];

test("each role has a Deployment and a Service on the port that its callers know", () => {
  const ports = Object.fromEntries(
    kinds("Service").map(({ metadata, spec }) => [metadata.name, spec.ports[0].port]),
  );
  expect(ports).toEqual({
    redis: 6379,
    postgres: 5432,
    "gateway-service": 3001,
    "ticket-service": 3002,
    "payment-service": 3003,
    "auth-service": 3005,
    "queue-service": 3007,
    "board-service": 3010,
  });
  expect(kinds("Deployment").map(({ metadata }) => metadata.name)).toEqual(Object.keys(ports));
  for (const { metadata, spec } of all) {
    expect(metadata.namespace).toBe("ticketing");
    expect(spec.type).toBeUndefined();
  }
  for (const { metadata, spec } of kinds("Deployment")) {
    expect(spec.selector.matchLabels).toEqual({ app: metadata.name });
    expect(spec.template.metadata.labels).toEqual({ app: metadata.name });
  }
});

test.each(
  [...kinds("Deployment"), traffic as Manifest].map((object) => [object.metadata.name, object] as const),
)("%s is a restricted pod with requests and limits", (_, { spec }) => {
  expect(spec.template.spec).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: expect.any(Number),
      seccompProfile: { type: "RuntimeDefault" },
    },
  });
  expect(spec.template.spec.containers).toEqual([
    expect.objectContaining({
      imagePullPolicy: "IfNotPresent",
      resources: {
        requests: { cpu: "20m", memory: expect.stringMatching(/Mi$/) },
        limits: { cpu: expect.any(String), memory: expect.stringMatching(/Mi$/) },
      },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
    }),
  ]);
});

test("services take the stack's tracing configuration and name their pod on spans", () => {
  expect(container("queue-service")).toMatchObject({
    envFrom: [{ configMapRef: { name: TRACING_CONFIG, optional: true } }],
    env: expect.arrayContaining([
      { name: "ROLE", value: "queue" },
      {
        name: "OTEL_RESOURCE_ATTRIBUTES",
        value:
          "k8s.pod.name=$(POD_NAME),k8s.namespace.name=$(POD_NAMESPACE),k8s.container.name=queue-service",
      },
    ]),
    readinessProbe: { httpGet: { path: "/health" }, initialDelaySeconds: 10, periodSeconds: 10 },
    livenessProbe: { httpGet: { path: "/health" }, initialDelaySeconds: 20, periodSeconds: 20 },
  });
});

test("each pod runs the program that plays its service, and only Node's are told a role", () => {
  const programs = Object.fromEntries(
    kinds("Deployment").map(({ metadata, spec }) => {
      const [{ command, env = [] }] = spec.template.spec.containers as {
        command: string[];
        env?: { name: string; value?: string }[];
      }[];
      return [metadata.name, [command.at(-1), env.find(({ name }) => name === "ROLE")?.value]];
    }),
  );
  expect(programs).toEqual({
    redis: ["/usr/local/bin/redis-server", undefined],
    postgres: ["/data/pg", undefined],
    "gateway-service": ["/app/service.js", "gateway"],
    "auth-service": ["/app/service.js", "auth"],
    "queue-service": ["/app/service.js", "queue"],
    "ticket-service": ["/app/service.js", "ticket"],
    "payment-service": ["/app/payment-service.jar", undefined],
    "board-service": ["/app/board-service", undefined],
  });
});

test("Spring's service has Actuator's paths, the memory that a JVM needs and a place for Tomcat's files", () => {
  expect(container("payment-service")).toMatchObject({
    resources: { limits: { memory: "256Mi" } },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    readinessProbe: { httpGet: { path: "/actuator/health/readiness" } },
    livenessProbe: { httpGet: { path: "/actuator/health/liveness" } },
  });
  const pod = kinds("Deployment").find(({ metadata }) => metadata.name === "payment-service")!.spec.template;
  expect(pod.spec).toMatchObject({ volumes: [{ name: "tmp", emptyDir: {} }] });
  expect(pod.metadata.annotations).toMatchObject({ "prometheus.io/path": "/actuator/prometheus" });
});

test("every service can be found by its annotations", () => {
  const board = kinds("Deployment").find(({ metadata }) => metadata.name === "board-service");
  expect(board?.spec.template.metadata.annotations).toEqual({
    "prometheus.io/scrape": "true",
    "prometheus.io/port": "3010",
    "prometheus.io/path": "/metrics",
  });
  const annotated = kinds("Deployment").filter(
    ({ spec }) => "prometheus.io/scrape" in (spec.template.metadata.annotations ?? {}),
  );
  expect(annotated).toHaveLength(6);
});

test("the traffic job runs once, against the gateway", () => {
  expect(traffic).toMatchObject({
    kind: "Job",
    metadata: { name: "traffic" },
    spec: { backoffLimit: 0, template: { spec: { restartPolicy: "Never" } } },
  });
  expect((traffic as Manifest).spec.template.spec.containers[0].args).toEqual(
    "--users 10 --rate 1 --duration 60 --url http://gateway-service:3001".split(" "),
  );
});

test("with a fault it lasts as long as it is told, and nobody else makes mistakes", () => {
  const job = trafficJob({
    ...workload,
    users: 1,
    rate: 1,
    duration: 9,
    fault: "latency",
    for: 90,
    mistakes: false,
  });
  const [{ args }] = (job as Manifest).spec.template.spec.containers;
  expect((args as string[]).slice(-5)).toEqual("--fault latency --for 90 --no-mistakes".split(" "));
});

test("the database's passwords are in its Secret alone: init writes them, the service reads its own", () => {
  const secret = postgresSecret("ticketing", { ticketing: "first-password", exporter: "second-password" });
  expect(secret).toMatchObject({
    metadata: { name: "postgres" },
    stringData: { ticketing: "first-password", exporter: "second-password" },
  });
  const from = (key: string) => ({ secretKeyRef: { name: "postgres", key } });
  expect(container("ticket-service")).toMatchObject({
    env: expect.arrayContaining([{ name: "PGPASSWORD", valueFrom: from("ticketing") }]),
  });
  const { initContainers } = kinds("Deployment").find(({ metadata }) => metadata.name === "postgres")!.spec
    .template.spec as unknown as { initContainers: object[] };
  expect(initContainers).toMatchObject([
    {
      env: [
        { name: "TICKETING_PASSWORD", valueFrom: from("ticketing") },
        { name: "EXPORTER_PASSWORD", valueFrom: from("exporter") },
      ],
    },
  ]);
  // Nobody gets in over the network without one.
  const [, , init] = (initContainers[0] as { command: string[] }).command;
  expect(init).toContain("--auth-host=scram-sha-256");
  expect(init).not.toMatch(/^host .*trust/m);
});
