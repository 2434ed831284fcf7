import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { lock } from "proper-lockfile";

/** Milliseconds after which a lock that is not renewed is that of a process that crashed. */
export const STALE = 30_000;

/**
 * Runs when no other process of this machine runs under the same path; waits for it, and not for one that crashed.
 * `waits` is called once if there is one.
 */
export async function exclusively<T>(
  path: string,
  run: () => Promise<T>,
  waits: () => void = () => undefined,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const options = { realpath: false, stale: STALE };
  const release = await lock(path, options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ELOCKED") throw error;
    waits();
    return lock(path, { ...options, retries: { forever: true, maxTimeout: 5_000 } });
  });
  try {
    return await run();
  } finally {
    await release();
  }
}
