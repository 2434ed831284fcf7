import { Command, InvalidArgumentError, Option } from "commander";
import Redis from "ioredis";
import { setTimeout as sleep } from "node:timers/promises";
import { faultKey, type FaultName, faultNames, faults } from "./src/faults";
import { type Report, Visitor } from "./src/visitor";

interface Options {
  users: number;
  rate: number;
  duration?: number;
  url: string;
  fault?: FaultName;
  for: number;
  mistakes: boolean;
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
async function run(options: Options): Promise<void> {
  const { users, rate, url, fault, mistakes } = options;
  const duration = options.duration ?? (fault ? options.for : users / rate);
  if (fault) await begin(fault, options.for);
  const report: Report = { url, started: new Date().toISOString(), visits: 0, users: [], requests: {} };
  // Seats stay taken for ten minutes: a run goes on where the one before it was.
  const firstSeat = Math.floor((Date.now() / 1000) * rate);
  const visitors = Array.from(
    { length: users },
    (_, index) => new Visitor(url, index, firstSeat, report, mistakes),
  );
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

/** From here on it needs nobody: Redis forgets it in time. */
async function begin(fault: FaultName, seconds: number): Promise<void> {
  const redis = new Redis(process.env.REDIS_URL ?? "redis://redis:6379");
  redis.on("error", (error: Error) => console.error(`Redis: ${error.message}`));
  await redis.set(faultKey(fault), "on", "EX", Math.ceil(seconds));
  await redis.quit();
  console.error(`Fault ${fault} for ${seconds} s: ${faults[fault].service} ${faults[fault].does}`);
}

void new Command("traffic")
  .description("Sends users through the ticketing workload; the last line is a JSON report of what was sent.")
  .option("--users <number>", "users that take turns", count, 10)
  .option("--rate <number>", "visits a second", positive, 1)
  .option("--duration <seconds>", "how long; by default each user comes once", positive)
  .addOption(new Option("--fault <name>", "what breaks meanwhile").choices(faultNames))
  .option("--for <seconds>", "how long the fault lasts", positive, 900)
  .option("--no-mistakes", "no visit goes wrong on purpose")
  .option("--url <url>", "the gateway", "http://gateway-service:3001")
  .action(run)
  .parseAsync();
