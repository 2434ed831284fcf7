import { copyFileSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { yaml } from "../config/yaml";
import { repoDir } from "../local/paths";
import { stackConfig, stackFile } from "../local/render";
import { inTurns, line } from "./measure";
import { type Bench, bench } from "./stack";

/*
 * npm run bench:preview, on a running stack: what a preview costs against the preview of an empty TypeScript program
 * on the same machine in the same minutes.
 */
async function main(): Promise<void> {
  const stack = await bench();
  const empty = await emptyProgram(stack);
  const fresh = await neverUp(stack);
  const seconds = await inTurns(5, {
    empty: () => stack.pulumi(["preview", "--stack", "empty"], empty),
    emptyUp: () => stack.pulumi(["up", "--yes", "--stack", "empty"], empty),
    deployed: () => stack.pulumi(["preview", ...stack.arguments]),
    create: () => stack.pulumi(["preview", ...fresh]),
    unchanged: () => stack.pulumi(["up", "--yes", ...stack.arguments]),
    skipping: () => stack.pulumi(["up", "--yes", "--skip-preview", ...stack.arguments]),
  });
  console.log(
    Object.entries(seconds)
      .map(([name, value]) => `${name.padEnd(10)} ${value.toFixed(1)} s`)
      .join("\n"),
  );
  console.log(line("preview of the deployed stack / empty program", seconds.deployed / seconds.empty, 3));
  console.log(line("preview with everything to create / empty program", seconds.create / seconds.empty, 6));
  console.log(line("up without a change / preview", seconds.unchanged / seconds.deployed, 1.5));
  console.log(line("  the same of the empty program", seconds.emptyUp / seconds.empty));
  console.log(line("  the same with --skip-preview / preview", seconds.skipping / seconds.deployed, 1.5));
}

/** A TypeScript program without a line, as `pulumi new typescript` sets one up. */
async function emptyProgram(stack: Bench): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "empty-program-"));
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

/** The same stack beside the deployed one, never made: in other namespaces and without node ports. */
async function neverUp(stack: Bench): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), "never-up-"));
  const file = join(directory, "Pulumi.never-up.yaml");
  const config = {
    ...stackConfig(stackFile("kind")),
    "observability:namespaces": { stack: "never-up", agents: "never-up-agents" },
    "observability:services": [],
    ...Object.fromEntries(
      ["metrics", "grafana", "edge"].map((key) => [`observability:${key}`, { nodePort: null }]),
    ),
  };
  writeFileSync(file, yaml({ config }));
  copyFileSync(join(repoDir, "Pulumi.yaml"), join(directory, "Pulumi.yaml"));
  await stack.pulumi(["stack", "select", "--create", "never-up"], directory);
  return ["--stack", "never-up", "--config-file", file];
}

void main();
