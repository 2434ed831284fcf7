import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { Cluster } from "../../../local/cluster";
import { imagesOf } from "../../../local/images";
import { archiveOf } from "../../../local/offline";
import { withLibraries } from "../../../local/offline/images/files";
import { program, type Recipe } from "../../../local/offline/images/recipes";
import { repoDir } from "../../../local/paths";
import { applyTo } from "../../../local/ticketing";

const binary = program("minio", "minio", "/usr/bin/minio", 1000);
const minio: Recipe = {
  ...binary,
  async fill(root, inputs) {
    await binary.fill(root, inputs);
    // By which its manifest makes the buckets.
    await withLibraries("/bin/mkdir", join(root, "bin/mkdir"), root);
  },
};

/** The S3 of examples/prod-local; built here where the nodes pull nothing. */
export async function provideBucket(cluster: Cluster): Promise<void> {
  const file = join(repoDir, "examples/prod-local/minio.yaml");
  const manifests = loadAll(readFileSync(file, "utf8")) as object[];
  if (!cluster.pulls)
    for (const { ref } of imagesOf(manifests)) {
      const archive = await archiveOf("minio", minio, ref, console.error);
      await cluster.loadImages([{ ref, archive }], console.error);
    }
  await applyTo(cluster, manifests);
}
