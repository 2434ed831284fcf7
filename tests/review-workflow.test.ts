/** What the workflow of pull requests writes; npm and gh are played by scripts. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { load } from "js-yaml";
import MarkdownIt from "markdown-it";
import { repoDir } from "../local/paths";
import { StandIns } from "./support/stand-ins";

interface Workflow {
  jobs: Record<string, { steps: { name?: string; run?: string }[] }>;
}

const file = join(repoDir, ".github/workflows/review.yml");
const { steps } = (load(readFileSync(file, "utf8")) as Workflow).jobs.rendered;
const scratch = mkdtempSync(join(tmpdir(), "review-workflow-"));
const [checkout, temporary] = [join(scratch, "checkout"), join(scratch, "tmp")];
const [review, comment] = [join(temporary, "review.md"), join(temporary, "comment.md")];
const standIns = new StandIns(scratch);

beforeEach(() => {
  for (const directory of [checkout, temporary]) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
  }
  standIns.forgetCalls();
  standIns.program("npm", "echo '## Stack'");
  standIns.program("gh", "exit 0");
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** As GitHub runs a step that names no shell. */
const step = (name: string) =>
  execa("bash", ["-e", "-c", steps.find((one) => one.name === name)!.run!], {
    cwd: checkout,
    env: {
      ...{ PATH: `${scratch}:${process.env.PATH}`, RUNNER_TEMP: temporary, BASE: "HEAD^1" },
      ...{ GITHUB_STEP_SUMMARY: join(scratch, "summary"), GITHUB_REPOSITORY: "o/r" },
      ...{ NUMBER: "7", RUN: "https://github.com/o/r/actions/runs/1" },
    },
    reject: false,
  });

test("a file of the branch is not taken for the review", async () => {
  writeFileSync(join(checkout, "review.md"), "planted\n");
  expect((await step("What changes")).exitCode).toBe(0);
  expect((await step("Comment")).exitCode).toBe(0);
  expect(readFileSync(comment, "utf8")).toBe("<!-- observability-stack: review -->\n## Stack\n## Stack\n");
});

test("a long reason is cut, and nothing in it ends its block", async () => {
  const why = join(scratch, "why");
  writeFileSync(why, `${"`".repeat(20)}\n# planted\r# planted\n${"\n\nwords".repeat(100_000)}`);
  standIns.program("npm", `cat ${why} >&2; exit 1`);
  expect((await step("What changes")).exitCode).toBe(1);
  const text = readFileSync(review, "utf8");
  expect(text.length).toBeLessThan(9_000);
  const headings = new MarkdownIt()
    .parse(text, {})
    .flatMap(({ type, content }) => (type === "inline" ? content : []));
  expect(headings).toEqual(["Stack kind: failed", "Stack prod: failed"]);
});

test("where nothing could be compared the comment of before is replaced by that", async () => {
  expect((await step("Comment")).exitCode).toBe(0);
  expect(existsSync(comment) && readFileSync(comment, "utf8")).toMatch(
    /^<!-- observability-stack: review -->\nThis commit was not reviewed: .*runs\/1/,
  );
});

test("our own comment is edited, the first of them; without one another is made", async () => {
  writeFileSync(review, "## Stack\n");
  await step("Comment");
  standIns.program("gh", `case "$*" in *--paginate*) echo 41; echo 42;; esac`);
  await step("Comment");
  expect(standIns.called("gh").filter((line) => line.includes("--method"))).toEqual([
    `gh api --silent --method POST repos/o/r/issues/7/comments --field body=@${comment}`,
    `gh api --silent --method PATCH repos/o/r/issues/comments/41 --field body=@${comment}`,
  ]);
});
