import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { type PeerCertificate, TLSSocket } from "node:tls";
import { addressOf, pagesUnderEdge } from "../../programs/addresses";
import { edge } from "../../programs/edge";
import { CERTIFICATE } from "../../programs/edge/config";
import type { Stack } from "../../programs/program";
import { eventually } from "./eventually";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { Server } from "./servers";

/** The password of the login at these edges, and its hash of the cost that Pulumi's have. */
export const EDGE_PASSWORD = "password-of-the-edge";
const HASH = "$2a$10$Zk3m1Jc9u7Wq5rT8yPd2xOwF7U1Eg7FtsKERy2Yu6huUpeFAypSsy";

interface Certificate {
  cert: string;
  key: string;
}

/** A real Caddy on loopback with the files that a stack gives it. */
export interface Edge {
  url: string;
  /** Where it asks itself for the certificate. */
  certificateUrl: string;
  /** What it has said since its start. */
  log(): string;
  /** What the kubelet does with a Secret that has changed. */
  renew(certificate: Certificate): void;
  end(): Promise<void>;
}

/**
 * Starts it and waits until it answers.
 *
 * @param upstreams program -> host:port that takes its place; one without does not answer
 * @param certificate what the Secret of `edge.tls` holds
 */
export async function edgeServer(
  stack: Stack,
  upstreams: Record<string, string>,
  certificate?: Certificate,
): Promise<Edge> {
  const directory = mkdtempSync(join(tmpdir(), "edge-"));
  const port = await freePort();
  const [{ files, path }] = edge.files!(stack);
  const at = (file: string) => join(directory, (path as Record<string, string>)[file]);
  const certificateAt = `127.0.0.2:${await freePort()}`;
  let config = files["caddy.json"]
    .replace('":8080"', `"127.0.0.1:${port}"`)
    .replaceAll(CERTIFICATE, certificateAt);
  for (const { name } of pagesUnderEdge(stack))
    config = config.replaceAll(addressOf(stack, name, "http"), upstreams[name] ?? "127.0.0.1:9");
  for (const served of Object.values(path))
    config = config.replaceAll(`"${served}"`, `"${join(directory, served)}"`);
  const mounted = edge.secrets!(stack).flatMap((secret) => secret.path ?? []);
  const renew = ({ cert, key }: Certificate) => {
    for (const [file, text] of Object.entries({ "tls.crt": cert, "tls.key": key }))
      writeFileSync(join(directory, mounted[0], file), text);
  };
  for (const one of mounted) {
    mkdirSync(join(directory, one), { recursive: true });
    config = config.replaceAll(`{file.${one}/`, `{file.${join(directory, one)}/`);
  }
  if (certificate) renew(certificate);
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
  const url = `${certificate ? "https" : "http"}://127.0.0.1:${port}`;
  caddy.start();
  // As the kubelet looks at it: whatever the certificate.
  await eventually("the edge", 30, async () => (await get(`${url}/healthz`)).status === 200 || undefined);
  const end = async () => {
    await caddy.end();
    rmSync(directory, { recursive: true });
  };
  return { url, certificateUrl: `http://${certificateAt}/`, log: () => caddy.output, renew, end };
}

interface Answer {
  status: number;
  text: string;
  /** What was shown on the way there; none by http. */
  certificate?: PeerCertificate;
}

interface Question {
  /** Only from whom that certificate proves. */
  ca?: string;
  /** Who is asked for. */
  servername?: string;
  headers?: Record<string, string>;
  method?: string;
  body?: string;
}

/** GET, unless another method is said. */
export async function get(url: string, { body, ...options }: Question = {}): Promise<Answer> {
  const { request } = url.startsWith("https:") ? https : http;
  const sent = request(url, { rejectUnauthorized: options.ca !== undefined, agent: false, ...options });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const { socket } = answer;
  const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
  return { status: answer.statusCode!, text: await readText(answer), certificate };
}
