/**
 * What a user has with Docker and the internet, and nothing else: `up` fetches kind, kubectl and Pulumi. They are
 * played by scripts, but the way to them is real: names, checksums, a proxy.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import execa from "execa";
import programs from "../../local/offline/programs/programs.json";
import { repoDir } from "../../local/paths";
import { type Publisher, startPublisher } from "../support/publisher";
import { StandIns } from "../support/stand-ins";

jest.setTimeout(120_000);
const scratch = mkdtempSync(join(tmpdir(), "plain-path-"));
const bin = join(scratch, "bin");
const published = join(scratch, "published");
const state = join(scratch, "state");
const cache = join(scratch, "cache");
const config = join(scratch, "Pulumi.kind.yaml");
for (const directory of [bin, published]) mkdirSync(directory);
const standIns = new StandIns(bin);
const publishedStandIns = new StandIns(published);

const { pulumi, kind, kubernetes } = programs;
const go = process.arch === "x64" ? "amd64" : process.arch;
const archive = `pulumi-v${pulumi.version}-${process.platform}-${process.arch}.tar.gz`;
const GET = {
  kind: `github.com/kubernetes-sigs/kind/releases/download/v${kind.version}/kind-${process.platform}-${go}`,
  kubectl: `dl.k8s.io/release/v${kubernetes.version}/bin/${process.platform}/${go}/kubectl`,
  pulumi: `get.pulumi.com/releases/sdk/${archive}`,
};

/** Where GitHub keeps what is released there. */
const ASSETS = "https://release-assets.githubusercontent.com/kind";

/** Address without scheme -> what is there. */
const files = new Map<string, Buffer | string>();
const sumOf = (file: string) =>
  createHash("sha256")
    .update(readFileSync(join(published, file)))
    .digest("hex");

/** As each of the two publishes it. */
function publish(name: "kind" | "kubectl"): void {
  files.set(GET[name], readFileSync(join(published, name)));
  if (name === "kubectl") files.set(`${GET.kubectl}.sha256`, sumOf("kubectl"));
  else files.set(`${GET.kind}.sha256sum`, `${sumOf("kind")}  kind-${process.platform}-${go}\n`);
}

/** A stand-in for kind that remembers its cluster; `then`: what it does before it has written the kubeconfig. */
function kindThat(then: string): void {
  const nodes = join(scratch, "nodes");
  publishedStandIns.program(
    "kind",
    `case "$*" in
      "get nodes"*) test ! -e ${nodes} || cat ${nodes};;
      "delete cluster"*) rm ${nodes};;
      "create cluster"*) echo trial-control-plane > ${nodes}; ${then}; touch "$8";;
    esac`,
  );
  publish("kind");
}

/** Everything is as it should be. */
function publishAll(): void {
  publisher.refuse(undefined);
  first = () => false;
  files.clear();
  rmSync(join(scratch, "nodes"), { force: true });
  kindThat("true");
  publishedStandIns.program(
    "kubectl",
    `case "$*" in *apply*) cat > /dev/null;; *"-o json"*) echo '{"items":[]}';; esac`,
  );
  publish("kubectl");
  files.set(GET.pulumi, readFileSync(join(published, archive)));
  const others = `${"0".repeat(64)}  pulumi-v${pulumi.version}-windows-x64.zip\n`;
  files.set(
    `get.pulumi.com/releases/sdk/pulumi-${pulumi.version}-checksums.txt`,
    `${others}${sumOf(archive)}  ${archive}\n`,
  );
}

/** Tried before the files. */
let first: (address: string, response: ServerResponse) => Promise<boolean> | boolean;
let publisher: Publisher;
let pulumiStandIns: StandIns;

