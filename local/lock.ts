import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { lock } from "proper-lockfile";

/** Runs when no other process of this machine runs under the same path; waits for it, and not for one that crashed. */
export async function exclusively<T>(path: string, run: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const retries = { forever: true, maxTimeout: 5_000 };
  const release = await lock(path, { realpath: false, stale: 30_000, retries });
  try {
    return await run();
  } finally {
    await release();
  }
}
