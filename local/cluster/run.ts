import execa, { type ExecaReturnValue, type Options } from "execa";
import { UserError } from "../errors";

/** Runs a program and waits for it. Does not throw: look at `failed`. */
export const run = (program: string, args: string[], options: Options = {}): Promise<ExecaReturnValue> =>
  execa(program, args, { ...options, reject: false });

/** What the program says. Errors: UserError of what was not possible, with the program's last words. */
export async function must(
  program: string,
  args: string[],
  what: string,
  env?: Record<string, string>,
): Promise<string> {
  const { failed, stdout, stderr } = await run(program, args, { env });
  // One that is not there says nothing.
  const words = stderr.split("\n").slice(-3).join(" ") || "the command is not there";
  if (failed) throw new UserError(`${program}: ${what}: ${words}`);
  return stdout;
}
