import { randomUUID } from "node:crypto";
import { broken, brokenByTurns } from "../broken";
import { ask } from "../client";
import { connectTickets } from "../tickets";
import { javaStack } from "../format";
import { HttpError, required, type Routes } from "../http";
import { log } from "../log";
import { ticketMetrics } from "../metrics";
import { connectRedis } from "../redis";

/** Rows A to T with 50 seats each: `A1` ... `T50`. */
const SEAT = /^[A-T]([1-9]|[1-4]\d|50)$/;
const SEATS = 1000;

/** Sorted set of the seats that are taken, by the time at which they come on sale again (ms): the show never ends. */
const TAKEN = "seats:taken";
const TAKEN_MS = 600_000;
/** With the fault seat-conflicts everybody wants this one. */
const WANTED = "A1";

/** What the bank behind payment-service makes of a card follows from its last digits. */
function cardOf(card: string): string {
  if (broken("breaker")) return "4000-0000-0000-5000";
  return brokenByTurns("payment-failures") ? "4000-0000-0000-0000" : card;
}

export function ticket(): Routes {
  const redis = connectRedis();
  const tickets = connectTickets();
  const metrics = ticketMetrics();
  const release = () => redis.zremrangebyscore(TAKEN, 0, Date.now());

  async function lock(seat: string): Promise<void> {
    metrics.attempts.inc();
    await release();
    if ((await redis.zadd(TAKEN, "NX", Date.now() + TAKEN_MS, seat)) === 1) return;
    metrics.conflicts.inc();
    const message = `Seat ${seat} is taken`;
    throw new HttpError(409, message, javaStack("ticket", "lock", message, `No free seat ${seat}`));
  }

  return {
    "GET /api/tickets/remaining": async () => {
      await release();
      return { status: 200, body: { remaining: SEATS - (await redis.zcard(TAKEN)) } };
    },
    "POST /api/tickets": async (call) => {
      const [userId, seat, card] = ["userId", "seat", "card"].map((field) => required(call.body, field));
      const { admitted } = await ask("queue", "GET /api/queue/status", call, { query: { userId } });
      if (admitted !== true) throw new HttpError(403, `${userId} is still in the queue`);
      if (!SEAT.test(seat)) {
        // Nobody expected it, hence 500: this is how the workload shows an error with a stack trace.
        const message = `Unknown seat ${seat}`;
        throw new HttpError(
          500,
          message,
          javaStack("ticket", "reserve", message, `No seat ${seat} in the plan`),
        );
      }
      const locked = broken("seat-conflicts") ? WANTED : seat;
      await lock(locked);
      const ticketId = randomUUID();
      try {
        await ask("payment", "POST /api/payments", call, { body: { userId, card: cardOf(card) } });
        await tickets.save(ticketId, userId, seat, brokenByTurns("latency"));
      } catch (error) {
        await redis.zrem(TAKEN, locked);
        throw error;
      }
      log("INFO", "Ticket created");
      return { status: 201, body: { ticketId, seat } };
    },
  };
}
