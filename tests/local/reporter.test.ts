/** What a run of tests says at its end, of tests that are made for it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { repoDir } from "../../local/paths";

jest.setTimeout(60_000);
const scratch = mkdtempSync(join(tmpdir(), "reporter-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const report = join(scratch, "report.json");
const run = (tests: string, ...args: string[]) => {
  writeFileSync(join(scratch, "a.test.js"), tests);
  const config = {
    rootDir: scratch,
    cacheDirectory: join(scratch, "cache"),
    reporters: ["default", join(repoDir, "tests/support/reporter.mjs")],
  };
  const jest = [join(repoDir, "node_modules/jest/bin/jest.js"), "--config", JSON.stringify(config)];
  return execa(process.execPath, [...jest, ...args], {
    cwd: scratch,
    all: true,
    reject: false,
    env: { TEST_REPORT: report },
  });
};

test("a directory that a test leaves is named and taken away, and fails the run", async () => {
  const where = join(scratch, "where");
  const { exitCode, all } = await run(
    `const { tmpdir } = require("os"); const fs = require("fs");
    test("leaves", () => fs.writeFileSync(${JSON.stringify(where)}, fs.mkdtempSync(tmpdir() + "/stack-file-")));`,
  );
  expect(all).toMatch(/^Tests left in the temporary directory: stack-file-\w+$/m);
  expect(exitCode).toBe(1);
  expect(existsSync(readFileSync(where, "utf8"))).toBe(false);
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ numFailedTests: 0, success: false });
});

test("what was skipped is listed at the end, by what it would have checked", async () => {
  const tests = `test("runs", () => {}); describe.skip("amtool reads", () => { test("a", () => {}); test("b", () => {}); });`;
  const { exitCode, all } = await run(tests);
  expect(all!.trim().split("\n").slice(-2)).toEqual([
    "NOT RUN, 2 tests (npm run test:binaries builds the programs that they ask):",
    "  amtool reads: 2",
  ]);
  expect(exitCode).toBe(0);
  expect((await run(tests, "-t", "runs")).all).not.toContain("NOT RUN");
});

test("what passed, failed and was skipped is counted, whatever a failure is about", async () => {
  const tests = `test("passes", () => {}); test.skip("waits", () => {});
    test("fails", () => { const error = new Error("of itself"); error.cause = { error }; throw error; });`;
  const { exitCode, all } = await run(tests);
  expect(exitCode).toBe(1);
  // At once, and again where somebody looks who comes later.
  expect(all).toMatch(/^FAILED fails\nError: of itself$[^]*^ {2}● fails$/m);
  expect(all).toMatch(/^FAILED:\n {2}fails\n\nFirst, fails:\nError: of itself$/m);
  expect(JSON.parse(readFileSync(report, "utf8"))).toEqual({
    numPassedTests: 1,
    numFailedTests: 1,
    numPendingTests: 1,
    numRuntimeErrorTestSuites: 0,
    success: false,
    said: expect.arrayContaining(["FAILED:\n  fails"]),
  });
  await run(`test("passes", () => {});`);
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ numPassedTests: 1, success: true });
});
