/** What is kept of a cluster that kind made here: the settings it was made with. Without them it is not ours. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { stateDir } from "../paths";
import { directoryOf, type HostPort } from "./place";

interface KindConfig {
  nodes: {
    image?: string;
    extraPortMappings: { listenAddress: string; hostPort: number; containerPort: number }[];
    kubeadmConfigPatches: string[];
  }[];
}

const read = (file: string) => load(readFileSync(file, "utf8")) as KindConfig;
const ours = () => read(join(__dirname, "kind.yaml"));
const recordOf = (name: string) => join(directoryOf(name), "kind.yaml");

/** The ports that kind.yaml maps, each this much higher on localhost; other local clusters map the same. */
export const defaultHostPorts = (offset = 0): HostPort[] =>
  portsOf(ours()).map(({ host, node }) => ({ host: host + offset, node }));

export const kindExists = (name: string): boolean => existsSync(recordOf(name));

/** The ports that the cluster was made with. */
export const recordedPorts = (name: string): HostPort[] => portsOf(read(recordOf(name)));

/** Whether it is in a Docker of our own: those are made of an image of our own. */
export const isInOwnDocker = (name: string): boolean =>
  kindExists(name) && read(recordOf(name)).nodes[0].image !== undefined;

/** All clusters that kind made for this user and that were not removed. */
export function recorded(): { name: string; hostPorts: HostPort[] }[] {
  const clusters = join(stateDir, "clusters");
  const names = existsSync(clusters) ? readdirSync(clusters).filter(kindExists) : [];
  return names.map((name) => ({ name, hostPorts: recordedPorts(name) }));
}

/** Writes kind.yaml with these ports instead of its own, and what the Docker asks for besides. Returns its path. */
export function writeRecord(
  name: string,
  hostPorts: HostPort[],
  nodeImage: string | undefined,
  kubeadmPatches: string[] = [],
): string {
  const config = ours();
  if (nodeImage) config.nodes[0].image = nodeImage;
  config.nodes[0].kubeadmConfigPatches.push(...kubeadmPatches);
  config.nodes[0].extraPortMappings = hostPorts.map(({ host, node }) => ({
    listenAddress: "127.0.0.1",
    hostPort: host,
    containerPort: node,
  }));
  mkdirSync(directoryOf(name), { recursive: true });
  writeFileSync(recordOf(name), dump(config));
  return recordOf(name);
}

const portsOf = ({ nodes }: KindConfig): HostPort[] =>
  nodes[0].extraPortMappings.map(({ hostPort, containerPort }) => ({ host: hostPort, node: containerPort }));

const dockerFile = (name: string) => join(directoryOf(name), "docker");

/** The user's Docker, by its ID. */
export const rememberDocker = (name: string, id: string): void => writeFileSync(dockerFile(name), id);

export const dockerThatMade = (name: string): string | undefined =>
  existsSync(dockerFile(name)) ? readFileSync(dockerFile(name), "utf8") : undefined;
