import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { PASSWORD_HASH } from "../../programs/edge/config";
import { promtailArgs } from "../../programs/promtail/config";
import { binary, output, type TestedProgram } from "./programs";

/** The programs that read the stack's generated files before anybody runs them. */
export interface Validator {
  /** Which generated files it reads. */
  files: RegExp;
  program: TestedProgram;
  binary: string;
  args: (file: string) => string[];
  /** What its pod has in its environment and the file refers to. */
  env?: Record<string, string>;
  /** A mistake that it must notice, put at the end of a good file. */
  mistake: string;
}

export const validators: Validator[] = [
  {
    files: /^config\/prometheus\.yml$/,
    program: "prometheus",
    binary: "promtool",
    // The files that it names are in the pod only.
    args: (file) => ["check", "config", "--syntax-only", file],
    mistake: "scrape_confgs: []\n",
  },
  {
    files: /^rules\/.+\.yaml$/,
    program: "prometheus",
    binary: "promtool",
    args: (file) => ["check", "rules", "--lint=all", "--lint-fatal", file],
    mistake: "groops: []\n",
  },
  {
    files: /^config\/alertmanager\.yml$/,
    program: "alertmanager",
    binary: "amtool",
    args: (file) => ["check-config", file],
    mistake: "rout: {}\n",
  },
  {
    files: /^config\/loki\.yaml$/,
    program: "loki",
    binary: "loki",
    args: (file) => ["-verify-config", `-config.file=${file}`],
    mistake: "ingestr: {}\n",
  },
  {
    files: /^config\/tempo\.yaml$/,
    program: "tempo",
    binary: "tempo",
    args: (file) => ["-config.verify=true", `-config.file=${file}`],
    mistake: "ingestr: {}\n",
  },
  {
    files: /^config\/config\.yaml$/,
    program: "collector",
    binary: "otelcol-contrib",
    args: (file) => ["validate", `--config=${file}`],
    mistake: "exportrs: {}\n",
  },
  {
    files: /^config\/config\.alloy$/,
    program: "alloy",
    binary: "alloy",
    args: (file) => ["validate", file],
    mistake: "loki.wright { }\n",
  },
  {
    files: /^config\/promtail\.yml$/,
    program: "promtail",
    binary: "promtail",
    args: (file) => [...promtailArgs(file), "-check-syntax"],
    env: { NODE_NAME: "node-1" },
    mistake: "scrape_confgs: []\n",
  },
  {
    files: /^config\/blackbox\.yml$/,
    program: "blackbox-exporter",
    binary: "blackbox_exporter",
    args: (file) => ["--config.check", `--config.file=${file}`],
    mistake: "modls: {}\n",
  },
  {
    files: /^config\/caddy\.json$/,
    program: "caddy",
    binary: "caddy",
    args: (file) => ["validate", `--config=${file}`],
    env: { [PASSWORD_HASH]: "$2a$10$hash" },
    mistake: "{",
  },
];

/** Whether its program is built. */
export const isPresent = ({ program, binary: name }: Validator): boolean => Boolean(binary(program, name));

/** Lets the program read the text as its file; a refusal throws with what it says. */
export async function validate(
  { program, binary: name, args, env }: Validator,
  path: string,
  text: string,
  directory: string,
): Promise<void> {
  // Names are kept: some programs go by the ending.
  const file = join(directory, path.split("/").at(-1)!);
  writeFileSync(file, text);
  await output(binary(program, name)!, args(file), directory, env);
}
