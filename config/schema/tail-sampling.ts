import { z } from "zod";
import { seconds } from "../units";
import { allowed, count, duration, percentage, resources } from "./common";

/** Which traces are kept, decided when all of their spans are there. */
export const tailSampling = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        "Whether traces are chosen in the cluster, once they are complete, instead of all being kept; default false. Metrics of spans count all of them before.",
      ),
    keepErrors: z
      .boolean()
      .default(true)
      .describe("Keeps each trace in which a span is marked as an error; default true."),
    slowerThan: duration({ most: "5m" })
      .nullable()
      .default("1s")
      .describe(
        "Keeps each trace that took longer, from its first span's start to its last span's end; default 1s, less than longestTrace. null: being slow is no reason.",
      ),
    percent: percentage()
      .default(10)
      .describe(
        "Share of all other traces that is kept, in percent; default 10. Which ones follows from their ids alone.",
      ),
    decisionWait: duration({ most: "5m", why: "since all traces are in memory meanwhile" })
      .default("10s")
      .describe(
        "How long spans are waited for once the trace's root has come, which ends last as a rule; default 10s. Spans that come later share its fate.",
      ),
    longestTrace: duration({ most: "5m", why: "since all traces are in memory meanwhile" })
      .default("1m")
      .describe(
        "How long a trace is waited for whose root does not come, from its first span; default 1m. Longer than requests are allowed to take: what fails or ends later than this is not seen. Where roots never come, all traces are held this long.",
      ),
    replicas: count("a whole number of pods")
      .default(2)
      .describe(
        "Pods that share the traces, each with memory for them and a volume as tracing.collector.storage; default 2.",
      ),
    resources: resources("100m 256Mi", "1000m 1Gi"),
  })
  .refine(
    ({ enabled, keepErrors, slowerThan, percent }) =>
      !enabled || keepErrors || slowerThan !== null || percent > 0,
    {
      path: ["percent"],
      error: `0 with neither keepErrors nor slowerThan would keep no trace; ${allowed("more than 0, keepErrors: true, or a duration in slowerThan")}`,
    },
  )
  .superRefine(({ enabled, slowerThan, decisionWait, longestTrace }, { addIssue }) => {
    if (!enabled) return;
    const refuse = (key: string, is: string, why: string) =>
      addIssue({
        code: "custom",
        path: [key],
        message: `${is} is not below longestTrace, ${longestTrace}: ${why}; ${allowed("less, or a longer longestTrace")}`,
      });
    if (slowerThan && seconds(slowerThan) >= seconds(longestTrace))
      refuse("slowerThan", slowerThan, "no trace would be waited for until it is that slow");
    if (seconds(decisionWait) >= seconds(longestTrace))
      refuse("decisionWait", decisionWait, "a trace is decided then, whatever its root does");
  })
  .prefault({})
  .describe("Tail sampling: errors and slow traces all, a share of the rest.");
