/*
 * kind as a user has it, where its node image cannot be pulled: the real one, told of an image that was made here. The
 * directory beside the script of that name holds what it takes (users-docker.ts).
 */
const { spawnSync } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { dump, load } = require("js-yaml");

const [directory, ...args] = process.argv.slice(2);
const { kind, node, kubeadmConfigPatches, containerdConfigPatches } = JSON.parse(
  readFileSync(join(directory, "kind.json"), "utf8"),
);
const at = args.indexOf("--config") + 1;
if (at > 0) {
  const config = load(readFileSync(args[at], "utf8"));
  Object.assign(config.nodes[0], node);
  config.nodes[0].kubeadmConfigPatches.push(...kubeadmConfigPatches);
  args[at] = join(directory, "cluster.yaml");
  writeFileSync(args[at], dump({ ...config, containerdConfigPatches }));
}
process.exitCode = spawnSync(kind, args, { stdio: "inherit" }).status ?? 1;
