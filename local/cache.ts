import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "./errors";
import { exclusively } from "./lock";
import { cacheDir } from "./paths";

export type Report = (line: string) => void;

/** Twelve letters that change with any of the parts. */
export const keyOf = (...parts: (string | Buffer)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 12);
};

/**
 * A directory of the cache, made once: `make` fills a new one, which takes its place when it is whole. Two that want
 * the same wait for each other; whatever was left by a crash is thrown away.
 *
 * @throws UserError when the disk is full, else what `make` throws
 */
export async function cached(path: string, make: (directory: string) => Promise<void>): Promise<string> {
  const final = join(cacheDir, path);
  if (existsSync(final)) return final;
  return exclusively(final, async () => {
    if (existsSync(final)) return final;
    const unfinished = `${final}.unfinished`;
    try {
      rmSync(unfinished, { recursive: true, force: true });
      mkdirSync(unfinished);
      await make(unfinished);
      renameSync(unfinished, final);
      return final;
    } catch (error) {
      if (error instanceof UserError || !(error instanceof Error)) throw error;
      throw isDiskFull(error.message) ? diskFull(path) : error;
    }
  });
}

/** Whether a failure's text, or the disk itself, says so: Go does not always name the cause. */
export function isDiskFull(text: string): boolean {
  const { bavail, bsize } = statfsSync(cacheDir);
  return /no space left on device|ENOSPC/i.test(text) || bavail * bsize < 16 * 1024 * 1024;
}

export const diskFull = (what: string): UserError =>
  new UserError(
    `The disk is full: ${what} could not be made under ${cacheDir}.\nFree about 50 GB, or set XDG_CACHE_HOME to a larger disk; then run the command again. What was made stays.`,
  );
