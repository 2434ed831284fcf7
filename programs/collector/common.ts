import type { Settings } from "../../config/schema";
import { bytes } from "../../config/units";
import { tracesBackend } from "../backends";
import type { Stack } from "../program";
import { BATCH_MIB } from "./message";

/* What the gateway and the samplers behind it have in common. */

export const ports = {
  "otlp-grpc": 4317,
  "otlp-http": 4318,
  zipkin: 9411,
  "jaeger-grpc": 14250,
  "jaeger-thrift": 14268,
  "span-metrics": 8889,
  telemetry: 8888,
  health: 13133,
};

/** Where the queue is kept. */
export const QUEUE = "/var/lib/otelcol";

export const listen = (port: number) => `0.0.0.0:${port}`;

export const extensions = {
  health_check: { endpoint: listen(ports.health) },
  file_storage: {
    directory: QUEUE,
    create_directory: true,
    // What a crash of the node has left unreadable is put aside instead of ending every start.
    recreate: true,
    // The file only grows while it is in use; a start gives back what is free.
    compaction: { on_start: true, directory: QUEUE, cleanup_on_start: true },
  },
};

/** First in every pipeline: refuses data before the kernel kills the process. */
export const memoryLimiter = { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 };

export const service = {
  extensions: Object.keys(extensions),
  telemetry: {
    logs: { level: "warn" },
    metrics: {
      readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: ports.telemetry } } } }],
    },
  },
};

/**
 * Spans wait on disk until the next one takes them. They are put together to batches after they were written, and
 * leave the disk when they have arrived: a batch processor before the queue would lose what it holds in memory, and
 * hide from senders that the queue is full. A batch is sent from 256 KiB on, and may hold any message that was taken: a
 * span that does not fit into one is dropped, with all that are behind it in its message.
 */
export const queued = ({ tracing }: Settings, spans?: number) => ({
  retry_on_failure: { initial_interval: "1s", max_interval: "10s", max_elapsed_time: "0s" },
  sending_queue: {
    storage: "file_storage",
    sizer: "bytes",
    queue_size: bytes(tracing.collector.queue),
    num_consumers: 4,
    batch: {
      flush_timeout: "1s",
      ...(spans
        ? { sizer: "items", min_size: Math.floor(spans / 4), max_size: spans }
        : { min_size: 2 ** 18, max_size: BATCH_MIB * 2 ** 20 }),
    },
  },
});

/** Exporters to whoever keeps traces; `how` they wait and are sent is up to the sender. */
export function toBackend(
  stack: Stack,
  how: (settings: Settings, spans?: number) => object = queued,
): Record<string, object> {
  const { traces } = tracesBackend(stack);
  return Object.fromEntries(
    Object.entries(traces.exporter(stack)).map(([name, to]) => [
      name,
      { ...to, ...how(stack.settings, traces.spans) },
    ]),
  );
}

/** It tidies up its queue on disk before it answers, however long that has become. */
export const probes = {
  startup: { path: "/", port: "health", minutes: 15 },
  ready: { path: "/", port: "health", delay: 2, period: 5 },
  live: { path: "/", port: "health", delay: 15, period: 10 },
};
