import { UserError } from "../errors";
import type { Report } from "./cluster";
import { run } from "./run";

/**
 * Has a node pull what it lacks, two images at a time, however long a line takes.
 *
 * Errors: UserError that names every image that it did not get, and the registry's answer.
 */
export async function pullInto(
  node: string,
  images: string[],
  env: Record<string, string> | undefined,
  report: Report,
): Promise<void> {
  // What the kubelet uses later, and where it looks for mirrors.
  const ctr = (...args: string[]) =>
    run("docker", ["exec", node, "ctr", "--namespace", "k8s.io", "images", ...args], { env });
  const present = (await ctr("list", "--quiet")).stdout.split("\n");
  const wanted = images.filter((image) => !present.includes(image));
  const failed: string[] = [];
  const next = wanted.entries();
  const worker = async () => {
    for (const [i, image] of next) {
      report(`image ${image}: pulling, ${i + 1} of ${wanted.length}`);
      const pulled = await ctr("pull", "--hosts-dir", "/etc/containerd/certs.d", image);
      if (pulled.failed) failed.push(`  ${image}: ${pulled.stderr.trim().split("\n").at(-1)}`);
    }
  };
  await Promise.all([worker(), worker()]);
  if (failed.length === 0) return;
  throw new UserError(
    [
      "The cluster cannot pull these images:",
      ...failed,
      "A mirror is named by observability:placement.registry, a pull secret by observability:placement.imagePullSecrets. Without any registry:",
      "npm run up -- --cluster NAME --offline builds the images, for a cluster of their own.",
      "Nothing was deployed; the other images are there. Run the command again to go on.",
    ].join("\n"),
  );
}
