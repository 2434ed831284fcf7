import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { lock } from "proper-lockfile";

/** Milliseconds after which a lock that is not renewed is that of a process that crashed. */
const STALE = 30_000;

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
  // A machine that slept renews its lock too late; what it holds it for goes on all the same.
  const options = { realpath: false, stale: STALE, onCompromised: () => undefined };
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

/** Names of the paths in a directory under which a process runs now. */
export const heldIn = (directory: string): string[] =>
  existsSync(directory)
    ? readdirSync(directory)
        .filter(
          (name) => name.endsWith(".lock") && Date.now() - statSync(join(directory, name)).mtimeMs < STALE,
        )
        .map((name) => basename(name, ".lock"))
    : [];
