/** The panels of all dashboards, asked as Grafana's pages do. */
import type { Answer, Grafana } from "./grafana";

/** Values of the dashboards' variables, as a user would choose them. */
const variables: Record<string, string> = {
  namespace: "ticketing",
  service: "ticket-service",
  search: "ticket",
};
const chosenOn: Record<string, Record<string, string>> = { spring: { service: "payment-service" } };

export const valuesOn = (dashboard: string): Record<string, string> => ({
  ...variables,
  ...chosenOn[dashboard],
});

/** Panels without data on a stack where all is well, each for a reason. */
export const RIGHTLY_EMPTY: Record<string, string> = {
  "alerts: Firing now": "nothing need fire",
  "alerts: How often in the time that is shown": "nothing need have fired",
  "infrastructure: Volumes in use":
    "kind's volumes are directories of the node, which the kubelet does not measure",
  "kubernetes: Containers that wait": "all run",
  "stack: Volumes of the stack": "as Volumes in use above",
  "stack: Lines that are lost": "none is",
  "stack: Since lines were last deleted by age": "the compactor's first run is ten minutes after its start",
  "service-overview: Slowest traces": "no request need be slow",
  "service-overview: Error lines": "no request need fail",
  "logs: Errors": "no request need fail",
  "traces: Slow traces": "no request need be slow",
  "traces: Failed traces": "no request need fail",
};

/** A dashboard's text with its variables filled in. */
export const chosen = (dashboard: string, text: string): string =>
  text.replace(/\$\{?(\w+)\}?/g, (all, name) => valuesOn(dashboard)[name] ?? all);

export interface Asked {
  refId: string;
  datasource: { uid: string };
  query?: string;
  expr?: string;
  queryType?: string;
  /** Of a search in Jaeger. */
  service?: string;
  tags?: string;
  minDuration?: string;
}

/** Where a page searches for traces: at the datasource's own API. */
const searches: Record<string, (grafana: Grafana, asked: Asked) => Promise<object[]>> = {
  tempo: async (grafana, { query = "" }) =>
    (await grafana.datasource<{ traces: object[] }>("tempo", "/api/search", { q: query })).traces,
  jaeger: async (grafana, { service = "", tags = "", minDuration = "" }) => {
    // As its page does with what is typed: key=value, with spaces between.
    const pairs = tags.split(" ").flatMap((pair) => (pair ? [pair.split("=")] : []));
    const named = JSON.stringify(Object.fromEntries(pairs));
    const [start, end] = [Date.now() - 3600_000, Date.now()].map((ms) => String(ms * 1000));
    const which = { service, tags: named, minDuration, start, end, limit: "20" };
    return (await grafana.datasource<{ data: object[] }>("jaeger", "/api/traces", which)).data;
  },
};

/** Traces are searched for through the datasource's proxy, everything else by a query. */
export async function askAsBrowser(grafana: Grafana, query: Asked): Promise<Answer> {
  const search = searches[query.datasource.uid];
  return search ? { rows: (await search(grafana, query)).length, numbers: [] } : grafana.query(query);
}

/** What one panel asks; `where` is its dashboard's uid and its title. */
export interface Question {
  uid: string;
  where: string;
  type: string;
  target: object;
}

export async function questionsOf(grafana: Grafana): Promise<Question[]> {
  const found = await grafana.json<{ uid: string }[]>("/api/search?type=dash-db&tag=observability-stack");
  const questions: Question[] = [];
  for (const { uid } of found) {
    const { dashboard } = await grafana.json<{ dashboard: Dashboard }>(`/api/dashboards/uid/${uid}`);
    for (const { title, type, targets = [] } of dashboard.panels)
      for (const target of targets) questions.push({ uid, where: `${uid}: ${title}`, type, target });
  }
  return questions;
}

/** Where a question has no answer. A question that is refused is an error. */
export async function emptyPanels(grafana: Grafana, questions: Question[]): Promise<string[]> {
  const empty = new Set<string>();
  for (const { uid, where, type, target } of questions) {
    const asked = JSON.parse(chosen(uid, JSON.stringify(target))) as Asked;
    const { rows, numbers, error } = await askAsBrowser(grafana, asked);
    if (error) throw new Error(`${where}: ${error}`);
    // Numbers, not gaps: there was traffic.
    const shows = "expr" in target && type !== "logs" ? numbers.length > 0 : rows > 0;
    if (!shows) empty.add(where);
  }
  return [...empty];
}

export interface Dashboard {
  panels: { title: string; type: string; targets?: object[] }[];
  templating: { list?: { name: string; type: string; query: unknown }[] };
}
