/**
 * The one process of our Docker that lives on the host: it opens the namespaces, links them to the host, forwards the
 * ports that containers publish, and takes everything along when it ends, however it ends: the kernel kills the
 * process that holds the namespaces together with this one (`--pdeathsig`), and with the namespaces go all other
 * processes, all mounts and the link. Arguments: root of the Debian packages.
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { linkAddresses, place } from "./place";

async function main(debian: string): Promise<void> {
  const { hostAddress, address } = linkAddresses(place.id);
  const namespaces = [
    "--mount",
    "--net",
    "--pid",
    "--uts",
    "--ipc",
    "--fork",
    "--mount-proc",
    "--kill-child",
  ];
  const daemon = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "unshare", ...namespaces, "sh", join(__dirname, "daemon.sh")],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        DIRECTORY: place.directory,
        DEBIAN: debian,
        HOST_ADDRESS: hostAddress,
        ADDRESS: address,
        CGROUP: place.id,
      },
    },
  );
  daemon.once("exit", (code, signal) => {
    console.log(`Docker ended (${signal ?? code})`);
    process.exit(1);
  });
  await link(daemon.pid!, hostAddress);
  await forwardPublished(daemon.pid!, address);
}

async function link(pid: number, hostAddress: string): Promise<void> {
  const network = (process: string) => readlinkSync(`/proc/${process}/ns/net`);
  while (network(String(pid)) === network("self")) await delay(10);
  const ip = (...args: string[]) => execFileSync("ip", args, { stdio: "inherit" });
  ip("link", "add", place.id, "type", "veth", "peer", "name", "eth0", "netns", String(pid));
  ip("address", "add", `${hostAddress}/30`, "dev", place.id);
  ip("link", "set", place.id, "up");
}

/** Whatever listens on localhost in there does so here, too: those are the ports that containers publish. */
async function forwardPublished(pid: number, address: string): Promise<never> {
  const servers = new Map<number, Server>();
  for (;;) {
    const published = new Set(listeners(readFileSync(`/proc/${pid}/net/tcp`, "utf8")));
    for (const [port, server] of servers) {
      if (published.has(port)) continue;
      server.close();
      servers.delete(port);
    }
    for (const port of published) if (!servers.has(port)) servers.set(port, forward(port, address));
    await delay(100);
  }
}

/** Ports on 127.0.0.1 in state LISTEN, of the kernel's table of sockets. */
const listeners = (table: string): number[] =>
  [...table.matchAll(/: 0100007F:([0-9A-F]{4}) \S+ 0A /g)].map(([, port]) => parseInt(port, 16));

function forward(port: number, address: string): Server {
  const server = createServer((client) => {
    const inside = connect(port, address);
    // A side that breaks ends the other; there is nobody to tell, and it must not end Docker.
    client.on("error", () => inside.destroy());
    inside.on("error", () => client.destroy());
    client.pipe(inside).pipe(client);
  });
  return server.on("error", (error) => console.log(error.message)).listen(port, "127.0.0.1");
}

void main(process.argv[2]);
