/** Namespaces that the settings name, as the cluster has them: looked at before anything is made. */
import { givenNamespaces, type Settings } from "../config/schema";
import type { Cluster } from "./cluster";
import { UserError } from "./errors";
import { ask } from "./listed";
import { type Manifest, stackOfThis } from "./render";

/** A namespace of the cluster. */
export interface Found {
  name: string;
  /** Name of the stack that has made it, if one has. */
  stack?: string;
  /** How many pods, workloads and volumes are in it; those of a stack's own are not asked for. */
  holds: number;
  /** It is being deleted. */
  going?: boolean;
}

/** What would lose its network, or its data one day. */
const HELD = "pods,deployments,statefulsets,daemonsets,jobs,persistentvolumeclaims";

interface Namespace extends Pick<Manifest, "metadata"> {
  status: { phase: string };
}

/** Refuses those that are missing, and those that `up` would take over from somebody else. */
export async function refuseNamespaces(
  stack: string,
  settings: Settings,
  manifests: Manifest[],
  cluster: Cluster,
): Promise<void> {
  const answer = await ask(cluster, "namespaces", "-o", "json");
  if (!answer) return;
  const there = (JSON.parse(answer) as { items: Namespace[] }).items;
  const made = manifests.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
  const found = await Promise.all(
    there.map(async (one): Promise<Found> => {
      const { name } = one.metadata;
      const found = { name, stack: stackOfThis(one), going: one.status.phase === "Terminating" };
      if (found.stack || !made.includes(name)) return { ...found, holds: 0 };
      const held = (await ask(cluster, HELD, "-n", name, "-o", "name")) ?? "";
      return { ...found, holds: held.split("\n").filter(Boolean).length };
    }),
  );
  const problems = namespaceProblems(stack, settings, made, found);
  if (problems.length > 0) throw new UserError([...problems, "Nothing was changed."].join("\n"));
}

/**
 * A sentence for each namespace that is missing, or is somebody else's: the API server makes no difference between making
 * one and taking it over, and the stack would deny its pods their traffic, and delete it with everything in it one day.
 *
 * @param made names of those that the stack makes
 */
export function namespaceProblems(
  stack: string,
  settings: Settings,
  made: string[],
  there: Found[],
): string[] {
  const own = [settings.namespaces.stack, settings.namespaces.agents];
  const applications = givenNamespaces(settings);
  const looked = [...new Set([...own, ...applications])].filter((name) => !made.includes(name));
  const missing = looked.filter((name) => !there.some((one) => one.name === name));
  // Where one of them is the applications' own, the stack is not to make them all.
  const all = applications.every((name) => missing.includes(name));
  return [
    ...missing.map((name) => {
      const setting = own.includes(name) ? "create" : "createApplications";
      const orMade =
        own.includes(name) || all ? `, or have it made by observability:namespaces.${setting}: true` : "";
      return `The namespace ${name} is not in the cluster: kubectl create namespace ${name}${orMade}.`;
    }),
    ...there
      .filter(({ name }) => made.includes(name))
      .flatMap((one) => takenOver(one, stack, own.includes(one.name)) ?? []),
  ];
}

function takenOver(
  { name, stack: owner, holds, going }: Found,
  stack: string,
  isOwn: boolean,
): string | undefined {
  if (going)
    return `The namespace ${name} is being deleted: wait until it is gone. What keeps it: kubectl describe namespace ${name}.`;
  if (owner === stack) return undefined;
  if (owner)
    return `The namespace ${name} belongs to the stack ${owner}: give this one another in observability:namespaces.`;
  if (!isOwn)
    return (
      `The namespace ${name} is there, and this stack has not made it: it would be deleted with the stack, with everything in it. ` +
      `Leave out observability:namespaces.createApplications, and make those that are missing by kubectl create namespace NAME.`
    );
  // An empty one may hold Secrets that pods of the stack wait for.
  if (holds === 0) return undefined;
  return (
    `The namespace ${name} is there with pods, workloads or volumes of others (${holds}), which would lose their network, and be deleted with the stack. ` +
    `Give the stack another in observability:namespaces, or set namespaces.create: false to live beside them.`
  );
}
