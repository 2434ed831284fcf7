import { yaml } from "../../config/yaml";
import type { Manifest } from "../render";

/**
 * Fields that Kubernetes never changes in an object that is there, and the Pulumi provider makes it anew for. Names are
 * among them, but another name is another object here.
 */
const FIXED: Record<string, string[]> = {
  StatefulSet: [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  Deployment: ["spec.selector"],
  DaemonSet: ["spec.selector"],
  Job: ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  PersistentVolumeClaim: ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  Service: ["spec.clusterIP"],
  ClusterRoleBinding: ["roleRef"],
  Secret: ["data", "stringData", "type"],
};

/** Whether the new object takes the place of the old one instead of changing it. */
export function isReplaced(before: Manifest, after: Manifest): boolean {
  const fixed = FIXED[after.kind] ?? [];
  const frozen = before.immutable || after.immutable ? ["data", "immutable", "stringData"] : [];
  return [...fixed, ...frozen].some((path) => text(before, path) !== text(after, path));
}

function text(manifest: Manifest, path: string): string {
  const value = path
    .split(".")
    .reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], manifest);
  return yaml({ value });
}
