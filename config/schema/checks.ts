import type { z } from "zod";
import { bytes } from "../units";
import { checkAlerting, type CheckedAlerting } from "./alerting-checks";
import { type Refuse, repeated } from "./common";
import { checkNodes, type Nodes, tracesKeeper } from "./elasticsearch";
import { checkOverrides, type CheckedOverrides } from "./free";
import { EVERY } from "./kubernetes";
import { checkNodePorts, type CheckedNodePorts } from "./node-ports";
import { checkOidc } from "./oidc";
import { LUCENE_ALERTS } from "./own-alerts";
import { checkScrapeJobs } from "./scrape-jobs";
import { COLLECTORS } from "./signals";

/** The checks that need more than one key. They run once every key is right by itself. */

/**
 * Names of the stack's own scrape jobs, and of its programs, which the series of the job `stack` carry as their job. A
 * service of such a name would be mixed up with them.
 */
export const OWN_JOBS: readonly string[] = [
  ...["applications", "annotated-pods", "stack", "stack-samples", "kubelet", "cadvisor"],
  ...["istio-proxy", "istiod", "kiali", "kibana", "logstash", "filebeat-setup"],
  ...["edge", "prometheus", "alertmanager", "kube-state-metrics", "node-exporter"],
  ...["grafana", "grafana-rotation"],
  ...["redis", "redis-exporter", "postgres", "postgres-exporter", "certificates", "blackbox-exporter"],
  ...["loki", "elasticsearch", "alloy", "alloy-events", "promtail", "filebeat", "collector", "sampler"],
  ...["tempo", "jaeger", "zipkin", "index-cleaner"],
];

/** Every cluster has these from the start: they are nobody's to make or to delete. */
const CLUSTERS_OWN = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** Prometheus counts blocks only, so that its write-ahead log and a compaction need the rest. */
const RETAINED = 0.9;

interface Checked extends CheckedAlerting, CheckedNodePorts, CheckedOverrides {
  namespaces: { stack: string; agents: string; create: boolean; createApplications: boolean };
  services: { name: string; namespace: string; alike: string[] }[];
  metrics: CheckedNodePorts["metrics"] & {
    amp: object | null;
    retention: { size: string };
    storage: { size: string };
    annotatedNamespaces: string[];
    redis: { targets: { name: string; username?: string; host: string; port: number }[] };
    postgres: { targets: { name: string }[] };
    scrapeInterval: string;
    extraScrapeConfigs: { job_name: string; [key: string]: unknown }[];
    istio: { enabled: boolean };
    kiali: { enabled: boolean };
  };
  logs: { backend: string; collector?: string; elasticsearch: Nodes };
  tracing: CheckedNodePorts["tracing"] & {
    jaeger: { storage: string };
    zipkin: { storage: string };
  };
  grafana: { nodePort: number | null; oidc: object | null };
  edge: CheckedNodePorts["edge"] & { url: string };
  slo: { objectives: { name: string; namespace: string; service: string }[] };
}

export function checkTogether(settings: Checked, context: z.core.$RefinementCtx): void {
  const refuse: Refuse = (path, message) => context.addIssue({ code: "custom", path, message });
  checkSizes(settings, refuse);
  checkNamespaces(settings, refuse);
  checkJobs(settings, refuse);
  checkScrapeJobs(settings, refuse);
  checkTargets(settings, refuse);
  checkNodePorts(settings, refuse);
  checkObjectives(settings, refuse);
  checkLogs(settings, refuse);
  checkTraces(settings, refuse);
  checkKiali(settings, refuse);
  checkAlerting(settings, refuse);
  checkOidc(settings, refuse);
  checkOverrides(settings, refuse);
}

function checkSizes({ metrics }: Checked, refuse: Refuse): void {
  const { retention, storage } = metrics;
  if (bytes(retention.size) > RETAINED * bytes(storage.size))
    refuse(
      ["metrics", "retention", "size"],
      `${retention.size} is too much; allowed: at most 90 % of metrics.storage.size (${storage.size}), since the write-ahead log needs room too. Lower it, or raise the other.`,
    );
}

