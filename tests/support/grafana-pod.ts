import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import execa from "execa";
import { grafana as program } from "../../programs/grafana";
import { ADMIN, grafanaEnvironment } from "../../programs/grafana/server";
import type { Stack } from "../../programs/program";
import { eventually } from "./eventually";
import { binary } from "./programs";
import { Server, startGrafana } from "./servers";

const file = binary("grafana", "grafana");

/** A real Grafana on loopback with what its pod is told: files, environment, Secrets, the command before the start. */
export class GrafanaPod {
  server?: Server;

  /** @param stack counts from the next start on, as with a pod that was replaced */
  constructor(
    private readonly directory: string,
    private readonly port: number,
    public stack: Stack,
  ) {}

  get url() {
    return `http://127.0.0.1:${this.port}/api/monitoring/grafana`;
  }

  /** Paths of the container, which are below the directory here. */
  private here(text: string): string {
    return text.replaceAll(/(?:\/etc|\/tmp|\/var\/lib)\/grafana/g, (path) => join(this.directory, path));
  }

  /** A new pod, of which only the volume was there before; its environment and the command before the start. */
  private made(password: string): { environment: Record<string, string>; before: string[] } {
    for (const path of ["etc", "tmp"]) rmSync(join(this.directory, path), { recursive: true, force: true });
    for (const { path, files } of program.files!(this.stack))
      for (const [name, text] of Object.entries(files)) {
        const directory = join(this.directory, typeof path === "string" ? path : path[name]);
        mkdirSync(directory, { recursive: true });
        writeFileSync(join(directory, name), this.here(text));
      }
    const told = Object.entries(grafanaEnvironment(this.stack)).map(([name, value]) => [
      name,
      this.here(value),
    ]);
    // components/grafana-stack.ts makes the first of them.
    const credentials = { user: ADMIN, password, key: "of the test" };
    const secrets = program.secrets!(this.stack).flatMap(({ name, values, env = {} }) => {
      const all: Record<string, string> = name === "credentials" ? credentials : values!;
      return Object.entries(env).map(([variable, key]) => [variable, all[key]]);
    });
    const environment = {
      ...(Object.fromEntries([...told, ...secrets]) as Record<string, string>),
      GF_SERVER_HTTP_ADDR: "127.0.0.1",
      GF_SERVER_HTTP_PORT: String(this.port),
    };
    const before = program.before!.command.map((word) =>
      word
        .replaceAll("/usr/share/grafana/bin/grafana", file!)
        .replaceAll("--homepath=/usr/share/grafana", `--homepath=${dirname(file!)}`),
    );
    return { environment, before };
  }

  /** The command before the start, which ends as its container does: with all its processes (see {@link killed}). */
  setPassword(password: string) {
    const { environment, before } = this.made(password);
    return execa(before[0], before.slice(1), { env: environment, detached: true });
  }

  /** The server alone, and no wait for it. */
  run(password: string): Server {
    const { environment } = this.made(password);
    this.server = new Server(file!, ["server", `--homepath=${dirname(file!)}`], environment);
    this.server.start();
    return this.server;
  }

  /** The server alone, until it answers. */
  async serve(password: string): Promise<void> {
    await startGrafana(this.run(password), this.url);
  }

  /** The command, then the server. */
  async start(password: string): Promise<void> {
    // On an empty database the one that runs here now and then ends with "org_pkey"; the kubelet tries again.
    await eventually("the password is set", 60, () => this.setPassword(password));
    await this.serve(password);
  }

  async end(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.server?.end(signal);
  }

  /** Asks its API as the administrator. */
  async as(password: string, path: string, body?: object): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`${ADMIN}:${password}`).toString("base64")}`;
    const headers = { authorization, "content-type": "application/json" };
    return fetch(
      this.url + path,
      body ? { headers, method: "POST", body: JSON.stringify(body) } : { headers },
    );
  }
}

/** Kills a command and what it has started, and waits until it is gone. */
export async function killed(command: execa.ExecaChildProcess): Promise<void> {
  process.kill(-command.pid!, "SIGKILL");
  await command.catch(() => undefined);
}
