/** A registry of images, Debian's, behind a door that can do what registries on the internet do. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import execa from "execa";
import { yaml } from "../../../config/yaml";
import { debianPackages } from "../../../local/offline/debian";
import { selfSigned } from "../../support/certificate";
import { eventually } from "../../support/eventually";
import { freePort } from "../../support/free-port";

/** What befalls requests whose path contains this text. */
export type Trouble = { path: string; status?: number; seconds?: number; login?: string };

export class Registry {
  troubles: Trouble[] = [];
  /** host:port, on the address that it was started on. */
  readonly address: string;

  private constructor(
    address: string,
    private readonly process: ChildProcess,
    private readonly door: ReturnType<typeof createServer>,
    private readonly port: number,
    private readonly skopeo: { program: string; env: Record<string, string> },
    /** Of its certificate. */
    readonly authority: string,
  ) {
    this.address = address;
  }

  static async start(directory: string, host: string): Promise<Registry> {
    mkdirSync(directory, { recursive: true });
    const tree = await debianPackages("registry", PACKAGES, console.log);
    const port = await freePort();
    const config = join(directory, "config.yaml");
    const filesystem = { rootdirectory: join(directory, "images") };
    writeFileSync(
      config,
      yaml({ version: 0.1, storage: { filesystem }, http: { addr: `127.0.0.1:${port}` } }),
    );
    // It ends with the tests, however they end.
    const program = ["--pdeathsig", "KILL", join(tree, "usr/bin/docker-registry"), "serve", config];
    const server = spawn("setpriv", program, { stdio: "ignore" });
    await eventually("the registry answers", 20, () =>
      fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined),
    );
    const { cert, key } = await selfSigned(host);
    const door = createServer({ cert, key });
    door.listen(0, host);
    await once(door, "listening");
    const address = `${host}:${(door.address() as AddressInfo).port}`;
    const env = { LD_LIBRARY_PATH: join(tree, "usr/lib/x86_64-linux-gnu") };
    const skopeo = { program: join(tree, "usr/bin/skopeo"), env };
    const registry = new Registry(address, server, door, port, skopeo, cert);
    door.on(
      "request",
      (asked: IncomingMessage, answer: ServerResponse) => void registry.answer(asked, answer),
    );
    return registry;
  }

  private async answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    for (const { path, status, seconds = 0, login } of this.troubles.filter(({ path }) =>
      asked.url!.includes(path),
    )) {
      await delay(seconds * 1000);
      const wrong = login && asked.headers.authorization !== `Basic ${Buffer.from(login).toString("base64")}`;
      if (wrong) answer.setHeader("www-authenticate", `Basic realm="${path}"`);
      if (status || wrong) return void answer.writeHead(status ?? 401).end();
    }
    const { method, url, headers } = asked;
    const inner = request({ host: "127.0.0.1", port: this.port, method, path: url, headers }, (answered) => {
      answer.writeHead(answered.statusCode!, answered.headers);
      answered.pipe(answer);
    });
    inner.on("error", () => answer.destroy());
    asked.pipe(inner);
  }

  /** Puts an archive in, under the name that it has below its host; `below` comes before it. */
  async push(archive: string, ref: string, below = ""): Promise<void> {
    const path = ref.slice(ref.indexOf("/") + 1);
    await this.copy(`oci-archive:${archive}`, `docker://127.0.0.1:${this.port}/${below}${path}`);
  }

  /** An archive in the form that `docker load` takes. */
  async toDockerArchive(archive: string, ref: string, file: string): Promise<void> {
    await this.copy(`oci-archive:${archive}`, `docker-archive:${file}:${ref}`);
  }

  private async copy(from: string, to: string): Promise<void> {
    const { program, env } = this.skopeo;
    await execa(program, ["copy", "--insecure-policy", "--dest-tls-verify=false", from, to], { env });
  }

  async stop(): Promise<void> {
    this.process.kill();
    this.door.closeAllConnections();
    this.door.close();
    await once(this.door, "close");
  }
}

/** Libraries among them are those that a plain Debian lacks. */
const PACKAGES = ["docker-registry", "skopeo", "libgpgme11", "libassuan0", "libdevmapper1.02.1"];
