/**
 * Finds a cluster or provides one, in this order: the context that the user names, kind where Docker answers, a node
 * of our own on Linux as root. One that was made here under the name before is used again.
 */
import { join } from "node:path";
import { UserError } from "../errors";
import { exclusively } from "../lock";
import { stateDir } from "../paths";
import type { Cluster, ClusterOptions, Report } from "./cluster";
import { useContext } from "./context";
import { findKind, kindMissing, provideKind, removeKind, usableContainers } from "./kind";
import { defaultHostPorts, kindExists } from "./kind-record";
import { assertPortsFree } from "./ports";
import { findNode, nodeExists, nodeMissing, provideNode, removeNode } from "./node";

export type { Cluster, ClusterOptions, ImageArchive, Report } from "./cluster";
export { forgetContext } from "./context";
export { defaultHostPorts } from "./kind-record";

/**
 * A cluster that answers; idempotent. One that is there keeps its data, whatever its state, unless `recreate` is asked
 * for.
 * Errors: UserError for a context that is unknown or does not answer, a port in use, a machine where no cluster is
 * possible, a cluster that is not ours, that cannot be used as it is, or that does not get ready.
 */
export async function provideCluster(options: ClusterOptions, report: Report): Promise<Cluster> {
  const { name, context } = options;
  if (context) return useContext(context, report);
  // One that starts is not ready yet: a second run at the same moment would take it for broken and stop it.
  return exclusively(join(stateDir, "locks", name), () => provideLocal(options, report));
}

/**
 * What would keep `provideCluster` from success for certain, before anything is built for it. Changes nothing.
 * Errors: the same.
 */
export async function checkCluster(options: ClusterOptions, report: Report): Promise<void> {
  const { name, context, hostPorts = defaultHostPorts(), recreate } = options;
  if (context) return void (await useContext(context, report));
  if (recreate && localExists(name)) return;
  const isThere =
    (await localKind(name)) === "kind"
      ? (await usableContainers(name, hostPorts)).length > 0
      : nodeExists(name);
  if (!isThere) await assertPortsFree(hostPorts.map(({ host }) => host));
}

async function provideLocal(options: ClusterOptions, report: Report): Promise<Cluster> {
  const { name, hostPorts = defaultHostPorts(), recreate, patience = 180 } = options;
  if (recreate && localExists(name)) await removeCluster(name, report);
  return (await localKind(name)) === "kind"
    ? provideKind(name, hostPorts, patience, report)
    : provideNode(name, hostPorts, report);
}

/** Whether a cluster was made here under this name and not removed, in whatever state it is. */
export const localExists = (name: string): boolean => kindExists(name) || nodeExists(name);

async function localKind(name: string): Promise<"kind" | "node"> {
  if (nodeExists(name)) return "node";
  const noKind = await kindMissing();
  if (!noKind) return "kind";
  if (kindExists(name))
    throw new UserError(
      `The local cluster ${name} was made by kind: ${noKind}. Its data is kept; run the command again then.`,
    );
  const noNode = await nodeMissing();
  if (!noNode) return "node";
  throw new UserError(
    `up: no Kubernetes cluster is possible here. Choose one:\n` +
      `  - a cluster of yours: --context NAME (\`kubectl config get-contexts\` lists them)\n` +
      `  - kind: ${noKind}\n` +
      `  - a local node without Docker: ${noNode}`,
  );
}

/** The same cluster if it is there and answers. Changes nothing. Errors: as above, for a context. */
export async function findCluster(
  options: Pick<ClusterOptions, "name" | "context">,
): Promise<Cluster | undefined> {
  const { name, context } = options;
  const silent = () => undefined;
  if (context) return useContext(context, silent);
  if (kindExists(name)) return findKind(name, silent);
  return nodeExists(name) ? findNode(name) : undefined;
}

/** Deletes the cluster that was made here under this name, with its data; a context of the user's is never touched. */
export async function removeCluster(name: string, report: Report): Promise<void> {
  if (kindExists(name)) await removeKind(name);
  else if (nodeExists(name)) await removeNode(name);
  else return report(`there is no local cluster ${name}`);
  report(`local cluster ${name} is removed`);
}
