import { randomBytes } from "node:crypto";
import execa from "execa";
import type { FaultName } from "../examples/ticketing/src/faults";
import { postgresSecret } from "../examples/ticketing/postgres";
import { ticketingManifests, type Traffic, trafficJob } from "../examples/ticketing/kubernetes";
import { type Cluster } from "./cluster";
import type { Report } from "./cache";
import { UserError } from "./errors";
import { imagesOf, planImages, provideImages, refOf } from "./images";
import { bundleTicketing, ticketingDirectory } from "./ticketing-bundle";

/** The namespace that its stack file watches. */
const namespace = "ticketing";
const stores = { redisImage: refOf("redis"), postgresImage: refOf("postgres") };

/** How long a fault lasts that is given no time. */
export const FAULT_SECONDS = 900;

export interface TrafficOptions {
  /** Where a cluster of the user's finds the workload's image; it is pushed there. */
  image?: string;
  users: string;
  rate: string;
  /** Seconds; by default a minute, or as long as a fault lasts. */
  duration?: string;
  fault?: FaultName;
  /** Of the fault, in seconds. */
  for?: number;
  mistakes: boolean;
}

/** Runs the sample workload and sends users through it; answers the generator's report. */
export async function runTicketing(
  cluster: Cluster,
  options: TrafficOptions,
  report: Report,
): Promise<string> {
  const image = imageFor(cluster, options);
  const kubectl = kubectlOf(cluster);
  // The stack keeps it where it is told of services: without it nothing would send spans, and nobody would be alerted.
  const tracing = ["get", "configmap", "observability-tracing", "--ignore-not-found", "-n", namespace];
  if ((await kubectl(tracing)) === "")
    throw new UserError(
      `The stack does not watch the services of the sample workload (namespace ${namespace}). On a local cluster first run\n` +
        "npm run up -- --config-file examples/Pulumi.ticketing.yaml\n" +
        "elsewhere add the services of that file to your stack file.",
    );
  await deployTicketing(cluster, report, image);

  const { fault, mistakes } = options;
  const seconds = options.for ?? FAULT_SECONDS;
  const duration = Number(options.duration ?? (fault ? seconds : 60));
  const [users, rate] = [options.users, options.rate].map(Number);
  const broken = fault ? { fault, for: seconds, mistakes: false } : { mistakes };
  await startTraffic(cluster, { users, rate, duration, ...broken }, image);
  report(`${users} users, ${rate} visits a second, ${duration} s`);
  await kubectl([
    "wait",
    "job/traffic",
    "-n",
    namespace,
    "--for=condition=Complete",
    `--timeout=${duration + 120}s`,
  ]);
  return (await kubectl(["logs", "job/traffic", "-n", namespace])).trim().split("\n").at(-1)!;
}

/** Begins to send users; those that were still on their way stay away. */
export async function startTraffic(
  cluster: Cluster,
  traffic: Omit<Traffic, "namespace" | "image">,
  image = refOf("ticketing"),
): Promise<void> {
  await kubectlOf(cluster)(["delete", "job", "traffic", "-n", namespace, "--ignore-not-found"]);
  await applyTo(cluster, [trafficJob({ namespace, image, ...traffic })]);
}

/** The workload's services with their Redis and PostgreSQL, ready. */
export async function deployTicketing(
  cluster: Cluster,
  report: Report,
  image = refOf("ticketing"),
): Promise<void> {
  const kubectl = kubectlOf(cluster);
  await loadTicketing(cluster, report, image);
  // Made once, here: who takes it away takes the database's pod away too.
  if ((await kubectl(["get", "secret", "postgres", "-n", namespace, "--ignore-not-found"])) === "") {
    const password = () => randomBytes(24).toString("hex");
    await applyTo(cluster, [postgresSecret(namespace, { ticketing: password(), exporter: password() })]);
  }
  await applyTo(cluster, ticketingManifests({ namespace, image, ...stores }));
  report("waiting for the services");
  await kubectl([
    "wait",
    "deployment",
    "--all",
    "-n",
    namespace,
    "--for=condition=Available",
    "--timeout=180s",
  ]);
}

export const kubectlOf = (cluster: Cluster) => async (args: string[], input?: string) =>
  (await execa(cluster.kubectl, ["--kubeconfig", cluster.kubeconfig, ...args], { input })).stdout;

export const applyTo = (cluster: Cluster, items: object[]) =>
  kubectlOf(cluster)(
    ["apply", "--server-side", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  );

function imageFor({ kind, name }: Cluster, { image }: TrafficOptions): string {
  if (kind === "context" && !image)
    throw new UserError(
      `ticketing --context ${name}: the workload is in no registry. Name one that this cluster pulls from and that your ` +
        "`docker push` may write to: --image REGISTRY/ticketing:0.1.0",
    );
  if (kind !== "context" && image)
    throw new UserError(
      "ticketing --image: is for a cluster of yours, with --context; a local one needs no registry",
    );
  return image ?? refOf("ticketing");
}

/** Builds the workload by the cluster's own means, and gives it to the cluster. */
async function loadTicketing(cluster: Cluster, report: Report, image: string): Promise<void> {
  if (!cluster.pulls)
    return loadImagesOf(ticketingManifests({ namespace, image, ...stores }), cluster, report);
  report("the sample workload: npm ci, npm run build");
  await bundleTicketing();
  await cluster.buildImage(image, ticketingDirectory, report);
}

/** Gives a cluster the images that these objects' pods name. */
export async function loadImagesOf(manifests: object[], cluster: Cluster, report: Report): Promise<void> {
  const images = await provideImages(planImages(imagesOf(manifests), cluster.pulls), report);
  await cluster.loadImages(
    images.flatMap(({ ref, archive }) => (archive ? [{ ref, archive }] : [])),
    report,
  );
}
