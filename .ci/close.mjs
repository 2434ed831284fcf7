/**
 * The closing line that CI reads, from the reports of tests/support/reporter.mjs. What was skipped has
 * not passed, so it counts as failed; so does a suite that could not be read, a run that failed without a test that
 * did, and one without a report.
 */
import { existsSync, readFileSync } from "node:fs";

const files = process.argv.slice(2);
const reports = files.filter(existsSync).map((file) => JSON.parse(readFileSync(file, "utf8")));
const sum = (key) => reports.reduce((total, report) => total + report[key], 0);

// Again, since the cluster's log is long and stands between: a log that was cut keeps its end.
for (const { success, said = [] } of reports) if (!success) said.forEach((text) => console.log(`${text}\n`));
const skipped = sum("numPendingTests");
const missing = files.length - reports.length;
const failures = reports.map(({ success, numFailedTests, numRuntimeErrorTestSuites }) =>
  Math.max(numFailedTests + numRuntimeErrorTestSuites, success ? 0 : 1),
);
const failed = failures.reduce((total, count) => total + count, skipped + missing);
if (skipped > 0) console.log(`${skipped} skipped, counted as failed: each is listed above under NOT RUN`);
if (missing > 0) console.log(`${missing} without a report, counted as failed: see above why no test ran`);
console.log(`${sum("numPassedTests")} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
