/** What of our Docker is on this host, and its removal: the same way after `down`, a crash or a reboot. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import execa from "execa";
import { kill, processesWith, readProc } from "../../processes";
import { cgroupsOf, processesIn, removeCgroups } from "./cgroups";
import { marker, place } from "./place";

/** Every process, mount, interface and control group that remains on this host, one a line. */
export function leftovers(): string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  return [
    ...processes().map((pid) => `process ${pid}: ${readProc(pid, "cmdline").join(" ").trim()}`),
    ...mounts.filter((line) => line.includes(place.directory)).map((line) => `mount ${line}`),
    // Interfaces of other namespaces are not listed, but those live only as long as a process does.
    ...(place.id in networkInterfaces() ? [`interface ${place.id}`] : []),
    ...cgroupsOf(place.id).map((directory) => `control group ${directory}`),
  ];
}

/** Ends every process and removes what the kernel does not remove with them. Keeps the data. */
export async function stop(): Promise<void> {
  const until = Date.now() + 15_000;
  for (let left = processes(); left.length > 0; left = processes()) {
    if (Date.now() > until) throw new Error(`processes ${left.join(", ")} of ${place.directory} do not end`);
    left.forEach(kill);
    await delay(50);
  }
  if (place.id in networkInterfaces()) await execa("ip", ["link", "delete", place.id], { reject: false });
  for (;;) {
    try {
      return removeCgroups(place.id);
    } catch (error) {
      if (Date.now() > until) throw error; // busy while the last process is still being taken down
      await delay(50);
    }
  }
}

/** The daemon's carry the marker; the containers' do not, but are in its control groups. */
export const processes = (): number[] => [
  ...new Set([...processesWith(marker, place.directory), ...processesIn(place.id)]),
];
