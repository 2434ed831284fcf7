import execa from "execa";
import type { Cluster } from "./cluster";
import { UserError } from "./errors";
import { targetOf } from "./report";

const get = (cluster: Cluster, args: string[]) =>
  execa(cluster.kubectl, [...targetOf(cluster), "get", ...args], { reject: false });

/**
 * What `kubectl get` answers, of what must be known before anything is changed.
 *
 * Errors: UserError with kubectl's reason, and the right that is needed.
 */
export async function known(cluster: Cluster, kind: string, ...args: string[]): Promise<string> {
  const { failed, stdout, stderr } = await get(cluster, [kind, ...args]);
  if (!failed) return stdout;
  const reason = stderr.trim().split("\n").at(-1) || `${cluster.kubectl} is not there`;
  throw new UserError(
    [
      `kubectl get ${[kind, ...args].join(" ")}: ${reason}`,
      `Nothing was changed. Needed: a cluster that answers, and the right to get and list ${kind} there; examples/preview-role.yaml has those of npm run preview. Then run the command again.`,
    ].join("\n"),
  );
}

/** The objects of a cluster that `kubectl get` lists. Errors: the same. */
export async function listed<T>(cluster: Cluster, kind: string, ...args: string[]): Promise<T[]> {
  return (JSON.parse(await known(cluster, kind, ...args, "-o", "json")) as { items: T[] }).items;
}

/** What `kubectl get` answers; nothing to those who may not see it: the API server judges then. */
export async function ask(cluster: Cluster, ...args: string[]): Promise<string | undefined> {
  const { failed, stdout } = await get(cluster, args);
  return failed ? undefined : stdout;
}
