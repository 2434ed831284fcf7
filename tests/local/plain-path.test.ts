/** What a user with Docker and the internet gets, who has neither kind nor kubectl nor Pulumi. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { pathOf } from "../../local/offline/build";
import { repoDir } from "../../local/paths";
import {
  cache,
  command,
  config,
  machine,
  options,
  publish,
  publishedStandIns,
  scratch,
  standIns,
  up,
  useNewMachine,
} from "../support/new-machine";
import { DEFAULT_CLASS, StandIns } from "../support/stand-ins";

useNewMachine();

test("kind, kubectl and Pulumi are fetched once, and the node pulls the images, with progress", async () => {
  const { all, exitCode } = await up();
  expect(all).toMatch(/Pulumi 3\.\d+\.\d+ \(downloaded\)/);
  expect(all).toMatch(/kubectl [\d.]+: 0\.0 of 0\.0 MB/);
  expect(all).toMatch(/image docker\.io\/prom\/prometheus:\S+: pulling, \d+ of \d+/);
  expect(exitCode).toBe(0);
  expect(publishedStandIns.called("kind")).toContainEqual(
    expect.stringContaining("kind create cluster --name trial"),
  );
  expect(standIns.called("docker")).toContainEqual(
    expect.stringMatching(
      /^docker exec trial-control-plane ctr --namespace k8s.io images pull \S+ \S+ docker\.io\/grafana\/loki:/,
    ),
  );

  machine.publisher.asked.length = 0;
  await command("status");
  expect(machine.publisher.asked).toEqual([]);
});

describe("plain kubectl works after the exports that up prints, where it", () => {
  const KUBECTL = `case "$*" in *storageclass*) echo ${DEFAULT_CLASS};; *"-o json"*) echo '{"items":[]}';; esac`;
  const found = async () => {
    const { all = "" } = await up();
    const [, exported = ""] = /^ +(export PATH=.*)$/m.exec(all) ?? [];
    return (await execa("sh", ["-c", `${exported}; command -v kubectl`], options())).stdout;
  };

  test("was downloaded", async () => expect(await found()).toMatch(/\/downloads\/kubectl-[\d.]+\/kubectl$/));

  test("was built here", async () => {
    const directory = join(cache, "observability-stack", pathOf("kubernetes"));
    mkdirSync(directory, { recursive: true });
    new StandIns(directory).program("kubectl", KUBECTL);
    expect(await found()).toBe(join(directory, "kubectl"));
  });

  test("is the user's own", async () => {
    standIns.program("kubectl", KUBECTL);
    const path = await found();
    rmSync(join(scratch, "bin/kubectl"));
    expect(path).toBe(join(scratch, "bin/kubectl"));
  });
});

test.each([
  ["Enter: it is looked for again", "\n", 2],
  ["anything else: what else can be done", "q\n", 1],
])("Docker is stopped, on a terminal: %s", async (_, input, times) => {
  const stopped = join(scratch, "stopped");
  writeFileSync(stopped, "");
  standIns.program("docker", `if test -e ${stopped}; then rm ${stopped}; echo not started >&2; exit 1; fi`);
  const typed = `${process.execPath} --import tsx local/cli.ts up --cluster trial --config-file ${config} --port-offset 1700`;
  const shell = ["-qec", typed, "/dev/null"];
  const { stdout } = await execa("script", shell, { ...options(), input });
  expect(stdout).toContain("Docker does not answer (not started).");
  expect(stdout).toContain("Start it and press Enter");
  expect(stdout.includes("Choose one:")).toBe(times === 1);
  expect(
    standIns.called("docker").filter((line) => line.startsWith("docker version")).length,
  ).toBeGreaterThanOrEqual(times);
});

test("commands that only look, or take away, build nothing", async () => {
  await up();
  standIns.program("go", "exit 0");
  rmSync(cache, { recursive: true });
  machine.publisher.refuse("503 Service Unavailable");
  for (const name of ["status", "preview", "down"]) {
    const { all, exitCode } = await command(name);
    expect(all).toMatch(
      /^There is no `kubectl`, and it cannot be downloaded: dl\.k8s\.io does not answer \(.*503/m,
    );
    expect(exitCode).toBe(1);
  }
  expect(standIns.called("go")).toEqual([]);
});

describe("the sample workload", () => {
  const REF = "docker.io/observability-stack/ticketing:0.1.0";
  const docker = () => standIns.called("docker").filter((line) => /^docker (build|push)/.test(line));

  test("is built by the user's Docker and loaded into kind", async () => {
    await up();
    expect(await command("ticketing", "--image", "r/t:1")).toMatchObject({ exitCode: 1 });
    expect(docker()).toEqual([]);
    const { all } = await command("ticketing");
    expect(docker()).toEqual([`docker build --tag ${REF} ${join(repoDir, "examples/ticketing")}`]);
    expect(publishedStandIns.called("kind").at(-1)).toBe(`kind load docker-image ${REF} --name trial`);
    expect(all).toContain("10 users, 1 visits a second, 60 s");
  });

  test("is not run where the stack does not watch it", async () => {
    publishedStandIns.program(
      "kubectl",
      `case "$*" in *storageclass*) echo ${DEFAULT_CLASS};; *"-o json"*) echo '{"items":[]}';; esac`,
    );
    publish("kubectl");
    await up();
    const { all, exitCode } = await command("ticketing");
    expect(all).toMatch(
      /^The stack does not watch .*namespace ticketing.*\nnpm run up -- --config-file examples\/Pulumi\.ticketing\.yaml$/m,
    );
    expect(exitCode).toBe(1);
    expect(docker()).toEqual([]);
  });

  test("is pushed to the registry that is named for a cluster of the user's", async () => {
    publishedStandIns.program(
      "kubectl",
      `case "$*" in *apply*) cat > /dev/null;; *get-contexts*) echo work;; *"get configmap"*) echo there;; esac`,
    );
    publish("kubectl");
    const unnamed = await command("ticketing", "--context", "work");
    expect(unnamed.all).toMatch(/^ticketing --context work: .*--image REGISTRY\/ticketing:0\.1\.0/m);
    expect(docker()).toEqual([]);
    const image = ["--context", "work", "--image", "r.example.org/team/ticketing:1"];
    await command("ticketing", ...image);
    expect(docker().at(-1)).toBe("docker push r.example.org/team/ticketing:1");
    standIns.program("docker", `case $1 in push) echo denied: no such repository >&2; exit 1;; esac`);
    const { all, exitCode } = await command("ticketing", ...image);
    expect(all).toMatch(/docker: cannot push r\.example\.org\S+: denied: no such repository$/);
    expect(exitCode).toBe(1);
  });
});

test.each(["XDG_CACHE_HOME", "XDG_STATE_HOME"])("a directory of %s that cannot be written", async (name) => {
  const cli = [
    "--import",
    "tsx",
    join(repoDir, "local/cli.ts"),
    "up",
    "--port-offset",
    "1700",
    "--config-file",
    config,
  ];
  const env = { ...options().env, [name]: "/dev/null" };
  const { all, exitCode } = await execa(process.execPath, cli, { ...options(), env });
  expect(all).toMatch(
    /^\/dev\/null\/\S+ cannot be written \(ENOTDIR\)\..*\nMake both writable, or set XDG_CACHE_HOME/m,
  );
  expect(all).not.toMatch(/^\s+at /m);
  expect(exitCode).toBe(1);
});
