import { z } from "zod";
import { httpUrl, kubernetesName, nodePort, port, resources, storage } from "./common";

const ROTATION = "allowed: any text that is not empty, such as a date; another text makes a new password";

export const grafana = z
  .strictObject({
    port: port().default(3000).describe("Port Grafana listens on; default 3000, Grafana's own."),
    nodePort: nodePort().describe("Port of Grafana on every node; kind: 30006, elsewhere null: none."),
    admin: z
      .strictObject({
        rotation: z
          .union([z.string(), z.number()], { error: ROTATION })
          .transform(String)
          .pipe(z.string().trim().min(1, ROTATION))
          .default("1")
          .describe(
            "Id of the generated password. Another id makes a new one and ends all sessions; default 1.",
          ),
      })
      .prefault({})
      .describe("The generated administrator."),
    folder: z
      .string()
      .min(1)
      .default("Services")
      .describe("Folder of the services' dashboards; default Services."),
    storage: storage("1Gi"),
    resources: resources("100m 256Mi", "500m 512Mi"),
  })
  .prefault({})
  .describe("Grafana.");

export const edge = z
  .strictObject({
    enabled: z
      .boolean()
      .optional()
      .describe(
        "Whether there is a proxy; default: where it has a NodePort. With it Grafana lives under its path.",
      ),
    nodePort: nodePort().describe("Port of the proxy on every node; kind: 30080, elsewhere null: none."),
    url: httpUrl()
      .default("http://localhost:8080")
      .describe("Address users type; default http://localhost:8080, where kind maps 30080."),
    resources: resources("10m 24Mi", "100m 64Mi"),
  })
  .transform((edge) => ({ ...edge, enabled: edge.enabled ?? edge.nodePort !== null }))
  .prefault({})
  .describe("The proxy in front of Grafana and Prometheus under /api/monitoring/{grafana,prometheus}.");

export const namespaces = z
  .strictObject({
    stack: kubernetesName("a namespace")
      .default("observability")
      .describe("Where the servers live; default observability."),
    agents: kubernetesName("a namespace")
      .default("observability-agents")
      .describe("Where the node agents live: they need the host; default observability-agents."),
    create: z
      .boolean()
      .default(true)
      .describe(
        "Whether those two are made here; default true. False: they must exist, the agents' one privileged.",
      ),
    createApplications: z
      .boolean()
      .default(false)
      .describe("Whether the services' namespaces are made here as well; default false: they must exist."),
  })
  .prefault({})
  .describe("Namespaces.");

export const placement = z
  .strictObject({
    registry: z
      .string()
      .regex(/^[^\s/]+(\/[^\s]+)*[^\s/]$/, "allowed: host[:port][/path] without a slash at the end")
      .nullable()
      .default(null)
      .describe(
        "Mirror that replaces the registry of every image (docker.io, registry.k8s.io); default null.",
      ),
    imagePullSecrets: z
      .array(kubernetesName("the name of a Secret"))
      .default([])
      .describe("Names of pull secrets."),
    tolerations: z
      .array(
        z.strictObject({
          key: z.string().optional(),
          operator: z.enum(["Exists", "Equal"]).optional(),
          value: z.string().optional(),
          effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
          tolerationSeconds: z.int().optional(),
        }),
      )
      .default([])
      .describe("Tolerations of all pods; the node agents tolerate everything anyway."),
    nodeSelector: z
      .record(z.string(), z.string())
      .default({})
      .describe("Node labels of all pods but the agents'."),
    priorityClassName: z
      .string()
      .nullable()
      .default(null)
      .describe("Priority class of all pods; default null."),
    labels: z.record(z.string(), z.string()).default({}).describe("Extra labels on every object."),
    annotations: z.record(z.string(), z.string()).default({}).describe("Extra annotations on every object."),
  })
  .prefault({})
  .describe("Where and how pods are placed.");

export const service = z.strictObject({
  name: kubernetesName("a service name").describe("Becomes the label service."),
  namespace: kubernetesName("the namespace the service lives in").describe(
    "Namespace of the Kubernetes Service of that name.",
  ),
  port: port().describe("Port of the pods behind that Service which answers the scrape (targetPort)."),
  path: z
    .string()
    .regex(/^\/[\w\-./~]*$/, "allowed: a path that begins with /, such as /metrics or /actuator/prometheus")
    .default("/metrics")
    .describe("Path of the metrics; default /metrics. Spring: /actuator/prometheus."),
  interval: z
    .string()
    .regex(/^([1-9]\d*)(s|m)$/, "allowed: seconds or minutes, such as 10s")
    .optional()
    .describe("How often it is scraped; default: 10s for Spring's path, else metrics.scrapeInterval."),
});
