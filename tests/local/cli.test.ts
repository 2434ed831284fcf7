/** The commands as they are typed. docker, kind, kubectl and Pulumi are played by scripts. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import execa from "execa";
import programs from "../../local/offline/programs/programs.json";
import { repoDir } from "../../local/paths";
import { DEFAULT_CLASS, StandIns } from "../support/stand-ins";

jest.setTimeout(60_000);
const scratch = mkdtempSync(join(tmpdir(), "cli-"));
const standIns = new StandIns(scratch);
const record = join(scratch, "state/observability-stack/clusters/trial");
const env = {
  PATH: `${scratch}:${process.env.PATH}`,
  XDG_STATE_HOME: join(scratch, "state"),
  XDG_CACHE_HOME: join(scratch, "cache"),
};

const plugins = (["kubernetes", "random"] as const).map((name) => ({
  name,
  version: programs[`pulumi-resource-${name}`].version,
}));

async function command(...args: string[]): Promise<{ exitCode: number; all?: string }> {
  const cli = ["--import", "tsx", join(repoDir, "local/cli.ts")];
  return execa(process.execPath, [...cli, ...args], { cwd: repoDir, env, all: true, reject: false });
}

beforeEach(() => {
  standIns.forgetCalls();
  rmSync(join(scratch, "state"), { recursive: true, force: true });
  standIns.program(
    "pulumi",
    `case "$*" in version) echo v3.300.0;; "plugin ls"*) echo '${JSON.stringify(plugins)}';; esac`,
  );
  for (const name of ["pulumi-language-nodejs", "docker", "kind", "kubectl"])
    standIns.program(name, "exit 0");
});

afterAll(() => rmSync(scratch, { recursive: true }));

/** As `up` leaves it. */
function recordCluster(): void {
  mkdirSync(record, { recursive: true });
  writeFileSync(join(record, "kind.yaml"), readFileSync(join(repoDir, "local/cluster/kind.yaml")));
}

describe("a configuration that is refused: its message, no stack trace, exit code 1", () => {
  const file = join(scratch, "Pulumi.refused.yaml");
  const misspelt =
    /\/Pulumi\.refused\.yaml has a setting .*\n.*observability:logs.backend is "lokki"; allowed: loki/;
  const names = Array.from({ length: 8000 }, (_, i) => `s${i}`);
  const services = `{ name: s, namespace: n, port: 80, alike: [${names.join()}] }`;

  test.each([
    ["render", "logs: { backend: lokki }", misspelt],
    ["up", "logs: { backend: lokki }", misspelt],
    ["preview", "logs: { backend: lokki }", misspelt],
    ["status", "logs: { backend: lokki }", misspelt],
    // These two are noticed while the program runs: Pulumi hands the text on as JSON, and files add up.
    ["render", 'environment: "true"', /observability:environment is true; allowed: /],
    ["render", `services: [${services}]`, /^The files of ConfigMap .* allowed: 900000/],
  ])("%s", async (name, setting, message) => {
    writeFileSync(file, `config:\n  observability:${setting}\n`);
    const { exitCode, all } = await command(name, "--config-file", file);
    expect(all).toMatch(message);
    expect(all).not.toMatch(/^\s+at |RunError|Node\.js v/m);
    expect(all!.split("\n").length).toBeLessThan(6);
    expect(exitCode).toBe(1);
    expect(standIns.called("docker", "kind", "pulumi")).toEqual([]);
  });
});

describe("up --port-offset", () => {
  const example = "examples/Pulumi.tiketi.yaml";
  test.each([
    ["--stack", "kind", "Pulumi.kind.yaml"],
    ["--stack", "tiketi", example],
    ["--config-file", example, example],
  ])(
    "%s %s: is refused while links would lead to another cluster, before anything is done",
    async (flag, value, file) => {
      const offset = ["--cluster", "trial", "--port-offset", "1000"];
      const { exitCode, all } = await command("up", ...offset, flag, value);
      expect(all).toContain("--port-offset 1000: observability:edge.url is http://localhost:8080");
      expect(all).toContain(`In ${file} set observability:edge: { url: "http://localhost:9080" }`);
      expect(exitCode).toBe(1);
      expect(standIns.called("docker", "kind", "pulumi")).toEqual([]);
    },
  );

  test("is a number", async () => {
    const { exitCode, all } = await command("up", "--port-offset", "2001");
    expect(all).toContain("Allowed: 0 to 2000");
    expect(exitCode).toBe(1);
  });
});

