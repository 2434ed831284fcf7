import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { deployTicketing, startTraffic } from "../local/ticketing";
import { eventually } from "../tests/support/eventually";
import { judge } from "./measure";
import { wholeMinutes } from "./minutes";
import { reach } from "./reach";
import { bench } from "./stack";

/*
 * npm run bench:quiet, on a running stack of examples/Pulumi.ticketing.yaml: half an hour of users who meet no fault,
 * in which nothing may fire but the watchdog. What was about to fire is shown.
 */
const USUAL_MINUTES = 30;

const ALERTS = 'ALERTS{alertname!="Watchdog"}';

async function main(minutes: number): Promise<void> {
  const { cluster } = await bench();
  await deployTicketing(cluster, console.error);
  await reach(cluster, "prometheus", "http", async (url) => {
    const labelsOf = async (query: string): Promise<Record<string, string>[]> => {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
      if (!answer.ok) throw new Error(`Prometheus answers ${answer.status}: ${await answer.text()}`);
      const { data } = (await answer.json()) as { data: { result: { metric: Record<string, string> }[] } };
      return data.result.map(({ metric }) => metric);
    };
    // The services were missed until now.
    await eventually("no alert before it begins", 900, async () =>
      (await labelsOf(ALERTS)).length === 0 ? true : undefined,
    );
    await startTraffic(cluster, { users: 10, rate: 1, duration: minutes * 60, mistakes: false });
    for (let left = minutes; left > 0; left--) {
      console.error(`${left} minutes left`);
      await delay(60_000);
    }
    const seen = await labelsOf(`last_over_time(${ALERTS}[${minutes}m])`);
    for (const { alertstate, alertname, namespace, service, pod } of seen)
      console.log([alertstate, alertname, namespace, service ?? pod].filter(Boolean).join(" "));
    const fired = seen.filter(({ alertstate }) => alertstate === "firing");
    judge(`alerts in ${minutes} minutes, the watchdog aside`, fired.length, 0, "fired");
  });
}

void new Command("bench:quiet")
  .option("--minutes <number>", "how long users go through the sample workload", wholeMinutes, USUAL_MINUTES)
  .action(({ minutes }: { minutes: number }) => main(minutes))
  .parseAsync();
