/** local/bin/pulumi, with the CLI played by a script that prints what it was given. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { repoDir } from "../../local/paths";

const scratch = mkdtempSync(join(tmpdir(), "plain-pulumi-"));
const copy = join(scratch, "state", "observability-stack", "pulumi", "kind", "Pulumi.kind.yaml");
const env = {
  PATH: [join(repoDir, "local", "bin"), scratch, process.env.PATH].join(":"),
  XDG_STATE_HOME: join(scratch, "state"),
  PULUMI_STACK: "kind",
};

beforeEach(() => {
  writeFileSync(join(scratch, "pulumi"), '#!/bin/sh\necho "$@"\n');
  chmodSync(join(scratch, "pulumi"), 0o755);
  copyFileSync(join(repoDir, "Pulumi.yaml"), join(scratch, "Pulumi.yaml"));
  writeFileSync(join(scratch, "Pulumi.kind.yaml"), "config: {a: 1}\n");
  rmSync(join(scratch, "state"), { recursive: true, force: true });
});

afterAll(() => rmSync(scratch, { recursive: true }));

const pulumi = async (args: string[], other: Record<string, string> = {}) =>
  (await execa("pulumi", args, { cwd: scratch, env: { ...env, ...other }, extendEnv: false, timeout: 5000 }))
    .stdout;

test.each([
  [["up", "--yes"]],
  [["preview", "--diff"]],
  [["refresh"]],
  [["destroy", "--stack", "kind"]],
  [["up", "-s", "kind"]],
  [["up", "--stack=kind"]],
  [["--non-interactive", "--color", "never", "up"]],
])("%p gets a fresh copy of the stack file", async (args) => {
  expect(await pulumi(args)).toBe([...args, "--config-file", copy].join(" "));
  expect(readFileSync(copy, "utf8")).toBe("config: {a: 1}\n");
});

test.each([
  ["another command", ["stack", "output"], {}],
  ["a setting of a stack without a file", ["config", "set", "a", "b", "-s", "prod"], {}],
  ["a file that the user names", ["up", "--config-file", "mine.yaml"], {}],
  ["a stack without a file", ["up", "--stack", "prod"], {}],
  ["no stack named", ["up"], { PULUMI_STACK: "" }],
])("%s goes to the CLI as it is", async (_, args, other) => {
  expect(await pulumi(args, other)).toBe(args.join(" "));
  expect(existsSync(copy)).toBe(false);
});

test("the stack file of an example is taken where there is no other of its name", async () => {
  mkdirSync(join(scratch, "examples"), { recursive: true });
  for (const name of ["kind", "shop"])
    writeFileSync(join(scratch, "examples", `Pulumi.${name}.yaml`), "config: {a: 2}\n");
  const shop = copy.replaceAll("kind", "shop");
  expect(await pulumi(["up", "-s", "shop"])).toBe(`up -s shop --config-file ${shop}`);
  expect(readFileSync(shop, "utf8")).toBe("config: {a: 2}\n");
  await pulumi(["up"]);
  expect(readFileSync(copy, "utf8")).toBe("config: {a: 1}\n");
});

test("settings are read and set in the file that the stack is made from", async () => {
  mkdirSync(join(scratch, "examples"), { recursive: true });
  writeFileSync(join(scratch, "examples", "Pulumi.shop.yaml"), "config: {a: 2}\n");
  for (const [stack, file] of [
    ["shop", "examples/Pulumi.shop.yaml"],
    ["kind", "Pulumi.kind.yaml"],
  ])
    expect(await pulumi(["config", "set", "--path", "a.b", "c"], { PULUMI_STACK: stack })).toBe(
      `config set --path a.b c --config-file ${file}`,
    );
  expect(existsSync(copy)).toBe(false);
});

test("another project goes to the CLI as it is", async () => {
  writeFileSync(join(scratch, "Pulumi.yaml"), "name: another\n");
  expect(await pulumi(["up"])).toBe("up");
});

describe("a stack that is up in a cluster of this machine's memory", () => {
  const kept = join(scratch, "state", "observability-stack", "pulumi", "kind");
  const kubectl = (script: string) => {
    writeFileSync(join(scratch, "kubectl"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(scratch, "kubectl"), 0o755);
  };
  beforeEach(() => {
    mkdirSync(kept, { recursive: true });
    writeFileSync(join(kept, "cluster.json"), '{ "kind": "kind", "name": "observability", "uid": "a1" }');
  });
  afterAll(() => rmSync(join(scratch, "kubectl")));

  test.each(["up", "refresh", "destroy"])(
    "%s is refused where the shell leads to another one",
    async (command) => {
      kubectl("printf b2");
      await expect(pulumi([command, "--yes"])).rejects.toThrow(
        `pulumi ${command}: the stack kind is up in another cluster than kubectl reaches in this shell. Nothing was changed.\nSet KUBECONFIG as npm run up printed it`,
      );
      expect(existsSync(copy)).toBe(false);
    },
  );

  test.each([
    ["in that one", "printf a1", "up"],
    ["where no cluster answers: Pulumi says so", "exit 1", "up"],
    ["for a preview, which changes nothing", "printf b2", "preview"],
  ])("goes to the CLI %s", async (_, answer, command) => {
    kubectl(answer);
    expect(await pulumi([command])).toBe(`${command} --config-file ${copy}`);
  });

  test("by a context of the stack file it goes where that leads", async () => {
    kubectl("printf b2");
    writeFileSync(join(scratch, "Pulumi.kind.yaml"), "config: { kubernetes:context: work }\n");
    expect(await pulumi(["up"])).toBe(`up --config-file ${copy}`);
  });
});

test("it never calls itself, and says what to do where there is no CLI", async () => {
  const bin = join(repoDir, "local", "bin");
  const PATH = [bin, `${bin}/`, `${bin}/../bin`, "/usr/bin", "/bin"].join(":");
  await expect(pulumi(["version"], { PATH })).rejects.toThrow("npm run up provides one");
});

test("that of another checkout, which comes first or last on the PATH, does not call it for ever", async () => {
  const other = join(scratch, "other");
  const bin = join(repoDir, "local", "bin");
  mkdirSync(other);
  copyFileSync(join(bin, "pulumi"), join(other, "pulumi"));
  for (const both of [
    [bin, other],
    [other, bin],
  ])
    expect(await pulumi(["version"], { PATH: [...both, scratch, process.env.PATH].join(":") })).toBe(
      "version",
    );
});
