import { Listr } from "listr2";
import type { Settings } from "../config/schema";
import { collect } from "./cache";
import { type Cluster, type ClusterOptions, provideCluster } from "./cluster";
import { type Image, type Planned, provideImages } from "./images";
import { buildAll, dropBuildCaches, type ProgramName } from "./offline";
import { provideToolchain, type Toolchain } from "./toolchain";

interface Provided {
  toolchain: Toolchain;
  cluster: Cluster;
  images: Image[];
}

/** What `up` needs, each part with its progress: programs that must be built, the Pulumi CLI, images, the cluster with them in it. */
export async function provide(
  wanted: ClusterOptions,
  settings: Settings,
  planned: Planned[],
  missing: ProgramName[],
): Promise<Provided> {
  const tasks = new Listr<Provided>(
    [
      {
        title: `Programs: ${missing.length} to be built`,
        enabled: () => missing.length > 0,
        task: (_, task) => buildAll(missing, (line) => (task.output = line)),
      },
      {
        title: "Toolchain",
        task: async (provided, task) => {
          provided.toolchain = await provideToolchain((line) => (task.output = line), wanted.offline);
          task.title = `Toolchain: Pulumi ${provided.toolchain.version} (${provided.toolchain.origin})`;
        },
      },
      {
        title: "Images",
        task: async (provided, task) => {
          provided.images = await provideImages(planned, (line) => (task.output = line));
          const built = provided.images.filter((image) => image.built).length;
          task.title = `Images: ${built} built here, ${provided.images.length - built} pulled`;
        },
      },
      {
        title: "Cluster",
        task: async (provided, task) => {
          const report = (line: string) => (task.output = line);
          provided.cluster = await provideCluster(wanted, report);
          const archives = provided.images.flatMap(({ ref, archive }) => (archive ? [{ ref, archive }] : []));
          await provided.cluster.loadImages(archives, report);
          const pulled = provided.images.flatMap(({ ref, archive }) => (archive ? [] : [ref]));
          // Who has pull secrets has them in the cluster, where they come with the pods.
          const { imagePullSecrets, registryLogin } = settings.placement;
          if (imagePullSecrets.length === 0 && !registryLogin)
            await provided.cluster.pullImages(pulled, report);
          task.title = `Cluster: ${provided.cluster.name} (${provided.cluster.kind})`;
        },
      },
    ],
    // What went wrong is said once, at the end.
    { rendererOptions: { showErrorMessage: false }, fallbackRendererCondition: () => !process.stdout.isTTY },
  );
  const provided = await tasks.run({} as Provided);
  // Everything that had to be compiled is.
  dropBuildCaches(console.error);
  collect();
  return provided;
}
