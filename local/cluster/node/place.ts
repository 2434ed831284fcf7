/** Where a cluster of ours lies, and the names and addresses it has on the host and within itself. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { stateDir } from "../../paths";

/** `host` is a TCP port on localhost, `node` the node port it leads to. */
export interface HostPort {
  host: number;
  node: number;
}

export interface Place {
  name: string;
  /** Names the host's end of the link (at most 15 characters) and the control groups: unique on this host. */
  id: string;
  /** Everything that is kept of the cluster. */
  directory: string;
}

/** What a started cluster was made of; kept in `cluster.json`. */
export interface Spec extends Place {
  nodeName: string;
  hostAddress: string;
  nodeAddress: string;
  /** On localhost, for the kubeconfig. */
  apiPort: number;
  hostPorts: HostPort[];
  binaries: Binaries;
}

/** Directories with programs. */
export interface Binaries {
  kubernetes: string;
  coredns: string;
  /** Root of a tree of unpacked Debian packages. */
  debian: string;
}

/** Within the cluster: its own network namespace, so every cluster has the same. */
export const podRange = "10.244.0.0/16";
export const serviceRange = "10.96.0.0/16";
export const apiServiceAddress = "10.96.0.1";
export const dnsServiceAddress = "10.96.0.10";

/** Every process that belongs to a cluster carries this variable, with the directory of the cluster. */
export const marker = "OBSERVABILITY_CLUSTER";

export function placeOf(name: string): Place {
  const directory = join(stateDir, "clusters", name);
  const id = `obs-${createHash("sha256").update(directory).digest("hex").slice(0, 8)}`;
  return { name, id, directory };
}

export const adminKubeconfig = (place: Place) => join(place.directory, "kubeconfig");

export function readSpec(place: Place): Spec | undefined {
  try {
    return JSON.parse(readFileSync(join(place.directory, "cluster.json"), "utf8")) as Spec;
  } catch {
    return undefined; // never started, or only half written: either way there is none
  }
}

/** All nodes that were started for this user and not removed. */
export function nodes(): Spec[] {
  const clusters = join(stateDir, "clusters");
  const names = existsSync(clusters) ? readdirSync(clusters) : [];
  return names.map((name) => readSpec(placeOf(name))).filter((spec) => spec !== undefined);
}

/**
 * Host's and node's address: the first pair of 198.18.0.0/16 (reserved for tests, so no real network has it)
 * from a start that the name decides, that no interface of this host has.
 */
export function linkAddresses(
  id: string,
  used = hostAddresses(),
): { hostAddress: string; nodeAddress: string } {
  const start = parseInt(id.slice(-2), 16);
  for (let i = 0; i < 256; i++) {
    const net = `198.18.${(start + i) % 256}`;
    if (!used.some((address) => address.startsWith(`${net}.`))) {
      return { hostAddress: `${net}.1`, nodeAddress: `${net}.2` };
    }
  }
  throw new Error("no free network in 198.18.0.0/16");
}

const hostAddresses = () =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
