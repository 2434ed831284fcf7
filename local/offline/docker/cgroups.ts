/** Control groups of our Docker: one directory at the top of every hierarchy, below it the containers'. */
import { existsSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/** Mount points of all control group hierarchies. */
export const hierarchies = (mountinfo = readFileSync("/proc/self/mountinfo", "utf8")): string[] =>
  mountinfo
    .split("\n")
    .map((line) => ({ point: line.split(" ")[4], type: line.split(" - ")[1]?.split(" ")[0] }))
    .filter(({ type }) => type === "cgroup" || type === "cgroup2")
    .map(({ point }) => point);

/** The directories that are there. */
export const cgroupsOf = (id: string): string[] =>
  hierarchies()
    .map((root) => join(root, id))
    .filter((directory) => existsSync(directory));

/** Process ids in all of its control groups: what runs in containers. */
export function processesIn(id: string): number[] {
  const pids = cgroupsOf(id).flatMap(withChildren).flatMap(membersOf);
  return [...new Set(pids.map(Number))];
}

/** None, if the group goes away meanwhile: pods end at any time. */
function membersOf(directory: string): string[] {
  try {
    return readFileSync(join(directory, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
  } catch (error) {
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code!)) return [];
    throw error;
  }
}

/** Throws (EBUSY) while a process is left in one of them. */
export function removeCgroups(id: string): void {
  for (const directory of cgroupsOf(id).flatMap(withChildren)) rmdirSync(directory);
}

/** Depth first: children before their parent. */
const withChildren = (directory: string): string[] => [
  ...readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => withChildren(join(directory, entry.name))),
  directory,
];
