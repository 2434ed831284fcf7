/** `npm run render -- --against COMMIT` in a checkout of its own, whose commit before is this one's files. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { repoDir } from "../../local/paths";

jest.setTimeout(120_000);
const scratch = mkdtempSync(join(tmpdir(), "review-"));
const checkout = join(scratch, "checkout");
const temporary = join(scratch, "tmp");
const stackFileOf = (name: string) => join(checkout, `Pulumi.${name}.yaml`);
const given = (logs: string) => `config:\n  observability:platform: kind\n  observability:logs: ${logs}\n`;

const slack = (url: string) =>
  `config:\n  observability:alerting: { receivers: [{ name: team, slack: { channel: "#a", url: ${url} } }] }\n`;
const hook = "https://hooks.slack.com/services/planted";

const git = (...args: string[]) =>
  execa("git", ["-c", "user.name=a", "-c", "user.email=a@b.org", ...args], { cwd: checkout });

beforeAll(async () => {
  mkdirSync(temporary);
  const elsewhere = ["node_modules", ".git", ".ci"].map((name) => join(repoDir, name));
  cpSync(repoDir, checkout, { recursive: true, filter: (path) => !elsewhere.includes(path) });
  symlinkSync(join(repoDir, "node_modules"), join(checkout, "node_modules"));
  writeFileSync(stackFileOf("mine"), given("{ retention: { time: 7d }, storage: { size: 10Gi } }"));
  writeFileSync(stackFileOf("encrypted"), slack("{ secure: v1:one }"));
  writeFileSync(stackFileOf("plain"), slack(`${hook}-1`));
  await git("init", "--quiet", "--initial-branch", "main");
  await git("add", "--all", ".", ":!node_modules");
  await git("commit", "--quiet", "--message", "before");
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function review(stack: string, ref = "main"): Promise<{ exitCode: number; all: string }> {
  const cli = ["--import", "tsx", join(checkout, "local/cli.ts"), "render"];
  const args = [...cli, "--stack", stack, "--against", ref];
  const ran = await execa(process.execPath, args, {
    cwd: checkout,
    env: { TMPDIR: temporary },
    all: true,
    reject: false,
  });
  return { exitCode: ran.exitCode, all: ran.all! };
}

test("another setting in the working tree is compared with the commit", async () => {
  writeFileSync(stackFileOf("mine"), given("{ retention: { time: 9d }, storage: { size: 10Gi } }"));
  const { exitCode, all } = await review("mine");
  expect(all).toMatch(/^## Stack `mine` against `main` \([0-9a-f]{7,}\)$/m);
  expect(all).toMatch(/^- +retention_period: 7d$(\n^.*$)*\n^\+ +retention_period: 9d$/m);
  expect(all).not.toContain("\u001b[");
  expect(exitCode).toBe(0);
  expect(readdirSync(temporary).filter((name) => name.startsWith("observability"))).toEqual([]);
});

test.each([
  // Its text is not known: another encrypted one is taken for another secret.
  ["encrypted", "{ secure: v1:two }", /v1:/, /^- StatefulSet observability\/alertmanager: Secret /m],
  ["plain", `${hook}-2`, /planted/, /No object changes/],
])("a secret that is %s and changes is named, without its text", async (stack, url, hidden, objects) => {
  writeFileSync(stackFileOf(stack), slack(url));
  const { exitCode, all } = await review(stack);
  expect(all).toContain(
    '- `observability:alerting.receivers["name=team"].slack.url`: `[secret]` → `[secret]`',
  );
  expect(all).not.toMatch(hidden);
  expect(all).toMatch(objects);
  expect(exitCode).toBe(0);
});

test("where data would be lost it fails, after it has said what differs", async () => {
  writeFileSync(stackFileOf("mine"), given("{ retention: { time: 7d }, storage: { size: 1Gi } }"));
  const { exitCode, all } = await review("mine");
  expect(all).toContain("changed in place");
  expect(all.trim().split("\n").slice(-2)).toEqual([
    "Data would be lost:",
    expect.stringContaining("loki-data cannot shrink"),
  ]);
  expect(exitCode).toBe(1);
});

test("a stack that the commit does not have is added as a whole", async () => {
  writeFileSync(stackFileOf("fresh"), given("{ retention: { time: 7d } }"));
  const { exitCode, all } = await review("fresh");
  expect(all).toMatch(/^\*\*\d\d added, 0 changed in place, 0 replaced, 0 removed; /m);
  expect(exitCode).toBe(0);
});

test("where the stack file goes everything of the stack would be removed, and its data lost", async () => {
  rmSync(stackFileOf("mine"));
  const { exitCode, all } = await review("mine");
  expect(all).toContain("_The stack file Pulumi.mine.yaml goes. ");
  expect(all).toMatch(/^\*\*0 added, 0 changed in place, 0 replaced, \d\d removed; /m);
  expect(all).toContain("- PersistentVolumeClaim observability/loki-data would be deleted, with its data.");
  expect(exitCode).toBe(1);
});

test("a stack file that neither the working tree nor the commit has is a mistake", async () => {
  const { exitCode, all } = await review("mien");
  expect(all).toMatch(
    /^--against main: the stack file Pulumi\.mien\.yaml is neither here nor in that commit\.\nAllowed: /m,
  );
  expect(exitCode).toBe(1);
});

test("a commit that is not there is refused with what to do", async () => {
  const { exitCode, all } = await review("mine", "origin/nowhere");
  expect(all).toMatch(
    /^--against origin\/nowhere: no commit of that name that this branch comes from\. Allowed: /m,
  );
  expect(all).toContain("git fetch --unshallow");
  expect(all).not.toMatch(/^\s+at /m);
  expect(exitCode).toBe(1);
});
