/** Where the Docker of our own lies, and the names and addresses it has on the host and within its namespaces. */
import { createHash } from "node:crypto";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { stateDir } from "../../paths";

export interface Place {
  /** Names the host's end of the link (at most 15 characters) and the control groups: unique on this host. */
  id: string;
  /** Everything that is kept of it. */
  directory: string;
}

/** Every process that belongs to it carries this variable, with its directory. */
export const marker = "OBSERVABILITY_DOCKER";

export function placeIn(directory: string): Place {
  const hash = createHash("sha256").update(directory).digest("hex");
  return { id: `obs-${hash.slice(0, 8)}`, directory };
}

export const place = placeIn(join(stateDir, "docker"));

export const socket = join(place.directory, "socket");

/** Addresses of the two ends of the link between the host and the namespaces. */
export interface Link {
  hostAddress: string;
  address: string;
}

/**
 * The first pair of 198.18.0.0/16 (reserved for tests, so no real network has it) from a start that the name decides,
 * that no interface of this host has.
 */
export function linkAddresses(id: string, used = hostAddresses()): Link {
  const start = parseInt(id.slice(-2), 16);
  for (let i = 0; i < 256; i++) {
    const net = `198.18.${(start + i) % 256}`;
    if (!used.some((address) => address.startsWith(`${net}.`)))
      return { hostAddress: `${net}.1`, address: `${net}.2` };
  }
  throw new Error("no free network in 198.18.0.0/16");
}

const hostAddresses = () =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
