/**
 * A Docker of our own for a machine without one: Debian's daemon in namespaces of its own. Linux and root is all it
 * takes. Nothing is installed, and nothing remains after {@link removeOwnDocker}.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import execa from "execa";
import { obtain } from "../obtain";
import type { Report } from "../../cache";
import type { Docker } from "../../cluster/kind";
import { debianPackages } from "../debian";
import { UserError } from "../../errors";
import { exclusively } from "../../lock";
import { processes, stop } from "./leftovers";
import { kubeadmPatches } from "../node/config";
import { provideNodeImage } from "../node/image";
import { marker, place, socket } from "./place";

/** Libraries among them are those that a plain Debian lacks. */
const PACKAGES = [
  ...["docker.io", "containerd", "runc", "tini", "iptables"],
  ...["libip6tc2", "libnftnl11", "libmnl0", "libdevmapper1.02.1"],
];

/** What is used of the machine's own. */
const PROGRAMS = ["apt-get", "chroot", "ip", "mount", "perl", "setpriv", "unshare"];

type Environment = Record<string, string>;

/** Seconds; it takes 2 on a machine that has nothing else to do. */
const PATIENCE = 60;

/** Why there can be none here, or nothing if it can. */
export async function ownDockerMissing(): Promise<string | undefined> {
  if (process.platform !== "linux") return `it needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return "it needs root, you are not (try `sudo npm run up`)";
  const failed = async (program: string) =>
    (await execa("sh", ["-c", `command -v ${program}`], { reject: false })).failed ? [program] : [];
  const missing = (await Promise.all(PROGRAMS.map(failed))).flat();
  if (missing.length > 0)
    return `it needs Debian with ${missing.join(", ")} (apt-get install iproute2 util-linux perl)`;
  const opened = await execa("unshare", ["--mount", "--net", "--pid", "--fork", "true"], { reject: false });
  return opened.failed ? `it needs namespaces, and \`unshare\` says: ${opened.stderr}` : undefined;
}

/** Whether it was made and not removed, in whatever state it is. */
export const hasOwnDocker = (): boolean => existsSync(place.directory);

/** Unpacks what it consists of; returns the root of the tree. */
export const fetchDockerPackages = (report: Report): Promise<string> =>
  debianPackages("docker", PACKAGES, report);

/**
 * Starts it, with what is in it, where it does not run. What it consists of is built or downloaded the first time.
 *
 * Errors: UserError if it does not answer in time, or a part of it cannot be had.
 */
export async function provideOwnDocker(report: Report, offline = true): Promise<Required<Docker>> {
  const debian = await fetchDockerPackages(report);
  const path = [
    await obtain("kind", { offline, why: "The kind of a Docker of our own was not built yet" }, report),
    join(debian, "usr/bin"),
    process.env.PATH,
  ];
  const env = { DOCKER_HOST: `unix://${socket}`, PATH: path.join(delimiter) };
  return exclusively(place.directory, async () => {
    if (!(await answers(env))) await start(env, debian, report);
    return { env, nodeImage: () => provideNodeImage(env, debian, report), kubeadmPatches };
  });
}

/** Stops it and deletes everything in it. */
export async function removeOwnDocker(): Promise<void> {
  await stop();
  rmSync(place.directory, { recursive: true, force: true });
}

async function start(env: Environment, debian: string, report: Report): Promise<void> {
  await stop();
  report("starting a Docker of our own");
  mkdirSync(place.directory, { recursive: true, mode: 0o700 });
  const logFile = join(place.directory, "log");
  const log = openSync(logFile, "w");
  const keeper = join(__dirname, "keeper.ts");
  spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), keeper, debian], {
    cwd: "/",
    detached: true, // it outlives this command and does not hear its Ctrl-C
    stdio: ["ignore", log, log],
    env: { ...process.env, [marker]: place.directory },
  }).unref();
  for (const began = Date.now(); !(await answers(env)); await delay(100)) {
    const late = Date.now() - began > PATIENCE * 1000;
    if (!late && processes().length > 0) continue;
    throw new UserError(
      `The Docker of our own ${late ? `does not answer after ${PATIENCE} s` : "ended"}. What is in it is kept. ` +
        `The reason is in ${logFile}; then run the command again.`,
    );
  }
}

const answers = async (env: Environment): Promise<boolean> =>
  existsSync(socket) && !(await execa("docker", ["info"], { env, reject: false, timeout: 5_000 })).failed;
