import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressOf, pagesUnderEdge } from "../../programs/addresses";
import { edge } from "../../programs/edge";
import type { Stack } from "../../programs/program";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { Server } from "./servers";

/** The password of the login at these edges, and its hash of the cost that Pulumi's have. */
export const EDGE_PASSWORD = "password-of-the-edge";
const HASH = "$2a$10$Zk3m1Jc9u7Wq5rT8yPd2xOwF7U1Eg7FtsKERy2Yu6huUpeFAypSsy";

/** A real Caddy on loopback with the files that a stack gives it. */
export interface Edge {
  url: string;
  end(): Promise<void>;
}

/**
 * Starts it and waits until it answers.
 *
 * @param upstreams program -> host:port that takes its place; one without does not answer
 */
export async function edgeServer(stack: Stack, upstreams: Record<string, string>): Promise<Edge> {
  const directory = mkdtempSync(join(tmpdir(), "edge-"));
  const port = await freePort();
  const [{ files, path }] = edge.files!(stack);
  const at = (file: string) => join(directory, (path as Record<string, string>)[file]);
  let config = files["caddy.json"].replace('":8080"', `"127.0.0.1:${port}"`);
  for (const { name } of pagesUnderEdge(stack))
    config = config.replaceAll(addressOf(stack, name, "http"), upstreams[name] ?? "127.0.0.1:9");
  for (const served of Object.values(path))
    config = config.replaceAll(`"${served}"`, `"${join(directory, served)}"`);
  for (const [file, text] of Object.entries({ ...files, "caddy.json": config })) {
    mkdirSync(at(file), { recursive: true });
    writeFileSync(join(at(file), file), text);
  }
  const program = binary("caddy", "caddy")!;
  const login = edge.secrets!(stack).flatMap(({ env }) => Object.keys(env ?? {}));
  const caddy = new Server(program, ["run", `--config=${join(at("caddy.json"), "caddy.json")}`], {
    XDG_DATA_HOME: directory,
    XDG_CONFIG_HOME: directory,
    ...Object.fromEntries(login.map((name) => [name, HASH])),
  });
  caddy.start();
  const url = `http://127.0.0.1:${port}`;
  await caddy.ready(`${url}/healthz`);
  const end = async () => {
    await caddy.end();
    rmSync(directory, { recursive: true });
  };
  return { url, end };
}
