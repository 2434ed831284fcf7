/** The closing line of .ci/run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { repoDir } from "../../local/paths";

const scratch = mkdtempSync(join(tmpdir(), "ci-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const none = {
  numPassedTests: 0,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 0,
  success: true,
};

test.each([
  [{ numPassedTests: 5 }, { numPassedTests: 2 }, "7 passed, 0 failed", 0],
  [
    { numPassedTests: 5, numFailedTests: 1, success: false },
    { numRuntimeErrorTestSuites: 1 },
    "5 passed, 2 failed",
    1,
  ],
  [{ numPassedTests: 5, numPendingTests: 3 }, { numPassedTests: 2 }, "7 passed, 3 failed", 1],
  [
    { numPassedTests: 5 },
    { numPassedTests: 2, success: false, said: ["why"] },
    "why\n\n7 passed, 1 failed",
    1,
  ],
  [{ numPassedTests: 5 }, undefined, "5 passed, 1 failed", 1],
])("%j and %j: %s", async (unit, cluster, line, code) => {
  const files = [unit, cluster].map((report, i) => {
    const file = join(scratch, `${encodeURIComponent(line)}-${i}.json`);
    if (report) writeFileSync(file, JSON.stringify({ ...none, ...report }));
    return file;
  });
  const { stdout, exitCode } = await execa("node", [join(repoDir, ".ci/close.mjs"), ...files], {
    reject: false,
  });
  expect(stdout.endsWith(line)).toBe(true);
  expect(exitCode).toBe(code);
});
