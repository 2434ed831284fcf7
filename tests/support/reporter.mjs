import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Says at the end which tests failed and what was not checked, writes what passed and failed into the file
 * TEST_REPORT, and gives the tests a temporary directory of their own, in which they are to leave nothing. Jest loads
 * it as it is, without a compiler.
 */
export default class Reporter {
  constructor({ testNamePattern }) {
    this.isSelection = Boolean(testNamePattern);
  }

  /** The processes of the tests get their environment after this. */
  onRunStart() {
    this.directory = mkdtempSync(join(tmpdir(), "observability-tests-"));
    process.env.TMPDIR = this.directory;
  }

  /** At once: a file's own report comes when all of it is done, half an hour later for the cluster's. */
  onTestCaseResult(test, { status, fullName, failureMessages }) {
    if (status === "failed") console.error(`FAILED ${fullName}\n${failureMessages[0]}`);
  }

  onRunComplete(contexts, results) {
    const left = readdirSync(this.directory).filter((name) => !CACHES.test(name));
    rmSync(this.directory, { recursive: true, force: true });
    // Those on a cluster run programs, plain pulumi above all, that leave files of theirs.
    const names = [...contexts].map(({ config }) => config.displayName?.name);
    const others = names.some((name) => ["cluster", "stacks"].includes(name));
    // What a failed test leaves follows from its failure.
    if (left.length > 0 && !others && results.numFailedTests + results.numRuntimeErrorTestSuites === 0)
      this.error = new Error(`Tests left in the temporary directory: ${left.join(", ")}`);
    const said = [
      this.error?.message,
      this.isSelection ? undefined : notRun(results.testResults),
      failed(results.testResults),
      firstReason(results.testResults),
    ].filter(Boolean);
    // Jest's own --json fails on errors that hold themselves, as those of fetch do.
    if (process.env.TEST_REPORT) {
      const report = { files: files(results.testResults), error: this.error?.message, said };
      writeFileSync(process.env.TEST_REPORT, JSON.stringify(report));
    }
    // After Jest's own summary, which comes after every reporter.
    process.once("exit", () => said.forEach((text) => console.error(`\n${text}`)));
  }

  /** Fails the run. */
  getLastError() {
    return this.error;
  }
}

/** tsx keeps what it has compiled. */
const CACHES = /^tsx-/;

/** What each file's tests came to. */
function files(testResults) {
  const entries = testResults.map(
    ({ testFilePath, testExecError, testResults, numPassingTests, numPendingTests }) => {
      const failed = testResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
      if (testExecError) failed.push(testFilePath);
      return [testFilePath, { passed: numPassingTests, skipped: numPendingTests, failed }];
    },
  );
  return Object.fromEntries(entries);
}

/** The log of a long run scrolls away; a test's name is enough to run it again. */
function failed(testResults) {
  const names = testResults
    .flatMap(({ testResults, testExecError, testFilePath }) => [
      ...(testExecError ? [testFilePath] : []),
      ...testResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
    ])
    .map((name) => `  ${name}`);
  return names.length > 0 ? ["FAILED:", ...names].join("\n") : undefined;
}

/** Of several that failed the others often follow from it; who reads only the end of a log finds it there. */
function firstReason(testResults) {
  const first = testResults.flatMap((file) => file.testResults).find(({ status }) => status === "failed");
  return (
    first && `First, ${first.fullName}:\n${first.failureMessages[0].split("\n").slice(0, 40).join("\n")}`
  );
}

/** What was skipped, by what it would have checked. */
function notRun(testResults) {
  const skipped = testResults
    .flatMap((file) => file.testResults)
    .filter(({ status }) => status === "pending")
    .map(({ ancestorTitles: [group], title }) => group ?? title);
  if (skipped.length === 0) return undefined;
  const counts = [...new Set(skipped)].map(
    (group) => `  ${group}: ${skipped.filter((one) => one === group).length}`,
  );
  return [
    `NOT RUN, ${skipped.length} tests (npm run test:binaries builds the programs that they ask):`,
    ...counts,
  ].join("\n");
}
