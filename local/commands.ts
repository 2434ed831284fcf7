import { Listr } from "listr2";
import { settingsOf } from "../config/settings";
import type { Settings } from "../config/schema";
import { type Cluster, findCluster, provideCluster, removeCluster } from "./cluster";
import { UserError } from "./errors";
import { type Image, provideImages } from "./images";
import { Pulumi } from "./pulumi";
import { manifestsText, renderManifests, stackConfig } from "./render";
import { imagesTable, reachable, workloads } from "./report";
import { provideToolchain, type Toolchain } from "./toolchain";

export interface Options {
  stack: string;
  context?: string;
  cluster: string;
}

/** Ports of localhost that lead to the node's: Grafana, Prometheus, Zipkin's UI, the edge proxy. */
export const HOST_PORTS = [
  { host: 30006, node: 30006 },
  { host: 30090, node: 30090 },
  { host: 30411, node: 30411 },
  { host: 8080, node: 30080 },
];

interface Provided {
  toolchain: Toolchain;
  cluster: Cluster;
  images: Image[];
}

/** Makes everything that is missing and prints what there is and how to reach it. */
export async function up(options: Options): Promise<void> {
  const settings = settingsOfStack(options.stack);
  refuseLocal(options, settings);
  const { toolchain, cluster, images } = await provide(options);
  const pulumi = new Pulumi(toolchain, options.stack, cluster);
  await pulumi.run("up", ["--yes", "--skip-preview"]);
  console.log(imagesTable(images));
  console.log(reachable(settings, await pulumi.outputs(), pulumi.env));
}

/** Pulumi's preview against the cluster that is there. */
export async function preview(options: Options): Promise<void> {
  settingsOfStack(options.stack);
  const { pulumi } = await existing(options);
  await pulumi.run("preview", ["--diff"]);
}

export async function status(options: Options): Promise<void> {
  const settings = settingsOfStack(options.stack);
  const { pulumi, cluster } = await existing(options);
  console.log(await workloads(cluster, settings));
  console.log(reachable(settings, await pulumi.outputs(), pulumi.env));
}

/** Leaves nothing behind; a cluster that the user named stays, without the stack. */
export async function down(options: Options): Promise<void> {
  const cluster = await findCluster({ name: options.cluster, context: options.context });
  if (cluster && options.context) {
    const pulumi = new Pulumi(await provideToolchain(console.log), options.stack, cluster);
    await pulumi.run("destroy", ["--yes"]);
    await pulumi.remove();
    return;
  }
  await removeCluster(options.cluster, console.log);
}

export async function render({ stack }: { stack: string }): Promise<void> {
  settingsOfStack(stack);
  process.stdout.write(manifestsText(await renderManifests(stack, stackConfig(stack))));
}

function settingsOfStack(stack: string): Settings {
  const given = Object.entries(stackConfig(stack)).filter(([key]) => key.startsWith("observability:"));
  return settingsOf(
    Object.fromEntries(given.map(([key, value]) => [key.slice("observability:".length), value])),
    stack,
  );
}

function refuseLocal({ stack, context }: Options, settings: Settings): void {
  if (settings.platform !== "kind" && !context)
    throw new UserError(
      `up --stack ${stack}: the stack is for ${settings.platform}, which is no local cluster.\nName its context: npm run up -- --stack ${stack} --context NAME; or look at it: npm run render -- --stack ${stack}`,
    );
}

async function provide(options: Options): Promise<Provided> {
  const { context, cluster: name } = options;
  const tasks = new Listr<Provided>(
    [
      {
        title: "Toolchain",
        task: async (provided, task) => {
          provided.toolchain = await provideToolchain((line) => (task.output = line));
          task.title = `Toolchain: Pulumi ${provided.toolchain.version} (${provided.toolchain.origin})`;
        },
      },
      {
        title: "Images",
        task: async (provided, task) => {
          provided.images = await provideImages((line) => (task.output = line));
          task.title = `Images: ${provided.images.filter(({ built }) => built).length} built here, ${provided.images.filter(({ built }) => !built).length} pulled`;
        },
      },
      {
        title: "Cluster",
        task: async (provided, task) => {
          const report = (line: string) => (task.output = line);
          provided.cluster = await provideCluster({ name, context, hostPorts: HOST_PORTS }, report);
          const archives = provided.images.flatMap(({ ref, archive }) => (archive ? [{ ref, archive }] : []));
          await provided.cluster.loadImages(archives, report);
          task.title = `Cluster: ${provided.cluster.name} (${provided.cluster.kind})`;
        },
      },
    ],
    { fallbackRendererCondition: () => !process.stdout.isTTY },
  );
  return tasks.run({} as Provided);
}

async function existing(options: Options): Promise<{ pulumi: Pulumi; cluster: Cluster }> {
  const cluster = await findCluster({ name: options.cluster, context: options.context });
  if (!cluster)
    throw new UserError(
      `No cluster: the local cluster ${options.cluster} does not run.\nMake it with npm run up, name another with --context NAME, or use npm run render, which needs none.`,
    );
  return { cluster, pulumi: new Pulumi(await provideToolchain(console.log), options.stack, cluster) };
}
