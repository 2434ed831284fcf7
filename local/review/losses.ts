import type { Manifest } from "../render";
import { type Change, nameOf } from "./changes";
import { sizeOf } from "./resources";

/** A sentence for each change that takes data away, or that the cluster refuses to protect it. */
export function lossesOf(changes: Change[], wanted: Manifest[]): string[] {
  // One that others still live in is only handed over: the stack looks it up instead of making it.
  const used = new Set(wanted.map(({ metadata }) => metadata.namespace));
  return changes.flatMap(({ before, after, what }) => {
    if (before?.kind === "Namespace" && what === "removed" && !used.has(before.metadata.name))
      return [`${nameOf(before)} would be deleted, with everything in it.`];
    if (before?.kind !== "PersistentVolumeClaim") return [];
    if (what !== "changed") return [`${nameOf(before)} would be deleted, with its data.`];
    if (sizeOf(after!) >= sizeOf(before)) return [];
    return [`${nameOf(before)} cannot shrink: the cluster refuses it.`];
  });
}
