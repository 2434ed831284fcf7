/** A cluster by kind, where Docker answers. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { UserError } from "../errors";
import type { Cluster, Report } from "./cluster";
import { loadChanged } from "./images";
import { findKubectl } from "./kubectl";
import { placeOf, type HostPort } from "./node/place";
import { assertPortsFree } from "./ports";
import type { ExecaReturnValue } from "execa";
import { run } from "./run";

interface KindConfig {
  nodes: { extraPortMappings: { listenAddress: string; hostPort: number; containerPort: number }[] }[];
}

const readConfig = () => load(readFileSync(join(__dirname, "kind.yaml"), "utf8")) as KindConfig;

/** The ports that kind.yaml maps; other local clusters map the same. */
export const defaultHostPorts = (): HostPort[] =>
  readConfig().nodes[0].extraPortMappings.map(({ hostPort, containerPort }) => ({
    host: hostPort,
    node: containerPort,
  }));

/** kind.yaml with these ports instead of its own. */
export function kindConfig(hostPorts: HostPort[]): KindConfig {
  const config = readConfig();
  config.nodes[0].extraPortMappings = hostPorts.map(({ host, node }) => ({
    listenAddress: "127.0.0.1",
    hostPort: host,
    containerPort: node,
  }));
  return config;
}

/** Why kind cannot be used here, or nothing if it can. */
export async function kindMissing(): Promise<string | undefined> {
  const docker = await run("docker", ["info"], { timeout: 5_000 });
  if (docker.failed) return "Docker does not answer (install or start it)";
  const kind = await run("kind", ["version"]);
  return !kind.failed ? undefined : "Docker answers, but there is no `kind` command (install kind)";
}

/** The running cluster of that name, if it answers and was made with these ports (default: whichever). No side effects. */
export async function findKind(
  name: string,
  hostPorts: HostPort[] | undefined,
  report: Report,
): Promise<Cluster | undefined> {
  const { directory } = placeOf(name);
  const made = join(directory, "kind.yaml");
  if (!existsSync(made)) return undefined;
  if (hostPorts && readFileSync(made, "utf8") !== dump(kindConfig(hostPorts))) return undefined;
  const kubeconfig = join(directory, "kubeconfig");
  const kubectl = await findKubectl(report);
  const answer = await run(kubectl, [
    "--kubeconfig",
    kubeconfig,
    "--request-timeout",
    "5s",
    "get",
    "--raw",
    "/readyz",
  ]);
  if (answer.failed) return undefined;
  return {
    kind: "kind",
    name,
    kubeconfig,
    kubectl,
    loadImages: (images, tell) =>
      loadChanged(
        directory,
        images,
        async ({ ref, archive }) =>
          must(
            await run("kind", ["load", "image-archive", archive, "--name", name]),
            `cannot load image ${ref}`,
          ),
        tell,
      ),
  };
}

/** Reuses a cluster that answers; else makes it anew. Errors: UserError for a port in use, and if kind fails. */
export async function provideKind(name: string, hostPorts: HostPort[], report: Report): Promise<Cluster> {
  const running = await findKind(name, hostPorts, report);
  if (running) return running;
  const { directory } = placeOf(name);
  await removeKind(name);
  await assertPortsFree(hostPorts.map(({ host }) => host));
  report(`kind makes cluster ${name}; the first time it pulls an image of 400 MB`);
  mkdirSync(directory, { recursive: true });
  const config = join(directory, "kind.yaml");
  writeFileSync(config, dump(kindConfig(hostPorts)));
  const kubeconfig = join(directory, "kubeconfig");
  const args = [
    "create",
    "cluster",
    "--name",
    name,
    "--config",
    config,
    "--kubeconfig",
    kubeconfig,
    "--wait",
    "120s",
  ];
  must(await run("kind", args), `cannot make cluster ${name}`);
  const made = await findKind(name, hostPorts, report);
  if (!made) throw new UserError(`kind made cluster ${name}, but it does not answer: see \`docker ps\``);
  return made;
}

/** Deletes the cluster, if kind has it, and its record. */
export async function removeKind(name: string): Promise<void> {
  const { directory } = placeOf(name);
  const args = ["delete", "cluster", "--name", name, "--kubeconfig", join(directory, "kubeconfig")];
  must(await run("kind", args), `cannot delete cluster ${name}`);
  rmSync(directory, { recursive: true, force: true });
}

export const kindExists = (name: string) => existsSync(join(placeOf(name).directory, "kind.yaml"));

function must(result: ExecaReturnValue, what: string): void {
  if (result.failed) throw new UserError(`kind: ${what}: ${result.stderr.split("\n").slice(-3).join(" ")}`);
}
