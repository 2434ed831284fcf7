/** The classes of volumes that a node offers. */
import { readFileSync } from "node:fs";

export interface StorageClass {
  kind: "StorageClass";
  metadata: { name: string; annotations: Record<string, string> };
  [field: string]: unknown;
}

/** Volumes wait for their first pod, as kind's and EKS' do. */
const storageClass = (name: string, isDefault: boolean, allowVolumeExpansion: boolean): StorageClass => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: {
    name,
    annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) },
  },
  provisioner: "kubernetes.io/host-path",
  volumeBindingMode: "WaitForFirstConsumer",
  allowVolumeExpansion,
});

/** The default as in kind, where no volume can grow; and one like EKS' gp3, whose volumes can. */
const offered = [storageClass("standard", true, false), storageClass("standard-expandable", false, true)];

/**
 * Kubernetes does not let a class change how it binds: those that the cluster was made with stay as they are.
 *
 * @param addons the file that was applied at its last start, if there was one
 */
export function storageClasses(addons: string): StorageClass[] {
  const made = classesIn(addons);
  return offered.map((one) => made.find(({ metadata }) => metadata.name === one.metadata.name) ?? one);
}

function classesIn(addons: string): StorageClass[] {
  try {
    const { items } = JSON.parse(readFileSync(addons, "utf8")) as { items: StorageClass[] };
    return items.filter(({ kind }) => kind === "StorageClass");
  } catch {
    return []; // never started, or only half written: there is no class yet
  }
}
