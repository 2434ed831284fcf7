/** What every way to a cluster gives. */
import type { HostPort } from "./place";

export type Report = (line: string) => void;

export interface ClusterOptions {
  /** Of the cluster that is made here; the name of the stack. */
  name: string;
  /** A kube context of the user's. Default: none. */
  context?: string;
  /** Default: those of kind.yaml. A context has none. */
  hostPorts?: HostPort[];
  /** Mapped as well where they are free, since a cluster's ports cannot be changed later. Default: none. */
  spareHostPorts?: HostPort[];
  /** In a Docker of our own, whose nodes pull nothing. Default: where neither Docker nor a registry is in reach. */
  offline?: boolean;
  /** A cluster that was made here under the name before is removed first, with its data. */
  recreate?: boolean;
  /** Seconds until a cluster of kind's that starts must answer. Default: 180. */
  patience?: number;
}

/** An image as a file that holds an OCI or Docker archive. */
export interface ImageArchive {
  ref: string;
  archive: string;
}

export interface Cluster {
  kind: "context" | "kind";
  name: string;
  /** Path; its current context is the cluster. */
  kubeconfig: string;
  /** The user's by its name; one that was downloaded or built here by its path. */
  kubectl: string;
  /** Whether its nodes can pull images; those of a Docker of our own have no way out. */
  pulls: boolean;
  /** Ports on localhost that lead to node ports. A context has none that are known here. */
  hostPorts: HostPort[];
  /** Makes images known to the cluster; those it was given before, and that have not changed, are skipped. */
  loadImages(images: ImageArchive[], report: Report): Promise<void>;
  /**
   * Builds an image by the Dockerfile of a directory with the user's Docker, and gives it to the cluster: one of the
   * user's is given it by its registry. Not where the nodes pull nothing.
   */
  buildImage(ref: string, directory: string, report: Report): Promise<void>;
  /** Has a local cluster pull these before their pods wait for them; one of the user's does so by itself. */
  pullImages(refs: string[], report: Report): Promise<void>;
}
