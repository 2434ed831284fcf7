import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { settingsOf } from "../config/settings";
import type { Settings } from "../config/schema";
import { bind, otherStacks, refuseOtherCluster, refuseToRecreate, unbind } from "./binding";
import { announceBuilds, type ProgramName } from "./offline";
import {
  checkCluster,
  type Cluster,
  type ClusterOptions,
  defaultHostPorts,
  findCluster,
  forgetContext,
  localExists,
  removeCluster,
} from "./cluster";
import { stackOf } from "../programs";
import { UserError } from "./errors";
import { imagesOf, planImages, type Planned } from "./images";
import { refuseLostState } from "./lost-state";
import { refuseNamespaces } from "./namespaces";
import { provide } from "./provide";
import { Pulumi } from "./pulumi";
import { type Manifest, manifestsText, nodePortsOf, renderManifests } from "./render";
import { faultNames } from "../examples/ticketing/src/faults";
import { announced } from "./faults";
import type { Options } from "./options";
import { asks, refuseUnready, refuseUnfit, refuseOtherPort, refuseUnasked } from "./refusals";
import { fileNamed, fileOf, ownSettings, readStackFile, stackConfig } from "./stack-config";
import { stackFileCopy } from "./stack-files";
import { baseAt } from "./review/base";
import { coloured, reviewOf } from "./review/report";
import { imagesTable, reachable, workloads } from "./report";
import { rolledOut } from "./rollout";
import { FAULT_SECONDS, runTicketing, type TrafficOptions } from "./ticketing";
import { type ServiceName, serviceStatus } from "./service-status";
import { installed, provideToolchain } from "./toolchain";
import { refuseUnprepared } from "./preflight";
import { refuseProtected, refuseVolumes } from "./volumes";

/** Makes everything that is missing and prints what there is and how to reach it. */
export async function up(options: Options): Promise<void> {
  const settings = settingsIn(options);
  refuseUnready(options, settings, ownSettings(stackConfig(fileOf(options))));
  refuseOtherPort(options, settings);
  refuseUnasked("up", options);
  const manifests = await manifestsOf(options);
  const wanted = clusterFor(options, manifests);
  if (options.recreate) {
    const there = await findCluster({ name: options.cluster }).catch(() => undefined);
    await refuseToRecreate(options.stack, options.cluster, there);
  }
  const { pulls } = await checkCluster(wanted, console.error);
  const planned = imagesFor(options, manifests, pulls);
  let missing: ProgramName[] = [];
  if (!pulls) {
    const recipes = planned.flatMap(({ recipe }) => recipe ?? []);
    const has = { pulumi: (await installed()) !== undefined, cluster: localExists(options.cluster) };
    missing = await announceBuilds(recipes, has, console.error);
  }
  const { toolchain, cluster, images } = await provide(
    { ...wanted, offline: !pulls },
    settings,
    planned,
    missing,
  );
  await refuseOtherCluster(options.stack, cluster);
  await refuseUnfit(options, settings, manifests, cluster);
  await refuseUnprepared(manifests, stackOf(settings, options.stack), cluster);
  const pulumi = new Pulumi(toolchain, options.stack, fileOf(options), cluster);
  await refuseLostState(options, cluster, pulumi);
  for (const line of await losses(options, manifests, cluster, pulumi)) console.error(line);
  await bind(options.stack, cluster);
  try {
    // What a crash or a hand took away is looked for first, so that it is made again.
    await pulumi.run("up", ["--refresh", ...(asks(options) ? [] : ["--yes", "--skip-preview"])]);
  } catch (error) {
    // Who said no to a wrong cluster is not bound to it.
    if (await pulumi.isEmpty()) unbind(options.stack);
    throw error;
  }
  await rolledOut(cluster, options.stack, console.error);
  console.log(imagesTable(images));
  console.log(reachable(stackOf(settings, options.stack), cluster, await pulumi.outputs(), pulumi));
}

/** Pulumi's preview against the cluster that is there. */
export async function preview(options: Options): Promise<void> {
  const settings = settingsIn(options);
  const { pulumi, cluster } = await existing(options);
  await refuseOtherCluster(options.stack, cluster);
  await refuseLostState(options, cluster, pulumi);
  const manifests = await manifestsOf(options);
  await refuseNamespaces(options.stack, settings, manifests, cluster);
  await refuseUnprepared(manifests, stackOf(settings, options.stack), cluster);
  const lines = await losses(options, manifests, cluster, pulumi);
  await pulumi.run("preview", ["--diff"]);
  for (const line of lines) console.log(line);
}

/** A sentence for each volume and namespace that will be deleted; refused where one is protected. */
async function losses(
  options: Options,
  manifests: Manifest[],
  cluster: Cluster,
  pulumi: Pulumi,
): Promise<string[]> {
  const going = await refuseVolumes(manifests, options.stack, cluster);
  if (going.length > 0) refuseProtected(going, await pulumi.protectedIds(), fileNamed(options));
  return going.map(({ sentence }) => sentence);
}

