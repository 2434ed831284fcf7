import { resolve } from "node:path";
import execa from "execa";
import { Listr } from "listr2";
import { settingsOf } from "../config/settings";
import type { Settings } from "../config/schema";
import { bind, refuseOtherCluster, unbind } from "./binding";
import { builtBefore, dropBuildCaches } from "./offline";
import {
  checkCluster,
  type Cluster,
  defaultHostPorts,
  findCluster,
  forgetContext,
  localExists,
  provideCluster,
  removeCluster,
} from "./cluster";
import { stackOf } from "../programs";
import { UserError } from "./errors";
import { type Image, imagesOf, planImages, type Planned, provideImages } from "./images";
import { Pulumi } from "./pulumi";
import { type Manifest, manifestsText, renderManifests } from "./render";
import { readStackFile, stackConfig, stackFile, ownSettings } from "./stack-config";
import { baseAt } from "./review/base";
import { coloured, reviewOf } from "./review/report";
import { imagesTable, reachable, rolledOut, targetOf, workloads } from "./report";
import { runTicketing, type TrafficOptions } from "./ticketing";
import { provideToolchain, type Toolchain } from "./toolchain";
import { refuseVolumes } from "./volumes";

export interface Options {
  stack: string;
  configFile?: string;
  context?: string;
  cluster: string;
  /** Of `up` and `down`, on a context: not asked first. */
  yes?: boolean;
  /** Of `up`. */
  recreate?: boolean;
  /** Of `up`: everything is built here, in a Docker of our own. */
  offline?: boolean;
  portOffset?: number;
}

interface Provided {
  toolchain: Toolchain;
  cluster: Cluster;
  images: Image[];
}

/** Makes everything that is missing and prints what there is and how to reach it. */
export async function up(options: Options): Promise<void> {
  const settings = settingsIn(options);
  refuseLocal(options, settings);
  refuseOtherPort(options, settings);
  const { pulls } = await checkCluster(clusterFor(options), console.error);
  refuseUnasked("up", options);
  const manifests = await manifestsOf(options);
  const planned = await imagesFor(options, manifests, pulls);
  const { toolchain, cluster, images } = await provide({ ...options, offline: !pulls }, settings, planned);
  await refuseOtherCluster(options.stack, cluster);
  await refuseMissingNamespaces(settings, cluster);
  await refuseVolumes(manifests, options.stack, cluster);
  const pulumi = new Pulumi(toolchain, options.stack, fileOf(options), cluster);
  await bind(options.stack, cluster);
  try {
    // What a crash or a hand took away is looked for first, so that it is made again.
    await pulumi.run("up", ["--refresh", ...(asks(options) ? [] : ["--yes", "--skip-preview"])]);
  } catch (error) {
    // Who said no to a wrong cluster is not bound to it.
    if (await pulumi.isEmpty()) unbind(options.stack);
    throw error;
  }
  await rolledOut(cluster, options.stack);
  console.log(imagesTable(images));
  console.log(reachable(stackOf(settings, options.stack), cluster, await pulumi.outputs(), pulumi));
}

/** Pulumi's preview against the cluster that is there. */
export async function preview(options: Options): Promise<void> {
  settingsIn(options);
  const { pulumi, cluster } = await existing(options);
  await refuseOtherCluster(options.stack, cluster);
  await refuseVolumes(await manifestsOf(options), options.stack, cluster);
  await pulumi.run("preview", ["--diff"]);
}

export async function status(options: Options): Promise<void> {
  const settings = settingsIn(options);
  const { pulumi, cluster } = await existing(options);
  const stack = stackOf(settings, options.stack);
  console.log(await workloads(cluster, stack));
  console.log(reachable(stack, cluster, await pulumi.outputs(), pulumi));
}

export async function ticketing(options: Options & TrafficOptions): Promise<void> {
  console.log(await runTicketing(await clusterThatIsThere(options), options, console.error));
}

/**
 * Destroys the stack, then the local cluster; a cluster that the user named stays. The stack is forgotten last, and only
 * with its cluster: what a dead one took with it, too, but nothing of one that could not be removed.
 */
export async function down(options: Options): Promise<void> {
  const { cluster: name, context } = options;
  const cluster = await findCluster({ name, context });
  refuseUnasked("down", options);
  if (!cluster && !localExists(name)) return removeCluster(name, console.log);
  if (cluster) await refuseOtherCluster(options.stack, cluster);
  const toolchain = await provideToolchain(console.error, builtBefore);
  const pulumi = new Pulumi(toolchain, options.stack, fileOf(options), cluster);
  if (cluster) await pulumi.run("destroy", asks(options) ? [] : ["--yes"]);
  if (context) forgetContext(context);
  else await removeCluster(name, console.log);
  await pulumi.remove();
  unbind(options.stack);
}

export interface RenderOptions extends Pick<Options, "stack" | "configFile"> {
  against?: string;
  limit: number;
}

/** The manifests, or what differs from those of a commit: where data would be lost by it the command fails. */
export async function render({ against, limit, ...options }: RenderOptions): Promise<void> {
  settingsIn(options);
  const manifests = await manifestsOf(options);
  if (!against) return void process.stdout.write(manifestsText(manifests));
  const file = resolve(fileOf(options));
  const base = await baseAt(against, options.stack, file);
  const wanted = { stack: options.stack, ref: against, manifests, config: readStackFile(file), limit };
  const { text, losses } = reviewOf(base, wanted);
  process.stdout.write(process.stdout.isTTY ? coloured(text) : text);
  if (losses.length > 0) throw new UserError(["Data would be lost:", ...losses].join("\n"));
}

