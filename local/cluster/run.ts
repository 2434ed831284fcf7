import execa, { type ExecaReturnValue, type Options } from "execa";

/** Runs a program and waits for it. Does not throw: look at `failed`. */
export const run = (program: string, args: string[], options: Options = {}): Promise<ExecaReturnValue> =>
  execa(program, args, { ...options, reject: false });
