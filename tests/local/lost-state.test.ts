/** A stack that is up by another state than the one that is asked. kubectl and Pulumi are played by scripts. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import programs from "../../local/offline/programs/programs.json";
import { repoDir } from "../../local/paths";
import { DEFAULT_CLASS, StandIns } from "../support/stand-ins";

jest.setTimeout(60_000);
const scratch = mkdtempSync(join(tmpdir(), "lost-state-"));
const standIns = new StandIns(scratch);
const state = join(scratch, "state/observability-stack");
const binding = join(state, "pulumi/kind/cluster.json");
const PATH = `${scratch}:${process.env.PATH}`;

async function command(args: string[], shell: Record<string, string> = {}) {
  const env = {
    PATH,
    XDG_STATE_HOME: join(scratch, "state"),
    XDG_CACHE_HOME: join(scratch, "cache"),
    ...shell,
  };
  const cli = ["--import", "tsx", join(repoDir, "local/cli.ts"), ...args];
  return execa(process.execPath, cli, { cwd: repoDir, env, all: true, reject: false });
}
const onWork = (name: string) => [name, "--context", "work", ...(name === "preview" ? [] : ["--yes"])];

/** What the state that is asked answers about the stack. */
function pulumi(answer: string): void {
  const plugins = (["kubernetes", "random"] as const).map((name) => ({
    name,
    version: programs[`pulumi-resource-${name}`].version,
  }));
  standIns.program(
    "pulumi",
    `case "$*" in version) echo v3.300.0;; "plugin ls"*) echo '${JSON.stringify(plugins)}';;
      "stack export"*) ${answer};; esac`,
  );
}
const EMPTY = `echo '{"deployment":{"manifest":{}}}'`;
const UNKNOWN = `echo "error: no stack named 'kind' found" >&2; exit 255`;

/** A cluster with a volume of the stack, as `kubectl get -l` selects it. */
function kubectl(volume: object = {}, first = ""): void {
  const metadata = { name: "prometheus-data", namespace: "observability", ...volume };
  const claim = { metadata, spec: { resources: { requests: { storage: "5Gi" } } } };
  standIns.program(
    "kubectl",
    `case "$*" in ${first} *get-contexts*) echo work;; *providerID*) echo kind://docker/work/node;;
      *"get namespace kube-system"*) printf a1;; *storageclass*) echo ${DEFAULT_CLASS};;
      *" pvc "*app.kubernetes.io/instance=kind*) echo '${JSON.stringify({ items: [claim] })}';;
      *"-o json") echo '{"items":[]}';; esac`,
  );
}

const changed = () =>
  standIns.called("pulumi").filter((line) => /^pulumi (up|preview|destroy|stack (select|rm))/.test(line));

beforeEach(() => {
  standIns.forgetCalls();
  rmSync(join(scratch, "state"), { recursive: true, force: true });
  for (const name of ["pulumi-language-nodejs", "docker", "kind"]) standIns.program(name, "exit 0");
  mkdirSync(join(state, "pulumi/kind"), { recursive: true });
  writeFileSync(binding, '{ "kind": "context", "name": "work", "uid": "a1" }');
  kubectl();
});

afterAll(() => rmSync(scratch, { recursive: true }));

describe.each([
  ["is empty", EMPTY],
  ["does not know the stack", UNKNOWN],
])("where the state %s", (_, answer) => {
  beforeEach(() => pulumi(answer));

  test.each(["up", "preview", "down"])(
    "%s changes nothing, and names the state that it asked",
    async (name) => {
      const { exitCode, all } = await command(onWork(name));
      expect(all).toContain(
        `The stack kind has volumes in the cluster (in observability: 1), and the state that was asked knows nothing of it: file://${state}/pulumi/state\n`,
      );
      expect(all).toMatch(/Nothing was changed.*\n.*PULUMI_BACKEND_URL, or pulumi login/);
      expect(exitCode).toBe(1);
      // No empty stack is left where it is not, and the cluster is not forgotten.
      expect(changed()).toEqual([]);
      expect(existsSync(binding)).toBe(true);
    },
  );
});

test("a backend of the shell is named, and the page that is named says how to go on without its state", async () => {
  pulumi(UNKNOWN);
  const { all } = await command(onWork("down"), {
    PULUMI_BACKEND_URL: "postgres://me:secret@other/db?sslmode=off",
  });
  expect(all).toContain("knows nothing of it: postgres://other/db\n");
  const [, page = "", heading = ""] = /lost for good: (\S+), "(.+?)"/.exec(all!) ?? [];
  expect(readFileSync(join(repoDir, page), "utf8")).toContain(`### ${heading}\n`);
});

test("a local cluster can be taken down without its state", async () => {
  mkdirSync(join(state, "clusters/trial"), { recursive: true });
  writeFileSync(
    join(state, "clusters/trial/kind.yaml"),
    readFileSync(join(repoDir, "local/cluster/kind.yaml")),
  );
  rmSync(binding);
  pulumi(UNKNOWN);
  const refused = await command(["preview", "--cluster", "trial"]);
  expect(refused.all).toContain("npm run down -- --stack kind --cluster trial");
  expect(refused.exitCode).toBe(1);
  const { all, exitCode } = await command(["down", "--cluster", "trial"]);
  expect(all).toContain("local cluster trial is removed");
  expect(exitCode).toBe(0);
});

test.each([
  [
    "the state knows something: an up that was killed goes on",
    `echo '{"deployment":{"resources":[{}]}}'`,
    kubectl,
  ],
  ["the state cannot be read: Pulumi says why", "exit 1", kubectl],
  ["the volumes are about to be gone", EMPTY, () => kubectl({ deletionTimestamp: "2026-01-01T00:00:00Z" })],
  ["they may not be listed", EMPTY, () => kubectl({}, `*" pvc "*) exit 1;;`)],
])("%s", async (_, answer, cluster) => {
  pulumi(answer);
  cluster();
  expect(await command(onWork("down"))).toMatchObject({ exitCode: 0 });
  expect(changed()).toContainEqual(expect.stringMatching(/^pulumi destroy/));
});
