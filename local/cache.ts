import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
} from "node:fs";
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
 * the same wait for each other, which is reported; whatever was left by a crash is thrown away.
 *
 * @throws UserError when the disk is full, else what `make` throws
 */
export async function cached(
  path: string,
  report: Report,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const final = join(cacheDir, path);
  if (isThere(final)) return final;
  const waits = () => report(`${path}: another command makes it, waiting for that`);
  return exclusively(final, () => fill(final, path, make), waits);
}

async function fill(
  final: string,
  path: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  if (isThere(final)) return final;
  const unfinished = `${final}.unfinished`;
  try {
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    await make(unfinished);
    // Whoever unpacks gives it the time of the package, by which it would be collected at once.
    utimesSync(unfinished, new Date(), new Date());
    renameSync(unfinished, final);
    return final;
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw isDiskFull(error.message) ? diskFull(path) : error;
  }
}

/** Its time is that of its last use. */
export function isThere(directory: string): boolean {
  if (!existsSync(directory)) return false;
  try {
    utimesSync(directory, new Date(), new Date());
  } catch {
    // a cache of somebody else's
  }
  return true;
}

const DAY = 24 * 3600_000;

/**
 * Deletes what nobody has used for a month, such as programs of earlier pins, and what builds that were interrupted
 * left a day ago.
 */
export function collect(): void {
  for (const entry of entries()) {
    const directory = join(cacheDir, entry);
    const age = Date.now() - statSync(directory).mtimeMs;
    if (age > (entry.includes(".unfinished") ? DAY : 30 * DAY))
      rmSync(directory, { recursive: true, force: true });
  }
}

/** What `cached` made or makes. */
const entries = (): string[] => [
  ...["programs", "images", "debian", "downloads"].flatMap((folder) =>
    namesIn(join(cacheDir, folder)).map((name) => join(folder, name)),
  ),
  // Where earlier releases had them.
  ...namesIn(cacheDir).filter((name) => /^(pulumi-\d|toolchain-|node-image-)/.test(name)),
];

const namesIn = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory) : []);

/** Whether a failure's text, or the disk itself, says so: Go does not always name the cause. */
export function isDiskFull(text: string): boolean {
  const { bavail, bsize } = statfsSync(cacheDir);
  return /no space left on device|ENOSPC/i.test(text) || bavail * bsize < 16 * 1024 * 1024;
}

export const diskFull = (what: string): UserError =>
  new UserError(
    `The disk is full: ${what} could not be made under ${cacheDir}.\nFree some space there, or set XDG_CACHE_HOME to a larger disk; then run the command again. What was made stays.`,
  );
