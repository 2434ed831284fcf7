import Redis from "ioredis";
import { log } from "./log";

/** The Redis behind the queue and the seats; REDIS_URL, by default redis://redis:6379. Reconnects for ever. */
export function connectRedis(): Redis {
  const redis = new Redis(process.env.REDIS_URL ?? "redis://redis:6379", { maxRetriesPerRequest: 2 });
  redis.on("error", (error: Error) => log("ERROR", `Redis: ${error.message}`));
  return redis;
}
