import { z } from "zod";
import {
  duration,
  FIVE_MINUTE_RATES,
  nodePort,
  port,
  replicas,
  resources,
  rotation,
  secret,
  text,
} from "./common";
import { database } from "./database";
import {
  annotations,
  kubernetesName,
  labels,
  nodeLabels,
  objectName,
  once,
  storage,
  toleration,
} from "./kubernetes";
import { oidc } from "./oidc";

/** A host without a dot or port would be taken for a path on Docker Hub. */
const REGISTRY =
  /^(?:localhost|(?=[^/]*[.:])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::[1-9]\d{0,4})?(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;

/** Grafana expands $ in the file that names it, and has a folder General of its own. */
const folder = (name: string, what: string) =>
  text(
    /^(?!general$)[^\s$\p{Cc}]([^$\p{Cc}]{0,98}[^\s$\p{Cc}])?$/iu,
    "any text that is not empty, of at most 100 characters, without $, and not General",
  )
    .default(name)
    .describe(`Folder of ${what}; default ${name}.`);

export const grafana = z
  .strictObject({
    // Grafana does not run as root, which lower ports are kept for.
    port: port(1024).default(3000).describe("Port Grafana listens on; default 3000, Grafana's own."),
    nodePort: nodePort().describe("Port of Grafana on every node; kind: 30006, elsewhere null: none."),
    admin: z
      .strictObject({
        rotation: rotation().describe(
          "Id of the generated password. Another id makes a new one and ends all sessions; default 1.",
        ),
      })
      .prefault({})
      .describe("The generated administrator."),
    oidc,
    folders: z
      .strictObject({
        overview: folder("Overview", "what to open first: landing page, alerts, objectives"),
        services: folder("Services", "the services' dashboards"),
        platform: folder("Platform", "nodes, Kubernetes and the stack itself"),
      })
      .prefault({})
      .refine((names) => new Set(Object.values(names).map((name) => name.toLowerCase())).size === 3, {
        error: "two folders have one name; allowed: a name of its own for each",
      })
      .describe("Names of the dashboards' folders."),
    storage: storage("1Gi"),
    database,
    replicas: replicas(1, 2).describe(
      "Pods of Grafana; default 1. With 2, which needs grafana.database, pages stay there while a node is away.",
    ),
    resources: resources("100m 256Mi", "500m 512Mi"),
  })
  .refine(({ replicas, database }) => replicas === 1 || database !== null, {
    path: ["replicas"],
    error:
      "2 needs grafana.database; allowed: 1 on SQLite, since no replica sees the users and sessions of another. Set grafana.database, or 1.",
  })
  .prefault({})
  .describe("Grafana.");

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
      .describe(
        "Whether the namespaces of services, and those of metrics.annotatedNamespaces, are made here as well, and deleted with the stack; default false: they must exist. One that somebody else has made is refused.",
      ),
  })
  .prefault({})
  .describe("Namespaces.");

export const placement = z
  .strictObject({
    registry: text(
      REGISTRY,
      "host[:port][/path] with a dot or a port in the host, such as mirror.example.org/team, without https:// and without a slash at the end",
    )
      .nullable()
      .default(null)
      .describe(
        "Mirror that replaces the registry of every image (docker.io, registry.k8s.io); default null.",
      ),
    imagePullSecrets: once(objectName("the name of a Secret"))
      .default([])
      .describe("Names of pull secrets that are in both namespaces."),
    registryLogin: z
      .strictObject({
        username: text(/\S/, "the name of a user at the registry").describe("User name."),
        password: secret(text(/\S/, "the password or token at the registry")).describe(
          "Password or token. Set it with --secret.",
        ),
      })
      .nullable()
      .default(null)
      .describe(
        "Login at the registry, from which a pull secret is made in both namespaces; default null: none. Namespaces that are made here hold none of yours before.",
      ),
    createGp3: z
      .boolean()
      .default(false)
      .describe(
        "Whether the StorageClass gp3 is made here, which EKS does not bring: encrypted volumes of the EBS driver that can grow; default false: it must exist, where a volume asks for it.",
      ),
    tolerations: z
      .array(toleration())
      .default([])
      .describe("Tolerations of all pods; the node agents tolerate everything anyway."),
    nodeSelector: nodeLabels().default({}).describe("Node labels of all pods but the agents'."),
    priorityClassName: objectName("the name of a PriorityClass, or null")
      .nullable()
      .default(null)
      .describe("Priority class of all pods; default null."),
    labels: labels().default({}).describe("Extra labels on every object."),
    annotations: annotations().default({}).describe("Extra annotations on every object."),
  })
  .superRefine(({ registry, registryLogin }, context) => {
    if (registryLogin && !registry)
      context.addIssue({
        code: "custom",
        path: ["registryLogin"],
        message:
          "has no registry to log in at; allowed: only beside placement.registry. Set that, or remove it",
      });
  })
  .prefault({})
  .describe("Where and how pods are placed.");

export const service = z.strictObject({
  name: kubernetesName("a service name").describe("Becomes the label service."),
  namespace: kubernetesName("the namespace the service lives in").describe(
    "Namespace of the Kubernetes Service of that name.",
  ),
  port: port().describe("Port of the pods behind that Service which answers the scrape (targetPort)."),
  path: text(/^\/[\w\-./~]*$/, "a path that begins with /, such as /metrics or /actuator/prometheus")
    .default("/metrics")
    .describe("Path of the metrics; default /metrics. Spring: /actuator/prometheus."),
  interval: duration(FIVE_MINUTE_RATES)
    .optional()
    .describe("How often it is scraped; default: 10s for Spring's path, else metrics.scrapeInterval."),
  alike: once(kubernetesName("a service name"))
    .default([])
    .describe(
      "Names of further services of the namespace with the same port, path and interval; default none. Hundreds of services are short in this way: Pulumi hands at most 128 KiB of settings to its program.",
    ),
});
