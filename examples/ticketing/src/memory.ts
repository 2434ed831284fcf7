import { existsSync, readFileSync } from "node:fs";

const MIB = 1024 * 1024;
const STEP = 4 * MIB;
/** Of the limit: above the alert's 85 %, below what the kernel kills at. */
const SHARE = 0.92;

/** Where a container sees its own memory: the files of version 2 of cgroups, then of version 1. */
const FILES = [
  { limit: "memory.max", used: "memory.current", inactive: /^inactive_file (\d+)$/m, stat: "memory.stat" },
  {
    limit: "memory/memory.limit_in_bytes",
    used: "memory/memory.usage_in_bytes",
    inactive: /^total_inactive_file (\d+)$/m,
    stat: "memory/memory.stat",
  },
];
const read = (file: string) => readFileSync(`/sys/fs/cgroup/${file}`, "utf8");

const held: Buffer[] = [];

/** A step towards memory that is nearly full, or back to what it was. Outside a container: towards 160 MiB. */
export function fillMemory(on: boolean): void {
  if (!on) return void held.splice(0);
  const { used, limit } = memory();
  const target = SHARE * limit;
  if (used > target + STEP) held.pop();
  for (let room = target - used; room > STEP; room -= STEP) held.push(Buffer.alloc(STEP, 1));
}

/** The working set, as the kubelet counts it: without pages of files that nobody uses. */
function memory(): { used: number; limit: number } {
  const own = FILES.find(({ limit }) => existsSync(`/sys/fs/cgroup/${limit}`));
  const limit = own ? Number(read(own.limit)) : NaN;
  // "max", or a number beyond any machine: no limit.
  if (!own || !(limit < 1024 * 1024 * MIB)) return { used: process.memoryUsage().rss, limit: 160 * MIB };
  const inactive = Number(own.inactive.exec(read(own.stat))?.[1] ?? 0);
  return { used: Number(read(own.used)) - inactive, limit };
}
