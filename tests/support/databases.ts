import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import execa from "execa";
import { postgresManifests } from "../../examples/ticketing/postgres";
import { recipes } from "../../local/offline/images/recipes";
import { cacheDir } from "../../local/paths";
import { eventually } from "./eventually";
import { freePort } from "./free-port";
import { describeWith } from "./programs";
import { Server } from "./servers";

/** Redis and PostgreSQL as processes on loopback, of the packages that the offline images are made of. */

const NOBODY = 65534;
const LIBRARIES = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"];

export const DATABASES = ["redis", "postgres"] as const;

/** What `npm run up --offline` or `npm run test:binaries` has unpacked before, else nothing. */
function unpacked(name: string): string | undefined {
  const all = join(cacheDir, "debian");
  const found = existsSync(all) ? readdirSync(all).find((entry) => entry.startsWith(`${name}-`)) : undefined;
  return found && join(all, found);
}

export const databasesAreHere = DATABASES.every((name) => unpacked(name) !== undefined);

/** For tests that run these binaries beside a database. */
export const describeWithDatabases = (...needed: Parameters<typeof describeWith>): jest.Describe =>
  databasesAreHere ? describeWith(...needed) : describe.skip;

/** Where the image's files are, and what its programs need to find their libraries there. */
async function imageOf(name: "redis" | "postgres") {
  const root = mkdtempSync(join(tmpdir(), `${name}-`));
  // Whoever the server runs as may look into it.
  chmodSync(dirname(root), 0o711);
  chmodSync(root, 0o755);
  await recipes[name]!.fill(root, [unpacked(name)!]);
  const env = { LD_LIBRARY_PATH: LIBRARIES.map((path) => join(root, path)).join(":") };
  return { root, env };
}

export async function redisServer() {
  const { root, env } = await imageOf("redis");
  const port = await freePort();
  const args = ["--port", String(port), "--save", "", "--dir", root];
  const server = new Server(join(root, "usr/local/bin/redis-server"), args, env);
  server.start();
  /** One command, as Redis takes it typed. */
  const tell = async (command: string): Promise<string> => {
    const socket = connect(port, "127.0.0.1");
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    return answer.toString().trim();
  };
  await eventually("Redis answers", 30, () => tell("PING"));
  const stop = async () => {
    await server.end();
    rmSync(root, { recursive: true });
  };
  return { port, url: `redis://127.0.0.1:${port}`, tell, stop };
}

interface Postgres {
  /** Of whose pod it is; default: the sample workload's. */
  manifests?: object[];
  /** With one it takes encrypted connections as well. */
  certificate?: { cert: string; key: string };
}
interface Deployment {
  kind: string;
  spec: { template: { spec: { initContainers: { command: string[] }[] } } };
}

/**
 * Initialised by the pod's own init container, whose environment the passwords are; `start` after `lose` is a new pod:
 * nothing is left of the old one.
 */
export async function postgresServer(
  passwords: Record<string, string>,
  {
    manifests = postgresManifests({ namespace: "ticketing", image: "postgres" }),
    certificate,
  }: Postgres = {},
) {
  const { root, env } = await imageOf("postgres");
  const port = await freePort();
  const data = join(root, "data");
  const { spec } = (manifests as Deployment[]).find(({ kind }) => kind === "Deployment")!;
  const init = spec.template.spec.initContainers[0].command.map((part) =>
    part.replaceAll("/usr/lib/postgresql", join(root, "usr/lib/postgresql")).replaceAll("/data", data),
  );
  // It refuses to run as root.
  const asNobody = (command: string[]): string[] =>
    process.getuid!() === 0
      ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", ...command]
      : command;
  const settings = [`unix_socket_directories=${data}`, "shared_preload_libraries=pg_stat_statements"];
  for (const [what, text] of Object.entries(certificate ?? {})) {
    const path = join(root, `${what}.pem`);
    writeFileSync(path, text, { mode: 0o600 });
    if (process.getuid!() === 0) chownSync(path, NOBODY, NOBODY);
    settings.push(`ssl_${what}_file=${path}`);
  }
  if (certificate) settings.push("ssl=on");
  const [file, ...args] = asNobody([
    join(root, "usr/lib/postgresql/15/bin/postgres"),
    ...["-D", join(data, "pg"), "-p", String(port)],
    ...settings.flatMap((setting) => ["-c", setting]),
  ]);
  const server = new Server(file, args, env);

  async function start(): Promise<void> {
    if (!existsSync(data)) {
      mkdirSync(data);
      if (process.getuid!() === 0) chownSync(data, NOBODY, NOBODY);
      const [shell, ...rest] = asNobody(init);
      await execa(shell, rest, { env: { ...env, ...passwords }, cwd: data });
    }
    const ready = () => server.output.split("ready to accept connections").length;
    const before = ready();
    server.start();
    await eventually("PostgreSQL is ready", 30, async () => (ready() > before ? true : undefined));
  }
  const end = () => server.end();
  async function lose(): Promise<void> {
    await end();
    rmSync(data, { recursive: true });
  }
  const stop = async () => {
    await end();
    rmSync(root, { recursive: true });
  };
  /** One command to a database, as the superuser, whom its own socket asks for no password; the values of its answer. */
  const tell = (database: string, command: string) =>
    told(join(data, `.s.PGSQL.${port}`), `user\0postgres\0database\0${database}\0\0`, `${command}\0`);
  return { port, start, end, lose, stop, tell };
}

/** By PostgreSQL's protocol, of which that is all: https://www.postgresql.org/docs/15/protocol-message-formats.html */
async function told(path: string, startup: string, query: string): Promise<string[]> {
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const socket = connect(path);
  socket.write(Buffer.concat([number(startup.length + 8), number(3 << 16), Buffer.from(startup)]));
  socket.write(Buffer.concat([Buffer.from("Q"), number(query.length + 4), Buffer.from(query)]));
  socket.write(Buffer.concat([Buffer.from("X"), number(4)]));
  const all = await buffer(socket);
  const values: string[] = [];
  for (let at = 0; at < all.length; at += 1 + all.readInt32BE(at + 1)) {
    const kind = String.fromCharCode(all[at]);
    const rest = all.subarray(at + 5, at + 1 + all.readInt32BE(at + 1));
    if (kind === "E") throw new Error(rest.toString().replaceAll("\0", " "));
    if (kind !== "D") continue;
    for (let count = rest.readInt16BE(0), from = 2; count > 0; count--) {
      const length = rest.readInt32BE(from);
      values.push(rest.subarray(from + 4, from + 4 + Math.max(length, 0)).toString());
      from += 4 + Math.max(length, 0);
    }
  }
  return values;
}
