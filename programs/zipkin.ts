import { bytes } from "../config/units";
import { urlOf } from "./addresses";
import type { Program } from "./program";
import { traceLinks } from "./trace-links";

/**
 * Share of the memory limit that is Java's heap. Beside it Java takes some 170 MiB for code, classes, threads and network
 * buffers: of 512 MiB it took 395 with as many spans as settings allow, while others came and were asked for, measured.
 */
const HEAP = 0.45;

/** Keeps the newest traces, in memory: a restart forgets them. */
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
  env: ({ settings: { tracing } }) => {
    const { maxSpans, resources } = tracing.zipkin;
    const heap = Math.floor((HEAP * bytes(resources.limits.memory)) / 2 ** 20);
    return {
      STORAGE_TYPE: "mem",
      MEM_MAX_SPANS: String(maxSpans),
      // The collector with the least memory of its own; and a restart instead of a server that answers no more.
      JAVA_OPTS: `-Xmx${heap}m -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError`,
    };
  },
  scratch: { tmp: { path: "/tmp" } },
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
    // It refuses what has more than 10 MiB, and in its format each span repeats what OTLP says once for all of a pod.
    batch: 2 ** 17,
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
