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
  const crictl = (...args: string[]) => run("docker", ["exec", node, "crictl", ...args], { env });
  const failed: string[] = [];
  let done = 0;
  const next = images.values();
  const worker = async () => {
    for (const image of next) {
      if ((await crictl("inspecti", "--quiet", image)).failed) {
        report(`image ${image}: pulling, ${done} of ${images.length} are there`);
        const pulled = await crictl("pull", image);
        if (pulled.failed) failed.push(`  ${image}: ${pulled.stderr.trim().split("\n").at(-1)}`);
      }
      done++;
    }
  };
  await Promise.all([worker(), worker()]);
  if (failed.length === 0) return;
  throw new UserError(
    [
      "The cluster cannot pull these images:",
      ...failed,
      "A mirror is named by observability:placement.registry, a pull secret by observability:placement.imagePullSecrets.",
      "Nothing was deployed; the other images are there. Run the command again to go on.",
    ].join("\n"),
  );
}
