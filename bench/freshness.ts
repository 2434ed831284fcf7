import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { seconds } from "../config/units";
import { forwarded } from "../local/forward";
import { judge } from "./measure";
import { reach, settings } from "./reach";
import { bench } from "./stack";

/*
 * npm run bench:freshness, on a running stack with the sample workload (npm run ticketing): seconds until a line that was
 * written, a span that was sent and a sample that was counted are found where people look for them. What the workload waits
 * before it sends spans (OpenTelemetry's 5 s) is its own.
 */
const REQUESTS = 20;
const SAMPLES = 4;
const SERVICE = "gateway-service";

type Url = "gateway" | "collector" | "loki" | "tempo" | "prometheus";

async function main(): Promise<void> {
  const { cluster } = await bench();
  await forwarded(cluster, "ticketing", `service/${SERVICE}`, 3001, (gateway) =>
    reach(cluster, "loki", "http", (loki) =>
      reach(cluster, "tempo", "http", (tempo) =>
        reach(cluster, "collector", "otlp-http", (collector) =>
          reach(cluster, "prometheus", "http", (prometheus) =>
            measure({ gateway, collector, loki, tempo, prometheus }),
          ),
        ),
      ),
    ),
  );
}

async function measure(urls: Record<Url, string>): Promise<void> {
  const id = (bytes: number) => randomBytes(bytes).toString("hex");
  /** A request that leads to a line and a count: nobody of that name is there. */
  const request = async (): Promise<string> => {
    const trace = id(16);
    const headers = { traceparent: `00-${trace}-${id(8)}-01` };
    await fetch(`${urls.gateway}/api/queue/status?userId=nobody`, { headers });
    return trace;
  };
  const send = async (): Promise<string> => {
    const traceId = id(16);
    const now = `${Date.now()}000000`;
    const span = { traceId, spanId: id(8), name: "a", kind: 1, startTimeUnixNano: now, endTimeUnixNano: now };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const headers = { "content-type": "application/json" };
    const sent = await fetch(`${urls.collector}/v1/traces`, { method: "POST", headers, body });
    if (!sent.ok) throw new Error(`the Collector answers ${sent.status}: ${await sent.text()}`);
    return traceId;
  };
  const query = async (url: string, parameters: Record<string, string>): Promise<Result> =>
    (await (await fetch(`${url}?${new URLSearchParams(parameters)}`)).json()) as Result;

  const [lines, spans]: number[][] = [[], []];
  for (let count = 0; count < REQUESTS; count++) {
    const selection = { query: `{app="${SERVICE}"} | trace_id="${await request()}"`, since: "5m" };
    lines.push(
      await until(async () => {
        const { data } = await query(`${urls.loki}/loki/api/v1/query_range`, selection);
        return data.result.length > 0;
      }),
    );
    const trace = await send();
    spans.push(await until(async () => (await fetch(`${urls.tempo}/api/traces/${trace}`)).ok));
    // Not in step with the batches.
    await delay(1000 * Math.random());
  }

  const counted = async () => {
    const sum = `sum(http_request_duration_seconds_count{service="${SERVICE}"})`;
    return Number((await query(`${urls.prometheus}/api/v1/query`, { query: sum })).data.result[0]?.value[1]);
  };
  const samples: number[] = [];
  for (let count = 0; count < SAMPLES; count++) {
    const before = await counted();
    await request();
    samples.push(await until(async () => (await counted()) > before));
  }

  for (const [what, values, most] of [
    ["line in Loki", lines, 4],
    ["span in Tempo", spans, 2],
    ["sample in Prometheus", samples, 2 * seconds(settings.metrics.scrapeInterval)],
  ] as const) {
    const [least, ...rest] = values.map((value) => value / 1000).sort((a, b) => a - b);
    console.log(`${what}: ${least.toFixed(1)} to ${rest.at(-1)!.toFixed(1)} s, of ${values.length}`);
    judge(`${what}, the slowest`, rest.at(-1)!, most, "s");
  }
}

/** Milliseconds until it is so; asked ten times a second. */
async function until(holds: () => Promise<boolean>): Promise<number> {
  const began = Date.now();
  while (!(await holds())) {
    if (Date.now() - began > 120_000) throw new Error(`not there after two minutes: ${holds}`);
    await delay(100);
  }
  return Date.now() - began;
}

interface Result {
  data: { result: { value: [number, string] }[] };
}

void main();
