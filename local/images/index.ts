import pMap from "p-map";
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

/** Made, or taken from the cache, is what the cluster is not left to pull; under the very names that the pods have. */
export const provideImages = (planned: Planned[], report: Report): Promise<Image[]> =>
  pMap(planned, (image) => provideImage(image, report), { concurrency: 2 });

async function provideImage({ ref, recipe: name }: Planned, report: Report): Promise<Image> {
  const recipe = name && recipes[name];
  if (!recipe) return { ref, version: ref.split(":").at(-1)!, built: false };
  const { version, lacks } = recipe;
  return { ref, version, lacks, built: true, archive: await archiveOf(name, recipe, ref, report) };
}
