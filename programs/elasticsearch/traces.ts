import type { Settings } from "../../config/schema";
import { seconds } from "../../config/units";

/* What Jaeger and Zipkin have in common where they keep traces here: each begins an index a day. */

/** The Secret that they log in with: components/tracing-stack.ts is given its password. */
export const LOGIN = "elasticsearch-login";

/** Of an index; there is one node, and no place for a copy. */
export const SHARDS = { shards: 1, replicas: 0 };

/** Whole days that are kept, besides today's. */
export const daysKept = ({ tracing }: Settings): number =>
  Math.ceil(seconds(tracing.retention.time) / seconds("1d"));
