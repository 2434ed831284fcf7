import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import execa from "execa";
import { loadAll } from "js-yaml";
import { UserError } from "../errors";
import { repoDir } from "../paths";
import type { Manifest } from "../render";
import { readStackFile, type StackConfig } from "../stack-config";

/** A stack as it is at a commit: rendered by the code of that commit, from its stack file. */
export interface Base {
  /** The first characters of the commit's hash. */
  commit: string;
  /** Empty where the stack is new. */
  manifests: Manifest[];
  config: StackConfig;
  /** What a reader must know of the comparison. */
  note?: string;
}

/**
 * @param ref a commit, tag or branch
 * @param file the stack file of today; one that lies outside of the checkout is the same for the commit
 */
export async function baseAt(ref: string, stack: string, file: string): Promise<Base> {
  const commit = await commitOf(ref);
  const checkout = mkdtempSync(join(tmpdir(), "observability-review-"));
  try {
    const archive = join(checkout, "checkout.tar");
    await git("archive", "--output", archive, commit);
    await execa("tar", ["-x", "-f", archive, "-C", checkout]);
    // The file itself may be gone.
    const path = relative(realpathSync(repoDir), join(realpathSync(dirname(file)), basename(file)));
    const isOutside = path.startsWith("..");
    const then = isOutside ? file : join(checkout, path);
    if (!existsSync(then) && !existsSync(file))
      throw new UserError(
        `--against ${ref}: the stack file ${path} is neither here nor in that commit.\nAllowed: --stack kind, --stack prod, a Pulumi.NAME.yaml of your own, or --config-file PATH.`,
      );
    if (!existsSync(then))
      return { commit, manifests: [], config: {}, note: `${path} is not in that commit: all of it is new.` };
    await provideModules(checkout);
    const manifests = await renderIn(checkout, ref, stack, then);
    return { commit, manifests, config: readStackFile(then), note: noteOf(file, path, isOutside) };
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
}

function noteOf(file: string, path: string, isOutside: boolean): string | undefined {
  if (isOutside) return `${file} lies outside of the checkout: settings are today's in both.`;
  if (existsSync(file)) return undefined;
  return `The stack file ${path} goes. The stack itself stays until npm run down removes it, which is what is shown here: everything of it.`;
}

const git = (...args: string[]) => execa("git", args, { cwd: repoDir });

/** Where the work began: what others have added to the branch since is no part of it. */
async function commitOf(ref: string): Promise<string> {
  try {
    const { stdout } = await git("merge-base", "HEAD", ref);
    return (await git("rev-parse", "--short", stdout)).stdout;
  } catch (error) {
    throw new UserError(
      `--against ${ref}: no commit of that name that this branch comes from. Allowed: a commit, a tag or a branch, such as origin/main.\nA shallow clone has few: git fetch --unshallow origin; in GitHub Actions, actions/checkout with fetch-depth: 0.\n${(error as execa.ExecaError).stderr}`.trimEnd(),
    );
  }
}

/** The packages of today where they are the same. */
async function provideModules(checkout: string): Promise<void> {
  const lock = (directory: string) => readFileSync(join(directory, "package-lock.json"), "utf8");
  if (lock(checkout) === lock(repoDir))
    return symlinkSync(join(repoDir, "node_modules"), join(checkout, "node_modules"));
  const args = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const { exitCode, stderr } = await execa("npm", args, { cwd: checkout, reject: false });
  if (exitCode !== 0) throw new UserError(`--against: npm ci of that commit's packages failed:\n${stderr}`);
}

async function renderIn(cwd: string, ref: string, stack: string, file: string): Promise<Manifest[]> {
  const args = ["run", "--silent", "render", "--", "--stack", stack, "--config-file", file];
  const { exitCode, stdout, stderr } = await execa("npm", args, { cwd, reject: false });
  if (exitCode === 0) return loadAll(stdout) as Manifest[];
  throw new UserError(
    `--against ${ref}: the stack cannot be rendered there, so there is nothing to compare with:\n${stderr}`,
  );
}
