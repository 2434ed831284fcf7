import { Pool } from "pg";
import { HttpError } from "./http";
import { log } from "./log";

/** Two connections may come at once: the lock makes the second one wait for the first one's table. */
const SCHEMA = `
  SELECT pg_advisory_xact_lock(1);
  CREATE TABLE IF NOT EXISTS tickets (
    id uuid PRIMARY KEY,
    user_id text NOT NULL,
    seat text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`;

/**
 * The sold tickets in PostgreSQL; PGHOST, PGUSER, PGPASSWORD and PGDATABASE, by default `ticketing` of postgres:5432.
 * Connects when somebody buys: the service starts without it, and a database that is back is used again, even if it has
 * lost everything.
 */
export function connectTickets() {
  const pool = new Pool({
    host: process.env.PGHOST ?? "postgres",
    user: process.env.PGUSER ?? "ticketing",
    database: process.env.PGDATABASE ?? "ticketing",
    max: 10,
    // Together less than what the caller waits.
    connectionTimeoutMillis: 1000,
    query_timeout: 3900,
    onConnect: async (client) => void (await client.query(SCHEMA)),
  });
  // Of a connection that nobody uses; the next purchase makes another one.
  pool.on("error", (error) => log("ERROR", `PostgreSQL: ${error.message}`));

  return {
    /** @throws HttpError 503 when the database does not answer. */
    async save(id: string, user: string, seat: string, slowly: boolean): Promise<void> {
      try {
        if (slowly) await pool.query("SELECT pg_sleep(3)");
        await pool.query("INSERT INTO tickets (id, user_id, seat) VALUES ($1, $2, $3)", [id, user, seat]);
      } catch (error) {
        throw new HttpError(503, `PostgreSQL does not take the ticket: ${String(error)}`);
      }
    },
  };
}
