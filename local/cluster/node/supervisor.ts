/**
 * Runs inside the namespaces of a node (keeper.ts starts it there): joins the network, mounts, starts every program
 * of daemons.ts with a log of its own, and starts again what ends.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { text } from "node:stream/consumers";
import { daemons, type Daemon } from "./daemons";
import { inside, mountNode, openVolumes } from "./mounts";
import type { Spec } from "./place";

const run = (command: string) => execFileSync("sh", ["-ec", command]);

async function main(): Promise<void> {
  // The keeper sends the settings when the link is there.
  const spec = JSON.parse(await text(process.stdin)) as Spec;
  run(`
    echo ${spec.nodeName} > /proc/sys/kernel/hostname
    ip link set lo up
    ip address add ${spec.nodeAddress}/30 dev eth0
    ip link set eth0 up
    ip route add default via ${spec.hostAddress}
    echo 1 > /proc/sys/net/ipv4/ip_forward
  `);
  mountNode(spec);
  openVolumes();
  await Promise.all(daemons(spec).map(supervise));
}

async function supervise(daemon: Daemon): Promise<never> {
  while (daemon.after && !(await answers(daemon.after))) await delay(100);
  mkdirSync(inside.state("logs"), { recursive: true });
  const log = openSync(inside.state(`logs/${daemon.name}.log`), "w");
  const path = [inside.state("bin"), inside.debian("usr/sbin"), inside.debian("usr/bin"), process.env.PATH];
  const env = { ...process.env, PATH: path.join(":") };
  for (;;) {
    const child = spawn(daemon.command, daemon.args, { env, stdio: ["ignore", log, log] });
    await new Promise((ended) => child.once("exit", ended).once("error", ended));
    console.log(`${new Date().toISOString()} ${daemon.name} ended, starts again`);
    await delay(1000);
  }
}

const answers = (address: string) =>
  fetch(address).then(
    (response) => response.ok,
    () => false,
  );

void main();
