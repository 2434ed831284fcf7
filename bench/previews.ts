import { copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { yaml } from "../config/yaml";
import { repoDir } from "../local/paths";
import { stackConfig, stackFile } from "../local/stack-config";
import type { Bench } from "./stack";

/** A TypeScript program without a line, as `pulumi new typescript` sets one up. */
export async function emptyProgram(stack: Bench, directory: string): Promise<string> {
  mkdirSync(directory);
  writeFileSync(join(directory, "Pulumi.yaml"), "name: empty\nruntime: nodejs\n");
  writeFileSync(join(directory, "index.ts"), "");
  writeFileSync(join(directory, "package.json"), '{ "name": "empty", "main": "index.ts" }');
  writeFileSync(
    join(directory, "tsconfig.json"),
    '{ "compilerOptions": { "strict": true, "module": "commonjs", "target": "es2020" } }',
  );
  symlinkSync(join(repoDir, "node_modules"), join(directory, "node_modules"));
  await stack.pulumi(["stack", "select", "--create", "empty"], directory);
  return directory;
}

/** The program without a rule or a dashboard: what they cost is the difference. */
export function withoutRules(directory: string): string {
  mkdirSync(directory);
  const parts = ["alerts", "components", "config", "dashboards", "programs"];
  for (const part of [
    ...parts,
    "index.ts",
    "Pulumi.yaml",
    "package.json",
    "tsconfig.json",
    "tsconfig.pulumi.json",
  ])
    cpSync(join(repoDir, part), join(directory, part), { recursive: true });
  symlinkSync(join(repoDir, "node_modules"), join(directory, "node_modules"));
  const none = (...names: string[]) => names.map((name) => `export const ${name} = () => ({});\n`).join("");
  writeFileSync(
    join(directory, "alerts/index.ts"),
    `${none("ruleFiles", "logRuleFiles")}export const luceneRules = () => [];\n`,
  );
  writeFileSync(join(directory, "dashboards/index.ts"), none("dashboardFiles", "dashboardTitles"));
  return directory;
}

/** A stack beside the deployed one, never made: in other namespaces, without node ports, with these services. */
export async function neverUp(stack: Bench, directory: string, services: object[] = []): Promise<string[]> {
  const name = `never-up-${basename(directory)}`;
  mkdirSync(directory);
  const file = join(directory, `Pulumi.${name}.yaml`);
  const config = {
    ...stackConfig(stackFile("kind")),
    "observability:namespaces": { stack: name, agents: `${name}-agents`, createApplications: true },
    "observability:services": services,
    ...Object.fromEntries(
      ["metrics", "grafana", "edge"].map((key) => [`observability:${key}`, { nodePort: null }]),
    ),
  };
  writeFileSync(file, yaml({ config }));
  copyFileSync(join(repoDir, "Pulumi.yaml"), join(directory, "Pulumi.yaml"));
  await stack.pulumi(["stack", "select", "--create", name], directory);
  return ["--stack", name, "--config-file", file];
}

/** Takes a stack of these out of the user's backend again; none of them holds anything. */
export const forget = (stack: Bench, name: string, directory?: string): Promise<string> =>
  stack.pulumi(["stack", "rm", "--yes", "--force", "--preserve-config", "--stack", name], directory);
