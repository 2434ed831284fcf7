import { tracesKeeper } from "../config/schema/elasticsearch";
import { bytes } from "../config/units";
import { urlOf } from "./addresses";
import { LOGIN, shards } from "./elasticsearch/traces";
import type { Program, Stack } from "./program";
import { traceLinks } from "./trace-links";

/**
 * Share of the memory limit that is Java's heap. Beside it Java takes some 170 MiB for code, classes, threads and network
 * buffers: of 512 MiB it took 395 with as many spans as settings allow, while others came and were asked for, measured.
 */
const HEAP = 0.45;

/** Keeps the newest traces, in memory, where a restart forgets them; or all by age, in Elasticsearch. */
export const zipkin: Program = {
  name: "zipkin",
  component: "tracing",
  // Two at once, as while a Deployment is updated, would each have a part of the spans.
  workload: "StatefulSet",
  image: "zipkin",
  user: 1000,
  enabled: ({ tracing }) => tracing.backend === "zipkin",
  ports: () => ({ http: 9411 }),
  telemetry: () => [{ port: "http", path: "/prometheus" }],
  exposed: ({ tracing }) => ({ port: "http", nodePort: tracing.zipkin.nodePort }),
  pages: { title: "Zipkin", what: "traces", login: false, path: "/zipkin" },
  calls: ({ settings }) =>
    isInElasticsearch(settings) ? [{ to: "elasticsearch", ports: ["http"], why: "keeps traces there" }] : [],
  env: (stack) => {
    const { maxSpans, resources } = stack.settings.tracing.zipkin;
    const heap = Math.floor((HEAP * bytes(resources.limits.memory)) / 2 ** 20);
    return {
      ...(isInElasticsearch(stack.settings)
        ? inElasticsearch(stack)
        : { STORAGE_TYPE: "mem", MEM_MAX_SPANS: String(maxSpans) }),
      // The collector with the least memory of its own; and a restart instead of a server that answers no more.
      JAVA_OPTS: `-Xmx${heap}m -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError`,
    };
  },
  secrets: ({ settings }) =>
    isInElasticsearch(settings) ? [{ name: LOGIN, env: { ES_PASSWORD: "password" } }] : [],
  scratch: { tmp: { path: "/tmp" } },
  // In Elasticsearch, that as well: Zipkin takes spans before they are stored, so while it cannot store any it shall end, and
  // not start again, and they wait in the Collector's queue.
  probes: () => ({
    // Java takes ten seconds of a processor to start, and may have half of one.
    startup: { path: "/health", port: "http", minutes: 10 },
    ready: { path: "/health", port: "http", delay: 5, period: 5 },
    live: { path: "/health", port: "http", delay: 30, period: 10 },
  }),
  resources: ({ tracing }) => tracing.zipkin.resources,
  traces: {
    port: "http",
    exporter: (stack) => ({
      zipkin: { endpoint: `${urlOf(stack, "zipkin", "http")}/api/v2/spans`, format: "proto" },
    }),
    // It refuses what has more than 10 MiB: 20 KiB a span. In its format each repeats what OTLP says once for all of a pod.
    spans: 500,
    written: "zipkin_collector_spans_total",
  },
  datasource: {
    signal: "traces",
    name: "Zipkin",
    type: "zipkin",
    port: "http",
    jsonData: (stack) => ({ ...traceLinks(stack), nodeGraph: { enabled: true } }),
  },
};

const isInElasticsearch = ({ tracing }: Stack["settings"]): boolean => tracesKeeper(tracing) === "zipkin";

const inElasticsearch = (stack: Stack): Record<string, string> => ({
  STORAGE_TYPE: "elasticsearch",
  ES_HOSTS: urlOf(stack, "elasticsearch", "http"),
  ES_USERNAME: "zipkin",
  // As programs/index-cleaner.ts looks for them.
  ES_INDEX: "zipkin-jaeger",
  ES_INDEX_SHARDS: String(shards(stack.settings).shards),
  ES_INDEX_REPLICAS: String(shards(stack.settings).replicas),
});