test("up names the examples that a copy of Pulumi.prod.yaml still has, before anything is done", async () => {
  const { exitCode, all } = await command("up", "--stack", "prod", "--context", "work", "--yes");
  expect(all).toContain("observability:grafana.database.host: grafana.wealist.example.org");
  expect(exitCode).toBe(1);
  expect(standIns.called("docker", "kind", "kubectl", "pulumi")).toEqual([]);
});

test.each([
  ["--stack", "../prod", "a path goes into --config-file"],
  ["--stack", "acme/prod", "pulumi org set-default acme, then --stack prod"],
  ["--stack", "acme/shop/prod", "pulumi org set-default acme, then --stack prod"],
  ["--stack", "examples/Pulumi.shop.yaml", "a path goes into --config-file"],
  ["--stack", "..", "Allowed: at most 100 letters"],
  ["--cluster", "../../other", "Allowed: at most 50 lower-case letters"],
  ["--cluster", "Trial", "Allowed: at most 50 lower-case letters"],
])("%s %s is refused: it names a file, a directory, objects", async (option, value, message) => {
  const { exitCode, all } = await command("down", option, value);
  expect(all).toContain(message);
  expect(exitCode).toBe(1);
  expect(standIns.called("docker", "kind", "pulumi")).toEqual([]);
});

test("render ends quietly where nobody reads on, as with head", async () => {
  const cli = `${process.execPath} --import tsx ${join(repoDir, "local/cli.ts")}`;
  const piped = `set -o pipefail; ${cli} render | head -n 1`;
  const { exitCode, all } = await execa("bash", ["-c", piped], {
    ...{ cwd: repoDir, env, all: true, reject: false },
  });
  expect(all).toBe("---");
  expect(exitCode).toBe(0);
});

