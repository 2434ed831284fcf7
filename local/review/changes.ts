import { createTwoFilesPatch } from "diff";
import { yaml } from "../../config/yaml";
import type { Manifest } from "../render";
import { isReplaced } from "./replaced";

/** What a change of code or settings does to one object. */
export interface Change {
  before?: Manifest;
  after?: Manifest;
  what: "added" | "removed" | "changed" | "replaced";
}

/** Pods that are replaced, or a Job that runs again, and which changes are the reason. */
export interface Roll {
  workload: Manifest;
  because: string[];
}

/** `StatefulSet observability/loki` */
export const nameOf = ({ kind, metadata: { namespace, name } }: Manifest): string =>
  `${kind} ${namespace ? `${namespace}/` : ""}${name}`;

/** The program that an object belongs to. */
export const programOf = ({ kind, metadata }: Manifest): string =>
  metadata.labels?.["app.kubernetes.io/name"] ?? kind;

const PODS = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

/** What differs between two renderings of a stack, by program. */
export function changesOf(before: Manifest[], after: Manifest[]): Change[] {
  const [old, wanted] = [byName(before), byName(after)];
  const changes = [...new Set([...old.keys(), ...wanted.keys()])].flatMap((name): Change[] => {
    const change = { before: old.get(name), after: comparable(old.get(name), wanted.get(name)) };
    if (!change.before) return [{ ...change, what: "added" }];
    if (!change.after) return [{ ...change, what: "removed" }];
    if (yaml(change.before) === yaml(change.after)) return [];
    return [{ ...change, what: isReplaced(change.before, change.after) ? "replaced" : "changed" }];
  });
  const place = (change: Change) => `${programOf(objectOf(change))} ${nameOf(objectOf(change))}`;
  return changes.sort((a, b) => place(a).localeCompare(place(b)));
}

/** Older renderings say only that a value is secret. */
function comparable(before?: Manifest, after?: Manifest): Manifest | undefined {
  if (before?.kind !== "Secret" || !after) return after;
  const old = before.stringData as Record<string, string>;
  const values = Object.entries(after.stringData as Record<string, string>);
  const stringData = values.map(([key, value]) => [key, old[key] === "[secret]" ? "[secret]" : value]);
  return { ...after, stringData: Object.fromEntries(stringData) };
}

/** The object as it will be, or as it was where it goes. */
export const objectOf = ({ before, after }: Change): Manifest => (after ?? before)!;

const byName = (manifests: Manifest[]) => new Map(manifests.map((manifest) => [nameOf(manifest), manifest]));

/**
 * Which pods are replaced: their template is another, or a start file or a Secret of theirs, which then gets a new name.
 * Files that a program reads again by itself change in place.
 */
export function rollsOf(changes: Change[], after: Manifest[]): Roll[] {
  const renamed = changes.filter(({ what, after }) => what === "replaced" && after && isNamedAnew(after));
  return after
    .filter(({ kind }) => PODS.includes(kind))
    .flatMap((workload) => {
      const change = changes.find((one) => one.after === workload);
      if (change?.what === "added") return [];
      if (change?.what === "replaced" && workload.kind !== "Job")
        return [{ workload, because: ["it is made anew"] }];
      const named = texts(templateOf(workload));
      const because = renamed
        .filter(({ after }) => after !== workload && named.has(after!.metadata.name))
        .map(({ after }) => nameOf(after!));
      if (change && yaml(templateOf(change.before!)) !== yaml(templateOf(workload)))
        because.unshift("its own template");
      return because.length > 0 ? [{ workload, because }] : [];
    });
}

/** Pulumi completes the name, so that other contents make another object. */
const isNamedAnew = ({ metadata }: Manifest) => metadata.name.endsWith("-[auto]");

const templateOf = (manifest: Manifest) => (manifest.spec as { template: object }).template;

function texts(value: unknown): Set<string> {
  if (typeof value === "string") return new Set([value]);
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(Object.values(value).flatMap((inner) => [...texts(inner)]));
}

/** Each value that differs, with its place. */
export function valuesOf({ before, after }: Change): string[] {
  const [old, wanted] = [before, after].map((manifest) => leaves(manifest));
  return [...new Set([...old.keys(), ...wanted.keys()])]
    .filter((path) => old.get(path) !== wanted.get(path))
    .map((path) => `${path}: ${old.get(path)} ${wanted.get(path)}`);
}

function leaves(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, JSON.stringify(value) ?? ""]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, `${path}/${key}`)]));
}

/** The lines that differ, as `diff -u` shows them, without its header. */
export function diffOf({ before, after }: Change): string {
  const [old, wanted] = [before, after].map((manifest) => (manifest ? yaml(manifest) : ""));
  const patch = createTwoFilesPatch("", "", old, wanted, "", "", { context: 3 });
  return patch.slice(patch.indexOf("@@")).trimEnd();
}
