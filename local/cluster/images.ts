/** Remembers which images a cluster was given, so that a second `up` gives only what changed. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImageArchive, Report } from "./cluster";

/** Calls `load` for every image of which `directory` does not say that it was loaded from this very archive; two at a time. */
export async function loadChanged(
  directory: string,
  images: ImageArchive[],
  load: (image: ImageArchive) => Promise<unknown>,
  report: Report,
): Promise<void> {
  const file = join(directory, "images.json");
  const loaded = readLoaded(file);
  const isLoaded = ({ ref, archive }: ImageArchive) => loaded[ref] === stamp(archive);
  const wanted = images.filter((image) => !isLoaded(image));
  const next = wanted.values();
  const worker = async () => {
    for (const image of next) {
      await load(image);
      loaded[image.ref] = stamp(image.archive);
      writeFileSync(file, JSON.stringify(loaded, null, 2));
      report(`image ${image.ref} loaded`);
    }
  };
  await Promise.all([worker(), worker()]);
}

function readLoaded(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Changes whenever the archive is written again. */
function stamp(archive: string): string {
  const { size, mtimeMs } = statSync(archive);
  return `${archive} ${size} ${mtimeMs}`;
}
