import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PASSWORD as ENVIRONMENT } from "../../programs/elasticsearch/access";
import { grafanaEnvironment } from "../../programs/grafana/server";
import type { Stack } from "../../programs/program";
import { PASSWORD } from "./elasticsearch";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { Server, startGrafana } from "./servers";

/** A Grafana that asks Elasticsearch as its pages do. */
export interface AskingGrafana {
  ask(target: object): Promise<{ status: number; text: string }>;
  end(): Promise<void>;
}

/** Starts one; `datasources`: its file of them, with addresses of here. */
export async function askingGrafana(
  directory: string,
  stack: Stack,
  datasources: string,
): Promise<AskingGrafana> {
  const provisioning = join(directory, "provisioning");
  mkdirSync(join(provisioning, "datasources"), { recursive: true });
  writeFileSync(join(provisioning, "datasources/datasources.yaml"), datasources);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = binary("grafana", "grafana")!;
  const server = new Server(program, ["server", `--homepath=${dirname(program)}`], {
    ...grafanaEnvironment(stack),
    ...Object.fromEntries(
      ["DATA", "LOGS", "PLUGINS"].map((what) => [`GF_PATHS_${what}`, join(directory, what)]),
    ),
    GF_PATHS_PROVISIONING: provisioning,
    GF_SERVER_HTTP_ADDR: "127.0.0.1",
    GF_SERVER_HTTP_PORT: String(port),
    GF_SERVER_ROOT_URL: `${url}/`,
    GF_SERVER_SERVE_FROM_SUB_PATH: "false",
    GF_SECURITY_ADMIN_PASSWORD: "of the test",
    [ENVIRONMENT]: PASSWORD,
  });
  await startGrafana(server, url);
  const authorization = `Basic ${Buffer.from("admin:of the test").toString("base64")}`;
  return {
    ask: async (target) => {
      const answer = await fetch(`${url}/api/ds/query`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({
          queries: [{ refId: "A", datasource: { uid: "elasticsearch" }, intervalMs: 1000, ...target }],
          ...{ from: "now-1h", to: "now" },
        }),
      });
      return { status: answer.status, text: await answer.text() };
    },
    end: () => server.end("SIGTERM"),
  };
}
