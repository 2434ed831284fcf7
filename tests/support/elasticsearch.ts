import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createConnection } from "node:net";
import { basename, dirname, join } from "node:path";
import { tmpdir } from "node:os";
import execa from "execa";
import { load } from "js-yaml";
import { yaml } from "../../config/yaml";
import { recipes } from "../../local/offline/images/recipes";
import { builtJava, ELASTICSEARCH, JAVA_HOME } from "../../local/offline/java";
import { elasticsearch } from "../../programs/elasticsearch";
import { READS, usersOf } from "../../programs/elasticsearch/access";
import type { Stack } from "../../programs/program";
import { get } from "./edge";
import { eventually } from "./eventually";
import { freePort } from "./free-port";
import { Server } from "./servers";

/** Whether it was fetched before. */
export const isFetched = builtJava(ELASTICSEARCH) !== undefined;

/** The password of all users here, and its hash of the cost that Pulumi's have. */
export const PASSWORD = "password-of-the-edge";
const HASH = "$2a$10$Zk3m1Jc9u7Wq5rT8yPd2xOwF7U1Eg7FtsKERy2Yu6huUpeFAypSsy";

/** What the Secret of `logs.elasticsearch.tls` holds. */
export type TlsSecret = Record<"tls.crt" | "tls.key" | "ca.crt", string>;

export interface Elasticsearch {
  server: Server;
  url: string;
  /** Waits until it is, as the kubelet does. */
  ready(): Promise<void>;
  /** As one of its users; the answer's JSON. */
  ask<T>(user: string, path: string, body?: object): Promise<{ status: number; answer: T }>;
  /** What the kubelet does with a Secret that has changed. */
  renew(secret: TlsSecret): void;
  /** As its node loses power. */
  kill(): Promise<void>;
  loseVolume(): void;
  /** Adds a line under an id, as Logstash does; the status of it. */
  add(user: string, id: string, line: object): Promise<number>;
  remove(): void;
}

/** One node of several, and what they share. */
interface Place {
  index: number;
  /** Where each of them talks to the others. */
  transport: number[];
  secret: TlsSecret;
}

const NOBODY = "65534";

/** A real one on loopback, in the files of the image that is made here, started as its pod starts it. */
export async function elasticsearchServer(stack: Stack, place?: Place): Promise<Elasticsearch> {
  const root = mkdtempSync(join(tmpdir(), "elasticsearch-"));
  chmodSync(dirname(root), 0o711);
  await recipes.elasticsearch!.fill(root, [builtJava(ELASTICSEARCH)!]);
  const here = (text: string) =>
    text.replaceAll(/\/(?:usr\/share\/elasticsearch|etc\/(?:elasticsearch|stack))/g, `${root}$&`);
  const [http, readiness] = [await freePort(), await freePort()];
  const transport = place?.transport[place.index] ?? (await freePort());
  const mounts = mountsOf(stack, {
    ...{ "network.host": "127.0.0.1", "http.port": http },
    ...{ "readiness.port": readiness, "transport.port": transport },
    ...(place ? { "discovery.seed_hosts": place.transport.map((port) => `127.0.0.1:${port}`) } : {}),
  });
  for (const [path, text] of Object.entries(mounts)) {
    mkdirSync(dirname(here(path)), { recursive: true });
    writeFileSync(here(path), here(text));
  }
  const data = here(elasticsearch.data!(stack.settings)!.path);
  const temporary = join(root, "tmp");
  for (const path of [data, temporary, join(root, "etc/elasticsearch")]) mkdirSync(path, { recursive: true });
  const mounted = elasticsearch.secrets!(stack).find(({ existing }) => existing);
  const renew = (secret: TlsSecret) => project(here(mounted!.path!), secret);
  if (place) renew(place.secret);
  const [shell, ...script] = elasticsearch.before!.command.map(here);
  await execa(shell, script);
  // Whoever it runs as owns what it writes.
  await execa("chown", ["-R", NOBODY, root]);
  const command = [here(elasticsearch.command![0])];
  // It refuses to run as root.
  const [program, ...args] =
    process.getuid!() === 0
      ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", ...command]
      : command;
  const url = `${place ? "https" : "http"}://127.0.0.1:${http}`;
  const server = new Server(program, args, {
    ...environment(stack, here, place),
    ES_JAVA_HOME: join(root, JAVA_HOME),
    ES_TMPDIR: temporary,
    HOME: root,
  });
  const asked = async <T>(user: string, path: string, body?: string) => {
    const { status, text } = await get(url + path, {
      method: body ? "POST" : "GET",
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body,
      ...(place ? { ca: place.secret["ca.crt"], servername: "elasticsearch.observability.svc" } : {}),
    });
    return { status, answer: JSON.parse(text) as T };
  };
  return {
    server,
    url,
    ready: () => open(server, readiness),
    ask: (user, path, body) => asked(user, path, body && JSON.stringify(body)),
    add: async (user, id, line) => {
      const body = [{ create: { _index: READS, _id: id } }, line].map((part) => `${JSON.stringify(part)}\n`);
      const { answer } = await asked<{ items: { create: { status: number } }[] }>(
        user,
        "/_bulk",
        body.join(""),
      );
      return answer.items[0].create.status;
    },
    renew,
    kill: async () => {
      // Killed alone, its starter would leave it behind.
      for (const pid of startedBy(server.pid)) process.kill(pid, "SIGKILL");
      await server.end();
    },
    loseVolume: () => {
      for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true });
    },
    remove: () => existsSync(root) && rmSync(root, { recursive: true, force: true }),
  };
}