describe("down", () => {
  const down = () => command("down", "--cluster", "trial");

  test("destroys the stack, removes its cluster and then forgets the stack", async () => {
    recordCluster();
    const { exitCode, all } = await down();
    expect(all).toContain("local cluster trial is removed");
    expect(exitCode).toBe(0);
    const calls = standIns.called("pulumi", "kind").map((line) => line.split(" ").slice(0, 3).join(" "));
    expect(calls.filter((line) => !/version|plugin/.test(line))).toEqual([
      "pulumi stack select",
      "pulumi destroy --stack",
      "kind delete cluster",
      "pulumi stack rm",
    ]);
    expect(existsSync(record)).toBe(false);
  });

  test("a passphrase of the shell, which Pulumi would prefer to ours, does not reach it", async () => {
    recordCluster();
    standIns.program(
      "pulumi",
      `case "$*" in version) echo v3.300.0;; "plugin ls"*) echo '${JSON.stringify(plugins)}';;
        destroy*) echo "passphrase: \${PULUMI_CONFIG_PASSPHRASE-none} by $PULUMI_CONFIG_PASSPHRASE_FILE"; exit 1;; esac`,
    );
    process.env.PULUMI_CONFIG_PASSPHRASE = "of the shell";
    const { all } = await down();
    delete process.env.PULUMI_CONFIG_PASSPHRASE;
    expect(all).toContain(
      `passphrase: none by ${join(scratch, "state/observability-stack/pulumi/passphrase")}`,
    );
    expect(all).toContain(
      'PULUMI_CONFIG_PASSPHRASE of this shell does not count with this state: docs/configuration.md, "A passphrase of your own".',
    );
  });

  test("forgets nothing of a cluster that it cannot remove", async () => {
    recordCluster();
    standIns.program("kubectl", `case "$*" in *--raw*) exit 1;; esac`);
    standIns.program(
      "kind",
      `test "$1" = version || { echo Cannot connect to the Docker daemon >&2; exit 1; }`,
    );
    const { exitCode, all } = await down();
    expect(all).toBe("kind: cannot delete cluster trial: Cannot connect to the Docker daemon");
    expect(exitCode).toBe(1);
    expect(standIns.called("pulumi").filter((line) => /stack|destroy/.test(line))).toEqual([]);
    expect(existsSync(record)).toBe(true);
  });

  test("leaves a cluster that another stack keeps something in", async () => {
    recordCluster();
    const labels = {
      "app.kubernetes.io/part-of": "observability-stack",
      "app.kubernetes.io/instance": "second",
    };
    const items = [{ metadata: { name: "loki-data", namespace: "second", labels } }];
    standIns.program("kubectl", `case "$*" in *"-o json") echo '${JSON.stringify({ items })}';; esac`);
    const { exitCode, all } = await down();
    expect(all).toContain(
      "The local cluster trial stays: the stack second is in it. With that one it goes: npm run down -- --stack second --cluster trial",
    );
    expect(exitCode).toBe(0);
    expect(standIns.called("kind").filter((line) => line.includes("delete"))).toEqual([]);
    expect(standIns.called("pulumi")).toContainEqual(expect.stringMatching(/^pulumi destroy --stack kind/));
    expect(existsSync(record)).toBe(true);
  });

  test("takes away a stack whose file is gone, by the copy that is left; without one it says so", async () => {
    recordCluster();
    const gone = () => command("down", "--stack", "gone", "--cluster", "trial");
    const { exitCode, all } = await gone();
    expect(all).toMatch(/Pulumi\.gone\.yaml is not there.*\nBring it back/);
    expect(exitCode).toBe(1);
    const copy = join(scratch, "state/observability-stack/pulumi/gone/Pulumi.gone.yaml");
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, "config: {}\n");
    expect(await gone()).toMatchObject({ exitCode: 0 });
    expect(standIns.called("pulumi")).toContainEqual(expect.stringMatching(/^pulumi destroy --stack gone/));
  });

  test.each([
    ["a process of this machine that has ended", hostname(), true],
    ["a process of another machine that shares the home directory", "devbox-2", false],
  ])("the lock of %s", async (_, on, cancelled) => {
    recordCluster();
    const locks = join(
      scratch,
      "state/observability-stack/pulumi/state/.pulumi/locks/organization/observability-stack/kind",
    );
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "1.json"), JSON.stringify({ pid: 2 ** 22 + 1, hostname: on }));
    await down();
    expect(standIns.called("pulumi").some((line) => line.startsWith("pulumi cancel"))).toBe(cancelled);
  });

  test("forgets nothing where there is no such cluster: the stack may be up in another", async () => {
    const { exitCode, all } = await down();
    expect(all).toBe("there is no local cluster trial");
    expect(exitCode).toBe(0);
    expect(standIns.called("pulumi")).toEqual([]);
  });
});

