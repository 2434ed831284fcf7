/**
 * The closing line that CI reads, from the reports of tests/support/reporter.mjs. A file that ran again counts as
 * it did then, and what it had failed is named. What was skipped has not passed, so it counts as failed; so does
 * a run that failed without a test that did, and one without a report.
 */
import { existsSync, readFileSync } from "node:fs";

const expected = process.argv.slice(2);
const reports = expected.filter(existsSync).map((file) => JSON.parse(readFileSync(file, "utf8")));
const count = (values) => values.reduce((total, value) => total + value, 0);

const files = {};
const atSecondTry = [];
for (const report of reports)
  for (const [path, now] of Object.entries(report.files)) {
    const before = files[path]?.failed ?? [];
    atSecondTry.push(...before.filter((name) => !now.failed.includes(name)));
    files[path] = now;
  }
const all = Object.values(files);
const skipped = count(all.map((file) => file.skipped));
const missing = expected.length - reports.length;
const broken = reports.filter(({ error }) => error).length;
const failed = count(all.map((file) => file.failed.length)) + skipped + missing + broken;

// Again, since the cluster's log is long and stands between: a log that was cut keeps its end.
if (failed > 0) for (const { said } of reports) said.forEach((text) => console.log(`${text}\n`));
if (atSecondTry.length > 0)
  console.log(["Passed only when their file ran again, by itself:", ...atSecondTry].join("\n  "));
if (skipped > 0) console.log(`${skipped} skipped, counted as failed: each is listed above under NOT RUN`);
if (missing > 0) console.log(`${missing} without a report, counted as failed: see above why no test ran`);
console.log(`${count(all.map((file) => file.passed))} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
