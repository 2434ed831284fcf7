/**
 * Finds a cluster or provides one: the context that the user names, else kind, in the user's Docker or, where there is
 * none, in one of our own on Linux as root. One that was made here under the name before is used again.
 */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors";
import { exclusively, heldIn } from "../lock";
import { hasOwnDocker, provideOwnDocker, removeOwnDocker } from "../offline";
import { stateDir } from "../paths";
import { kill, processesWith } from "../processes";
import type { Cluster, ClusterOptions, Report } from "./cluster";
import { useContext } from "./context";
import { isForOwnDocker } from "./choose";
import { type Docker, findKind, provideKind, removeKind, usableContainers, usersDocker } from "./kind";
import { defaultHostPorts, isInOwnDocker, kindExists, recorded, recordedPorts } from "./kind-record";
import { findKubectl } from "./kubectl";
import { directoryOf } from "./place";
import { assertPortsFree } from "./ports";

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
  return alone(name, report, () => provideLocal(options, report));
}

/**
 * What would keep `provideCluster` from success for certain, before anything is built for it. Changes nothing.
 *
 * @returns whether the nodes can pull images; a Docker of our own has no way out
 * Errors: the same.
 */
export async function checkCluster(options: ClusterOptions, report: Report): Promise<{ pulls: boolean }> {
  if (!options.context) return alone(options.name, report, () => checkLocal(options, report));
  await useContext(options.context, report);
  return { pulls: true };
}

/** Not while another command makes it: what is half made is nobody's fault then. */
async function checkLocal(options: ClusterOptions, report: Report): Promise<{ pulls: boolean }> {
  const { name, hostPorts = defaultHostPorts(), recreate } = options;
  if (!recreate) refuseFormerNode(name);
  const isOwn = await isForOwnDocker(options, report);
  // Before anything is made.
  const docker = isOwn ? undefined : await usersDocker(report);
  if (docker) await findKubectl(report);
  if (recreate && localExists(name)) {
    // Its own ports will be free.
    const own = kindExists(name) ? recordedPorts(name) : hostPorts;
    const others = hostPorts.filter(({ host }) => !own.some((port) => port.host === host));
    await assertPortsFree(others.map(({ host }) => host));
    return { pulls: !isOwn };
  }
  const isThere = docker ? (await usableContainers(name, hostPorts, docker)).length > 0 : kindExists(name);
  if (!isThere) await assertPortsFree(hostPorts.map(({ host }) => host));
  return { pulls: !isOwn };
}

async function provideLocal(options: ClusterOptions, report: Report): Promise<Cluster> {
  const { name, hostPorts = defaultHostPorts(), spareHostPorts = [], recreate, patience = 180 } = options;
  if (recreate && localExists(name)) await removeLocal(name, report);
  refuseFormerNode(name);
  const own = await isForOwnDocker(options, report);
  const docker = own ? await provideOwnDocker(report) : await usersDocker(report);
  return provideKind({ name, hostPorts, spareHostPorts, patience }, docker, report);
}

/** Whether a cluster was made here under this name and not removed, in whatever state it is. */
export const localExists = (name: string): boolean => existsSync(directoryOf(name));

/** Before clusters were kind's everywhere, a machine without Docker had a node of another make. */
const isFormerNode = (name: string): boolean => existsSync(join(directoryOf(name), "pki"));

function refuseFormerNode(name: string): void {
  if (!isFormerNode(name)) return;
  throw new UserError(
    `The local cluster ${name} was made by an earlier release, without Docker, and this one cannot start it. Its data is kept.\n` +
      `To use it: git checkout v0.1.0. To give it up with its data: npm run down -- --cluster ${name}, then npm run up again.`,
  );
}

/** The same cluster if it is there and answers. Changes nothing. Errors: as above, for a context. */
export async function findCluster(
  options: Pick<ClusterOptions, "name" | "context">,
): Promise<Cluster | undefined> {
  const { name, context } = options;
  const silent = () => undefined;
  if (context) return useContext(context, silent);
  return findKind(name, () => dockerOf(name, silent), silent);
}

/**
 * Deletes the cluster that was made here under this name, with its data, and a Docker of our own with the last cluster
 * in it; a context of the user's is never touched.
 */
export const removeCluster = (name: string, report: Report): Promise<void> =>
  alone(name, report, () => removeLocal(name, report));

async function removeLocal(name: string, report: Report): Promise<void> {
  const exists = localExists(name);
  const others = [
    ...recorded()
      .filter((other) => isInOwnDocker(other.name))
      .map((other) => other.name),
    ...heldIn(locks),
  ];
  // Another command may be about to make its cluster there.
  const withDocker = hasOwnDocker() && others.every((other) => other === name);
  if (isFormerNode(name)) processesWith("OBSERVABILITY_CLUSTER", directoryOf(name)).forEach(kill);
  else if (kindExists(name) && !(withDocker && isInOwnDocker(name)))
    await removeKind(name, await dockerOf(name, report));
  if (withDocker) await removeOwnDocker();
  // Of a node that was just killed something may still be written.
  rmSync(directoryOf(name), { recursive: true, force: true, maxRetries: 20 });
  report(exists ? `local cluster ${name} is removed` : `there is no local cluster ${name}`);
}

const locks = join(stateDir, "locks");

/** One command at a time is at work on a cluster. */
const alone = <T>(name: string, report: Report, run: () => Promise<T>): Promise<T> =>
  exclusively(join(locks, name), run, () =>
    report(`cluster ${name}: another command is at work on it, waiting for that`),
  );

const dockerOf = async (name: string, report: Report): Promise<Docker> =>
  isInOwnDocker(name) ? provideOwnDocker(report, false) : usersDocker(report);
