/** Where Pulumi keeps its state, by what the user's shell says. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "backend-"));
const passphrase = join(scratch, "observability-stack/pulumi/passphrase");
const ours = {
  PULUMI_BACKEND_URL: `file://${join(scratch, "observability-stack/pulumi/state")}?metadata=skip`,
  PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
};

/** The module reads its paths from the environment when it is loaded. */
async function backend(shell: Record<string, string>): Promise<Record<string, string | undefined>> {
  const before = { ...process.env };
  for (const name of Object.keys(process.env).filter((one) => one.startsWith("PULUMI_")))
    delete process.env[name];
  Object.assign(process.env, { PULUMI_HOME: join(scratch, "nobody") }, shell, { XDG_STATE_HOME: scratch });
  try {
    return (await import("../../local/stack-files")).backendEnvironment(
      "kind",
      join(scratch, "Pulumi.kind.yaml"),
    );
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

test("so is what an earlier release said to export", async () => {
  expect(await backend({ ...ours, PULUMI_BACKEND_URL: ours.PULUMI_BACKEND_URL.split("?")[0] })).toEqual(ours);
});

test("one that is set to nothing is none", async () => {
  expect(await backend({ PULUMI_BACKEND_URL: "", PULUMI_ACCESS_TOKEN: "" })).toEqual(ours);
});

test.each<Record<string, string>>([{ PULUMI_BACKEND_URL: "s3://bucket" }, { PULUMI_ACCESS_TOKEN: "pul-1" }])(
  "the user's stays: %j",
  async (shell) => expect(await backend(shell)).toEqual({}),
);

describe("pulumi login of the user", () => {
  const PULUMI_HOME = join(scratch, "home");
  const credentials = join(PULUMI_HOME, "credentials.json");
  const state = join(scratch, "observability-stack/pulumi/state");
  mkdirSync(PULUMI_HOME);

  test("counts, for a Pulumi that has a home of its own as well", async () => {
    writeFileSync(credentials, '{ "current": "https://api.pulumi.com" }');
    expect(await backend({ PULUMI_HOME })).toEqual({ PULUMI_CREDENTIALS_PATH: PULUMI_HOME });
    expect(await backend({ PULUMI_CREDENTIALS_PATH: PULUMI_HOME })).toEqual({
      PULUMI_CREDENTIALS_PATH: PULUMI_HOME,
    });
  });

  const unset = { PULUMI_BACKEND_URL: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined };

  test("counts as much in a shell that has the exports of another stack, which is in our state", async () => {
    const login = { PULUMI_CREDENTIALS_PATH: PULUMI_HOME };
    expect(await backend({ ...ours, PULUMI_HOME })).toStrictEqual({ ...login, ...unset });
    const mine = { ...ours, PULUMI_CONFIG_PASSPHRASE_FILE: "/mine" };
    const { PULUMI_BACKEND_URL } = unset;
    expect(await backend({ ...mine, PULUMI_HOME })).toStrictEqual({ ...login, PULUMI_BACKEND_URL });
  });

  test("so does a token", async () =>
    expect(await backend({ ...ours, PULUMI_ACCESS_TOKEN: "pul-1" })).toStrictEqual(unset));

  test("does not move a stack that is in our state, whatever the shell has", async () => {
    mkdirSync(join(state, ".pulumi/stacks/observability-stack"), { recursive: true });
    writeFileSync(join(state, ".pulumi/stacks/observability-stack/kind.json"), "{}");
    expect(await backend({ PULUMI_HOME })).toEqual(ours);
    expect(await backend({ ...ours, PULUMI_HOME })).toEqual(ours);
    rmSync(join(state, ".pulumi"), { recursive: true });
  });

  test("ends with pulumi logout", async () => {
    writeFileSync(credentials, '{ "accounts": {} }');
    expect(await backend({ PULUMI_HOME })).toEqual(ours);
  });
});

describe("PULUMI_CONFIG_PASSPHRASE of the user", () => {
  const file = join(scratch, "Pulumi.kind.yaml");
  afterEach(() => rmSync(file, { force: true }));

  test.each(["", "theirs"])(
    "set to %p: Pulumi does not see it, as it would prefer it to ours",
    async (text) => {
      const env = { ...ours, PULUMI_CONFIG_PASSPHRASE: undefined };
      expect(await backend({ PULUMI_CONFIG_PASSPHRASE: text })).toStrictEqual(env);
    },
  );

  test("stays where the user has a backend", async () =>
    expect(
      await backend({ PULUMI_CONFIG_PASSPHRASE: "theirs", PULUMI_BACKEND_URL: "s3://bucket" }),
    ).toStrictEqual({}));

  test("stays for a stack file whose secrets it may have encrypted", async () => {
    writeFileSync(file, "encryptionsalt: v1:wixn4NQgkso=:v1:9ihKyK4npJd\nconfig: {}\n");
    expect(await backend({ PULUMI_CONFIG_PASSPHRASE: "theirs" })).toStrictEqual(ours);
  });
});

describe("a passphrase that got lost is an error: another one could not read the state", () => {
  const stacks = join(scratch, "observability-stack/pulumi/state/.pulumi/stacks/observability-stack");

  test("with a stack that is there: none is made in its place", async () => {
    rmSync(passphrase);
    mkdirSync(stacks, { recursive: true });
    writeFileSync(join(stacks, "other.json"), "{}");
    await expect(backend({})).rejects.toThrow(/passphrase is not there: .*\nPut the passphrase back/);
    expect(existsSync(passphrase)).toBe(false);
  });

  test("not where all stacks were taken down", async () => {
    renameSync(join(stacks, "other.json"), join(stacks, "other.json.bak"));
    expect(await backend({})).toEqual(ours);
  });

  test("an empty one", async () => {
    writeFileSync(passphrase, "\n");
    await expect(backend({})).rejects.toThrow(/passphrase is empty: .*\nPut the passphrase back/);
  });
});
