import { bytes, millicores } from "../../config/units";
import type { Manifest } from "../render";

/** What a stack asks a cluster for. */
export interface Resources {
  /** Thousandths of a core. */
  cpu: number;
  memory: number;
  /** The same of the agents, on each node. */
  cpuPerNode: number;
  memoryPerNode: number;
  storage: number;
}

interface Spec {
  replicas?: number;
  template: { spec: { containers: { resources: { requests: { cpu: string; memory: string } } }[] } };
}

/** Requests of the pods that stay, and the sizes of the volumes; bytes, where no other unit is said. */
export function resourcesOf(manifests: Manifest[]): Resources {
  const pods = (...kinds: string[]) => {
    const specs = manifests.filter(({ kind }) => kinds.includes(kind)).map(({ spec }) => spec as Spec);
    const sum = (of: (requests: { cpu: string; memory: string }) => number) =>
      specs
        .flatMap(({ replicas = 1, template }) =>
          template.spec.containers.map(({ resources }) => replicas * of(resources.requests)),
        )
        .reduce((total, one) => total + one, 0);
    return { cpu: sum(({ cpu }) => millicores(cpu)), memory: sum(({ memory }) => bytes(memory)) };
  };
  const agents = pods("DaemonSet");
  return {
    ...pods("Deployment", "StatefulSet"),
    cpuPerNode: agents.cpu,
    memoryPerNode: agents.memory,
    storage: manifests
      .filter(({ kind }) => kind === "PersistentVolumeClaim")
      .reduce((total, claim) => total + sizeOf(claim), 0),
  };
}

/** Bytes that a claim asks for. */
export const sizeOf = ({ spec }: Manifest): number =>
  bytes((spec as { resources: { requests: { storage: string } } }).resources.requests.storage);
