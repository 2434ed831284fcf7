import { randomBytes } from "node:crypto";
import { load } from "js-yaml";
import { collectorConfig } from "../../programs/collector/config";
import { samplerConfig } from "../../programs/collector/sampler";
import { configFile } from "../../programs/overrides";
import type { Stack } from "../../programs/program";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { below, goLimit, Server, stackWith, written } from "./servers";

/* The gateway and the samplers behind it, as processes on loopback. */

interface Config {
  processors: Record<string, object>;
  exporters: Record<string, { endpoint?: string; resolver?: object; tls?: object }>;
  service: {
    pipelines: Record<string, { receivers?: string[]; processors: string[]; exporters?: string[] }>;
  };
}

export interface Collector {
  server: Server;
  /** Takes OTLP as JSON. */
  traces: string;
  /** Takes OTLP over gRPC. */
  otlp: string;
  /** Takes Zipkin's format as JSON. */
  zipkin: string;
  health: string;
  /** The metrics of spans. */
  metrics: string;
}

/** The gateway without what only a cluster answers: the attributes of pods, and the names of samplers. */
export async function collectorServer(
  directory: string,
  to: string | string[],
  stack = stackWith(),
): Promise<Collector> {
  const config = collectorConfig(stack) as Config;
  const { traces } = config.service.pipelines;
  delete config.processors.k8s_attributes;
  traces.processors = traces.processors.filter((name) => name !== "k8s_attributes");
  // The name server would give addresses and no ports, and all of them are this machine.
  if (Array.isArray(to)) config.exporters.load_balancing.resolver = { static: { hostnames: to } };
  else sendTo(config, to);
  return onLoopback(directory, config, stack.settings.tracing.collector.resources.limits.memory);
}

/** One of several, by the name of its pod. */
export async function samplerServer(
  directory: string,
  pod: string,
  to: string,
  stack: Stack,
): Promise<Collector> {
  const config = load(configFile(stack, "sampler", samplerConfig(stack))) as Config;
  sendTo(config, to);
  const { memory } = stack.settings.tracing.tailSampling.resources.limits;
  return onLoopback(directory, config, memory, { POD_NAME: pod });
}

/** A gateway that does nothing to the spans, to compare with; its queue is on disk as the stack's, or in memory. */
export async function plainCollector(directory: string, to: string, onDisk: boolean): Promise<Collector> {
  const stack = stackWith();
  const config = collectorConfig(stack) as Config;
  const { exporters, service } = config;
  if (!onDisk) exporters.otlp_grpc = { tls: { insecure: true } };
  service.pipelines = { traces: { receivers: ["otlp"], processors: [], exporters: ["otlp_grpc"] } };
  const plain = { ...config, connectors: {}, processors: {}, exporters: { otlp_grpc: exporters.otlp_grpc } };
  sendTo(plain, to);
  return onLoopback(directory, plain, stack.settings.tracing.collector.resources.limits.memory);
}

/** The store: `to` is host:port of one that takes OTLP, or a URL of one that takes Zipkin's format. */
function sendTo({ exporters }: Config, to: string): void {
  (exporters.otlp_grpc ?? exporters.zipkin).endpoint = to;
}

async function onLoopback(
  directory: string,
  config: Config,
  memory: string,
  env: Record<string, string> = {},
): Promise<Collector> {
  const ports = new Map<string, number>();
  const text = JSON.stringify(below(directory, "/var/lib/otelcol", config)).replaceAll(
    /0\.0\.0\.0:(\d+)/g,
    (_, port: string) => `127.0.0.1:PORT${port}`,
  );
  for (const [port] of text.matchAll(/(?<=PORT)\d+/g)) ports.set(port, await freePort());
  const telemetry = await freePort();
  const file = written(
    directory,
    "collector.yaml",
    JSON.parse(
      text
        .replaceAll(/PORT(\d+)/g, (_, port: string) => String(ports.get(port)))
        .replace(/"host":"0\.0\.0\.0","port":\d+/, `"host":"127.0.0.1","port":${telemetry}`),
    ) as object,
  );
  const at = (port: number) => `127.0.0.1:${ports.get(String(port))}`;
  return {
    server: new Server(binary("collector", "otelcol-contrib")!, [`--config=${file}`], {
      ...goLimit(memory),
      ...env,
    }),
    traces: `http://${at(4318)}/v1/traces`,
    otlp: at(4317),
    zipkin: `http://${at(9411)}/api/v2/spans`,
    health: `http://${at(13133)}/`,
    metrics: `http://${at(8889)}/metrics`,
  };
}

/** A span of each trace, as OpenTelemetry's exporter has it; the gateway in a cluster learns the pod from the address. */
export async function send({ traces }: Collector, ...traceIds: string[]): Promise<void> {
  const attributes = {
    "service.name": "ticket-service",
    "k8s.namespace.name": "shop",
    "k8s.pod.name": "ticket-service-1",
  };
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = (traceId: string) => ({
    ...{ traceId, spanId: randomBytes(8).toString("hex"), name: "GET /tickets", kind: 2 },
    ...{ startTimeUnixNano: String(now - 5_000_000n), endTimeUnixNano: String(now) },
  });
  const resource = {
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  const body = { resourceSpans: [{ resource, scopeSpans: [{ spans: traceIds.map(span) }] }] };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(traces, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}
