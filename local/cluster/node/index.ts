/** A single node of real Kubernetes on this machine, without Docker: Linux and root is all it takes. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../errors";
import type { Cluster, Report } from "../cluster";
import { assertPortsFree } from "../ports";
import { run } from "../run";
import { nodeBinaries } from "./binaries";
import { writeFiles } from "./files";
import { healthy, kubectl } from "./health";
import { loadIntoNode } from "./images";
import { processesOf, stop } from "./leftovers";
import {
  adminKubeconfig,
  linkAddresses,
  marker,
  placeOf,
  readSpec,
  type Binaries,
  type HostPort,
  type Place,
  type Spec,
} from "./place";

/** From start to Ready takes 5 s on two free cores, 20 s on busy ones. */
const startSeconds = 120;

/** Why a node cannot be started here, or nothing if it can. */
export async function nodeMissing(): Promise<string | undefined> {
  if (process.platform !== "linux") return `it needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return "it needs root, you are not (try `sudo npm run up`)";
  const wanted = ["ip", "mount", "setpriv", "unshare"];
  const found = await Promise.all(wanted.map((program) => run("sh", ["-c", `command -v ${program}`])));
  const missing = wanted.filter((_, i) => found[i].failed);
  return missing.length > 0 ? `${missing.join(", ")} not found (install iproute2 and util-linux)` : undefined;
}

/** The running node of that name, if it is healthy and leads to these ports (default: whichever). No side effects. */
export async function findNode(name: string, hostPorts?: HostPort[]): Promise<Cluster | undefined> {
  const spec = readSpec(placeOf(name));
  if (!spec || (hostPorts && !isDeepStrictEqual(spec.hostPorts, hostPorts))) return undefined;
  return (await healthy(spec)) ? clusterOf(spec) : undefined;
}

/**
 * Reuses the node if it is healthy; else stops what is left of it and starts it, with its data.
 * Errors: UserError for a port in use, and when the node does not get ready; its data are kept then, too.
 */
export async function provideNode(name: string, hostPorts: HostPort[], report: Report): Promise<Cluster> {
  const running = await findNode(name, hostPorts);
  if (running) return running;
  const binaries = await nodeBinaries(report);
  const place = placeOf(name);
  const before = readSpec(place);
  const own = before?.hostPorts?.map(({ host }) => host) ?? [];
  const ports = hostPorts.map(({ host }) => host);
  // One that runs is not stopped for ports that it cannot have.
  await assertPortsFree(ports.filter((port) => !own.includes(port)));
  await stop(place);
  await assertPortsFree(ports);
  report(before ? `starting cluster ${name} again, with its data` : `starting cluster ${name}`);
  return clusterOf(await start(place, hostPorts, binaries, report));
}

/** Stops the node and deletes its data. Nothing remains on the host. */
export async function removeNode(name: string): Promise<void> {
  const place = placeOf(name);
  await stop(place);
  rmSync(place.directory, { recursive: true, force: true });
}

export const nodeExists = (name: string) => existsSync(join(placeOf(name).directory, "pki"));

const clusterOf = (spec: Spec): Cluster => ({
  kind: "node",
  name: spec.name,
  kubeconfig: adminKubeconfig(spec),
  kubectl: join(spec.binaries.kubernetes, "kubectl"),
  hostPorts: spec.hostPorts,
  loadImages: (images, report) => loadIntoNode(spec, images, report),
});

async function start(place: Place, hostPorts: HostPort[], binaries: Binaries, report: Report): Promise<Spec> {
  const spec: Spec = {
    ...place,
    ...linkAddresses(place.id),
    nodeName: `${place.name}-node`,
    apiPort: await freePort(),
    hostPorts,
    binaries,
  };
  const logs = join(place.directory, "logs");
  mkdirSync(logs, { recursive: true });
  await writeFiles(spec);
  startKeeper(spec, join(logs, "keeper.log"));
  await untilReady(spec, logs, report);
  return spec;
}

function startKeeper(spec: Spec, logFile: string): void {
  const log = openSync(logFile, "w");
  const keeper = join(__dirname, "keeper.ts");
  spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), keeper, spec.directory], {
    cwd: "/",
    detached: true, // it outlives this command and does not hear its Ctrl-C
    stdio: ["ignore", log, log],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, [marker]: spec.directory },
  }).unref();
}

async function untilReady(spec: Spec, logs: string, report: Report): Promise<void> {
  const began = Date.now();
  const until = began + startSeconds * 1000;
  const goOn = async () => {
    await delay(250);
    if (processesOf(spec).length === 0) throw notReady(spec, "ended", logs);
    if (Date.now() > until) throw notReady(spec, `was not ready within ${startSeconds} s`, logs);
  };
  while (!(await kubectl(spec, "apply", "--filename", join(spec.directory, "addons.json")))) await goOn();
  report("API server answers");
  while (!(await healthy(spec, began))) await goOn();
  report(`node Ready, names are resolved (after ${Math.round((Date.now() - began) / 1000)} s)`);
}

const notReady = ({ name }: Spec, what: string, logs: string) =>
  new UserError(
    `The local cluster ${name}: the node ${what}. Its data is kept. The reason is in one of ${logs}/*.log ` +
      "(start with keeper.log and kubelet.log); then run the command again.\n" +
      `To remove it with its data: npm run down -- --cluster ${name}`,
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
