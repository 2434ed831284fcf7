import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { manyServices } from "./many-services";
import { judge } from "./measure";

/*
 * npm run bench:rules, without a cluster: how long a round of all rules takes with 20 to 1,000 services of three pods, one
 * service in ten of which fails.
 */
const COUNTS = [20, 100, 1000];
const [FEWEST] = COUNTS;
const MOST = COUNTS.at(-1)!;
const WARM_MS = 90_000;
const MEASURED_MS = 60_000;
const ROUND_MS = 15_000;

/** Milliseconds of a round: the mean of a minute, since some rules are asked once a minute. */
async function round(count: number, directory: string): Promise<number> {
  const running = await manyServices(count, directory, { rules: true });
  const spent = async () => {
    const own = await (await fetch(`${running.url}/metrics`)).text();
    return 1000 * Number(/^prometheus_rule_group_duration_seconds_sum (\S+)$/m.exec(own)![1]);
  };
  try {
    await delay(WARM_MS);
    const services = await running.ask("count(count by (namespace, service) (service:http_requests:rate5m))");
    if (services !== count) throw new Error(`rules found ${services} of ${count} services`);
    const before = await spent();
    await delay(MEASURED_MS);
    return ((await spent()) - before) / (MEASURED_MS / ROUND_MS);
  } finally {
    await running.end();
  }
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-rules-"));
  const took: Record<number, number> = {};
  try {
    for (const count of COUNTS) {
      took[count] = await round(count, mkdtempSync(join(directory, "round-")));
      const limit = count === FEWEST ? 50 : Infinity;
      judge(`a round of all rules with ${count} services`, took[count], limit, "ms");
    }
    judge(`${MOST} services / ${FEWEST}`, took[MOST] / took[FEWEST], MOST / FEWEST);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

void main();