beforeAll(async () => {
  // Nothing of what this machine has besides is found.
  standIns.program("npm", "exit 0");
  for (const tool of ["cat", "gzip", "node", "rm", "script", "sh", "sleep", "tar", "touch"])
    symlinkSync((await execa("sh", ["-c", `command -v ${tool}`])).stdout, join(bin, tool));
  const hosts = [
    "github.com",
    new URL(ASSETS).host,
    "dl.k8s.io",
    "get.pulumi.com",
    "registry-1.docker.io",
    "registry.k8s.io",
  ];
  publisher = await startPublisher(hosts, (request, response) => {
    const address = `${request.headers.host}${request.url}`;
    void (async () => {
      if (await first(address, response)) return;
      const file = files.get(`https://${address}` === ASSETS ? GET.kind : address);
      if (file === undefined) response.writeHead(address.endsWith("/v2/") ? 401 : 404).end();
      else if (address === GET.kind) response.writeHead(302, { location: ASSETS }).end();
      else response.writeHead(200, { "content-length": file.length }).end(file);
    })();
  });

  const plugins = (["kubernetes", "random"] as const).map((name) => ({
    name,
    version: programs[`pulumi-resource-${name}`].version,
  }));
  writeFileSync(config, 'config: { "observability:edge": { url: "http://localhost:9780" } }\n');
  mkdirSync(join(published, "pulumi"));
  pulumiStandIns = new StandIns(join(published, "pulumi"));
  pulumiStandIns.program("pulumi", `case "$*" in "plugin ls"*) echo '${JSON.stringify(plugins)}';; esac`);
  await execa("tar", ["-czf", join(published, archive), "pulumi"], { cwd: published });
});

beforeEach(() => {
  for (const directory of [state, cache]) rmSync(directory, { recursive: true, force: true });
  standIns.forgetCalls();
  publishedStandIns.forgetCalls();
  standIns.program("docker", "exit 0");
  publisher.asked.length = 0;
  pulumiStandIns.forgetCalls();
  publishAll();
});

afterAll(async () => {
  await publisher.stop();
  rmSync(scratch, { recursive: true });
});

const cli = (...args: string[]) => [
  "--import",
  "tsx",
  join(repoDir, "local/cli.ts"),
  ...args,
  "--cluster",
  "trial",
];

const command = async (...args: string[]): Promise<{ exitCode: number; all?: string }> =>
  execa(process.execPath, cli(...args), options());

function options() {
  const env = { PATH: bin, HOME: scratch, XDG_STATE_HOME: state, XDG_CACHE_HOME: cache, ...publisher.env };
  return { cwd: repoDir, env, extendEnv: false, all: true, reject: false } as const;
}

/** Offset: the usual ports may be taken by a cluster of this machine. */
const AS_TYPED = ["--port-offset", "1700", "--config-file", config];
const up = () => command("up", ...AS_TYPED);

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

  publisher.asked.length = 0;
  await command("status");
  expect(publisher.asked).toEqual([]);
});

