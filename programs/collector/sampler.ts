import type { Settings } from "../../config/schema";
import { goDuration, seconds } from "../../config/units";
import { configFile } from "../overrides";
import { tracesBackend } from "../backends";
import type { Program, Stack } from "../program";
import {
  extensions,
  listen,
  memoryLimiter,
  ports as all,
  probes,
  queued,
  QUEUE,
  service,
  toBackend,
} from "./common";
import { takesBatches } from "./message";
import { spanMetrics } from "./span-metrics";

export const samples = ({ tracing }: Settings): boolean => tracing.tailSampling.enabled;

const ports = {
  "otlp-grpc": all["otlp-grpc"],
  "span-metrics": all["span-metrics"],
  telemetry: all.telemetry,
  health: all.health,
};

/** Decides which traces are kept. The gateway sends all spans of a trace to the same replica. */
export const sampler: Program = {
  name: "sampler",
  component: "tracing",
  workload: "StatefulSet",
  image: "collector",
  go: true,
  user: 10001,
  enabled: samples,
  ports: () => ports,
  telemetry: () => [{ port: "span-metrics", aboutOthers: true }, { port: "telemetry" }],
  calls: (stack) => {
    const { name, traces } = tracesBackend(stack);
    return [{ to: name, ports: [traces.port], why: "sends the spans of the traces that are kept" }];
  },
  args: () => ["--config=/etc/sampler/config.yaml"],
  podEnv: () => ({ POD_NAME: "metadata.name" }),
  files: (stack) => [
    {
      name: "config",
      path: "/etc/sampler",
      files: { "config.yaml": configFile(stack, "sampler", samplerConfig(stack)) },
    },
  ],
  replicas: ({ tracing }) => tracing.tailSampling.replicas,
  callersChoose: true,
  data: ({ tracing }) => ({
    path: QUEUE,
    setting: "tracing.collector.storage",
    ...tracing.collector.storage,
  }),
  probes: () => probes,
  resources: ({ tracing }) => tracing.tailSampling.resources,
};

/** Traces that one replica holds while it waits; what comes beyond them waits in the gateway's queue. */
const TRACES = 50_000;
/** Traces of which it remembers, longer than it holds them, whether they were kept: some spans come late. */
const REMEMBERED = 2 * TRACES;

/**
 * The metrics of all spans, and then the choice of traces. Both pipelines begin at one receiver: there is nothing between
 * them that could keep spans from being counted.
 */
export function samplerConfig(stack: Stack): object {
  const { settings } = stack;
  const { tailSampling } = settings.tracing;
  const { prometheus } = spanMetrics.exporters;
  const exporters = toBackend(stack, patiently);
  return {
    extensions,
    receivers: { otlp: { protocols: takesBatches(listen(ports["otlp-grpc"])) } },
    processors: {
      memory_limiter: memoryLimiter,
      tail_sampling: {
        // Most are decided soon after their root has ended; a request that runs into its timeout is still seen to fail.
        decision_wait_after_root_received: goDuration(tailSampling.decisionWait),
        decision_wait: goDuration(tailSampling.longestTrace),
        num_traces: TRACES,
        block_on_overflow: true,
        decision_cache: { sampled_cache_size: REMEMBERED, non_sampled_cache_size: REMEMBERED },
        policies: policies(settings),
      },
      ...spanMetrics.processors,
    },
    connectors: spanMetrics.connectors,
    exporters: {
      ...exporters,
      // Each replica counts its own traces: queries add them up.
      prometheus: { ...prometheus, const_labels: { replica: "${env:POD_NAME}" } },
    },
    service: {
      ...service,
      pipelines: {
        "traces/all": {
          receivers: ["otlp"],
          processors: ["memory_limiter"],
          exporters: spanMetrics.sinks,
        },
        "traces/kept": {
          receivers: ["otlp"],
          processors: ["memory_limiter", "tail_sampling"],
          exporters: Object.keys(exporters),
        },
        metrics: spanMetrics.pipeline,
      },
    },
  };
}

/** With it and the id alone a trace belongs to the share or not: for every replica, and after an upgrade too. */
const SALT = "observability-stack";

/** A trace is kept where one of them says so. */
function policies({ tracing }: Settings): object[] {
  const { keepErrors, slowerThan, percent } = tracing.tailSampling;
  return [
    ...(keepErrors
      ? [{ name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } }]
      : []),
    ...(slowerThan
      ? [{ name: "slow", type: "latency", latency: { threshold_ms: seconds(slowerThan) * 1000 } }]
      : []),
    ...(percent > 0
      ? [
          {
            name: "share",
            type: "probabilistic",
            probabilistic: { sampling_percentage: percent, hash_salt: SALT },
          },
        ]
      : []),
  ];
}

/** The sampler does not hear that the queue is full, and would lose what it has decided to keep: it waits instead. */
function patiently(settings: Settings, spans?: number): object {
  const { sending_queue, ...rest } = queued(settings, spans);
  return { ...rest, sending_queue: { ...sending_queue, block_on_overflow: true } };
}
