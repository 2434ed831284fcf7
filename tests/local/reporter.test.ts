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
const file = join(scratch, "a.test.js");
const run = (tests: string, ...args: string[]) => {
  writeFileSync(file, tests);
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
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
    error: expect.stringMatching(/^Tests left/) as string,
    files: { [file]: { passed: 1, failed: [] } },
  });
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
    files: { [file]: { passed: 1, failed: ["fails"], skipped: 1 } },
    said: expect.arrayContaining(["FAILED:\n  fails"]) as string[],
  });
  // What it leaves follows from its failure, which may be gone when its file runs again.
  const leaves = `require("fs").mkdtempSync(require("os").tmpdir() + "/stack-file-")`;
  const failing = await run(`test("fails", () => { ${leaves}; throw new Error("of itself"); });`);
  expect(failing.all).not.toContain("Tests left");
  expect((await run("syntax error")).exitCode).toBe(1);
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ files: { [file]: { failed: [file] } } });
});