test("a slow line may take its time", async () => {
  first = async (address, response) => {
    if (address !== GET.kind) return false;
    response.writeHead(200);
    for (const byte of files.get(address)!.slice(0, 8)) {
      response.write(Buffer.from([byte as number]));
      await delay(500);
    }
    response.end(files.get(address)!.slice(8));
    return true;
  };
  expect((await up()).exitCode).toBe(0);
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

test("two at once: one makes the cluster, the other waits and uses it", async () => {
  kindThat("sleep 5");
  const both = await Promise.all([up(), up()]);
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(publishedStandIns.called("kind").filter((line) => line.includes("create cluster"))).toHaveLength(1);
  expect(both.map(({ all }) => all).join()).toMatch(
    /another command (makes it|is at work on it), waiting for that/,
  );
});

describe("up is killed and typed again", () => {
  const hold = join(scratch, "hold");
  const HELD = `while test -e ${hold}; do touch ${hold}ing; sleep 0.1; done`;

  /** Kills it while something that it waits for is held. */
  async function killed(): Promise<void> {
    writeFileSync(hold, "");
    const running = execa(process.execPath, cli("up", ...AS_TYPED), options());
    while (!existsSync(`${hold}ing`) && running.exitCode === null) await delay(50);
    running.kill("SIGKILL");
    await running;
    for (const file of [hold, `${hold}ing`]) rmSync(file);
  }

  test("while it downloads", async () => {
    first = async (address) => {
      if (address !== GET.pulumi || !existsSync(hold)) return false;
      writeFileSync(`${hold}ing`, "");
      while (existsSync(hold)) await delay(50);
      return false;
    };
    await killed();
    expect(await up()).toMatchObject({ exitCode: 0 });
  });

  test("while the node pulls", async () => {
    standIns.program("docker", `case "$*" in *pull*) ${HELD};; esac`);
    await killed();
    expect(await up()).toMatchObject({ exitCode: 0 });
  });

  test("while kind makes the cluster: nothing can be in it, but it goes only when told", async () => {
    kindThat(`test ! -e ${hold} || { ${HELD}; exit 1; }`);
    await killed();
    const { all, exitCode } = await up();
    expect(all).toMatch(
      /trial was not finished when it was made\.\n.*npm run up -- --cluster trial --recreate/,
    );
    expect(exitCode).toBe(1);
    expect(await command("up", "--recreate", ...AS_TYPED)).toMatchObject({ exitCode: 0 });
  });
});

test("commands that only look, or take away, build nothing", async () => {
  await up();
  standIns.program("go", "exit 0");
  rmSync(cache, { recursive: true });
  publisher.refuse("503 Service Unavailable");
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

  test("is pushed to the registry that is named for a cluster of the user's", async () => {
    publishedStandIns.program(
      "kubectl",
      `case "$*" in *apply*) cat > /dev/null;; *get-contexts*) echo work;; esac`,
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

describe("what cannot be fetched: nothing is made, and the user is told why", () => {
  const made = () =>
    [...publishedStandIns.called("kind"), ...pulumiStandIns.called("pulumi")].filter((line) =>
      /^kind create|^pulumi up/.test(line),
    );

  test.each([
    [
      "a file that is not the published one",
      () => void files.set(GET.kind, "something else"),
      /kind [\d.]+: https:\/\/github\.com\S+ has the SHA-256 sum [0-9a-f]{64}, its publisher names [0-9a-f]{64}\. Nothing of it is kept/,
    ],
    [
      "no such release",
      () => void files.delete(GET.kind),
      /no `kind` command, and it cannot be downloaded: https:\/\/github\.com\S+ answers 404[^]*Install kind/,
    ],
    [
      "too many requests",
      () => void (first = (_, response) => !!response.writeHead(429, "Too Many Requests").end()),
      /it cannot be downloaded: https:\/\/github\.com\S+ answers 429 Too Many Requests/,
    ],
    [
      "no kubectl: nothing is compiled for it",
      () => void files.delete(GET.kubectl),
      /^There is no `kubectl`, and it cannot be downloaded: https:\/\/dl\.k8s\.io\S+ answers 404 Not Found\.\nInstall it/m,
    ],
    [
      "no Pulumi: nothing is compiled for it",
      () => void files.delete(GET.pulumi),
      /^There is no `pulumi`, and it cannot be downloaded: https:\/\/get\.pulumi\.com\S+ answers 404/m,
    ],
    [
      "a checksum list without the file",
      () => void files.set(`${GET.kind}.sha256sum`, "<html>\n<title>Sign in</title>"),
      /sha256sum holds no SHA-256 sum of kind-/,
    ],
    [
      "a line that breaks",
      () =>
        void (first = (address, response) => {
          if (address !== GET.kind) return false;
          response.writeHead(200, { "content-length": "2000000" }).write("half", () => response.destroy());
          return true;
        }),
      /it cannot be downloaded: https:\/\/github\.com\S+ broke off after 0\.0 MB/,
    ],
    [
      "a proxy that refuses",
      () => publisher.refuse("407 Proxy Authentication Required"),
      /it cannot be downloaded: github\.com does not answer \(.*407/,
    ],
  ])("%s", async (_, prepare, message) => {
    standIns.program("go", "exit 1");
    prepare();
    const { all, exitCode } = await up();
    expect(all).toMatch(message);
    expect(exitCode).toBe(1);
    expect(made()).toEqual([]);
    expect(standIns.called("go")).toEqual([]);
    // What was wrong is corrected: nothing half done is in the way.
    publishAll();
    expect((await up()).exitCode).toBe(0);
    expect(made()).toHaveLength(2);
  });
});
