import { mkdtempSync, readFileSync, rmSync, symlinkSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import execa from "execa";
import { loadAll } from "js-yaml";
import { UserError } from "../errors";
import { repoDir } from "../paths";
import { type Manifest, readStackFile, type StackConfig } from "../render";

/** A stack as it is at a commit: rendered by the code of that commit, from its stack file. */
export interface Base {
  /** The first characters of the commit's hash. */
  commit: string;
  /** Empty where the stack is new. */
  manifests: Manifest[];
  config: StackConfig;
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
    const path = relative(repoDir, file);
    const then = path.startsWith("..") ? file : join(checkout, path);
    if (!existsSync(then)) return { commit, manifests: [], config: {} };
    await provideModules(checkout);
    const manifests = await renderIn(checkout, ref, stack, then);
    return { commit, manifests, config: readStackFile(then) };
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
}

const git = (...args: string[]) => execa("git", args, { cwd: repoDir });

async function commitOf(ref: string): Promise<string> {
  try {
    return (await git("rev-parse", "--verify", "--short", "--end-of-options", `${ref}^{commit}`)).stdout;
  } catch {
    throw new UserError(
      `--against ${ref}: no commit of that name in this clone. Allowed: a commit, a tag or a branch, such as origin/main.\nA shallow clone has few: git fetch --unshallow origin; in GitHub Actions, actions/checkout with fetch-depth: 0.`,
    );
  }
}

/** The packages of today where they are the same. */
async function provideModules(checkout: string): Promise<void> {
  const lock = (directory: string) => readFileSync(join(directory, "package-lock.json"), "utf8");
  if (lock(checkout) === lock(repoDir))
    return symlinkSync(join(repoDir, "node_modules"), join(checkout, "node_modules"));
  await execa("npm", ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: checkout });
}

async function renderIn(cwd: string, ref: string, stack: string, file: string): Promise<Manifest[]> {
  const args = ["run", "--silent", "render", "--", "--stack", stack, "--config-file", file];
  const { exitCode, stdout, stderr } = await execa("npm", args, { cwd, reject: false });
  if (exitCode === 0) return loadAll(stdout) as Manifest[];
  throw new UserError(
    `--against ${ref}: the stack cannot be rendered there, so there is nothing to compare with:\n${stderr}`,
  );
}
