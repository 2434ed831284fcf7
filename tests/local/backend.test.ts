/** Where Pulumi keeps its state, by what the user's shell says. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "backend-"));
const passphrase = join(scratch, "observability-stack/pulumi/passphrase");
const ours = {
  PULUMI_BACKEND_URL: `file://${join(scratch, "observability-stack/pulumi/state")}`,
  PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
};

/** The module reads its paths from the environment when it is loaded. */
async function backend(shell: Record<string, string>): Promise<Record<string, string>> {
  const before = { ...process.env };
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"]) delete process.env[name];
  Object.assign(process.env, shell, { XDG_STATE_HOME: scratch });
  try {
    return (await import("../../local/stack-files")).backendEnvironment();
  } finally {
    process.env = before;
  }
}

afterAll(() => rmSync(scratch, { recursive: true }));

test("none: a directory of this machine, and a passphrase that only its owner reads", async () => {
  expect(await backend({})).toEqual(ours);
  expect(readFileSync(passphrase, "utf8")).toMatch(/^\w{48}$/);
  expect(statSync(passphrase).mode & 0o777).toBe(0o600);
});

test("ours, pasted into the shell: the same, with the same passphrase", async () => {
  const before = readFileSync(passphrase, "utf8");
  expect(await backend(ours)).toEqual(ours);
  expect(readFileSync(passphrase, "utf8")).toBe(before);
});

test("one that is set to nothing is none", async () => {
  expect(await backend({ PULUMI_BACKEND_URL: "", PULUMI_ACCESS_TOKEN: "" })).toEqual(ours);
});

test.each<Record<string, string>>([{ PULUMI_BACKEND_URL: "s3://bucket" }, { PULUMI_ACCESS_TOKEN: "pul-1" }])(
  "the user's stays: %j",
  async (shell) => expect(await backend(shell)).toEqual({}),
);

test("a passphrase that got lost is an error: another one could not read the state", async () => {
  writeFileSync(passphrase, "\n");
  await expect(backend({})).rejects.toThrow(/passphrase is empty: .*\nPut the passphrase back/);
});
