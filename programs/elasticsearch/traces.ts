import type { Settings } from "../../config/schema";
import { seconds } from "../../config/units";
import { copies } from "./config";

/* What Jaeger and Zipkin have in common where they keep traces here: each begins an index a day. */

/** The Secret that they log in with: components/tracing-stack.ts is given its password. */
export const LOGIN = "elasticsearch-login";

/** Of an index. */
export const shards = (settings: Settings) => ({ shards: 1, replicas: copies(settings) });

/** Whole days that are kept, besides today's. */
export const daysKept = ({ tracing }: Settings): number =>
  Math.ceil(seconds(tracing.retention.time) / seconds("1d"));
