import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inTurns, judge } from "./measure";
import { emptyProgram, forget, neverUp, withoutRules } from "./previews";
import { type Bench, bench } from "./stack";

/*
 * npm run bench:preview, on a running stack: what a preview costs against the preview of an empty TypeScript program
 * on the same machine in the same minutes.
 */
async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-preview-"));
  try {
    await measure(await bench(), directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function measure(stack: Bench, directory: string): Promise<void> {
  await unchanged(stack);
  const empty = await emptyProgram(stack, join(directory, "empty"));
  const fresh = await neverUp(stack, join(directory, "kind"));
  const bare = withoutRules(join(directory, "bare"));
  const seconds = await inTurns(5, {
    empty: () => stack.pulumi(["preview", "--stack", "empty"], empty),
    emptyUp: () => stack.pulumi(["up", "--yes", "--stack", "empty"], empty),
    deployed: () => stack.pulumi(["preview", ...stack.arguments]),
    bare: () => stack.pulumi(["preview", ...fresh], bare),
    create: () => stack.pulumi(["preview", ...fresh]),
    unchanged: () => stack.pulumi(["up", "--yes", ...stack.arguments]),
    skipping: () => stack.pulumi(["up", "--yes", "--skip-preview", ...stack.arguments]),
  });
  await forget(stack, "empty", empty);
  await forget(stack, "never-up-kind");
  console.log(
    Object.entries(seconds)
      .map(([name, value]) => `${name.padEnd(10)} ${value.toFixed(1)} s`)
      .join("\n"),
  );
  judge("preview of the deployed stack / empty program", seconds.deployed / seconds.empty, 2.3);
  judge("preview with everything to create / empty program", seconds.create / seconds.empty, 2.6);
  judge("  the same / without rules and dashboards", seconds.create / seconds.bare, 1.25);
  // It previews first: no more than the empty program shows what is Pulumi's own share.
  judge("up without a change / preview", seconds.unchanged / seconds.deployed);
  judge("  the same of the empty program", seconds.emptyUp / seconds.empty);
  judge("  the same with --skip-preview / preview", seconds.skipping / seconds.deployed, 1.5);
}

/** What is measured includes `pulumi up`, which is to change nothing of the user's. */
async function unchanged(stack: Bench): Promise<void> {
  await stack.pulumi(["preview", "--expect-no-changes", ...stack.arguments]).catch(() => {
    throw new Error("The stack is not what Pulumi.kind.yaml says (npm run preview): npm run up first.");
  });
}

void main();
