import { type Change, nameOf } from "./changes";
import { sizeOf } from "./resources";

/** A sentence for each change that takes data away, or that the cluster refuses to protect it. */
export function lossesOf(changes: Change[]): string[] {
  return changes.flatMap(({ before, after, what }) => {
    if (before?.kind === "Namespace" && what === "removed")
      return [`${nameOf(before)} would be deleted, with everything in it.`];
    if (before?.kind !== "PersistentVolumeClaim") return [];
    if (what !== "changed") return [`${nameOf(before)} would be deleted, with its data.`];
    if (sizeOf(after!) >= sizeOf(before)) return [];
    return [`${nameOf(before)} cannot shrink: the cluster refuses it.`];
  });
}