export async function status(options: Options & { service?: ServiceName }): Promise<void> {
  const stack = stackOf(settingsIn(options), options.stack);
  if (options.service) {
    const cluster = await clusterThatIsThere(options);
    await refuseOtherCluster(options.stack, cluster);
    return console.log(await serviceStatus(cluster, stack, options.service));
  }
  const { pulumi, cluster } = await existing(options);
  await refuseOtherCluster(options.stack, cluster);
  console.log(await workloads(cluster, stack));
  console.log(reachable(stack, cluster, await pulumi.outputs(), pulumi));
}

export async function ticketing(options: Options & TrafficOptions): Promise<void> {
  if (options.for !== undefined && !options.fault)
    throw new UserError(
      `ticketing --for: it is how long a fault lasts; name one: --fault ${faultNames.join("|")}`,
    );
  const cluster = await clusterThatIsThere(options);
  if (options.fault) {
    const stack = stackOf(settingsIn(options), options.stack);
    console.error(announced(stack, options.fault, options.for ?? FAULT_SECONDS));
  }
  console.log(await runTicketing(cluster, options, console.error));
}

/**
 * Destroys the stack, then the local cluster; a cluster that the user named stays, and one that another stack is in. The
 * stack is forgotten last, and only with its cluster: what a dead one took with it, too, but nothing of one that could not
 * be removed.
 */
export async function down(options: Options): Promise<void> {
  const { cluster: name, context } = options;
  const cluster = await findCluster({ name, context });
  refuseUnasked("down", options);
  if (!cluster && !localExists(name)) return removeCluster(name, console.log);
  if (cluster) await refuseOtherCluster(options.stack, cluster);
  const toolchain = await provideToolchain(console.error);
  const pulumi = new Pulumi(toolchain, options.stack, fileToDestroy(options), cluster);
  // A local cluster goes with all that is in it, whatever the state says.
  if (cluster && context) await refuseLostState(options, cluster, pulumi);
  if (cluster) await pulumi.run("destroy", asks(options) ? [] : ["--yes"]);
  const [other] = cluster && !context ? await otherStacks(options.stack, cluster) : [];
  if (context) forgetContext(context);
  else if (other)
    console.log(
      `The local cluster ${name} stays: the stack ${other} is in it. With that one it goes: npm run down -- --stack ${other} --cluster ${name}`,
    );
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
  const file = resolve(fileOf(options));
  // A change may take the stack file away, and with it everything of the stack.
  const isGone = against !== undefined && !existsSync(file);
  if (!isGone) settingsIn(options);
  const manifests = isGone ? [] : await manifestsOf(options);
  if (!against) return void process.stdout.write(manifestsText(manifests));
  const base = await baseAt(against, options.stack, file);
  const config = isGone ? {} : readStackFile(file);
  const wanted = { stack: options.stack, ref: against, manifests, config, limit };
  const { text, losses } = reviewOf(base, wanted);
  process.stdout.write(process.stdout.isTTY ? coloured(text) : text);
  if (losses.length > 0) throw new UserError(["Data would be lost:", ...losses].join("\n"));
}

const manifestsOf = (options: Pick<Options, "stack" | "configFile">): Promise<Manifest[]> =>
  renderManifests(options.stack, stackConfig(fileOf(options)));

/** Ports on localhost that the stack does not use today are no reason to stop. */
function clusterFor(
  { cluster, context, recreate, offline, portOffset }: Options,
  manifests: Manifest[],
): ClusterOptions {
  const used = nodePortsOf(manifests);
  const ports = defaultHostPorts(portOffset);
  const hostPorts = ports.filter(({ node }) => used.includes(node));
  const spareHostPorts = ports.filter((port) => !hostPorts.includes(port));
  return { name: cluster, context, recreate, offline, hostPorts, spareHostPorts };
}

/** What is destroyed is in the state: where the stack file is gone, the last copy of it does. */
function fileToDestroy(options: Options): string {
  const file = fileOf(options);
  const found = [file, stackFileCopy(options.stack)].find((one) => existsSync(one));
  if (found) return found;
  throw new UserError(
    `${file} is not there, and without it nobody knows the stack ${options.stack}.\nBring it back, as by git checkout COMMIT -- ${file}; or name another: --config-file FILE.`,
  );
}

/** Checked before anything else is done. */
function settingsIn(options: Pick<Options, "stack" | "configFile">): Settings {
  return settingsOf(ownSettings(stackConfig(fileOf(options))), options.stack, fileNamed(options));
}

/** Those that the pods of the stack name; a cluster of the user's pulls its own. */
const imagesFor = ({ context }: Options, manifests: Manifest[], pulls: boolean): Planned[] =>
  context ? [] : planImages(imagesOf(manifests), pulls);

async function existing(options: Options): Promise<{ pulumi: Pulumi; cluster: Cluster }> {
  const cluster = await clusterThatIsThere(options);
  const toolchain = await provideToolchain(console.error);
  return { cluster, pulumi: new Pulumi(toolchain, options.stack, fileOf(options), cluster) };
}

async function clusterThatIsThere(options: Options): Promise<Cluster> {
  const cluster = await findCluster({ name: options.cluster, context: options.context });
  if (cluster) return cluster;
  throw new UserError(
    `No cluster: the local cluster ${options.cluster} does not run.\nMake it with npm run up, name another with --context NAME, or use npm run render, which needs none.`,
  );
}
