import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import execa from "execa";
import { load } from "js-yaml";
import { yaml } from "../../config/yaml";
import { recipes } from "../../local/offline/images/recipes";
import { builtJava, ELASTICSEARCH, JAVA_HOME } from "../../local/offline/java";
import { elasticsearch } from "../../programs/elasticsearch";
import { READS, usersOf } from "../../programs/elasticsearch/access";
import type { Stack } from "../../programs/program";
import { freePort } from "./free-port";
import { Server } from "./servers";

/** Whether it was fetched before. */
export const isFetched = builtJava(ELASTICSEARCH) !== undefined;

/** The password of all users here, and its hash of the cost that Pulumi's have. */
export const PASSWORD = "password-of-the-edge";
const HASH = "$2a$10$Zk3m1Jc9u7Wq5rT8yPd2xOwF7U1Eg7FtsKERy2Yu6huUpeFAypSsy";

export interface Elasticsearch {
  server: Server;
  url: string;
  /** Port that takes connections once it is ready. */
  readiness: number;
  /** As one of its users; the answer's JSON. */
  ask<T>(user: string, path: string, body?: object): Promise<{ status: number; answer: T }>;
  /** Adds a line under an id, as Logstash does; the status of it. */
  add(user: string, id: string, line: object): Promise<number>;
  remove(): void;
}

const NOBODY = "65534";

/** A real one on loopback, in the files of the image that is made here, started as its pod starts it. */
export async function elasticsearchServer(stack: Stack): Promise<Elasticsearch> {
  const root = mkdtempSync(join(tmpdir(), "elasticsearch-"));
  chmodSync(dirname(root), 0o711);
  await recipes.elasticsearch!.fill(root, [builtJava(ELASTICSEARCH)!]);
  const here = (text: string) =>
    text.replaceAll(/\/(?:usr\/share\/elasticsearch|etc\/(?:elasticsearch|stack))/g, `${root}$&`);
  const [http, readiness] = [await freePort(), await freePort()];
  const [{ files }] = elasticsearch.files!(stack);
  const config = load(here(files["elasticsearch.yml"])) as Record<string, unknown>;
  Object.assign(config, { "network.host": "127.0.0.1", "http.port": http, "readiness.port": readiness });
  config["transport.port"] = await freePort();
  const given: Record<string, string> = { ...files, "elasticsearch.yml": yaml(config) };
  for (const [directory, those] of Object.entries({
    files: given,
    users: {
      users: Object.keys(usersOf(stack.settings))
        .map((user) => `${user}:${HASH}\n`)
        .join(""),
    },
  })) {
    mkdirSync(join(root, "etc/stack", directory), { recursive: true });
    for (const [name, text] of Object.entries(those))
      writeFileSync(join(root, "etc/stack", directory, name), text);
  }
  for (const path of ["etc/elasticsearch", "usr/share/elasticsearch/data", "tmp"])
    mkdirSync(join(root, path), { recursive: true });
  const [shell, ...script] = elasticsearch.before!.command.map(here);
  await execa(shell, script);
  // Whoever it runs as owns what it writes.
  await execa("chown", ["-R", NOBODY, root]);
  const env = Object.fromEntries(
    Object.entries(elasticsearch.env!(stack)).map(([name, value]) => [name, here(value)]),
  );
  const command = [here(elasticsearch.command![0])];
  // It refuses to run as root.
  const [program, ...args] =
    process.getuid!() === 0
      ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", ...command]
      : command;
  const url = `http://127.0.0.1:${http}`;
  const asked = async <T>(user: string, path: string, body?: string) => {
    const answer = await fetch(url + path, {
      method: body ? "POST" : "GET",
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body,
    });
    return { status: answer.status, answer: (await answer.json()) as T };
  };
  return {
    server: new Server(program, args, {
      ...env,
      ES_JAVA_HOME: join(root, JAVA_HOME),
      ES_TMPDIR: join(root, "tmp"),
      HOME: root,
    }),
    url,
    readiness,
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
    remove: () => existsSync(root) && rmSync(root, { recursive: true, force: true }),
  };
}
