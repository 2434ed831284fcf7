import { z } from "zod";
import { bytes } from "../units";
import { amp } from "./aws";
import {
  byteQuantity,
  count,
  duration,
  FIVE_MINUTE_RATES,
  nodePort,
  probability,
  replicas,
  resources,
} from "./common";
import { elasticsearch } from "./elasticsearch";
import { certificates, postgres, redis } from "./exporters";
import { scrapeConfigs } from "./free";
import { istio } from "./istio";
import { jaeger } from "./jaeger";
import { kiali } from "./kiali";
import { namespaceOrEvery, once, storage } from "./kubernetes";
import { s3 } from "./s3";
import { tailSampling } from "./tail-sampling";
import { zipkin } from "./zipkin";

/** Prometheus and Tempo write a block every hour or two: what is younger is not deleted anyway. */
const A_BLOCK = { least: "2h", why: "the time that one block holds" };

export const metrics = z
  .strictObject({
    scrapeInterval: duration(FIVE_MINUTE_RATES)
      .default("15s")
      .describe("How often targets are scraped unless a service says otherwise; default 15s."),
    evaluationInterval: duration({ most: "1m", why: "since alerts read what the recording rules wrote last" })
      .default("15s")
      .describe("How often rules are evaluated; default 15s."),
    annotatedNamespaces: once(namespaceOrEvery())
      .default([])
      .describe(
        'Namespaces, besides those of services, whose pods are scraped when annotated prometheus.io/scrape, and may send traces; kind: "*", elsewhere none.',
      ),
    limits: z
      .strictObject({
        samples: count("a whole number of series")
          .default(50_000)
          .describe("Series that one scrape may have; default 50000."),
        labels: count("a whole number of labels")
          .default(64)
          .describe("Labels that one series may have; default 64."),
        targets: count("a whole number of pods")
          .default(10_000)
          .describe(
            "Targets of all named services together, and as many annotated ones; default 10000. With more, none of them is scraped.",
          ),
      })
      .prefault({})
      .describe(
        "Limits for applications: a scrape with more is refused as a whole, and the service counts as down.",
      ),
    retention: z
      .strictObject({
        time: duration(A_BLOCK).default("7d").describe("Samples older than this are deleted; default 7d."),
        size: byteQuantity()
          .default("4Gi")
          .describe("The oldest blocks are deleted above this size; default 4Gi. Below the volume's size."),
      })
      .prefault({})
      .describe("What is kept: whichever limit is met first."),
    extraScrapeConfigs: scrapeConfigs()
      .default([])
      .describe(
        "Scrape jobs of your own, as Prometheus writes them in scrape_configs; default none. Labels env and region are put on their targets.",
      ),
    storage: storage("5Gi"),
    replicas: replicas(1, 2).describe(
      "Pods of Prometheus; default 1. With 2, each of which scrapes, keeps and evaluates everything, nothing is missed while a node is away. Alerts have the label cluster then: environment-region.",
    ),
    resources: resources("100m 256Mi", "500m 512Mi"),
    amp,
    nodePort: nodePort().describe("Port of Prometheus on every node; kind: 30090, elsewhere null: none."),
    kubeStateMetrics: z
      .strictObject({ resources: resources("10m 32Mi", "500m 512Mi") })
      .prefault({})
      .describe(
        "kube-state-metrics: the state of Kubernetes objects as metrics. Its start takes up to 80 MiB for each 1,000 pods.",
      ),
    nodeExporter: z
      .strictObject({
        enabled: z
          .boolean()
          .default(true)
          .describe("One pod a node; default true. Off where another stack's node-exporter serves already."),
        resources: resources("10m 24Mi", "100m 64Mi"),
      })
      .prefault({})
      .describe("node-exporter: processor, memory and disks of the nodes."),
    redis,
    postgres,
    certificates,
    istio,
    kiali,
  })
  .prefault({})
  .describe("Prometheus and the exporters.");

/** What sends to each backend, the usual one first. */
export const COLLECTORS: Record<string, readonly string[]> = {
  loki: ["alloy", "promtail"],
  elasticsearch: ["filebeat"],
};

