import { InvalidArgumentError } from "commander";
import execa from "execa";
import { watchedServices } from "../config/schema";
import { namespaceOf, pathOf, portOf } from "../programs/addresses";
import { TRACING_CONFIG } from "../programs/collector/config";
import { logsBackend } from "../programs/backends";
import { programOf, type Stack } from "../programs/program";
import type { Cluster } from "./cluster";
import { UserError } from "./errors";
import { forwarded } from "./forward";
import { targetOf } from "./report";

/** What is known of one service, from where it is kept. */
export interface Facts {
  namespace: string;
  name: string;
  /** observability:services names it, with this port. */
  port?: number;
  targets: { up: boolean; url: string; error: string }[];
  /** Seconds since 1970 of the first and the last successful scrape within a day. */
  first?: number;
  last?: number;
  /** Within 15 minutes; a text where the store did not say. */
  lines: number | string;
  spans: number;
  /** Whether the ConfigMap with the addresses for traces is in its namespace. */
  configMap: boolean;
  /** Of its pods, by the label app: whether each takes that ConfigMap. */
  pods: boolean[];
}

const RECENT = "15m";
const TIMEOUT_MS = 15_000;

/** One store that is away is no reason to say nothing of the others. */
function saying(error: unknown): string {
  if (error instanceof UserError) return error.message;
  throw error;
}

/** Of `--service NAMESPACE/NAME`. */
export function serviceName(given: string): ServiceName {
  const [, namespace, name] = /^([a-z0-9.-]+)\/([a-z0-9.-]+)$/.exec(given) ?? [];
  if (!name) throw new InvalidArgumentError("Allowed: NAMESPACE/NAME, such as shop/ticket-service.");
  return { namespace, name };
}

export interface ServiceName {
  namespace: string;
  name: string;
}

/** Whether one service is scraped, its lines and its spans arrive; and what is missing where they do not. */
export const serviceStatus = async (cluster: Cluster, stack: Stack, { namespace, name }: ServiceName) =>
  serviceReport(await factsOf(cluster, stack, namespace, name));

async function factsOf(cluster: Cluster, stack: Stack, namespace: string, name: string): Promise<Facts> {
  const watched = watchedServices(stack.settings).find(
    (service) => service.name === name && service.namespace === namespace,
  );
  const metrics = await inProgram(cluster, stack, "prometheus", (base) =>
    metricsOf(base + pathOf(stack, "prometheus"), namespace, name),
  );
  return {
    namespace,
    name,
    port: watched?.port,
    ...metrics,
    lines: await linesOf(cluster, stack, namespace, name),
    ...(await inNamespace(cluster, namespace, name)),
  };
}

async function linesOf(cluster: Cluster, stack: Stack, namespace: string, name: string) {
  const { name: store, datasource } = logsBackend(stack);
  if (datasource?.login)
    return `${datasource.name} answers with a login alone; Grafana has it: Explore, app:"${name}"`;
  const query = `sum(count_over_time({namespace="${namespace}", app="${name}"}[${RECENT}]))`;
  const lines = await inProgram(cluster, stack, store, (base) =>
    vector(`${base}/loki/api/v1/query`, query),
  ).catch(saying);
  return lines ?? 0;
}

const inProgram = <T>(cluster: Cluster, stack: Stack, name: string, use: (base: string) => Promise<T>) => {
  const program = programOf(stack, name);
  const namespace = namespaceOf(stack.settings, program);
  return forwarded(cluster, namespace, `service/${name}`, portOf(stack, program, "http"), use).catch(
    (error: unknown) => {
      throw error instanceof UserError ? new UserError(`${name}: ${error.message}`) : error;
    },
  );
};

async function metricsOf(base: string, namespace: string, name: string) {
  const labels = `namespace="${namespace}", service="${name}"`;
  const { activeTargets } = await get<{ activeTargets: Target[] }>(`${base}/api/v1/targets?state=active`);
  const query = `${base}/api/v1/query`;
  return {
    targets: activeTargets
      .filter(({ labels: of }) => of.namespace === namespace && of.service === name)
      .map(({ health, scrapeUrl, lastError }) => ({
        up: health === "up",
        url: scrapeUrl,
        error: lastError,
      })),
    first: await vector(query, `min(min_over_time(timestamp(up{${labels}} == 1)[1d:1m]))`),
    last: await vector(query, `max(max_over_time(timestamp(up{${labels}} == 1)[1d:1m]))`),
    spans: Math.round(
      (await vector(
        query,
        `sum(increase(traces_spanmetrics_calls_total{namespace="${namespace}", service_name="${name}"}[${RECENT}]))`,
      )) ?? 0,
    ),
  };
}

