/** docs/tested.md says which test shows each capability: those tests and commands are there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repoDir } from "../local/paths";

const page = readFileSync(join(repoDir, "docs/tested.md"), "utf8");
const [table] = page.split("## What shows each capability\n")[1].split("\n## ");
const rows = table
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .slice(2)
  .map((line): [string, string] => [line.split("|")[1].trim(), line.split("|")[2]]);

const { scripts } = JSON.parse(readFileSync(join(repoDir, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

const isThere = (name: string): boolean =>
  name.startsWith("npm run ")
    ? name.slice("npm run ".length) in scripts
    : [".test.ts", ".ts"].some((end) => existsSync(join(repoDir, "tests", name + end)));

test.each(rows)("%s", (_, shownBy) => {
  const names = [...shownBy.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !isThere(name))).toEqual([]);
});
