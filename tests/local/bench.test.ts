/** A figure above what it must not exceed fails the command that measured it. */
import execa from "execa";
import { repoDir } from "../../local/paths";

const judged = (...args: unknown[]) =>
  execa(
    process.execPath,
    [
      ...["--require", require.resolve("tsx/cjs")],
      ...["--eval", `require("./bench/measure").judge(${args.map((arg) => JSON.stringify(arg)).join()})`],
    ],
    { cwd: repoDir, reject: false },
  );

test.each([
  [["preview", 2.31, 2.3], 1, /^preview +2\.31 x {3}\(at most 2\.3 x\) {3}EXCEEDED$/],
  [["preview", 2.3, 2.3], 0, /^preview +2\.30 x {3}\(at most 2\.3 x\)$/],
  [["preview", 9], 0, /^preview +9\.00 x$/],
  [["memory", 1329, 1328, "MiB"], 1, /^memory +1329 MiB {3}\(at most 1328 MiB\) {3}EXCEEDED$/],
])("%j ends with %i", async (args, exitCode, output) => {
  const result = await judged(...args);
  expect(result.stdout).toMatch(output);
  expect(result.exitCode).toBe(exitCode);
});