const manifestsOf = (options: Pick<Options, "stack" | "configFile">): Promise<Manifest[]> =>
  renderManifests(options.stack, stackConfig(fileOf(options)));

const clusterFor = ({ cluster, context, recreate, offline, portOffset }: Options) => ({
  name: cluster,
  context,
  recreate,
  offline,
  hostPorts: defaultHostPorts(portOffset),
});

const fileOf = ({ stack, configFile }: Pick<Options, "stack" | "configFile">) =>
  configFile ?? stackFile(stack);

/** Checked before anything else is done. */
function settingsIn(options: Pick<Options, "stack" | "configFile">): Settings {
  return settingsOf(ownSettings(stackConfig(fileOf(options))), options.stack);
}

/** Pulumi shows a preview then and asks: a cluster of the user's holds more than this stack. */
const asks = ({ context, yes }: Options): boolean => context !== undefined && !yes;

function refuseUnasked(command: "up" | "down", options: Options): void {
  // Pulumi asks only where it can both show and read.
  if (!asks(options) || (process.stdin.isTTY && process.stdout.isTTY)) return;
  throw new UserError(
    `${command} --context ${options.context}: it shows what would change and asks, and there is no terminal to ask on. ` +
      `Look with npm run preview, then give --yes.`,
  );
}

function refuseLocal({ stack, context }: Options, settings: Settings): void {
  if (settings.platform !== "kind" && !context)
    throw new UserError(
      `up --stack ${stack}: the stack is for ${settings.platform}, which is no local cluster.\nName its context: npm run up -- --stack ${stack} --context NAME; or look at it: npm run render -- --stack ${stack}`,
    );
}

/** Links, in alerts too, are made from this address: they would lead to the cluster that has the usual ports. */
function refuseOtherPort({ stack, portOffset = 0, context }: Options, { edge }: Settings): void {
  const mapped = defaultHostPorts(portOffset).find(({ node }) => node === edge.nodePort);
  const { hostname, port } = new URL(edge.url);
  if (context || !portOffset || !mapped || hostname !== "localhost" || port === String(mapped.host)) return;
  throw new UserError(
    `up --port-offset ${portOffset}: observability:edge.url is ${edge.url}, which is another cluster's then.\n` +
      `In Pulumi.${stack}.yaml set observability:edge: { url: "http://localhost:${mapped.host}" }; a second cluster wants a ` +
      "stack of its own: --stack NAME takes Pulumi.NAME.yaml.",
  );
}

/** Before anything is made: an update without a preview would stop half-way. */
async function refuseMissingNamespaces({ namespaces, services }: Settings, cluster: Cluster): Promise<void> {
  const wanted = new Map<string, string>();
  if (!namespaces.create) {
    wanted.set(namespaces.stack, "namespaces.create: true");
    wanted.set(namespaces.agents, "namespaces.create: true");
  }
  if (!namespaces.createApplications)
    for (const { namespace } of services) wanted.set(namespace, "namespaces.createApplications: true");
  const names = ["get", "namespaces", "-o", "jsonpath={.items[*].metadata.name}"];
  const { stdout } = await execa(cluster.kubectl, [...targetOf(cluster), ...names]);
  const missing = [...wanted].filter(([namespace]) => !stdout.split(" ").includes(namespace));
  if (missing.length === 0) return;
  throw new UserError(
    [
      "Namespaces that the settings name are not in the cluster:",
      ...missing.map(([namespace, setting]) => `  ${namespace}: make it, or set observability:${setting}`),
      "Nothing was changed.",
    ].join("\n"),
  );
}

/** Those that the pods of the stack name; a cluster of the user's pulls its own. */
const imagesFor = async ({ context }: Options, manifests: Manifest[], pulls: boolean): Promise<Planned[]> =>
  context ? [] : planImages(imagesOf(manifests), pulls);

async function provide(options: Options, settings: Settings, planned: Planned[]): Promise<Provided> {
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
          provided.images = await provideImages(planned, (line) => (task.output = line));
          const built = provided.images.filter((image) => image.built).length;
          task.title = `Images: ${built} built here, ${provided.images.length - built} pulled`;
        },
      },
      {
        title: "Cluster",
        task: async (provided, task) => {
          const report = (line: string) => (task.output = line);
          provided.cluster = await provideCluster(clusterFor(options), report);
          const archives = provided.images.flatMap(({ ref, archive }) => (archive ? [{ ref, archive }] : []));
          await provided.cluster.loadImages(archives, report);
          const pulled = provided.images.flatMap(({ ref, archive }) => (archive ? [] : [ref]));
          // Who has pull secrets has them in the cluster, where they come with the pods.
          if (settings.placement.imagePullSecrets.length === 0)
            await provided.cluster.pullImages(pulled, report);
          task.title = `Cluster: ${provided.cluster.name} (${provided.cluster.kind})`;
        },
      },
    ],
    { fallbackRendererCondition: () => !process.stdout.isTTY },
  );
  const provided = await tasks.run({} as Provided);
  // Everything that had to be compiled is.
  dropBuildCaches();
  return provided;
}

async function existing(options: Options): Promise<{ pulumi: Pulumi; cluster: Cluster }> {
  const cluster = await clusterThatIsThere(options);
  const toolchain = await provideToolchain(console.error, builtBefore);
  return { cluster, pulumi: new Pulumi(toolchain, options.stack, fileOf(options), cluster) };
}

async function clusterThatIsThere(options: Options): Promise<Cluster> {
  const cluster = await findCluster({ name: options.cluster, context: options.context });
  if (cluster) return cluster;
  throw new UserError(
    `No cluster: the local cluster ${options.cluster} does not run.\nMake it with npm run up, name another with --context NAME, or use npm run render, which needs none.`,
  );
}
