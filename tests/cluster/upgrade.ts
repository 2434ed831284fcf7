import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { repoDir } from "../../local/paths";
import type { Context } from "./start";
import { fileOf, kubectl, npm, pulumi, writeStack, type Given, succeeded } from "./support/stack";
import { ownState } from "./support/state";
import { everywhere, findMarks, type Marks, putMarks } from "./support/stores";

/** What was released last: users have it deployed, with their data. */
const RELEASED = "v0.1.0";
const RELEASED_COMMIT = "ed8c5f0efbfa";

/** Pulumi waits ten minutes for a pod. */
const TWICE_MS = 25 * 60_000;

/** The program of the last release deploys the second stack; then today's `up` takes it over. */
export function upgrade(context: Context, second: Given): void {
  const program = join(ownState, "released");
  const stores = async () => {
    const env = { ...context.env, PULUMI_STACK: "second" };
    const password = await pulumi(env, "stack", "output", "grafanaPassword", "--show-secrets");
    const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
    return { namespace: "second", authorization };
  };
  let marks: Marks;

  describe("an upgrade from the last release", () => {
    test(
      "the release's own program deploys a stack, and data comes in",
      async () => {
        rmSync(program, { recursive: true, force: true });
        mkdirSync(program);
        const archive = execFileSync("git", ["archive", releasedCommit()], {
          cwd: repoDir,
          maxBuffer: 2 ** 28,
        });
        execFileSync("tar", ["-x", "-C", program], { input: archive });
        symlinkSync(join(repoDir, "node_modules"), join(program, "node_modules"));
        for (const namespace of ["second", "second-agents"])
          await kubectl(["create", "namespace", namespace]);
        writeStack("second", second);
        copyFileSync(fileOf("second"), join(program, "Pulumi.second.yaml"));
        const env = { ...context.env, PULUMI_STACK: "second" };
        const run = (...args: string[]) => execa("pulumi", args, { cwd: program, env, all: true });
        await run("stack", "init", "second");
        await run("up", "--yes", "--skip-preview").catch(async (error: unknown) => {
          // What is released is no longer changed: a pod that hung once is shown, and gets a second chance.
          console.log(String(error), await kubectl(["describe", "pods", "-n", "second"]));
          await kubectl(["delete", "pods", "-n", "second", "--field-selector", "status.phase=Pending"]);
          await run("up", "--yes", "--skip-preview");
        });
        marks = await putMarks(await stores());
        expect(await findMarks(await stores(), marks)).toEqual(everywhere);
      },
      TWICE_MS,
    );

    test("today's up takes it over, and every store still has its data", async () => {
      succeeded(await npm("up", "second"));
      expect(await findMarks(await stores(), marks)).toEqual(everywhere);
    });
  });
}

const git = (...args: string[]) =>
  execFileSync("git", args, { cwd: repoDir, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();

/** A clone may be without tags, and one without history has nothing to upgrade from. */
function releasedCommit(): string {
  for (const name of [RELEASED, RELEASED_COMMIT]) {
    try {
      return git("rev-parse", "--verify", `${name}^{commit}`);
    } catch {
      continue;
    }
  }
  throw new Error(`this checkout has no ${RELEASED}: git fetch --tags --unshallow`);
}
