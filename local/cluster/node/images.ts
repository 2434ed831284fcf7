/** Images of a node: imported into its containerd. */
import { join } from "node:path";
import { UserError } from "../../errors";
import type { ImageArchive, Report } from "../cluster";
import { loadChanged } from "../images";
import { run } from "../run";
import { findProcess } from "./leftovers";
import type { Spec } from "./place";

export async function loadIntoNode(spec: Spec, images: ImageArchive[], report: Report): Promise<void> {
  const pid = findProcess(spec, "/usr/bin/containerd");
  if (pid === undefined)
    throw new UserError(`cluster ${spec.name} does not run: start it with \`npm run up\``);
  const ctr = (...args: string[]) =>
    run(join(spec.binaries.debian, "usr/bin/ctr"), [
      ...["--address", `/proc/${pid}/root/run/containerd/containerd.sock`, "--namespace", "k8s.io", "images"],
      ...args,
    ]);
  const load = async ({ ref, archive }: ImageArchive) => {
    const result = await ctr("import", archive);
    if (result.failed) throw new UserError(`cannot load image ${ref} from ${archive}: ${result.stderr}`);
  };
  const present = new Set((await ctr("list", "--quiet")).stdout.split("\n"));
  await loadChanged(spec.directory, images, load, report, present);
}
