import { z } from "zod";
import { bytes } from "../units";
import { count, nodePort, resources } from "./common";

/** What a span with the attributes of its pod takes on Zipkin's heap: 3.6 KiB with 18 of them, measured. */
const SPAN = 4096;
/** Share of the memory limit for them: what lives long of the heap, which programs/zipkin.ts gives it. */
const SPANS = 0.25;

/** Zipkin's own. */
export const zipkin = z
  .strictObject({
    storage: z
      .enum(["memory", "elasticsearch"])
      .default("memory")
      .describe(
        "Where Zipkin keeps traces; default memory, the newest ones. elasticsearch: by age, beside the lines, in the one of logs.backend: elasticsearch.",
      ),
    maxSpans: count("a whole number of spans")
      .default(30_000)
      .describe(
        "Spans that Zipkin keeps, in memory; default 30000. With more, the oldest traces go first; a restart forgets all. About 4 KiB each, for which it has a quarter of its memory limit.",
      ),
    nodePort: nodePort().describe(
      "Port of Zipkin's own page on every node; kind: 30411, elsewhere null: none.",
    ),
    resources: resources("100m 256Mi", "500m 512Mi"),
  })
  .superRefine(({ storage, maxSpans, resources }, context) => {
    const most = Math.floor((SPANS * bytes(resources.limits.memory)) / SPAN);
    if (storage === "memory" && maxSpans > most)
      context.addIssue({
        code: "custom",
        path: ["maxSpans"],
        message: `${maxSpans} do not fit into the memory; allowed: at most ${most} with tracing.zipkin.resources.limits.memory ${resources.limits.memory}. Lower it, or raise the other.`,
      });
  })
  .prefault({})
  .describe("Of the backend zipkin alone.");