function checkNamespaces({ namespaces, services, metrics }: Checked, refuse: Refuse): void {
  const { stack, agents, create, createApplications } = namespaces;
  if (stack === agents)
    refuse(
      ["namespaces", "agents"],
      "allowed: another namespace than namespaces.stack, since it is privileged",
    );
  for (const key of ["stack", "agents"] as const)
    if (create && CLUSTERS_OWN.includes(namespaces[key]))
      refuse(
        ["namespaces", key],
        `${namespaces[key]} is the cluster's own and cannot be made; allowed: another name, or namespaces.create: false`,
      );
  const own = (namespace: string) =>
    `${namespace} is the stack's own; allowed: a namespace of applications. The stack's pods are scraped anyway.`;
  const clustersOwn = (namespace: string) =>
    `${namespace} is the cluster's own and cannot be made; allowed: another namespace, or namespaces.createApplications: false`;
  services.forEach(({ namespace }, index) => {
    if ([stack, agents].includes(namespace)) refuse(["services", index, "namespace"], own(namespace));
    else if (createApplications && CLUSTERS_OWN.includes(namespace))
      refuse(["services", index, "namespace"], clustersOwn(namespace));
  });
  metrics.annotatedNamespaces.forEach((namespace, index) => {
    const path = ["metrics", "annotatedNamespaces", index];
    if ([stack, agents].includes(namespace)) refuse(path, own(namespace));
    else if (createApplications && CLUSTERS_OWN.includes(namespace)) refuse(path, clustersOwn(namespace));
    if (namespace === EVERY && metrics.annotatedNamespaces.length > 1)
      refuse(path, `"${EVERY}" is every namespace; allowed: it alone, or namespaces by their names`);
  });
}

function checkJobs({ services, metrics }: Checked, refuse: Refuse): void {
  const taken = "is one of the stack's own scrape jobs; allowed: any name but";
  const watched = services.flatMap(({ name, namespace, alike }, index) => [
    { path: ["services", index, "name"], name, namespace },
    ...alike.map((other, place) => ({ path: ["services", index, "alike", place], name: other, namespace })),
  ]);
  watched.forEach(({ path, name }) => {
    if (OWN_JOBS.includes(name))
      refuse(
        path,
        `${name} ${taken} ${OWN_JOBS.join(", ")}. A Service that cannot be renamed is scraped by the annotations of its pods.`,
      );
  });
  repeated(watched.map(({ namespace, name }) => `${namespace}/${name}`)).forEach(({ index, value }) =>
    refuse(watched[index].path, `${value} is named twice; allowed: each name once in a namespace`),
  );
  const names = watched.map(({ name }) => name);
  const jobs = metrics.extraScrapeConfigs.map((job) => job.job_name);
  jobs.forEach((name, index) => {
    const path = ["metrics", "extraScrapeConfigs", index, "job_name"];
    if (OWN_JOBS.includes(name)) refuse(path, `${name} ${taken} ${OWN_JOBS.join(", ")}`);
    if (names.includes(name))
      refuse(path, `${name} is the job of observability:services; allowed: a name that no service has`);
  });
  repeated(jobs).forEach(({ index, value }) =>
    refuse(
      ["metrics", "extraScrapeConfigs", index, "job_name"],
      `${value} is named twice; allowed: each name once`,
    ),
  );
}

function checkKiali({ metrics }: Checked, refuse: Refuse): void {
  if (metrics.kiali.enabled && !metrics.istio.enabled)
    refuse(
      ["metrics", "kiali", "enabled"],
      "true shows Istio's mesh, which metrics.istio.enabled: false leaves out; allowed: false. Or set metrics.istio.enabled: true, where the cluster has that mesh.",
    );
}

const ASKED_IN = { logs: "Loki", lucene: "Elasticsearch" };
const OTHER = { logs: "lucene", lucene: "logs" } as const;

