/** Where the Pulumi CLI and its plugins come from, with the CLI played by a script and nothing built. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "toolchain-"));
const calls = join(scratch, "calls");
const build = jest.fn((name: string) => Promise.resolve(join(scratch, "built", name)));
jest.mock("../../local/offline/build", () => ({
  ...jest.requireActual<object>("../../local/offline/build"),
  build: (name: string) => build(name),
  built: () => undefined,
}));

function program(name: string, body: string): void {
  writeFileSync(join(scratch, name), `#!/bin/sh\necho ${name} "$@" >> ${calls}\n${body}\n`);
  chmodSync(join(scratch, name), 0o755);
}

/** An installed CLI that has these plugins, and can fetch others or not. */
function installed(plugins: string[], fetches: boolean): void {
  const { "pulumi-resource-kubernetes": kubernetes, "pulumi-resource-random": random } = JSON.parse(
    readFileSync(join(__dirname, "../../local/offline/programs/programs.json"), "utf8"),
  );
  const versions: Record<string, string> = { kubernetes: kubernetes.version, random: random.version };
  const known = JSON.stringify(plugins.map((name) => ({ name, version: versions[name] })));
  const answers = [
    "version) echo v3.300.0;;",
    `"plugin ls"*) echo '${known}';;`,
    "*--file*) exit 0;;",
    `"plugin install"*) ${fetches ? "exit 0" : "echo no way >&2; exit 1"};;`,
  ];
  program("pulumi", `case "$*" in ${answers.join(" ")} esac`);
  program("pulumi-language-nodejs", "exit 0");
}

const provided = async (offline = false) =>
  (await import("../../local/toolchain")).provideToolchain(() => undefined, offline);
const installs = () =>
  readFileSync(calls, "utf8")
    .split("\n")
    .filter((line) => line.includes("plugin install"));

beforeEach(() => {
  writeFileSync(calls, "");
  build.mockClear();
  process.env.PATH = `${scratch}:/usr/bin:/bin`;
});

afterAll(() => rmSync(scratch, { recursive: true }));

test("an installed CLI with its plugins is used as it is", async () => {
  installed(["kubernetes", "random"], false);
  expect(await provided()).toMatchObject({ origin: "installed", version: "3.300.0" });
  expect(installs()).toEqual([]);
  expect(build).not.toHaveBeenCalled();
});

test("a plugin that it lacks is fetched by it", async () => {
  installed(["kubernetes"], true);
  await provided();
  expect(installs()).toEqual([expect.stringMatching(/plugin install resource random [\d.]+$/)]);
  expect(build).not.toHaveBeenCalled();
});

test("where it cannot be fetched nothing is compiled unasked: the user reads why", async () => {
  installed(["random"], false);
  await expect(provided()).rejects.toThrow(
    /^`pulumi plugin install resource kubernetes [\d.]+` failed: no way\.\nInstall it/,
  );
  expect(build).not.toHaveBeenCalled();
});

test("offline it is built", async () => {
  installed(["random"], false);
  await provided(true);
  expect(build).toHaveBeenCalledWith("pulumi-resource-kubernetes");
  expect(installs().at(-1)).toContain(`--file ${scratch}/built/pulumi-resource-kubernetes`);
});
