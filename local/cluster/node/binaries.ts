/** The programs of a node, from the cache; built or downloaded the first time. */
import type { Report } from "../cluster";
import type { Binaries } from "./place";

export const kubernetesBinaries = async (_report: Report) => "/root/.cache/observability-stack/scratchbin";

export async function nodeBinaries(report: Report): Promise<Binaries> {
  const c = "/root/.cache/observability-stack";
  return {
    kubernetes: await kubernetesBinaries(report),
    coredns: `${c}/scratchbin`,
    debian: `${c}/scratch-deb/root`,
  };
}
