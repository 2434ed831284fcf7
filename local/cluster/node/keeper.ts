/**
 * The one process of a node that lives on the host: it opens the namespaces, links them to the host, forwards
 * localhost ports into them, and takes everything along when it ends, however it ends: the kernel kills the
 * process that holds the namespaces together with this one (`--pdeathsig`), and with the namespaces go all other
 * processes, all mounts and the link. Argument: directory of the cluster.
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createCgroups } from "./cgroups";
import type { Spec } from "./place";

async function main(): Promise<void> {
  const spec = JSON.parse(readFileSync(join(process.argv[2], "cluster.json"), "utf8")) as Spec;
  createCgroups(spec.id);
  const node = spawn(
    "setpriv",
    [
      ...["--pdeathsig", "KILL"],
      ...["unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork", "--mount-proc", "--kill-child"],
      // A shell is process 1, because it reaps orphans (those of containerd), which node does not.
      ...[
        "sh",
        "-c",
        '"$@"; exit $?',
        "sh",
        process.execPath,
        ...process.execArgv,
        join(__dirname, "supervisor.ts"),
      ],
    ],
    {
      stdio: ["pipe", "inherit", "inherit"],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: join(spec.directory, "pki/ca.crt") },
    },
  );
  node.once("exit", (code, signal) => {
    console.log(`the node ended (${signal ?? code})`);
    process.exit(1);
  });
  await link(spec, node.pid ?? 0);
  node.stdin.end(JSON.stringify(spec));
  forward(spec.apiPort, spec.nodeAddress, 6443);
  for (const port of spec.hostPorts) forward(port.host, spec.nodeAddress, port.node);
}

async function link(spec: Spec, pid: number): Promise<void> {
  const network = (process: string) => readlinkSync(`/proc/${process}/ns/net`);
  while (network(String(pid)) === network("self")) await delay(10);
  const ip = (...args: string[]) => execFileSync("ip", args, { stdio: "inherit" });
  ip("link", "add", spec.id, "type", "veth", "peer", "name", "eth0", "netns", String(pid));
  ip("address", "add", `${spec.hostAddress}/30`, "dev", spec.id);
  ip("link", "set", spec.id, "up");
}

/** From a port on localhost into the node, as kind does by Docker. */
function forward(from: number, address: string, to: number): void {
  createServer((client) => {
    const server = connect(to, address);
    // A side that breaks ends the other; there is nobody to tell, and it must not end the node.
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
    client.pipe(server).pipe(client);
  }).listen(from, "127.0.0.1");
}

void main();
