/** Images as files, as `kind load` and containerd take them; made without a daemon. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { cached, keyOf, type Report } from "../../cache";
import { debianPackages } from "../debian";
import type { Recipe } from "./recipes";

/** The archive of an image of this name, made unless the cache has it. */
export async function archiveOf(name: string, recipe: Recipe, ref: string, report: Report): Promise<string> {
  const inputs = await recipe.inputs(report);
  const key = keyOf(
    ref,
    recipe.version,
    String(recipe.user),
    recipe.entrypoint,
    recipe.fill.toString(),
    ...inputs,
  );
  const directory = await cached(`images/${name}-${key}`, report, async (unfinished) => {
    report(`image ${ref}: ${recipe.version}`);
    const umoci = join(await debianPackages("umoci", ["umoci"], report), "usr/bin/umoci");
    const scratch = mkdtempSync(`${unfinished}.root-`);
    try {
      const root = join(scratch, "root");
      skeleton(root, recipe.user);
      await recipe.fill(root, inputs);
      const layout = join(scratch, "layout");
      const image = `${layout}:image`;
      await execa(umoci, ["init", "--layout", layout]);
      await execa(umoci, ["new", "--image", image]);
      await execa(umoci, ["insert", "--image", image, root, "/"]);
      const config = ["--config.user", String(recipe.user), "--config.entrypoint", recipe.entrypoint];
      const labels = [
        `observability-stack.built-from-pins=true`,
        `observability-stack.version=${recipe.version}`,
      ];
      await execa(umoci, [
        "config",
        "--image",
        image,
        ...config,
        ...labels.flatMap((label) => ["--config.label", label]),
      ]);
      nameIn(layout, ref);
      await execa("tar", ["-C", layout, "-cf", join(unfinished, "image.tar"), "."]);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
  return join(directory, "image.tar");
}

/** What every image has: a user to run as and a place for temporary files. */
function skeleton(root: string, user: number): void {
  mkdirSync(join(root, "etc"), { recursive: true });
  writeFileSync(join(root, "etc/passwd"), `root:x:0:0::/:/\nuser:x:${user}:${user}::/:/\n`);
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
}

/** containerd takes the full name from this annotation. */
function nameIn(layout: string, ref: string): void {
  const file = join(layout, "index.json");
  const index = JSON.parse(readFileSync(file, "utf8"));
  index.manifests[0].annotations = {
    "io.containerd.image.name": ref,
    "org.opencontainers.image.ref.name": ref.split(":").at(-1),
  };
  writeFileSync(file, JSON.stringify(index));
}