function checkLogs({ platform, logs, alerting }: Checked, refuse: Refuse): void {
  const { backend, collector } = logs;
  if (backend === "elasticsearch") checkNodes(platform, logs.elasticsearch, refuse);
  // Where something else of logs is refused, nobody has filled it in yet.
  if (collector && !COLLECTORS[backend].includes(collector))
    refuse(
      ["logs", "collector"],
      `${collector} does not send to ${backend}; allowed: ${COLLECTORS[backend].join(" or ")} with logs.backend: ${backend}. Change the one or the other.`,
    );
  alerting.extraAlerts.forEach((own, index) => {
    const key = backend === "loki" ? "lucene" : "logs";
    if (own[key] !== undefined)
      refuse(
        ["alerting", "extraAlerts", index, key],
        `asks ${ASKED_IN[key]}, and logs.backend is ${backend}; allowed: ${OTHER[key]}, which asks ${ASKED_IN[OTHER[key]]}. Say it so, or change the other.`,
      );
  });
  if (alerting.extraAlerts.filter(({ lucene }) => lucene !== undefined).length > LUCENE_ALERTS)
    refuse(
      ["alerting", "extraAlerts"],
      `has too many with lucene; allowed: ${LUCENE_ALERTS}. One query finds lines of several applications.`,
    );
}

const WITHOUT_ELASTICSEARCH = { jaeger: "badger", zipkin: "memory" };

function checkTraces({ tracing, logs }: Checked, refuse: Refuse): void {
  const keeper = tracesKeeper(tracing);
  if (keeper && logs.backend !== "elasticsearch")
    refuse(
      ["tracing", keeper, "storage"],
      `elasticsearch is the one that logs.backend: elasticsearch deploys, and logs.backend is ${logs.backend}; allowed: ${WITHOUT_ELASTICSEARCH[keeper]}. Or set logs.backend: elasticsearch.`,
    );
  else if (keeper === "zipkin" && logs.elasticsearch.tls)
    refuse(
      ["tracing", "zipkin", "storage"],
      "elasticsearch speaks TLS with logs.elasticsearch.tls, and Zipkin takes no certificates in PEM to know it by; allowed: memory. Or take tracing.backend: jaeger, or leave out logs.elasticsearch.tls.",
    );
}

function checkTargets({ metrics }: Checked, refuse: Refuse): void {
  for (const exporter of ["redis", "postgres"] as const)
    repeated(metrics[exporter].targets.map(({ name }) => name)).forEach(({ index, value }) =>
      refuse(
        ["metrics", exporter, "targets", index, "name"],
        `${value} is named twice; allowed: each name once`,
      ),
    );
  // The exporter finds a password by these.
  const servers = metrics.redis.targets.map(({ username, host, port }) => [username, host, port].join(" "));
  repeated(servers).forEach(({ index }) =>
    refuse(
      ["metrics", "redis", "targets", index, "host"],
      "is asked under another name already; allowed: each host, port and username once. Remove one.",
    ),
  );
}

function checkObjectives({ services, slo }: Checked, refuse: Refuse): void {
  const of = ({ namespace, service }: { namespace: string; service: string }) => `${namespace}/${service}`;
  const watched = services.flatMap(({ namespace, name, alike }) =>
    [name, ...alike].map((service) => of({ namespace, service })),
  );
  slo.objectives.forEach((one, index) => {
    if (!watched.includes(of(one)))
      refuse(
        ["slo", "objectives", index, "service"],
        `${of(one)} is not among observability:services; allowed: ${watched.slice(0, 10).join(", ") || "none, since that list is empty"}${watched.length > 10 ? ", ..." : ""}`,
      );
  });
  repeated(slo.objectives.map((one) => `${of(one)} ${one.name}`)).forEach(({ index }) =>
    refuse(
      ["slo", "objectives", index, "name"],
      `${slo.objectives[index].name} is an objective of that service already; allowed: each name once a service`,
    ),
  );
}
