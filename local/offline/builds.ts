/** What a run is going to build: said before it begins, and refused where it could not end well. */
import { mkdirSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import pMap from "p-map";
import type { Report } from "../cache";
import { UserError } from "../errors";
import { cacheDir } from "../paths";
import { build, built, folderOf, noGo, type ProgramName, stopCompilers } from "./build";
import { fetchDockerPackages } from "./docker";
import { type BuiltName, recipes } from "./images/recipes";
import { planned, shareOf } from "./progress";

const TOOLCHAIN: ProgramName[] = [
  "pulumi",
  "pulumi-language-nodejs",
  "pulumi-resource-kubernetes",
  "pulumi-resource-random",
];
const NODE: ProgramName[] = ["kubernetes", "etcd", "kind", "coredns", "pause"];

/** Gigabytes that suffice for the compiler's caches where everything is built; they are dropped in the end. */
const DISK = 25;

/**
 * Tells what will be built for these images, for a cluster and Pulumi where they are missing, and how long that takes.
 *
 * @returns what that is
 * Errors: UserError where Go, its version, Debian's packages or the disk do not suffice.
 */
export async function announceBuilds(
  images: BuiltName[],
  has: { pulumi: boolean; cluster: boolean },
  report: Report,
): Promise<ProgramName[]> {
  // Small, and the first that shows whether packages can be had at all.
  await fetchDockerPackages(report);
  const wanted = images.flatMap((name) => recipes[name]?.program ?? []);
  const names = [
    ...new Set([...(has.pulumi ? [] : TOOLCHAIN), ...(has.cluster ? [] : NODE), ...wanted]),
  ].filter((name) => !built(name));
  if (names.length === 0) return [];
  await refuseOldGo(names);
  refuseFullDisk(names);
  report(`To be built here, once, in about ${planned(names)} min: ${names.join(", ")}`);
  report("Meanwhile, in another terminal: npm run render shows what will be deployed, npm test tests it");
  return names;
}

/**
 * Two at a time: while one fetches its modules or links, which leaves cores idle, the other compiles. What shares its
 * pins comes one after the other, or both would compile the same.
 */
export async function buildAll(names: ProgramName[], report: Report): Promise<void> {
  const folders = [...new Set(names.map((name) => folderOf(name)))];
  try {
    const inFolder = (folder: string) => names.filter((name) => folderOf(name) === folder);
    const inTurn = { concurrency: 1 };
    const buildIn = (folder: string) => pMap(inFolder(folder), (name) => build(name, report), inTurn);
    await pMap(folders, buildIn, { concurrency: 2 });
  } finally {
    stopCompilers();
  }
}

async function refuseOldGo(names: ProgramName[]): Promise<void> {
  const { stdout, failed } = await execa("go", ["env", "GOVERSION", "GOTOOLCHAIN"], {
    reject: false,
    cwd: "/",
  });
  if (failed) throw noGo(names.join(", "));
  const [version, toolchain] = stdout.split("\n");
  const found = version.replace("go", "");
  // Newer than this, Go fetches the Go that a program asks for.
  const needed = toolchain === "local" ? names.map(goOf).sort(byVersion).at(-1)! : "1.21";
  if (byVersion(found, needed) >= 0) return;
  throw new UserError(
    `${names.join(", ")} must be built, with Go ${needed} or later; this is Go ${found}${toolchain === "local" ? " and GOTOOLCHAIN=local" : ""}.\n` +
      "Install a later Go and run the command again.",
  );
}

/** What its go.mod asks for. */
const goOf = (name: ProgramName): string =>
  /^go (\S+)$/m.exec(readFileSync(join(folderOf(name), "go.mod"), "utf8"))![1];

const byVersion = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

function refuseFullDisk(names: ProgramName[]): void {
  mkdirSync(cacheDir, { recursive: true });
  const { bavail, bsize } = statfsSync(cacheDir);
  const [free, needed] = [(bavail * bsize) / 1e9, DISK * shareOf(names)];
  if (free >= needed) return;
  throw new UserError(
    `To build ${names.join(", ")} takes about ${Math.ceil(needed)} GB under ${cacheDir} for the time being, and ${Math.floor(free)} GB are free.\n` +
      "Free some, or set XDG_CACHE_HOME to a larger disk; then run the command again.",
  );
}
