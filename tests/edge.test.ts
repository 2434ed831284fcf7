import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressOf } from "../programs/addresses";
import { edge } from "../programs/edge";
import { freePort } from "./support/free-port";
import { binary, describeWith } from "./support/programs";
import { listening } from "./support/receivers";
import { Server, stackWith } from "./support/servers";

/* A real Caddy with the stack's configuration, before stand-ins for Grafana and Prometheus. */
describeWith(["caddy", "caddy"])("the edge proxy", () => {
  const directory = mkdtempSync(join(tmpdir(), "edge-"));
  const behind: HttpServer[] = [];
  let caddy: Server;
  let url: string;

  /** Answers with its name and the path that it was asked for. */
  async function standIn(name: string): Promise<string> {
    const server = createServer((request, response) => response.end(`${name} ${request.url}`));
    behind.push(server);
    return listening(server);
  }

  beforeAll(async () => {
    const stack = stackWith();
    const port = await freePort();
    let [
      {
        files: { "caddy.json": text },
      },
    ] = edge.files!(stack);
    for (const name of ["grafana", "prometheus"])
      text = text.replaceAll(addressOf(stack, name, "http"), await standIn(name));
    const file = join(directory, "caddy.json");
    writeFileSync(file, text.replace('":8080"', `"127.0.0.1:${port}"`));
    url = `http://127.0.0.1:${port}`;
    caddy = new Server(binary("caddy", "caddy")!, ["run", `--config=${file}`], {
      XDG_DATA_HOME: directory,
      XDG_CONFIG_HOME: directory,
    });
    caddy.start();
    await caddy.ready(`${url}/healthz`);
  });

  afterAll(async () => {
    await caddy.end();
    behind.forEach((server) => server.close());
    rmSync(directory, { recursive: true });
  });

  const asked = async (path: string) => {
    const response = await fetch(`${url}${path}`, { redirect: "manual" });
    return [response.status, response.headers.get("location") ?? (await response.text())];
  };

  test.each([
    ["/api/monitoring/grafana", "grafana"],
    ["/api/monitoring/grafana/d/services?from=now-1h", "grafana"],
    ["/api/monitoring/prometheus/api/v1/query?query=up", "prometheus"],
  ])("%s is answered by %s under the same path", async (path, name) => {
    expect(await asked(path)).toEqual([200, `${name} ${path}`]);
  });

  test("the root leads to Grafana", async () => {
    expect(await asked("/")).toEqual([302, "/api/monitoring/grafana/"]);
  });

  test.each(["/api/monitoring/grafanas", "/loki/api/v1/query"])("%s is not found", async (path) => {
    expect(await asked(path)).toEqual([404, "Nothing is here. Grafana: /api/monitoring/grafana/"]);
  });
});
