/** What users reach: Grafana's API, and through it every datasource. */

import { EDGE } from "./names";

export const GRAFANA_URL = `${EDGE}/api/monitoring/grafana`;

export class Grafana {
  private readonly authorization: string;

  /** By default on the way of its users. */
  constructor(
    user: string,
    password: string,
    private readonly url = GRAFANA_URL,
  ) {
    this.authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, {
      ...init,
      headers: { authorization: this.authorization, "content-type": "application/json", ...init.headers },
      signal: AbortSignal.timeout(20_000),
    });
  }

  async json<T>(path: string, body?: object): Promise<T> {
    const response = await this.fetch(path, body ? { method: "POST", body: JSON.stringify(body) } : {});
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** A path of the datasource's own API. */
  datasource<T>(uid: string, path: string, parameters: Record<string, string> = {}): Promise<T> {
    return this.json<T>(`/api/datasources/proxy/uid/${uid}${path}?${new URLSearchParams(parameters)}`);
  }

  /** Series of an instant PromQL query: their labels and values. */
  async prometheus(query: string): Promise<{ metric: Record<string, string>; value: number }[]> {
    const { data } = await this.datasource<PrometheusAnswer>("prometheus", "/api/v1/query", { query });
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Entries that a LogQL query finds within the last hour, newest first. */
  async loki(query: string, limit = "100"): Promise<{ labels: Record<string, string>; line: string }[]> {
    const start = String(Math.floor(Date.now() / 1000) - 3600);
    const { data } = await this.datasource<LokiAnswer>("loki", "/loki/api/v1/query_range", {
      query,
      limit,
      start,
    });
    return data.result.flatMap(({ stream, values }) => values.map(([, line]) => ({ labels: stream, line })));
  }

  /** Spans of a trace. */
  async trace(id: string): Promise<Span[]> {
    const { batches } = await this.datasource<TempoAnswer>("tempo", `/api/traces/${id}`);
    return batches.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map(({ name, attributes = [] }) => ({
          name,
          resource: plain(resource.attributes),
          attributes: plain(attributes),
        })),
      ),
    );
  }

  private async frames(query: object): Promise<{ error?: string; frames: Frame[] }> {
    const body = {
      queries: [{ ...query, intervalMs: 15_000, maxDataPoints: 100 }],
      from: "now-30m",
      to: "now",
    };
    const { results } = await this.json<QueryAnswer>("/api/ds/query", body);
    const { error, frames = [] } = Object.values(results)[0];
    return { error, frames };
  }

  /** The rows of an answer that is one table, by the names of its columns. */
  async rows(query: object): Promise<Record<string, string>[]> {
    const { error, frames } = await this.frames(query);
    if (error) throw new Error(error);
    return frames.flatMap(({ schema, data }) =>
      (data.values[0] ?? []).map((_, row) =>
        Object.fromEntries(schema.fields.map(({ name }, column) => [name, String(data.values[column][row])])),
      ),
    );
  }

  /** What a dashboard's panel asks, with its variables filled in: how many rows it gets, and the numbers in them. */
  async query(query: object): Promise<Answer> {
    const { error, frames } = await this.frames(query);
    const numbers = frames.flatMap(({ schema, data }) =>
      data.values.filter((_, index) => schema.fields[index].type === "number").flat(),
    );
    return {
      error,
      rows: frames.reduce((sum, { data }) => sum + (data.values[0]?.length ?? 0), 0),
      // NaN and infinity come as null.
      numbers: numbers.filter((value): value is number => typeof value === "number"),
    };
  }
}

export interface Answer {
  rows: number;
  numbers: number[];
  error?: string;
}

export interface Span {
  name: string;
  resource: Record<string, string>;
  attributes: Record<string, string>;
}

interface PrometheusAnswer {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

interface LokiAnswer {
  data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
}

interface QueryAnswer {
  results: Record<string, { error?: string; frames?: Frame[] }>;
}

interface Frame {
  schema: { fields: { name: string; type?: string }[] };
  data: { values: unknown[][] };
}

type Attributes = { key: string; value: Record<string, unknown> }[];

interface TempoAnswer {
  batches: {
    resource: { attributes: Attributes };
    scopeSpans: { spans: { name: string; attributes?: Attributes }[] }[];
  }[];
}

const plain = (attributes: Attributes): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
