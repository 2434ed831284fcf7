import { broken } from "../broken";
import { ask } from "../client";
import { HttpError, required, type Routes } from "../http";
import { log } from "../log";
import { queueMetrics } from "../metrics";
import { connectRedis } from "../redis";

/** Sorted set of the users that wait, by the time they came (ms). */
const WAITING = "queue:waiting";
const admission = (userId: string) => `queue:admitted:${userId}`;

/** Twice a second the ten longest waiting come in; they then have ten minutes to buy. */
const EVERY_MS = 500;
const AT_ONCE = 10;
const VALID_S = 600;
/** With the fault queue-wait nobody comes in sooner. */
const LONG_MS = 40_000;

export function queue(): Routes {
  const redis = connectRedis();
  const metrics = queueMetrics();

  /** User and time of arrival by turns, the longest waiting first. */
  async function next(): Promise<string[]> {
    const [, joined] = await redis.zrange(WAITING, 0, 0, "WITHSCORES");
    if (broken("queue-wait") && Number(joined) > Date.now() - LONG_MS) return [];
    return redis.zpopmin(WAITING, broken("queue-wait") ? 1 : AT_ONCE);
  }

  async function admit(): Promise<void> {
    const popped = await next();
    for (let i = 0; i < popped.length; i += 2) {
      const [userId, joined] = [popped[i], Number(popped[i + 1])];
      await redis.set(admission(userId), joined, "EX", VALID_S);
      metrics.wait.observe((Date.now() - joined) / 1000);
      log("INFO", `Admitted ${userId}`);
    }
    metrics.waiting.set(await redis.zcard(WAITING));
  }
  // A failure is already in the log: the connection reports it. The next round tries again.
  setInterval(() => void admit().catch(() => undefined), EVERY_MS).unref();

  return {
    "POST /api/queue/join": async (call) => {
      const userId = required(call.body, "userId");
      const { remaining } = await ask("ticket", "GET /api/tickets/remaining", call);
      if (remaining === 0) throw new HttpError(409, "Sold out");
      await redis.zadd(WAITING, "NX", Date.now(), userId);
      const position = await redis.zrank(WAITING, userId);
      log("INFO", `Joined queue: ${userId} from ${call.clientIp}`);
      return { status: 202, body: { userId, position } };
    },
    "GET /api/queue/status": async ({ query }) => {
      const userId = required(query, "userId");
      const admitted = (await redis.exists(admission(userId))) === 1;
      return { status: 200, body: { userId, admitted } };
    },
  };
}
