/** The same question to whichever program of a stack keeps lines or traces, each by way of Grafana. */
import { type Lines, logsBackend, uidOf } from "../../programs/backends";
import type { Stack } from "../../programs/program";
import type { Grafana } from "../cluster/support/grafana";
import { NAMESPACE } from "../cluster/support/workload";
import { eventually } from "../support/eventually";

export interface Line {
  text: string;
  labels: Record<string, string>;
}

/** As a panel of the dashboards asks. */
export async function linesOf(grafana: Grafana, stack: Stack, which: Lines): Promise<Line[]> {
  const query = logsBackend(stack).logs.show(which);
  if ("expr" in query) {
    const found = await grafana.loki(query.expr as string);
    return found.map(({ line, labels }) => ({ text: line, labels }));
  }
  const rows = await grafana.rows({ datasource: { uid: uidOf(stack, "logs") }, ...query });
  return rows.map(({ message, ...labels }) => ({ text: message, labels }));
}

const JOINED = { namespace: NAMESPACE, app: "queue-service" };
const isJoined = ({ text }: Line) => text.includes("Joined queue");

/**
 * What queue-service has said of this user's joining. Searched for by the part after the hyphen: Elasticsearch reads
 * user-9a4b9 as two words, either of which will do.
 */
export const joinsOf = async (grafana: Grafana, stack: Stack, user: string): Promise<Line[]> =>
  (await linesOf(grafana, stack, { ...JOINED, search: user.split("-").at(-1) })).filter(
    (line) => isJoined(line) && line.text.includes(user),
  );

export const lineOf = (grafana: Grafana, stack: Stack, user: string): Promise<Line> =>
  eventually(`the line of ${user}`, 180, async () => (await joinsOf(grafana, stack, user))[0]);

/** Id of a trace that was kept, found by the line of one of these users, over the services that it passed. */
export const traceOf = (grafana: Grafana, stack: Stack, users: string[]): Promise<string> =>
  eventually("a whole trace", 180, async () => {
    const { any } = logsBackend(stack).logs.search;
    const lines = (await linesOf(grafana, stack, { ...JOINED, search: any })).filter(isJoined);
    for (const { labels } of lines.filter(({ text }) => users.some((user) => text.includes(user)))) {
      const found = await servicesOf(grafana, uidOf(stack, "traces"), labels.trace_id);
      if (PASSED.every((service) => found.includes(service))) return labels.trace_id;
    }
    return undefined;
  });

const PASSED = ["gateway-service", "queue-service", "ticket-service"];

/** Names of the services in a trace; none where it is not kept. */
export async function servicesOf(grafana: Grafana, uid: string, id: string): Promise<string[]> {
  const asked = { tempo, jaeger, zipkin }[uid as "tempo"];
  // Each answers 404 for a trace that it does not have.
  return asked(grafana, id).catch(() => []);
}

const tempo = async (grafana: Grafana, id: string) =>
  (await grafana.trace(id)).map(({ resource }) => resource["service.name"]);

async function jaeger(grafana: Grafana, id: string): Promise<string[]> {
  const { data } = await grafana.datasource<JaegerTraces>("jaeger", `/api/traces/${id}`);
  return data.flatMap(({ processes }) => Object.values(processes).map(({ serviceName }) => serviceName));
}

const zipkin = async (grafana: Grafana, id: string) =>
  (await grafana.datasource<ZipkinSpan[]>("zipkin", `/api/v2/trace/${id}`)).flatMap(
    ({ localEndpoint }) => localEndpoint?.serviceName ?? [],
  );

interface JaegerTraces {
  data: { processes: Record<string, { serviceName: string }> }[];
}

interface ZipkinSpan {
  localEndpoint?: { serviceName?: string };
}
