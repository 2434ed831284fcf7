/** The closing line of .ci/run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { repoDir } from "../../local/paths";

const scratch = mkdtempSync(join(tmpdir(), "ci-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const file = (passed: number, failed: string[] = [], skipped = 0) => ({ passed, failed, skipped });

test.each([
  ["all pass", [{ "a.ts": file(5) }, { "c.ts": file(2) }], "7 passed, 0 failed", 0],
  [
    "a test fails in each",
    [{ "a.ts": file(5, ["x"]) }, { "c.ts": file(0, ["c.ts"]) }],
    "5 passed, 2 failed",
    1,
  ],
  ["some are skipped", [{ "a.ts": file(5, [], 3) }, { "c.ts": file(2) }], "7 passed, 3 failed", 1],
  ["one wrote no report", [{ "a.ts": file(5) }, undefined], "5 passed, 1 failed", 1],
  [
    "one passes when its file runs again",
    [{ "a.ts": file(5, ["x"]), "b.ts": file(1) }, { "a.ts": file(6) }, { "c.ts": file(2) }],
    "Passed only when their file ran again, by itself:\n  x\n9 passed, 0 failed",
    0,
  ],
  [
    "one fails again, another no longer",
    [{ "a.ts": file(4, ["x", "y"]) }, { "a.ts": file(5, ["x"]) }],
    "Passed only when their file ran again, by itself:\n  y\n5 passed, 1 failed",
    1,
  ],
])("%s", async (name, runs, end, code) => {
  const { stdout, exitCode } = await close(
    name,
    runs.map((files) => files && { files, said: [] }),
  );
  expect(stdout.endsWith(end)).toBe(true);
  expect(exitCode).toBe(code);
});

test("a run that failed without a test that did counts, and is said once more", async () => {
  const runs = [
    { files: { "a.ts": file(5) }, said: [] },
    { files: {}, error: "why", said: ["why"] },
  ];
  const { stdout, exitCode } = await close("error", runs);
  expect(stdout).toBe("why\n\n5 passed, 1 failed");
  expect(exitCode).toBe(1);
});

function close(name: string, reports: (object | undefined)[]) {
  const paths = reports.map((report, i) => {
    const path = join(scratch, `${name}-${i}.json`);
    if (report) writeFileSync(path, JSON.stringify(report));
    return path;
  });
  return execa("node", [join(repoDir, ".ci/close.mjs"), ...paths], { reject: false });
}
