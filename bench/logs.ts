import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { settingsOf } from "../config/settings";
import { bytes, millicores } from "../config/units";
import { LOG_CASES } from "../tests/log-lines";
import { alloyServer, criLine, entriesOf, logDirectory } from "../tests/support/alloy";
import { listening } from "../tests/support/receivers";
import { lokiServer } from "../tests/support/servers";
import { judge } from "./measure";

/*
 * npm run bench:logs: true lines of many programs, 10,000 a second for a minute from ten containers, through the real
 * Alloy with the stack's configuration. Prints how many arrived, how late, and what the agent took for it; then the same
 * into the real Loki, and what that took.
 */
const A_SECOND = 10_000;
const SECONDS = Number(process.env.SECONDS ?? 60);
const TICKS = 10;

const lines = LOG_CASES.flatMap((log) => log.lines);
const containers = [...Array(10).keys()].map((index) => ({
  namespace: "shop",
  pod: `log-${index}`,
  name: "server",
}));

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-logs-"));
  try {
    await toReceiver(join(directory, "receiver"));
    await toLoki(join(directory, "loki"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Everything that arrives is counted. */
async function toReceiver(directory: string): Promise<void> {
  let received = 0;
  let last = 0;
  const receiver = createServer((request, response) => {
    void buffer(request).then((body) => {
      for (const { line } of entriesOf(body)) received += line.split("\n").length;
      last = Date.now();
      response.writeHead(204).end();
    });
  });
  const url = `http://${await listening(receiver)}/loki/api/v1/push`;
  const { total, end, perLine, peakMemory } = await agent(directory, url, async (total) => {
    let seen = -1;
    while (received < total && (received > seen || Date.now() - last < 15_000)) {
      seen = received;
      await delay(1000);
    }
  });
  receiver.close();
  receiver.closeAllConnections();

  const { cpu, memory } = settingsOf({}, "kind").logs.agent.resources.limits;
  judge("lines lost, or sent twice", Math.abs(total - received), 0, "");
  judge("memory at most", peakMemory, bytes(memory) / 2 ** 20, "MiB");
  console.log(`the last line came ${((last - end) / 1000).toFixed(1)} s after it was written`);
  console.log(
    `CPU: ${Math.round(perLine * 1e6)} µs a line; its limit of ${cpu} is enough for ` +
      `${Math.round(millicores(cpu) / 1000 / perLine)} lines a second, what comes faster waits in the files`,
  );
}

/** What the store takes for the same lines. */
async function toLoki(directory: string): Promise<void> {
  const loki = await lokiServer(join(directory, "store"));
  loki.server.start();
  await loki.server.ready(`${loki.url}/ready`);
  const taken = async () =>
    [
      ...(await (await fetch(`${loki.url}/metrics`)).text()).matchAll(
        /^loki_distributor_lines_received_total.* (\S+)$/gm,
      ),
    ]
      .map(([, count]) => Number(count))
      .reduce((sum, count) => sum + count, 0);
  let used = 0;
  const { perLine } = await agent(directory, loki.push, async () => {
    let seen = -1;
    while ((await taken()) > seen) {
      seen = await taken();
      await delay(5000);
    }
    used = loki.server.cpuSeconds;
  });
  const lines = await taken();
  console.log(
    `a second and core: Alloy ${Math.round(1 / perLine)} lines, Loki ${Math.round(lines / used)} entries ` +
      `(some of several lines), with ${loki.server.peakMemory.toFixed(0)} MiB at most`,
  );
  await loki.server.end();
}

/** Writes all lines for Alloy to find; `arrived` waits for them. */
async function agent(directory: string, push: string, arrived: (total: number) => Promise<void>) {
  mkdirSync(directory, { recursive: true });
  const server = await alloyServer(directory, containers, push);
  const written = write(directory, 0, 1);
  server.start();
  await delay(5000);
  const before = server.cpuSeconds;
  const total = written + (await writeAll(directory));
  const end = Date.now();
  await arrived(total);
  const perLine = (server.cpuSeconds - before) / (total - written);
  const { peakMemory } = server;
  await server.end();
  return { total, end, perLine, peakMemory };
}

/** The same pace all the time: what a tick missed, the next one writes. */
async function writeAll(directory: string): Promise<number> {
  const start = Date.now();
  let written = 0;
  while (written < A_SECOND * SECONDS) {
    const due = Math.min(A_SECOND * SECONDS, Math.floor(((Date.now() - start) / 1000) * A_SECOND));
    if (due > written) written += write(directory, written, due - written);
    await delay(1000 / TICKS);
  }
  return written;
}

/** So many of the lines, the containers in turns. */
function write(directory: string, from: number, count: number): number {
  const logs = containers.map(() => "");
  for (let index = from; index < from + count; index++) {
    // A program writes to its log in order: its entries of several lines stay together.
    const container = Math.floor(index / lines.length) % containers.length;
    logs[container] += criLine(lines[index % lines.length]);
  }
  for (const [index, log] of logs.entries())
    if (log) appendFileSync(join(logDirectory(join(directory, "pods"), containers[index]), "0.log"), log);
  return count;
}

void main();
