/**
 * A machine with Docker and the internet, and nothing else: `up` fetches kind, kubectl and Pulumi. They are played by
 * scripts, but the way to them is real: names, checksums, a proxy.
 */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import programs from "../../local/offline/programs/programs.json";
import { repoDir } from "../../local/paths";
import { type Publisher, startPublisher } from "./publisher";
import { DEFAULT_CLASS, StandIns } from "./stand-ins";

export const scratch = mkdtempSync(join(tmpdir(), "plain-path-"));
const bin = join(scratch, "bin");
const published = join(scratch, "published");
const state = join(scratch, "state");
export const cache = join(scratch, "cache");
export const config = join(scratch, "Pulumi.kind.yaml");
for (const directory of [bin, published, join(published, "pulumi")]) mkdirSync(directory);
export const standIns = new StandIns(bin);
export const publishedStandIns = new StandIns(published);

const { pulumi, kind, kubernetes } = programs;
const go = process.arch === "x64" ? "amd64" : process.arch;
const archive = `pulumi-v${pulumi.version}-${process.platform}-${process.arch}.tar.gz`;
export const GET = {
  kind: `github.com/kubernetes-sigs/kind/releases/download/v${kind.version}/kind-${process.platform}-${go}`,
  kubectl: `dl.k8s.io/release/v${kubernetes.version}/bin/${process.platform}/${go}/kubectl`,
  pulumi: `get.pulumi.com/releases/sdk/${archive}`,
};

/** Where GitHub keeps what is released there. */
const ASSETS = "https://release-assets.githubusercontent.com/kind";

/** Address without scheme -> what is there. */
export const files = new Map<string, Buffer | string>();
const sumOf = (file: string) =>
  createHash("sha256")
    .update(readFileSync(join(published, file)))
    .digest("hex");

/** As each of the two publishes it. */
export function publish(name: "kind" | "kubectl"): void {
  files.set(GET[name], readFileSync(join(published, name)));
  if (name === "kubectl") files.set(`${GET.kubectl}.sha256`, sumOf("kubectl"));
  else files.set(`${GET.kind}.sha256sum`, `${sumOf("kind")}  kind-${process.platform}-${go}\n`);
}

/** A stand-in for kind that remembers its cluster; `then`: what it does before it has written the kubeconfig. */
export function kindThat(then: string): void {
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
export function publishAll(): void {
  machine.publisher.refuse(undefined);
  machine.first = () => false;
  files.clear();
  rmSync(join(scratch, "nodes"), { force: true });
  kindThat("true");
  publishedStandIns.program(
    "kubectl",
    `case "$*" in *apply*) cat > /dev/null;; *storageclass*) echo ${DEFAULT_CLASS};;
      *"-o json"*) echo '{"items":[]}';; *"get configmap"*) echo there;; esac`,
  );
  publish("kubectl");
  files.set(GET.pulumi, readFileSync(join(published, archive)));
  const others = `${"0".repeat(64)}  pulumi-v${pulumi.version}-windows-x64.zip\n`;
  files.set(
    `get.pulumi.com/releases/sdk/pulumi-${pulumi.version}-checksums.txt`,
    `${others}${sumOf(archive)}  ${archive}\n`,
  );
}

interface Machine {
  publisher: Publisher;
  /** Answers before the files do, where it wants to. */
  first(address: string, response: ServerResponse): Promise<boolean> | boolean;
}
export const machine = {} as Machine;
export const pulumiStandIns = new StandIns(join(published, "pulumi"));

/** Anew for each test. */
export function useNewMachine(): void {
  jest.setTimeout(120_000);
  beforeAll(start);
  beforeEach(reset);
  afterAll(async () => {
    await machine.publisher.stop();
    rmSync(scratch, { recursive: true });
  });
}

async function start(): Promise<void> {
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
  machine.publisher = await startPublisher(hosts, (request, response) => {
    const address = `${request.headers.host}${request.url}`;
    void (async () => {
      if (await machine.first(address, response)) return;
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
  pulumiStandIns.program("pulumi", `case "$*" in "plugin ls"*) echo '${JSON.stringify(plugins)}';; esac`);
  await execa("tar", ["-czf", join(published, archive), "pulumi"], { cwd: published });
}

function reset(): void {
  for (const directory of [state, cache]) rmSync(directory, { recursive: true, force: true });
  standIns.forgetCalls();
  publishedStandIns.forgetCalls();
  standIns.program("docker", "exit 0");
  machine.publisher.asked.length = 0;
  pulumiStandIns.forgetCalls();
  publishAll();
}

export const cli = (...args: string[]) => [
  "--import",
  "tsx",
  join(repoDir, "local/cli.ts"),
  ...args,
  "--cluster",
  "trial",
];

export const command = async (...args: string[]): Promise<{ exitCode: number; all?: string }> =>
  execa(process.execPath, cli(...args), options());

export function options() {
  const env = {
    PATH: bin,
    HOME: scratch,
    XDG_STATE_HOME: state,
    XDG_CACHE_HOME: cache,
    ...machine.publisher.env,
  };
  return { cwd: repoDir, env, extendEnv: false, all: true, reject: false } as const;
}

/** Offset: the usual ports may be taken by a cluster of this machine. */
export const AS_TYPED = ["--port-offset", "1700", "--config-file", config];
export const up = () => command("up", ...AS_TYPED);
