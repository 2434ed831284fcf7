/** Which cluster a stack is up in, as this machine remembers it. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { json } from "../config/yaml";
import { type Cluster, localExists } from "./cluster";
import { UserError } from "./errors";
import { ask, known } from "./listed";
import { stateDir } from "./paths";
import { type Manifest, PART_OF, stackOfThis } from "./render";

interface Binding extends Pick<Cluster, "kind" | "name"> {
  /** Of the namespace kube-system, which is another one in each cluster. */
  uid: string;
}

const fileOf = (stack: string) => join(stateDir, "pulumi", stack, "cluster.json");

/** Remembers it, before anything is made there. */
export async function bind(stack: string, cluster: Cluster): Promise<void> {
  const { kind, name } = cluster;
  mkdirSync(dirname(fileOf(stack)), { recursive: true });
  writeFileSync(fileOf(stack), json({ kind, name, uid: await uidOf(cluster) }));
}

export const unbind = (stack: string): void => rmSync(fileOf(stack), { force: true });

/**
 * Pulumi's state knows no cluster: in another one it would take everything for gone, make it there, and forget what
 * still runs in the first.
 */
export async function refuseOtherCluster(stack: string, cluster: Cluster): Promise<void> {
  const bound = boundTo(stack);
  if (!bound || isGone(bound, cluster) || bound.uid === (await uidOf(cluster))) return;
  throw otherCluster(stack, bound, cluster.name);
}

/**
 * The same before the local cluster of that name is made anew, with whatever is in it.
 *
 * @param cluster it, where it answers
 */
export async function refuseToRecreate(stack: string, name: string, cluster?: Cluster): Promise<void> {
  const bound = boundTo(stack);
  if (bound && !isGone(bound, { kind: "kind", name })) throw otherCluster(stack, bound, name);
  const [other] = cluster ? await otherStacks(stack, cluster) : [];
  if (other)
    throw new UserError(
      `up --recreate: the stack ${other} is in the local cluster ${name} too, and its data would go. Nothing was changed.\n` +
        `Take it away first: npm run down -- --stack ${other} --cluster ${name}; or leave --recreate out.`,
    );
}

/** Stacks besides this one that keep something in the cluster: asked there, since no file here knows what others made. */
export async function otherStacks(stack: string, cluster: Cluster): Promise<string[]> {
  const kinds = "statefulsets,deployments,persistentvolumeclaims";
  const answer = await ask(cluster, kinds, "-A", "-l", PART_OF, "-o", "json");
  const { items = [] } = JSON.parse(answer || "{}") as { items?: Pick<Manifest, "metadata">[] };
  return [...new Set(items.flatMap((one) => stackOfThis(one) ?? []))]
    .filter((other) => other !== stack)
    .sort();
}

const boundTo = (stack: string): Binding | undefined =>
  existsSync(fileOf(stack)) ? (JSON.parse(readFileSync(fileOf(stack), "utf8")) as Binding) : undefined;

function otherCluster(stack: string, bound: Binding, name: string): UserError {
  const there = bound.kind === "context" ? `--context ${bound.name}` : `--cluster ${bound.name}`;
  return new UserError(
    [
      `The stack ${stack} is up in the cluster of ${there}, and ${name} is another cluster. Nothing was changed. Choose one:`,
      `  - that cluster: ${there}`,
      `  - a stack of its own for this cluster: --stack NAME, which takes Pulumi.NAME.yaml`,
      `  - take it down there first: npm run down -- --stack ${stack} ${there}`,
      `  - where that cluster is gone for good: remove ${fileOf(stack)}`,
    ].join("\n"),
  );
}

/** A local cluster that was removed, or made anew under its name, took everything with it. */
const isGone = (bound: Binding, { kind, name }: Pick<Cluster, "kind" | "name">): boolean =>
  bound.kind !== "context" && (!localExists(bound.name) || (kind !== "context" && name === bound.name));

const uidOf = (cluster: Cluster): Promise<string> =>
  known(cluster, "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}");
