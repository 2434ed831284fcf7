import execa from "execa";
import type { Cluster } from "./cluster";
import { targetOf } from "./report";

/** The objects of a cluster that `kubectl get` lists. */
export async function listed<T>(cluster: Cluster, ...args: string[]): Promise<T[]> {
  const { stdout } = await execa(cluster.kubectl, [...targetOf(cluster), "get", ...args, "-o", "json"]);
  return (JSON.parse(stdout) as { items: T[] }).items;
}
