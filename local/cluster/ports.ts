/** Ports on localhost that a cluster wants. */
import { createServer } from "node:net";
import { UserError } from "../errors";
import { recorded } from "./kind-record";
import type { HostPort } from "./place";
import { run } from "./run";

/** Throws a UserError that names every port that something else listens on, and who, where that can be known. */
export async function assertPortsFree(ports: number[]): Promise<void> {
  const taken = (await Promise.all(ports.map(async (port) => ((await isFree(port)) ? [] : [port])))).flat();
  if (taken.length === 0) return;
  const lines = await Promise.all(taken.map(async (port) => `  ${port}: ${await listener(port)}`));
  throw new UserError(
    `up: the cluster needs ports on localhost that are in use:\n${lines.join("\n")}\n` +
      "Take other ports by --port-offset NUMBER, or stop what listens there (`npm run down -- --cluster NAME` removes " +
      "another cluster of this project, with its data); then try again.",
  );
}

/** Those that nothing listens on. */
export async function free(ports: HostPort[]): Promise<HostPort[]> {
  const answers = await Promise.all(ports.map(({ host }) => isFree(host)));
  return ports.filter((_, i) => answers[i]);
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** For instance `caddy (process 4711)`. */
async function listener(port: number): Promise<string> {
  const cluster = recorded().find(({ hostPorts }) => hostPorts.some(({ host }) => host === port));
  if (cluster) return `the local cluster ${cluster.name}`;
  const { stdout } = await run("ss", ["-Hltnp", `sport = :${port}`]);
  const found = /\("([^"]+)",pid=(\d+)/.exec(stdout);
  return found
    ? `${found[1]} (process ${found[2]})`
    : "an unknown process (as root, `ss -ltnp` or `lsof -nP -iTCP -sTCP:LISTEN` tells)";
}
