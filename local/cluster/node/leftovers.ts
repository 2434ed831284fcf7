/** What of a cluster is on this host, and its removal: the same way after `down`, a crash or a reboot. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { kill, processesWith, readProc } from "../../processes";
import { run } from "../run";
import { cgroupsOf, processesIn, removeCgroups } from "./cgroups";
import { marker, placeOf, type Place } from "./place";

/** Every process, mount, interface and control group of the cluster that remains on this host, one a line. */
export async function leftovers(name: string): Promise<string[]> {
  const place = placeOf(name);
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  // Interfaces of other namespaces are not listed, but those live only as long as a process does.
  const { stdout: links } = await run("ip", ["-o", "link"]);
  return [
    ...processesOf(place).map((pid) => `process ${pid}: ${commandLine(pid)}`),
    ...mounts.filter((line) => line.includes(place.directory)).map((line) => `mount ${line}`),
    ...links
      .split("\n")
      .filter((line) => line.includes(`${place.id}@`))
      .map((line) => `interface ${line}`),
    ...cgroupsOf(place.id).map((directory) => `control group ${directory}`),
  ];
}

/** Ends every process of the cluster and removes what the kernel does not remove with them. Keeps the data. */
export async function stop(place: Place): Promise<void> {
  const until = Date.now() + 15_000;
  for (let left = processesOf(place); left.length > 0; left = processesOf(place)) {
    if (Date.now() > until) throw new Error(`processes ${left.join(", ")} of ${place.directory} do not end`);
    left.forEach(kill);
    await delay(50);
  }
  if (place.id in networkInterfaces()) await run("ip", ["link", "delete", place.id]);
  for (;;) {
    try {
      return removeCgroups(place.id);
    } catch (error) {
      if (Date.now() > until) throw error; // busy while the last process is still being taken down
      await delay(50);
    }
  }
}

/** The programs of the node carry the marker; the pods' do not, but are in its control groups. */
export function processesOf(place: Place): number[] {
  return [...new Set([...processesWith(marker, place.directory), ...processesIn(place.id)])];
}

/** The process of the cluster that was started as `program` (the end of its path). */
export const findProcess = (place: Place, program: string): number | undefined =>
  processesOf(place).find((pid) => readProc(pid, "cmdline")[0]?.endsWith(program));

const commandLine = (pid: number) => readProc(pid, "cmdline").join(" ").trim();
