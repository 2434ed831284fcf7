/** local/bin/pulumi, with the CLI played by a script that prints what it was given. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { repoDir } from "../../local/paths";

const scratch = mkdtempSync(join(tmpdir(), "plain-pulumi-"));
const state = join(scratch, "state", "observability-stack", "pulumi");
const copy = join(state, "kind", "Pulumi.kind.yaml");
const env = {
  PATH: [join(repoDir, "local", "bin"), scratch, process.env.PATH].join(":"),
  XDG_STATE_HOME: join(scratch, "state"),
  PULUMI_BACKEND_URL: `file://${state}/state`,
  PULUMI_STACK: "kind",
};

beforeEach(() => {
  mkdirSync(join(state, "kind"), { recursive: true });
  writeFileSync(join(scratch, "pulumi"), '#!/bin/sh\necho "$@"\n');
  chmodSync(join(scratch, "pulumi"), 0o755);
  writeFileSync(join(scratch, "Pulumi.kind.yaml"), "config: {a: new}\n");
  writeFileSync(copy, "config: {a: old}\nencryptionsalt: v1:salt\n");
});

afterAll(() => rmSync(scratch, { recursive: true }));

const pulumi = async (args: string[], other: Record<string, string> = {}) =>
  (await execa("pulumi", args, { cwd: scratch, env: { ...env, ...other }, extendEnv: false })).stdout;

test.each([
  [["up", "--yes"]],
  [["preview", "--diff"]],
  [["refresh"]],
  [["destroy", "--stack", "kind"]],
  [["up", "-s", "kind"]],
  [["up", "--stack=kind"]],
])("%p gets a fresh copy with the salt", async (args) => {
  expect(await pulumi(args)).toBe([...args, "--config-file", copy].join(" "));
  expect(readFileSync(copy, "utf8")).toBe("config: {a: new}\nencryptionsalt: v1:salt\n");
});

test.each([
  ["another command", ["config", "set", "a", "b"], {}],
  ["a file that the user names", ["up", "--config-file", "mine.yaml"], {}],
  ["a stack without a copy", ["up", "--stack", "prod"], {}],
  ["a backend of the user's", ["up"], { PULUMI_BACKEND_URL: "s3://bucket" }],
  ["no stack named", ["up"], { PULUMI_STACK: "" }],
])("%s goes to the CLI as it is", async (_, args, other) => {
  expect(await pulumi(args, other)).toBe(args.join(" "));
  expect(readFileSync(copy, "utf8")).toContain("old");
});

test("a stack file with a salt of its own is Pulumi's to use", async () => {
  writeFileSync(join(scratch, "Pulumi.kind.yaml"), "config: {}\nencryptionsalt: v1:own\n");
  expect(await pulumi(["up"])).toBe("up");
});
