import { bytes } from "../config/units";
import type { Cluster } from "./cluster";
import { UserError } from "./errors";
import { listed } from "./listed";
import { type Manifest, ofStack } from "./render";

export interface Claim {
  metadata: {
    name: string;
    namespace: string;
    annotations?: Record<string, string>;
    labels?: Labels;
    managedFields?: { operation: string; fieldsV1: { "f:spec"?: { "f:storageClassName"?: object } } }[];
  };
  spec: { storageClassName?: string; resources: { requests: { storage: string } } };
}
type Labels = Record<string, string>;

export interface StorageClass {
  metadata: { name: string };
  allowVolumeExpansion?: boolean;
}

/** A volume or a namespace that is there and will be deleted. */
export interface Going {
  /** As in Pulumi's state. */
  id: string;
  sentence: string;
}

/**
 * Refuses what the cluster's volumes cannot follow, before anything is changed: Pulumi's preview does not ask the API
 * server, whose refusal at the update would name a claim and no setting.
 *
 * @param manifests the stack as it is wanted
 * @returns each volume and namespace that is there and will be deleted
 */
export async function refuseVolumes(
  manifests: Manifest[],
  stack: string,
  cluster: Cluster,
): Promise<Going[]> {
  const wanted = manifests.filter(({ kind }) => kind === "PersistentVolumeClaim") as unknown as Claim[];
  const ours = ["-A", "-l", ofStack(stack)];
  const there = await listed<Claim>(cluster, "pvc", "--show-managed-fields", ...ours);
  const problems = volumeProblems(wanted, there, await listed<StorageClass>(cluster, "storageclass"));
  if (problems.length > 0) throw new UserError([...problems, "Nothing was changed."].join("\n"));
  const namespaces = await listed<Pick<Manifest, "metadata">>(cluster, "namespaces", ...ours);
  return [...volumesThatGo(wanted, there), ...namespacesThatGo(manifests, namespaces)];
}

/**
 * Refuses to delete what is protected. Pulumi would as well, but deletes last: without a preview it would notice when
 * all else is changed, and a store that nobody writes to any more would stay beside the new one.
 *
 * @param guarded ids of what is protected in Pulumi's state
 * @param file the stack file, as messages call it
 */
export function refuseProtected(going: Going[], guarded: string[], file: string): void {
  const kept = going.filter(({ id }) => guarded.includes(id));
  if (kept.length === 0) return;
  throw new UserError(
    [
      "The settings take away what observability:protect keeps from being deleted:",
      ...kept.map(({ sentence }) => `  ${sentence}`),
      `Nothing was changed. Allowed in ${file}: settings that keep them, such as the backend of before. To delete them with their data:`,
      "  1. Set that back for now, set observability:protect: false, and run up: it ends the protection and deletes nothing.",
      "  2. Make your change again, and run up. Then observability:protect can be as it was.",
    ].join("\n"),
  );
}

/** As where another backend takes a store's place: among a thousand lines of a preview nobody would find it. */
export const volumesThatGo = (wanted: Claim[], there: Claim[]): Going[] =>
  there
    .filter((claim) => !wanted.some((one) => idOf(one) === idOf(claim)))
    .map((claim) => ({
      id: idOf(claim),
      sentence: `The volume ${claim.metadata.name} in ${claim.metadata.namespace} will be deleted, with all that is on it.`,
    }));

/** As where the last service of a namespace that the stack has made leaves the settings. */
export function namespacesThatGo(wanted: Manifest[], there: Pick<Manifest, "metadata">[]): Going[] {
  // One that the stack still lives in is only handed over: it is looked up instead of made.
  const used = wanted.map(({ kind, metadata }) =>
    kind === "Namespace" ? metadata.name : metadata.namespace,
  );
  return there
    .filter(({ metadata }) => !used.includes(metadata.name))
    .map(({ metadata: { name } }) => ({
      id: name,
      sentence: `The namespace ${name} will be deleted, with everything in it.`,
    }));
}

const idOf = ({ metadata }: Claim) => `${metadata.namespace}/${metadata.name}`;

