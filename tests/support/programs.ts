import { join } from "node:path";
import execa from "execa";
import { built, type ProgramName } from "../../local/build";

/** A binary that `npm run up` has built already, else nothing: tests build nothing. */
export function binary(program: ProgramName, name: string): string | undefined {
  const directory = built(program);
  return directory && join(directory, name);
}

/** Runs a program and returns what it says; a failure carries it too. */
export async function output(file: string, args: string[], directory?: string): Promise<string> {
  const { all, exitCode } = await execa(file, args, { cwd: directory, all: true, reject: false });
  if (exitCode !== 0) throw new Error(`${file} ${args.join(" ")}\n${all}`);
  return all ?? "";
}
