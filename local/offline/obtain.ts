import type { Report } from "../cache";
import { UserError } from "../errors";
import { build, built, type ProgramName } from "./build";

/**
 * The directory of a program that was built before or, `offline`, is built now: an hour of compiling is nobody's guess.
 *
 * @param why a sentence: what kept it from being installed or downloaded
 * @throws UserError that says what to do
 */
export async function obtain(
  name: ProgramName,
  { offline, why }: { offline: boolean; why: string },
  report: Report,
): Promise<string> {
  if (offline) return build(name, report);
  const before = built(name);
  if (before) return before;
  throw new UserError(
    `${why}.\nInstall it, or put its publisher within reach; then run the command again. ` +
      `Where neither is possible, npm run up -- --offline builds ${name}.`,
  );
}
