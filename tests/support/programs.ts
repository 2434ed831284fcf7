import { join } from "node:path";
import execa from "execa";
import { built, type ProgramName } from "../../local/offline/build";

/** Those that tests run. Tests build nothing: `npm run up` does, and `npm run test:binaries`. */
export const TESTED = [
  "prometheus",
  "alertmanager",
  "loki",
  "tempo",
  "jaeger",
  "collector",
  "alloy",
  "promtail",
  "filebeat",
  "caddy",
  "blackbox-exporter",
  "postgres-exporter",
  "actionlint",
  "mustache",
  "board-service",
  "grafana",
  "minio",
] as const satisfies ProgramName[];
export type TestedProgram = (typeof TESTED)[number];

/** A binary that is built already, else nothing. */
export function binary(program: TestedProgram, name: string): string | undefined {
  const directory = built(program);
  return directory && join(directory, name);
}

/** For tests that run these binaries: where one is not built they are skipped, which `npm test` says at its end. */
export const describeWith = (...needed: [program: TestedProgram, name: string][]): jest.Describe =>
  needed.every(([program, name]) => binary(program, name)) ? describe : describe.skip;

/** Runs a program and returns what it says; a failure carries it too. */
export async function output(
  file: string,
  args: string[],
  directory?: string,
  env: Record<string, string> = {},
): Promise<string> {
  const { all, exitCode } = await execa(file, args, { cwd: directory, env, all: true, reject: false });
  if (exitCode !== 0) throw new Error(`${file} ${args.join(" ")}\n${all}`);
  return all ?? "";
}
