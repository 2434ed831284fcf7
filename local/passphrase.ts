/** The passphrase of our own state: made once, since another one could not read what is there. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "./errors";

/**
 * Makes the file of the passphrase where nothing needs an earlier one, readable by its owner only.
 *
 * Errors: UserError where the passphrase of stacks that are there is gone.
 *
 * @param state the directory of all stacks
 */
export function providePassphrase(file: string, state: string): void {
  if (!existsSync(file)) {
    if (hasStacks(state)) throw gone("is not there", file, state);
    mkdirSync(dirname(file), { recursive: true });
    makeOnce(file);
  }
  if (readFileSync(file, "utf8").trim() === "") throw gone("is empty", file, state);
}

function makeOnce(file: string): void {
  try {
    writeFileSync(file, randomBytes(24).toString("hex"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    // Another command has made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

const gone = (how: string, file: string, state: string) =>
  new UserError(
    `${file} ${how}: it held the passphrase of the secrets in ${state}.\nPut the passphrase back, or, where no stack is up, remove both and run the command again.`,
  );

function hasStacks(state: string): boolean {
  if (!existsSync(state)) return false;
  return readdirSync(state, { recursive: true }).some((file) =>
    /^\.pulumi\/stacks\/.*\.json(\.gz)?$/.test(String(file)),
  );
}
