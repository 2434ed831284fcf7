import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { forwarded } from "./stack";

/** One entry that was put into each store of a stack, and can be looked for again. */
export interface Marks {
  /** When it was put, in milliseconds. */
  at: number;
  text: string;
  traceId: string;
}

/** What {@link findMarks} answers where nothing is lost. */
export const everywhere = { prometheus: true, loki: true, tempo: true, alertmanager: true, grafana: true };

interface Stores {
  namespace: string;
  /** Whether the edge proxy is on: Prometheus, Alertmanager and Grafana live below its paths then. */
  edge?: boolean;
  /** Basic authorization of Grafana's administrator. */
  authorization: string;
}

const below = (program: string, edge?: boolean) => (edge ? `/api/monitoring/${program}` : "");

async function ask(url: string, init: RequestInit = {}): Promise<string> {
  const headers = { "content-type": "application/json", ...init.headers };
  const answer = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.text();
}

const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  ask(url, { method: "POST", body: JSON.stringify(body), headers });

/** Puts a line, a span, a silence and a dashboard into the stack's stores; series are there by themselves. */
export async function putMarks({ namespace, edge, authorization }: Stores): Promise<Marks> {
  const at = Date.now();
  const text = `mark-${randomBytes(4).toString("hex")}`;
  const traceId = randomBytes(16).toString("hex");
  const nanoseconds = `${at}000000`;
  await forwarded(namespace, "service/loki", "3100", (address) =>
    post(`http://${address}/loki/api/v1/push`, {
      streams: [{ stream: { app: "mark" }, values: [[nanoseconds, text]] }],
    }),
  );
  const span = { traceId, spanId: randomBytes(8).toString("hex"), name: text, kind: 2 };
  await forwarded(namespace, "service/collector", "4318", (address) =>
    post(`http://${address}/v1/traces`, {
      resourceSpans: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: text } }] },
          scopeSpans: [
            { spans: [{ ...span, startTimeUnixNano: nanoseconds, endTimeUnixNano: `${at + 5}000000` }] },
          ],
        },
      ],
    }),
  );
  await forwarded(namespace, "service/alertmanager", "9093", (address) =>
    post(`http://${address}${below("alertmanager", edge)}/api/v2/silences`, {
      matchers: [{ name: "alertname", value: text, isRegex: false }],
      startsAt: new Date(at).toISOString(),
      endsAt: new Date(at + 3600_000).toISOString(),
      createdBy: "test",
      comment: text,
    }),
  );
  await forwarded(namespace, "service/grafana", "3000", (address) =>
    post(
      `http://${address}${below("grafana", edge)}/api/dashboards/db`,
      { dashboard: { uid: text, title: text, panels: [] } },
      { authorization },
    ),
  );
  // The span is with the Collector; its batch reaches Tempo within a second.
  await delay(5_000);
  return { at, text, traceId };
}

/** What the stores still have of it: true for each where it was found. */
export async function findMarks(
  { namespace, edge, authorization }: Stores,
  { at, text, traceId }: Marks,
): Promise<Record<string, boolean>> {
  const has = async (service: string, port: string, path: string, headers = {}) =>
    forwarded(namespace, `service/${service}`, port, (address) =>
      ask(`http://${address}${path}`, { headers }).then(
        (answer) => answer.includes(text),
        () => false,
      ),
    );
  const series = await forwarded(namespace, "service/prometheus", "9090", (address) =>
    ask(`http://${address}${below("prometheus", edge)}/api/v1/query?query=up&time=${at / 1000}`),
  );
  const query = encodeURIComponent('{app="mark"}');
  return {
    prometheus: series.includes('"__name__":"up"'),
    loki: await has("loki", "3100", `/loki/api/v1/query_range?query=${query}&start=${at}000000&since=2h`),
    tempo: await has("tempo", "3200", `/api/traces/${traceId}`),
    alertmanager: await has("alertmanager", "9093", `${below("alertmanager", edge)}/api/v2/silences`),
    grafana: await has("grafana", "3000", `${below("grafana", edge)}/api/dashboards/uid/${text}`, {
      authorization,
    }),
  };
}
