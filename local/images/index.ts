import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import versions from "../../config/versions.json";
import { cached, keyOf, type Report } from "../cache";
import { debianPackages } from "../debian";
import { type BuiltName, recipes } from "./recipes";

export interface Image {
  /** As manifests name it. */
  ref: string;
  /** What is really in it: the true version of a built one, else the tag. */
  version: string;
  lacks?: string;
  built: boolean;
  /** The archive to load; none for an image that the cluster pulls. */
  archive?: string;
}

const ours = {
  pause: "registry.k8s.io/pause:3.10",
  ticketing: "docker.io/observability-stack/ticketing:0.1.0",
};

export const refOf = (name: BuiltName): string =>
  name in ours
    ? ours[name as keyof typeof ours]
    : `${versions[name as keyof typeof versions].image}:${versions[name as keyof typeof versions].tag}`;

/** What the default stack runs, and the container that every pod of our own node begins with. */
export const STACK_IMAGES = (Object.keys(recipes) as BuiltName[]).filter(
  (name) => !["redis", "ticketing"].includes(name),
);

/**
 * Images by name: left to the cluster to pull where a registry answers, else built from their pins under the
 * upstream's names. The sample workload's is in no registry and always built.
 */
export async function provideImages(names: BuiltName[], report: Report): Promise<Image[]> {
  const pull = await registryAnswers();
  const images: Image[] = [];
  for (const name of names) {
    const ref = refOf(name);
    if (pull && name !== "ticketing") images.push({ ref, version: ref.split(":").at(-1)!, built: false });
    else
      images.push({
        ref,
        version: recipes[name].version,
        lacks: recipes[name].lacks,
        built: true,
        archive: await archiveOf(name, report),
      });
  }
  return images;
}

/** Asked once, and not for long: a machine without a registry should not wait. */
async function registryAnswers(): Promise<boolean> {
  const url = "https://registry-1.docker.io/v2/";
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
  // 401 is how a registry greets; anything else comes from a proxy on the way.
  return answer?.status === 200 || answer?.status === 401;
}

async function archiveOf(name: BuiltName, report: Report): Promise<string> {
  const recipe = recipes[name];
  const inputs = await recipe.inputs(report);
  const key = keyOf(
    refOf(name),
    recipe.version,
    String(recipe.user),
    recipe.entrypoint,
    recipe.fill.toString(),
    ...inputs,
  );
  const directory = await cached(`images/${name}-${key}`, async (unfinished) => {
    report(`image ${refOf(name)}: ${recipe.version}`);
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
      nameIn(layout, refOf(name));
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