describe("a cluster of the user's", () => {
  const pulumi = () => standIns.called("pulumi").filter((line) => /up|destroy/.test(line));

  /** Answers as a cluster of kind's that holds nothing, after `first`. */
  const kubectl = (first: string) =>
    standIns.program(
      "kubectl",
      `case "$*" in ${first} *get-contexts*) echo work;; *providerID*) echo kind://docker/work/node;;
        *storageclass*) echo ${DEFAULT_CLASS};;
        *"-o json") echo '{"items":[]}';; esac`,
    );
  beforeEach(() => kubectl(""));

  test("a stack for kind is not for nodes of another make", async () => {
    kubectl(`*providerID*) echo aws:///eu-west-1a/i-1 aws:///eu-west-1b/i-2;;`);
    const example = "examples/Pulumi.tiketi.yaml";
    const { exitCode, all } = await command("up", "--yes", "--context", "work", "--config-file", example);
    expect(all).toMatch(
      /--context work: the stack kind is for a laptop .*\(aws:\/\/\/eu-west-1a\/i-1\)\. Nothing was changed\./,
    );
    expect(all).toContain(`set observability:platform in ${example}`);
    expect(exitCode).toBe(1);
    expect(pulumi()).toEqual([]);
  });

  test("a NodePort that another Service has is named, with its key; our own are no obstacle", async () => {
    const service = (namespace: string, name: string) => ({
      metadata: {
        namespace,
        name,
        labels: {
          "app.kubernetes.io/instance": "kind",
          ...(namespace === "observability" ? { "app.kubernetes.io/part-of": "observability-stack" } : {}),
        },
      },
      spec: { ports: [{ nodePort: 30006 }] },
    });
    // A release of Helm may have the stack's name.
    const items = JSON.stringify({ items: [service("shop", "front"), service("observability", "grafana")] });
    kubectl(`*services*) echo '${items}';;`);
    const { exitCode, all } = await command("up", "--yes", "--context", "work");
    expect(all).toContain(
      "30006, by the Service shop/front: set observability:grafana.nodePort to another, or to null",
    );
    expect(all).not.toContain("observability/grafana");
    expect(exitCode).toBe(1);
    expect(pulumi()).toEqual([]);
  });

  test("where another stack has the NodePorts, the command that removes that one is named", async () => {
    const items = [30006, 30090].map((nodePort) => ({
      metadata: {
        ...{ namespace: "observability", name: `on-${nodePort}` },
        labels: {
          "app.kubernetes.io/part-of": "observability-stack",
          "app.kubernetes.io/instance": "kind",
        },
      },
      spec: { ports: [{ nodePort }] },
    }));
    kubectl(`*services*) echo '${JSON.stringify({ items })}';;`);
    const { exitCode, all } = await command("up", "--stack", "ticketing", "--yes", "--context", "work");
    expect(all).toContain("30006, by the Service observability/on-30006");
    expect(all?.match(/^The stack .*$/gm)).toEqual([
      "The stack kind is up there. To have ticketing in its place, remove it with its data: npm run down -- --stack kind --context work",
    ]);
    expect(exitCode).toBe(1);
    expect(pulumi()).toEqual([]);
  });

  test.each(["up", "down"])("%s: is not changed unasked", async (name) => {
    const { exitCode, all } = await command(name, "--context", "work");
    expect(all).toBe(
      `${name} --context work: it shows what would change and asks, and there is no terminal to ask on. ` +
        "Look with npm run preview, then give --yes.",
    );
    expect(exitCode).toBe(1);
    expect(pulumi()).toEqual([]);
  });

  test("a cluster without a class for the volumes is refused before anything is made", async () => {
    kubectl(`*storageclass*) echo '{"items":[]}';;`);
    expect(await command("up", "--context", "work", "--yes")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/storage\.class.*no default StorageClass.*\n.*Nothing was changed/),
    });
    expect(pulumi()).toEqual([]);
  });

  describe("another backend, whose volume goes", () => {
    const file = join(scratch, "Pulumi.elsewhere.yaml");
    const label = { "app.kubernetes.io/name": "loki" };
    const claim = {
      metadata: { name: "loki-data", namespace: "observability", labels: label },
      spec: { storageClassName: "standard", resources: { requests: { storage: "5Gi" } } },
    };
    /** What Pulumi's state says of the volume. */
    const state = (protect: boolean) =>
      standIns.program(
        "pulumi",
        `case "$*" in version) echo v3.300.0;; "plugin ls"*) echo '${JSON.stringify(plugins)}';;
        "stack export"*) echo '${JSON.stringify({ deployment: { resources: [{ id: "observability/loki-data", protect }] } })}';; esac`,
      );
    beforeEach(() => {
      // As it says for the switch itself; what counts is what was protected when the volume was last up.
      writeFileSync(
        file,
        "config:\n  observability:logs: { backend: elasticsearch }\n  observability:protect: false\n",
      );
      kubectl(`*" pvc "*) echo '${JSON.stringify({ items: [claim] })}';;`);
    });
    const run = (name: string) =>
      command(name, "--config-file", file, "--context", "work", ...(name === "up" ? ["--yes"] : []));

    test.each(["preview", "up"])(
      "%s refuses it where the volume is protected, before anything is changed",
      async (name) => {
        state(true);
        const { exitCode, all } = await run(name);
        expect(all).toContain(
          "observability:protect keeps from being deleted:\n  The volume loki-data in observability",
        );
        expect(all).toMatch(
          /Nothing was changed\. Allowed in \S+\/Pulumi\.elsewhere\.yaml: .*\n.*1\..*set observability:protect: false, and run up.*\n.*2\..* run up/,
        );
        expect(exitCode).toBe(1);
        expect(standIns.called("pulumi").filter((line) => /^pulumi (up|preview)/.test(line))).toEqual([]);
      },
    );

    test.each(["preview", "up"])(
      "%s names it where the volume is not protected, and goes on",
      async (name) => {
        state(false);
        const { exitCode, all } = await run(name);
        expect(all).toContain(
          "The volume loki-data in observability will be deleted, with all that is on it.",
        );
        expect(exitCode).toBe(0);
        expect(standIns.called("pulumi")).toContainEqual(expect.stringMatching(`^pulumi ${name} `));
      },
    );
  });

  test("status of a stack that is up in another cluster is refused: its addresses would be those of this one", async () => {
    const directory = join(scratch, "state/observability-stack/pulumi/kind");
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, "cluster.json"),
      JSON.stringify({ kind: "context", name: "prod", uid: "another" }),
    );
    const { exitCode, all } = await command("status", "--context", "work");
    expect(all).toContain(
      "The stack kind is up in the cluster of --context prod, and work is another cluster",
    );
    expect(all).not.toContain("export ");
    expect(exitCode).toBe(1);
  });

  test("--yes answers beforehand", async () => {
    expect(await command("up", "--context", "work", "--yes")).toMatchObject({ exitCode: 0 });
    expect(pulumi()).toEqual([expect.stringMatching(/^pulumi up .*--yes --skip-preview/)]);
    expect(await command("down", "--context", "work", "--yes")).toMatchObject({ exitCode: 0 });
    expect(pulumi()).toContainEqual(expect.stringMatching(/^pulumi destroy .*--yes/));
  });

  test("on a terminal Pulumi shows its preview and asks", async () => {
    // script gives the command a terminal.
    const typed = `${process.execPath} --import tsx local/cli.ts up --context work`;
    const { exitCode } = await execa("script", ["-qec", typed, "/dev/null"], {
      cwd: repoDir,
      env,
      reject: false,
    });
    expect(exitCode).toBe(0);
    expect(pulumi()).toEqual([expect.stringMatching(/^pulumi up (?!.*--(yes|skip-preview))/)]);
  });

  test.each([
    ["declined", "[]", false],
    ["stopped half-way", '[{ "urn": "a" }]', true],
  ])(
    "an up that was %s: bound to that cluster only where something was made",
    async (_, resources, bound) => {
      standIns.program(
        "pulumi",
        `case "$*" in version) echo v3.300.0;; "plugin ls"*) echo '${JSON.stringify(plugins)}';; up*) exit 255;;
        "stack export"*) echo '{ "deployment": { "resources": ${resources} } }';; esac`,
      );
      expect(await command("up", "--context", "work", "--yes")).toMatchObject({ exitCode: 1 });
      expect(existsSync(join(scratch, "state/observability-stack/pulumi/kind/cluster.json"))).toBe(bound);
    },
  );
});

test("Ctrl-C: the command stays until Pulumi has finished what it began", async () => {
  standIns.program(
    "pulumi",
    `case "$*" in version) echo v3.300.0;; "plugin ls"*) echo '${JSON.stringify(plugins)}';;
      destroy*) trap 'sleep 1; echo finished; exit 1' INT; echo begun; while :; do sleep 0.1; done;; esac`,
  );
  recordCluster();
  const tsx = join(repoDir, "node_modules/.bin/tsx");
  const typed = ["local/cli.ts", "down", "--cluster", "trial"];
  // A group of its own, as a terminal makes: Ctrl-C reaches all of it.
  const running = execa(tsx, typed, { cwd: repoDir, env, all: true, reject: false, detached: true });
  running.all!.on("data", (text: Buffer) => {
    if (text.includes("begun")) process.kill(-running.pid!, "SIGINT");
  });
  const { all, exitCode } = await running;
  expect(all).toMatch(/begun\nfinished\npulumi destroy --stack kind failed/);
  expect(exitCode).toBe(1);
});
