import type { Report } from "../cache";
import { archiveOf, recipes } from "../offline";
import type { Planned } from "./plan";

export { imagesOf } from "./needed";
export { type Planned, planImages, refOf } from "./plan";

export interface Image {
  /** As manifests name it. */
  ref: string;
  /** What is really in it: the true version of a built one, else the tag. */
  version: string;
  lacks?: string;
  built: boolean;
  /** The archive to load; none for an image that the cluster pulls. */
  archive?: string;
}

/** Builds, or takes from the cache, what the cluster is not left to pull; under the very names that the pods have. */
export async function provideImages(planned: Planned[], report: Report): Promise<Image[]> {
  const images: Image[] = [];
  for (const { ref, recipe: name } of planned) {
    const recipe = name && recipes[name];
    if (!recipe) images.push({ ref, version: ref.split(":").at(-1)!, built: false });
    else {
      const { version, lacks } = recipe;
      images.push({ ref, version, lacks, built: true, archive: await archiveOf(name, recipe, ref, report) });
    }
  }
  return images;
}
