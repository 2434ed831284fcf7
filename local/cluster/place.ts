/** Where a local cluster lies on this machine, and which of its ports lead there. */
import { join } from "node:path";
import { stateDir } from "../paths";

/** `host` is a TCP port on localhost, `node` the node port it leads to. */
export interface HostPort {
  host: number;
  node: number;
}

/** Everything that is kept of the cluster. */
export const directoryOf = (name: string): string => join(stateDir, "clusters", name);

export const adminKubeconfig = (name: string): string => join(directoryOf(name), "kubeconfig");
