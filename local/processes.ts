import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Processes that were started with this in their environment. Linux; none elsewhere. */
export function processesWith(variable: string, value: string): number[] {
  const all = existsSync("/proc") ? readdirSync("/proc").map(Number) : [];
  return all.filter((pid) => pid > 0 && readProc(pid, "environ").includes(`${variable}=${value}`));
}

/** The parts of a file of /proc that are separated by zero bytes; none where the process has ended. */
export function readProc(pid: number, file: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
  } catch {
    return [];
  }
}

export function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's
  }
}

export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has just ended
  }
}
