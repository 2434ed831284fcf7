import execa from "execa";
import type { Cluster } from "./cluster";
import { targetOf } from "./report";

/** Selects the stack's objects. Those of other programs may have its name as their instance. */
export const labelsOf = (stack: string): string =>
  `app.kubernetes.io/part-of=observability-stack,app.kubernetes.io/instance=${stack}`;

/** The objects of a cluster that `kubectl get` lists. */
export async function listed<T>(cluster: Cluster, ...args: string[]): Promise<T[]> {
  const { stdout } = await execa(cluster.kubectl, [...targetOf(cluster), "get", ...args, "-o", "json"]);
  return (JSON.parse(stdout) as { items: T[] }).items;
}

/** What `kubectl get` answers; nothing to those who may not see it: the API server judges then. */
export async function ask(cluster: Cluster, ...args: string[]): Promise<string | undefined> {
  const all = [...targetOf(cluster), "get", ...args];
  const { failed, stdout } = await execa(cluster.kubectl, all, { reject: false });
  return failed ? undefined : stdout;
}
