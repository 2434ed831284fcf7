import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import execa from "execa";
import { settingsOf } from "../config/settings";
import { yaml } from "../config/yaml";
import { receiverManifests, receiverPath, receiverUrl } from "../examples/ticketing/receiver";
import { type FaultName, faultNames } from "../examples/ticketing/src/faults";
import { type Cluster, findCluster } from "../local/cluster";
import { refOf } from "../local/images";
import { repoDir } from "../local/paths";
import { ownSettings, stackConfig, stackFile } from "../local/stack-config";
import { applyTo, deployTicketing, kubectlOf, startTraffic } from "../local/ticketing";
import { stackOf } from "../programs";
import { userUrl } from "../programs/addresses";
import { eventually } from "../tests/support/eventually";
import { type Alert, FaultWatch, isExpected, type Message } from "./fault-watch";
import { wholeMinutes } from "./minutes";

/*
 * npm run bench:faults: on the local cluster, each fault of the sample workload in turn, and the seconds until its alert is
 * pending, fires and is heard by a receiver. Fails where one does not come, or another one does. The stack file is the
 * workload's, with shorter waits and the receiver; at the end the stack is as the workload's own file says.
 */
const STACK_FILE = stackFile("ticketing");
const NAMESPACE = "ticketing";
const EVERY_MS = 5000;
/** As many users as queue-wait keeps waiting at once. */
const USERS = 40;

/** Objectives first: they compare with the hour before. What restarts pods comes last. */
const ORDER: FaultName[] = [
  ...(["queue-wait", "seat-conflicts", "payment-failures", "memory"] as const),
  ...(["latency", "errors", "breaker", "crash-loop"] as const),
];

const config = {
  ...stackConfig(STACK_FILE),
  "observability:alerting": {
    receivers: [{ name: "faults", webhook: { url: receiverUrl(NAMESPACE) } }],
    groupWait: "1s",
    groupInterval: "5s",
    // Everything else is the default.
    rules: { highErrorRate: { for: "1m" }, highLatency: { for: "1m" }, highMemory: { for: "1m" } },
  },
};

async function main(only: FaultName[], name: string, minutes: number): Promise<void> {
  const prometheus = userUrl(stackOf(settingsOf(ownSettings(config), "kind"), "kind"), "prometheus");
  const scratch = mkdtempSync(join(tmpdir(), "faults-"));
  const file = join(scratch, "Pulumi.kind.yaml");
  writeFileSync(file, yaml({ config }));
  try {
    await up(file, name);
    const cluster = await findCluster({ name });
    if (!cluster) throw new Error(`No cluster ${name}.`);
    await deployTicketing(cluster, console.error);
    await applyTo(cluster, receiverManifests(NAMESPACE, refOf("ticketing")));
    await startTraffic(cluster, { users: USERS, rate: 1, duration: 60, mistakes: false });
    await delay(60_000);
    const watches: FaultWatch[] = [];
    for (const fault of ORDER.filter((each) => only.includes(each)))
      watches.push(await drive(fault, watches, { cluster, prometheus, minutes }));
    print(watches);
  } finally {
    rmSync(scratch, { recursive: true });
    await up(STACK_FILE, name);
  }
}

interface Run {
  cluster: Cluster;
  prometheus: string;
  minutes: number;
}

async function drive(fault: FaultName, earlier: FaultWatch[], run: Run): Promise<FaultWatch> {
  const { cluster, prometheus, minutes } = run;
  const seconds = minutes * 60;
  for (const end = Date.now() + 40 * 60_000; ; await delay(EVERY_MS)) {
    const active = (await alertsOf(prometheus)).filter(({ labels }) => isExpected(fault, labels));
    if (active.length === 0) break;
    if (Date.now() > end) throw new Error(`${fault}: its alert is on from before and does not end`);
  }
  const traffic = { users: USERS, rate: 1, mistakes: false, fault };
  const watch = new FaultWatch(
    fault,
    await alertsOf(prometheus),
    earlier.map((each) => each.fault),
  );
  console.error(`\n${fault}`);
  await startTraffic(cluster, { ...traffic, duration: seconds, for: seconds });
  for (const end = Date.now() + seconds * 1000; Date.now() < end && watch.message === undefined;) {
    await delay(EVERY_MS);
    watch.look(await alertsOf(prometheus), await messagesOf(cluster));
  }
  // Ends it now; traffic goes on, so that rates fall.
  await startTraffic(cluster, { ...traffic, duration: 60, for: 1 });
  const available = ["--for=condition=Available", "--timeout=600s"];
  await kubectlOf(cluster)(["wait", "deployment", "--all", "-n", NAMESPACE, ...available]);
  console.error(watch.row.join("   "));
  return watch;
}

const alertsOf = (prometheus: string): Promise<Alert[]> =>
  eventually("Prometheus tells its alerts", 60, async () => {
    const response = await fetch(`${prometheus}/api/v1/alerts`);
    if (!response.ok) throw new Error(`${prometheus}: ${response.status}`);
    return ((await response.json()) as { data: { alerts: Alert[] } }).data.alerts;
  });

const messagesOf = (cluster: Cluster): Promise<Message[]> =>
  eventually("the receiver answers", 60, async () => {
    const raw = await kubectlOf(cluster)(["get", "--raw", receiverPath(NAMESPACE)]);
    const bodies = JSON.parse(raw) as { heardAt: number; alerts: Omit<Message, "heardAt">[] }[];
    return bodies.flatMap(({ heardAt, alerts }) => alerts.map((alert) => ({ ...alert, heardAt })));
  });

async function up(file: string, name: string): Promise<void> {
  const args = ["run", "--silent", "up", "--", "--config-file", file, "--cluster", name];
  await execa("npm", args, { cwd: repoDir, stdio: ["ignore", "ignore", "inherit"] });
}

function print(watches: FaultWatch[]): void {
  const rows = [
    ["fault", "alert expected", "pending", "firing", "message", "unexpected"],
    ...watches.map(({ row }) => row),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  console.log(`\n${rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join("  ")).join("\n")}`);
  if (watches.some(({ failed }) => failed)) process.exitCode = 1;
}

function names(text: string): FaultName[] {
  const given = text.split(",") as FaultName[];
  if (given.every((name) => faultNames.includes(name))) return given;
  throw new InvalidArgumentError(`Allowed: ${faultNames.join(", ")}, with commas between.`);
}

void new Command("bench:faults")
  .description("Drives each fault of the sample workload and waits for its alert, on the local cluster.")
  .option("--only <names>", "these faults", names, ORDER)
  .option("--cluster <name>", "name of the local cluster", "observability")
  .option("--minutes <number>", "the most to wait for one alert", wholeMinutes, 20)
  .action(({ only, cluster, minutes }: { only: FaultName[]; cluster: string; minutes: number }) =>
    main(only, cluster, minutes),
  )
  .parseAsync();
