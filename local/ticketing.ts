import execa from "execa";
import { ticketingManifests, trafficJob } from "../examples/ticketing/kubernetes";
import { type Cluster } from "./cluster";
import type { Report } from "./cache";
import { UserError } from "./errors";
import { imagesOf, planImages, provideImages, refOf } from "./images";
import { bundleTicketing, ticketingDirectory } from "./ticketing-bundle";

/** The namespace that its stack file watches. */
const namespace = "ticketing";
const redisImage = refOf("redis");

export interface TrafficOptions {
  /** Where a cluster of the user's finds the workload's image; it is pushed there. */
  image?: string;
  users: string;
  rate: string;
  duration: string;
}

/** Runs the sample workload and sends users through it; answers the generator's report. */
export async function runTicketing(
  cluster: Cluster,
  options: TrafficOptions,
  report: Report,
): Promise<string> {
  const kubectl = async (args: string[], input?: string) => {
    const target = ["--kubeconfig", cluster.kubeconfig];
    return (await execa(cluster.kubectl, [...target, ...args], { input })).stdout;
  };
  const apply = (items: object[]) =>
    kubectl(["apply", "--server-side", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));

  const image = imageFor(cluster, options);
  // The stack keeps it where it is told of services: without it nothing would send spans, and nobody would be alerted.
  const tracing = ["get", "configmap", "observability-tracing", "--ignore-not-found", "-n", namespace];
  if ((await kubectl(tracing)) === "")
    throw new UserError(
      `The stack does not watch the services of the sample workload (namespace ${namespace}). On a local cluster first run\n` +
        "npm run up -- --config-file examples/ticketing/Pulumi.kind.yaml\n" +
        "elsewhere add the services of that file to your stack file.",
    );
  await loadTicketing(cluster, report, image);
  await apply(ticketingManifests({ namespace, image, redisImage }));
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

  const [users, rate, duration] = [options.users, options.rate, options.duration].map(Number);
  await kubectl(["delete", "job", "traffic", "-n", namespace, "--ignore-not-found"]);
  await apply([trafficJob({ namespace, image, users, rate, duration })]);
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
export async function loadTicketing(
  cluster: Cluster,
  report: Report,
  image = refOf("ticketing"),
): Promise<void> {
  if (!cluster.pulls)
    return loadImagesOf(ticketingManifests({ namespace, image, redisImage }), cluster, report);
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
