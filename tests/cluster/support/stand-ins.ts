import { join } from "node:path";
import type { Cluster } from "../../../local/cluster";
import { imagesOf } from "../../../local/images";
import { archiveOf } from "../../../local/offline";
import { withLibraries } from "../../../local/offline/images/files";
import { program, type Recipe } from "../../../local/offline/images/recipes";
import { applyTo, kubectlOf, loadImagesOf } from "../../../local/ticketing";
import { manifestsOf } from "../../support/prod-local";

const binary = program("minio", "minio", "/usr/bin/minio", 1000);
const minio: Recipe = {
  ...binary,
  async fill(root, inputs) {
    await binary.fill(root, inputs);
    // By which its manifest makes the buckets.
    await withLibraries("/bin/mkdir", join(root, "bin/mkdir"), root);
  },
};

/**
 * The S3 and the PostgreSQL of examples/prod-local, ready and empty: what they had kept goes with their pods. Their images
 * are built here where the nodes pull nothing.
 */
export async function provideStandIns(cluster: Cluster): Promise<void> {
  const [s3, postgres] = [manifestsOf("minio.yaml"), manifestsOf("postgres.yaml")];
  if (!cluster.pulls) {
    for (const { ref } of imagesOf(s3)) {
      const archive = await archiveOf("minio", minio, ref, console.error);
      await cluster.loadImages([{ ref, archive }], console.error);
    }
    await loadImagesOf(postgres, cluster, console.error);
  }
  const all = [...s3, ...postgres];
  const items = all.filter(({ kind }) => kind === "Deployment");
  const onDeployments = (...args: string[]) =>
    kubectlOf(cluster)([...args, "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await onDeployments("delete", "--ignore-not-found", "--cascade=foreground");
  await applyTo(cluster, all);
  await onDeployments("wait", "--for=condition=Available", "--timeout=180s");
}
