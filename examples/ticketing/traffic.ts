import { Command, InvalidArgumentError } from "commander";
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Report, Visitor } from "./src/visitor";

interface Options {
  users: number;
  rate: number;
  duration?: number;
  url: string;
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number above 0.");
}

function count(text: string): number {
  const value = positive(text);
  if (Number.isInteger(value)) return value;
  throw new InvalidArgumentError("It must be a whole number above 0.");
}

/** Starts `rate` visits a second, the users taking turns, and waits for the last one to end. */
async function run({ users, rate, duration = users / rate, url }: Options): Promise<void> {
  const report: Report = { url, started: new Date().toISOString(), visits: 0, users: [], requests: {} };
  // Seats stay taken for ten minutes; runs that follow each other should seldom want the same ones.
  const firstSeat = randomInt(1000);
  const visitors = Array.from({ length: users }, (_, index) => new Visitor(url, index, firstSeat, report));
  const visits: Promise<void>[] = [];
  const total = Math.round(duration * rate);
  const start = Date.now();
  console.error(`${total} visits of ${users} users to ${url}, ${rate} a second`);
  for (let visit = 0; visit < total; visit++) {
    await sleep(Math.max(0, start + (visit * 1000) / rate - Date.now()));
    visits.push(visitors[visit % users].visit(visit));
    if ((visit + 1) % 10 === 0) console.error(`${visit + 1} of ${total} visits begun`);
  }
  await Promise.all(visits);
  console.log(JSON.stringify({ ...report, finished: new Date().toISOString() }));
}

void new Command("traffic")
  .description("Sends users through the ticketing workload; the last line is a JSON report of what was sent.")
  .option("--users <number>", "users that take turns", count, 10)
  .option("--rate <number>", "visits a second", positive, 1)
  .option("--duration <seconds>", "how long; by default each user comes once", positive)
  .option("--url <url>", "the gateway", "http://gateway-service:3001")
  .action(run)
  .parseAsync();
