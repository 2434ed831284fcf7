import { z } from "zod";
import { above0, count, duration, fraction } from "./common";

const waiting = (wait: string) => ({
  for: duration().default(wait).describe(`How long this must last before the alert fires; default ${wait}.`),
});

/** One object an alert. The figures are usual ones: high enough not to page for a hiccup. */
export const rules = z
  .strictObject({
    serviceDown: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe("A scrape target of a watched service does not answer."),
    highErrorRate: z
      .strictObject({
        ...waiting("5m"),
        threshold: fraction()
          .default(0.05)
          .describe("Fires above this share; default 0.05: 5 % of the answers."),
        errors: count("a whole number of answers")
          .default(5)
          .describe("Fires only where so many came within five minutes: of a few one is much; default 5."),
      })
      .prefault({})
      .describe("Share of answers with status 5xx."),
    manyServerErrors: z
      .strictObject({
        count: count("a whole number of answers")
          .default(100)
          .describe("Fires at this many within five minutes; default 100."),
      })
      .prefault({})
      .describe("Answers of one service with status 5xx, however small their share is."),
    highLatency: z
      .strictObject({
        ...waiting("10m"),
        seconds: above0("seconds above 0")
          .default(2)
          .describe("Fires when the 99th percentile of request durations is above this; default 2."),
        requests: count("a whole number of requests")
          .default(20)
          .describe("Fires only where so many came within five minutes: not on one of a few; default 20."),
      })
      .prefault({})
      .describe("99th percentile of the duration of requests."),
    sloErrorBudgetBurn: z
      .strictObject({
        events: count("a whole number of events")
          .default(10)
          .describe(
            "Fires only where so many bad events came, within an hour for what burns fast, within six for the rest; default 10.",
          ),
      })
      .prefault({})
      .describe("The error budget of an objective (observability:slo) is used up too fast."),
    podCrashLooping: z
      .strictObject({
        restarts: count("a whole number of restarts")
          .default(5)
          .describe("Fires above this many restarts; default 5."),
        window: duration({ least: "5m", why: "within which there are four scrapes or more" })
          .default("15m")
          .describe("Within this time; default 15m."),
      })
      .prefault({})
      .describe("A container restarts again and again."),
    highMemory: z
      .strictObject({
        ...waiting("10m"),
        threshold: fraction()
          .default(0.85)
          .describe("Fires above this share of the limit; default 0.85: 85 %."),
      })
      .prefault({})
      .describe("Memory of a container against its limit."),
    highCpu: z
      .strictObject({
        ...waiting("10m"),
        threshold: fraction()
          .default(0.8)
          .describe("Fires above this share of the limit; default 0.8: 80 %."),
      })
      .prefault({})
      .describe("Processor time of a container against its limit."),
    diskPressure: z
      .strictObject({
        ...waiting("5m"),
        threshold: fraction()
          .default(0.85)
          .describe("Fires above this share of the disk; default 0.85: 85 %."),
      })
      .prefault({})
      .describe("Used share of a node's or a volume's disk: time to make room."),
    diskFull: z
      .strictObject({
        ...waiting("5m"),
        threshold: fraction().default(0.9).describe("Fires above this share of the disk; default 0.9: 90 %."),
      })
      .prefault({})
      .describe("The same, close to the end: somebody is woken, and DiskPressure is held back."),
    pendingPods: z
      .strictObject({
        ...waiting("10m"),
        count: count("a whole number of pods", 0)
          .default(0)
          .describe("Fires above this many pods of one workload; default 0."),
      })
      .prefault({})
      .describe(
        "Pods that do not start: they wait for a node, an image, a Secret, a volume or an init container.",
      ),
    stackTargetDown: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe(
        "A part of the stack, a kubelet or cAdvisor does not answer its scrape; of what is not scraped, such as the edge, less than half of the pods serve (StackProgramDown).",
      ),
    configReloadFailed: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe(
        "Prometheus refuses its configuration, such as a job of your own, and goes on with the old one.",
      ),
    circuitBreakerOpen: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe("A circuit breaker of Resilience4j lets no call through."),
    nodeNotReady: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe("A node does not report to Kubernetes."),
    replicasMissing: z
      .strictObject(waiting("15m"))
      .prefault({})
      .describe("A Deployment, StatefulSet or DaemonSet has fewer pods that are ready than it shall have."),
    jobFailed: z.strictObject(waiting("5m")).prefault({}).describe("A Job has given up."),
    rulesFailing: z.strictObject(waiting("10m")).prefault({}).describe("Prometheus cannot evaluate a rule."),
    rulesLate: z
      .strictObject(waiting("15m"))
      .prefault({})
      .describe("Rounds of rules that Prometheus leaves out, since one takes longer than the interval."),
    remoteWriteFailing: z
      .strictObject(waiting("10m"))
      .prefault({})
      .describe("Samples that Amazon Managed Prometheus does not take."),
    targetLimitNear: z
      .strictObject({
        ...waiting("15m"),
        threshold: fraction()
          .default(0.8)
          .describe("Fires above this share; default 0.8: 80 % of the targets that there may be."),
      })
      .prefault({})
      .describe("Targets near metrics.limits.targets."),
    scrapedTwice: z
      .strictObject(waiting("15m"))
      .prefault({})
      .describe("One port of a pod is scraped under two names."),
    notificationsFailing: z
      .strictObject(waiting("10m"))
      .prefault({})
      .describe("Alertmanager cannot tell a receiver."),
    linesLost: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe(
        "Lines that the collector gave up, or Loki refused for good. Each loss counts for ten minutes: with a wait below them a single one is told.",
      ),
    spansLost: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe(
        "Spans that the gateway refuses, or that their store refused for good. Each loss counts for ten minutes: with a wait below them a single one is told.",
      ),
    spanQueueFilling: z
      .strictObject({
        ...waiting("5m"),
        threshold: fraction()
          .default(0.8)
          .describe("Fires above this share of the queue; default 0.8: 80 %."),
      })
      .prefault({})
      .describe("Spans that wait on disk for their store, against tracing.collector.queue."),
    volumeFilling: z
      .strictObject({
        ...waiting("1h"),
        within: duration()
          .default("4d")
          .describe("Fires when it would be full within this time if it goes on so; default 4d."),
        threshold: fraction()
          .default(0.5)
          .describe(
            "Fires only above this share, since what is hardly used says little about the day on which it is full; default 0.5: 50 %.",
          ),
      })
      .prefault({})
      .describe("A volume that is in use already, and grows."),
    compactionFailing: z
      .strictObject(waiting("15m"))
      .prefault({})
      .describe("Prometheus or Tempo cannot join its blocks: its disk fills, and queries become slow."),
    alertmanagerMembersInconsistent: z
      .strictObject(waiting("15m"))
      .prefault({})
      .describe("Alertmanager's replicas do not see each other: each tells people of every alert."),
    storeWritesFailing: z
      .strictObject(waiting("15m"))
      .prefault({})
      .describe(
        "Loki or Tempo cannot write to its bucket or volume: lines or traces wait in memory and on disk, which fill.",
      ),
    retentionNotApplied: z
      .strictObject({
        ...waiting("15m"),
        after: duration().default("6h").describe("Fires after so long without a run of Loki's; default 6h."),
      })
      .prefault({})
      .describe("Loki or Tempo does not delete by age: its disk fills."),
    certificateAboutToEnd: z
      .strictObject({
        ...waiting("15m"),
        within: duration()
          .default("14d")
          .describe(
            "Fires when it ends within this time; default 14d. cert-manager renews with a third of the time left, 30 days before the end of 90: with 14 left that has failed.",
          ),
      })
      .prefault({})
      .describe("A certificate of edge.tls or logs.elasticsearch.tls that nobody has renewed."),
    redisDown: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe("A server of metrics.redis.targets does not answer."),
    redisMemory: z
      .strictObject({
        ...waiting("10m"),
        threshold: fraction()
          .default(0.9)
          .describe("Fires above this share; default 0.9: 90 % of its maxmemory."),
      })
      .prefault({})
      .describe("Memory of a Redis server that evicts nothing, against its maxmemory."),
    postgresDown: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe("A server of metrics.postgres.targets does not answer."),
    postgresConnections: z
      .strictObject({
        ...waiting("5m"),
        threshold: fraction()
          .default(0.8)
          .describe("Fires above this share; default 0.8: 80 % of its max_connections."),
      })
      .prefault({})
      .describe("Connections of a PostgreSQL server, against its max_connections."),
  })
  .prefault({})
  .describe("Thresholds of the alert rules. Changing one restarts nothing.");