/** A sentence or more for each claim that is there and cannot become what is wanted. */
export function volumeProblems(wanted: Claim[], there: Claim[], classes: StorageClass[]): string[] {
  const problems = wanted.flatMap((claim) => {
    const found = there.find((one) => idOf(one) === idOf(claim));
    if (found) return reclassed(claim, found) ?? resized(claim, found, classes) ?? [];
    const left = there.find(
      (one) => programOf(one) === programOf(claim) && !wanted.some((w) => idOf(w) === idOf(one)),
    );
    if (!left) return [];
    if (left.metadata.namespace !== claim.metadata.namespace) return [elsewhere(claim, left)];
    return keyOf(claim) === QUEUES ? [] : [renumbered(claim, left)];
  });
  // Where the namespace is another, each claim has the same to say.
  return [...new Set(problems)];
}

const programOf = ({ metadata }: Claim) => metadata.labels?.["app.kubernetes.io/name"];
const keyOf = ({ metadata }: Claim) =>
  `observability:${metadata.annotations?.["observability-stack/setting"]}`;
/** What is on these volumes was not sent yet, and is within seconds: there is no history that could be left behind. */
const QUEUES = "observability:tracing.collector.storage";
const sizeOf = ({ spec }: Claim) => spec.resources.requests.storage;

/** A claim keeps its class: with another one Pulumi would delete it, and the data with it, and make an empty one. */
function reclassed(wanted: Claim, there: Claim): string | undefined {
  const [name, old] = [wanted.spec.storageClassName ?? null, classAsked(there)];
  if (name === old) return undefined;
  return (
    `${keyOf(wanted)}.class is ${name}, and the volume ${wanted.metadata.name} was made with ${old}: it would be replaced by an empty one. Allowed: ${old}. ` +
    `To change it, copy out what must stay, then: kubectl delete statefulset/${programOf(wanted)} pvc/${wanted.metadata.name} -n ${wanted.metadata.namespace}; pulumi refresh.`
  );
}

/** What Pulumi asked for; the cluster fills in its default class where that was none. */
function classAsked({ metadata, spec }: Claim): string | null {
  const asked = metadata.managedFields?.some(
    ({ operation, fieldsV1 }) => operation === "Apply" && fieldsV1["f:spec"]?.["f:storageClassName"],
  );
  return asked ? spec.storageClassName! : null;
}

function elsewhere(wanted: Claim, left: Claim): string {
  return (
    `observability:namespaces would move the stack from ${left.metadata.namespace} to ${wanted.metadata.namespace}, and delete the volumes that are there with their data. ` +
    `Allowed: ${left.metadata.namespace}. To move, deploy a second stack with the new namespaces beside this one, and destroy this one when its retention has run out.`
  );
}

function resized(wanted: Claim, there: Claim, classes: StorageClass[]): string | undefined {
  const [size, old] = [sizeOf(wanted), sizeOf(there)];
  const has = `${keyOf(wanted)}.size is ${size}, and the volume ${wanted.metadata.name} has ${old}:`;
  if (bytes(size) < bytes(old)) return `${has} it cannot shrink. Allowed: ${old} or more.`;
  const storageClass = classes.find(({ metadata }) => metadata.name === there.spec.storageClassName);
  if (bytes(size) === bytes(old) || storageClass?.allowVolumeExpansion) return undefined;
  return (
    `${has} its storage class ${there.spec.storageClassName} does not let it grow (allowVolumeExpansion). Allowed: ${old}. ` +
    `Where its provisioner can, allow it in the class: kubectl patch storageclass ${there.spec.storageClassName} -p '{"allowVolumeExpansion": true}'`
  );
}

/** One replica keeps its data in `<program>-data`, several in `data-<program>-<n>`: the one would not find the other's. */
function renumbered(wanted: Claim, left: Claim): string {
  const program = programOf(wanted);
  return [
    `${program} would begin with an empty volume ${wanted.metadata.name.replace(/-\d+$/, "-<n>")} and leave its data in ${left.metadata.name}: one replica and several keep them in different claims.`,
    `  1. Set the number of replicas of ${program} back; copy out of it what must stay, or wait until the retention of all that it keeps has run out.`,
    `  2. Remove what is left: kubectl delete statefulset ${program} pvc/${left.metadata.name} -n ${left.metadata.namespace}; pulumi refresh.`,
    `  3. Set the new number and run up.`,
  ].join("\n");
}
