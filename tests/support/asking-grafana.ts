import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { yaml } from "../../config/yaml";
import { datasources } from "../../programs/grafana/datasources";
import { DASHBOARDS, dashboardProviders, grafanaEnvironment } from "../../programs/grafana/server";
import type { Stack } from "../../programs/program";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { Server, startGrafana } from "./servers";

/** A real Grafana with a stack's datasources, that asks them as its pages do. */
export interface AskingGrafana {
  server: Server;
  /** Of the datasource of this uid, by a query of its own kind. */
  ask(uid: string, query: object): Promise<{ status: number; text: string }>;
  /** From its API, as its administrator. */
  get<T>(path: string): Promise<T>;
  end(): Promise<void>;
}

interface Given {
  /** Texts in the datasources' file, addresses above all -> what stands in their place. */
  here?: Record<string, string>;
  /** What it has besides, such as a datasource's password. */
  env?: Record<string, string>;
  /** Folder -> file -> text; default none. */
  dashboards?: Record<string, Record<string, string>>;
}

/**
 * Starts one.
 *
 * @param directory what it writes goes into a directory there
 */
export async function askingGrafana(
  directory: string,
  stack: Stack,
  { here = {}, env = {}, dashboards = {} }: Given = {},
): Promise<AskingGrafana> {
  const home = join(directory, "grafana");
  const provisioning = join(home, "provisioning");
  const file = Object.entries(here).reduce(
    (text, [there, replacement]) => text.replaceAll(there, replacement),
    yaml(datasources(stack)),
  );
  write(join(provisioning, "datasources", "datasources.yaml"), file);
  const providers = yaml(dashboardProviders(stack)).replaceAll(DASHBOARDS, join(home, "dashboards"));
  write(join(provisioning, "dashboards", "dashboards.yaml"), providers);
  for (const [folder, files] of Object.entries(dashboards))
    for (const [name, text] of Object.entries(files)) write(join(home, "dashboards", folder, name), text);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = binary("grafana", "grafana")!;
  const server = new Server(program, ["server", `--homepath=${dirname(program)}`], {
    ...grafanaEnvironment(stack),
    ...Object.fromEntries(["DATA", "LOGS", "PLUGINS"].map((what) => [`GF_PATHS_${what}`, join(home, what)])),
    GF_PATHS_PROVISIONING: provisioning,
    GF_SERVER_HTTP_ADDR: "127.0.0.1",
    GF_SERVER_HTTP_PORT: String(port),
    GF_SERVER_ROOT_URL: `${url}/`,
    GF_SERVER_SERVE_FROM_SUB_PATH: "false",
    GF_SECURITY_ADMIN_PASSWORD: "of the test",
    ...env,
  });
  const end = () => server.end("SIGTERM");
  try {
    await startGrafana(server, url);
  } catch (error) {
    await end();
    throw error;
  }
  const authorization = `Basic ${Buffer.from("admin:of the test").toString("base64")}`;
  const get = async <T>(path: string) =>
    (await (await fetch(url + path, { headers: { authorization } })).json()) as T;
  const ask = async (uid: string, query: object) => {
    const answer = await fetch(`${url}/api/ds/query`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({
        queries: [{ refId: "A", datasource: { uid }, intervalMs: 1000, ...query }],
        ...{ from: "now-1h", to: "now" },
      }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  return { server, ask, get, end };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