/** The files that its pod mounts, with addresses of here: path -> text. */
function mountsOf(stack: Stack, addresses: object): Record<string, string> {
  const [{ path, files }] = elasticsearch.files!(stack);
  const [users] = elasticsearch.secrets!(stack);
  const config = { ...(load(files["elasticsearch.yml"]) as object), ...addresses };
  const hashes = Object.keys(usersOf(stack.settings)).map((user) => `${user}:${HASH}\n`);
  return {
    ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`${path as string}/${name}`, text])),
    [`${path as string}/elasticsearch.yml`]: yaml(config),
    [`${users.path}/users`]: hashes.join(""),
  };
}

/** What its pod gives it. */
function environment(stack: Stack, here: (text: string) => string, place?: Place): Record<string, string> {
  const pod: Record<string, string> = {
    "metadata.name": `elasticsearch-${place?.index}`,
    "status.podIP": "127.0.0.1",
  };
  const env = Object.entries(elasticsearch.env!(stack)).map(([name, value]) => [name, here(value)]);
  const fields = Object.entries(elasticsearch.podEnv!(stack.settings)).map(([name, path]) => [
    name,
    pod[path],
  ]);
  return Object.fromEntries([...env, ...fields]) as Record<string, string>;
}

async function open(server: Server, readiness: number): Promise<void> {
  await eventually("it takes connections", 240, async () => {
    if (!server.running) throw new Error(server.output);
    const socket = createConnection(readiness, "127.0.0.1");
    const taken = await new Promise<boolean>((resolve) =>
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false)),
    );
    socket.destroy();
    return taken || undefined;
  });
}

/** Files of a Secret as the kubelet puts them: all of one version at once. */
function project(directory: string, files: Record<string, string>): void {
  mkdirSync(directory, { recursive: true });
  const version = mkdtempSync(`${directory}/..`);
  chmodSync(version, 0o755);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(version, name), text);
  symlinkSync(basename(version), join(directory, "..new"));
  renameSync(join(directory, "..new"), join(directory, "..data"));
  for (const name of Object.keys(files))
    if (!existsSync(join(directory, name))) symlinkSync(join("..data", name), join(directory, name));
}

function startedBy(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  return children.map(Number).flatMap((child) => [...startedBy(child), child]);
}