interface Target {
  labels: Record<string, string>;
  health: string;
  scrapeUrl: string;
  lastError: string;
}

interface Vector {
  result: { value: [number, string] }[];
}

/** The one number that a query of Prometheus or Loki answers with. */
async function vector(url: string, query: string): Promise<number | undefined> {
  const { result } = await get<Vector>(`${url}?${new URLSearchParams({ query })}`);
  return result.length === 0 ? undefined : Number(result[0].value[1]);
}

async function get<T>(url: string): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: Error) => {
    throw new UserError(`does not answer (${(error.cause as Error | undefined)?.message ?? error.message})`);
  });
  if (!answer.ok) throw new UserError(`answers ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { data: T }).data;
}

interface Pod {
  metadata: { labels?: Record<string, string> };
  status: { phase: string };
  spec: { containers: { envFrom?: { configMapRef?: { name: string } }[] }[] };
}

async function inNamespace(cluster: Cluster, namespace: string, name: string) {
  const kubectl = async (...args: string[]) => {
    const all = [...targetOf(cluster), "get", ...args, "-n", namespace, "--ignore-not-found", "-o", "json"];
    const { failed, stdout, stderr } = await execa(cluster.kubectl, all, { reject: false });
    if (failed) throw new UserError(`${namespace}/${name}: ${stderr}`);
    return stdout && (JSON.parse(stdout) as { items?: Pod[] });
  };
  const { items: pods = [] } = (await kubectl("pods")) || {};
  // As the labels of lines and of annotated pods are made.
  const isOfIt = ({ metadata: { labels = {} }, status }: Pod) =>
    (labels.app ?? labels["app.kubernetes.io/name"]) === name &&
    !["Succeeded", "Failed"].includes(status.phase);
  return {
    configMap: Boolean(await kubectl("configmap", TRACING_CONFIG)),
    pods: pods
      .filter(isOfIt)
      .map(({ spec }) =>
        spec.containers.some(({ envFrom = [] }) =>
          envFrom.some(({ configMapRef }) => configMapRef?.name === TRACING_CONFIG),
        ),
      ),
  };
}

/** The answer as text for people, a line a question. */
export function serviceReport(facts: Facts): string {
  const rows = [
    ["metrics", scraped(facts)],
    [
      "logs",
      arrived(
        facts.lines,
        "lines",
        `it writes to standard output, and its pods have the label app or app.kubernetes.io/name: ${facts.name}`,
      ),
    ],
    ["traces", arrived(facts.spans, "spans", "see the next line, and observability:tracing.sampling")],
    ["settings", tracing(facts)],
  ];
  return [
    `${facts.namespace}/${facts.name}`,
    ...rows.map(([what, text]) => `  ${what.padEnd(8)}  ${text}`),
  ].join("\n");
}

function scraped({ targets, first, last, port, namespace, name }: Facts): string {
  const up = targets.filter((target) => target.up).length;
  const wrong = targets.find((target) => !target.up);
  if (targets.length === 0)
    return port === undefined
      ? "nobody scrapes it: name it in observability:services, or annotate its pods with prometheus.io/scrape"
      : `no pod is found behind port ${port}: kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${name}`;
  const [word, time] = up > 0 ? ["first", first] : ["last", last];
  const when = time === undefined ? "" : `, ${word} within a day at ${timeOf(time)}`;
  const why = wrong ? `; ${wrong.url}: ${wrong.error || "not scraped yet"}` : "";
  return `${up} of ${targets.length} pods are scraped${when}${why}`;
}

const timeOf = (seconds: number) => `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`;

const arrived = (count: number | string, what: string, otherwise: string): string =>
  typeof count === "string"
    ? `not known: ${count}`
    : count > 0
      ? `${count} ${what} within ${RECENT}`
      : `no ${what} within ${RECENT}: ${otherwise}`;

function tracing({ configMap, pods, namespace }: Facts): string {
  if (!configMap)
    return `no ConfigMap ${TRACING_CONFIG} in ${namespace}: it is made where observability:services names a service`;
  if (pods.length === 0) return `ConfigMap ${TRACING_CONFIG} is there; no pod is`;
  const taking = pods.filter(Boolean).length;
  const otherwise = taking < pods.length ? ": envFrom, as the README says" : "";
  return `ConfigMap ${TRACING_CONFIG} is there; ${taking} of ${pods.length} pods take it${otherwise}`;
}