export const logs = z
  .strictObject({
    backend: z
      .enum(["loki", "elasticsearch"])
      .default("loki")
      .describe(
        "Where logs are kept; default loki, on a volume or in a bucket. elasticsearch: one node or three, each on a volume. What belongs to the other one is refused.",
      ),
    collector: z
      .enum(["alloy", "promtail", "filebeat"])
      .optional()
      .describe(
        "What reads the pods' logs; default: alloy with loki, filebeat with elasticsearch. alloy sends Kubernetes events as well. promtail sends to loki too, without a log on disk: while Loki is away lines wait in the containers' own logs, and what is rotated away there is lost. Its end of life was 2026-03-02, its last image is 3.6.11; Kubernetes events still come by Alloy. filebeat sends pods' logs alone.",
      ),
    retention: z
      .strictObject({
        time: duration({ least: "24h", why: "the period of Loki's index" })
          .default("7d")
          .describe(
            "Lines older than this are deleted; default 7d. At least 24h. Elasticsearch deletes a day's lines together, up to a day later.",
          ),
      })
      .prefault({})
      .describe("What is kept."),
    maskIps: z
      .boolean()
      .default(true)
      .describe(
        "Replaces the last part of IPv4 addresses and IPv6 interface parts by x before storage; default true.",
      ),
    storage: storage("5Gi"),
    s3: s3("lines"),
    replicas: replicas(1, 3).describe(
      "Pods of Loki; default 1. With 3, which needs logs.s3, each line is kept by two or more of them until it is in the bucket.",
    ),
    resources: resources("100m 256Mi", "500m 512Mi"),
    elasticsearch,
    agent: z
      .strictObject({ resources: resources("50m 128Mi", "2000m 256Mi") })
      .prefault({})
      .describe(
        "The collector's pod on every node. Each log line takes about 0.2 ms of a processor; what comes faster than the limit allows waits in the log files.",
      ),
    events: z
      .strictObject({ resources: resources("10m 64Mi", "100m 128Mi") })
      .prefault({})
      .describe("The one pod that turns Kubernetes events into logs."),
  })
  .refine(({ replicas, s3 }) => replicas === 1 || s3 !== null, {
    path: ["replicas"],
    error: "3 needs logs.s3; allowed: 1 on a volume, since no replica sees the volume of another",
  })
  .transform((logs) => ({ ...logs, collector: logs.collector ?? COLLECTORS[logs.backend][0] }))
  .prefault({})
  .describe("Loki or Elasticsearch, and the log collector.");

export const tracing = z
  .strictObject({
    backend: z
      .enum(["tempo", "jaeger", "zipkin"])
      .default("tempo")
      .describe(
        "Where traces are kept; default tempo, on a volume or in a bucket, by age. jaeger: on a volume or in Elasticsearch, by age. zipkin: in memory, the newest ones, or in Elasticsearch, by age. What belongs to another one is refused.",
      ),
    sampling: z
      .strictObject({
        probability: probability()
          .default(1)
          .describe(
            "Share of traces that applications record, 0 to 1; default 1. Handed to them by a ConfigMap. Below 1 span metrics and the service graph count that share alone: their rates are that much lower, their durations are not.",
          ),
      })
      .prefault({})
      .describe("Head sampling."),
    tailSampling,
    retention: z
      .strictObject({
        time: duration(A_BLOCK)
          .default("48h")
          .describe(
            "Traces older than this are deleted; default 48h. In Elasticsearch it counts in whole days, of which a part is one, and a day's traces are deleted together, up to a day later.",
          ),
      })
      .prefault({})
      .describe("What is kept; not by Zipkin in memory."),
    storage: storage("5Gi"),
    s3: s3("traces"),
    resources: resources("50m 128Mi", "500m 512Mi"),
    jaeger,
    zipkin,
    collector: z
      .strictObject({
        queue: byteQuantity()
          .default("256Mi")
          .describe(
            "Spans that wait on disk while the backend is away; default 256Mi, at most half of the volume. When it is full, senders are told to try again later.",
          ),
        storage: storage("1Gi"),
        resources: resources("100m 128Mi", "500m 256Mi"),
      })
      .refine(({ queue, storage }) => 2 * bytes(queue) <= bytes(storage.size), {
        path: ["queue"],
        error:
          "allowed: at most half of tracing.collector.storage.size; the queue's file has free space in it",
      })
      .prefault({})
      .describe("The OpenTelemetry Collector gateway that applications send to."),
  })
  .superRefine(({ sampling, tailSampling }, context) => {
    const { enabled, keepErrors, slowerThan } = tailSampling;
    const promised = keepErrors ? "keepErrors" : slowerThan ? "slowerThan" : undefined;
    if (enabled && promised && sampling.probability < 1)
      context.addIssue({
        code: "custom",
        path: ["sampling", "probability"],
        message: `${sampling.probability} makes applications leave traces out before anybody knows how they end, and tracing.tailSampling.${promised} would keep a part of them only; allowed: 1, with tracing.tailSampling.percent for the share of the rest.`,
      });
  })
  .prefault({})
  .describe("OpenTelemetry Collector, and Tempo, Jaeger or Zipkin.");
