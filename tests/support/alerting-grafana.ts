import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { yaml } from "../../config/yaml";
import { urlOf } from "../../programs/addresses";
import { PASSWORD as ENVIRONMENT } from "../../programs/elasticsearch/access";
import { alerting } from "../../programs/grafana/alerting";
import { datasources } from "../../programs/grafana/datasources";
import { grafanaEnvironment } from "../../programs/grafana/server";
import type { Stack } from "../../programs/program";
import type { Alertmanager } from "./alertmanagers";
import { PASSWORD } from "./elasticsearch";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { Server, startGrafana } from "./servers";

/** A Grafana that evaluates rules, with its database in PostgreSQL. */
export interface AlertingGrafana {
  server: Server;
  /** Starts it again, with what this stack tells it. */
  startWith(stack: Stack): Promise<void>;
  get<T>(path: string): Promise<T>;
  /** How often a rule could not be evaluated. */
  failures(): Promise<number>;
  /** Uid and title of each rule that it knows. */
  rules(): Promise<string[]>;
}

export async function alertingGrafana(
  home: string,
  to: { elasticsearch: string; alertmanager: Alertmanager; postgres: number },
): Promise<AlertingGrafana> {
  const provisioning = join(home, "provisioning");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const headers = { authorization: `Basic ${Buffer.from("admin:of the test").toString("base64")}` };
  const environment = {
    ...Object.fromEntries(["DATA", "LOGS", "PLUGINS"].map((what) => [`GF_PATHS_${what}`, join(home, what)])),
    ...{ GF_DATABASE_TYPE: "postgres", GF_DATABASE_HOST: `127.0.0.1:${to.postgres}` },
    ...{ GF_DATABASE_NAME: "ticketing", GF_DATABASE_USER: "ticketing", GF_DATABASE_PASSWORD: PASSWORD },
    GF_PATHS_PROVISIONING: provisioning,
    GF_SERVER_HTTP_ADDR: "127.0.0.1",
    GF_SERVER_HTTP_PORT: String(port),
    GF_SERVER_SERVE_FROM_SUB_PATH: "false",
    GF_SECURITY_ADMIN_PASSWORD: "of the test",
    [ENVIRONMENT]: PASSWORD,
  };

  /** As the kubelet mounts them, with addresses of here, and asking three times as often. */
  function provision(stack: Stack): void {
    rmSync(provisioning, { recursive: true, force: true });
    mkdirSync(join(provisioning, "datasources"), { recursive: true });
    const text = yaml(datasources(stack)).replace(urlOf(stack, "elasticsearch", "http"), to.elasticsearch);
    writeFileSync(join(provisioning, "datasources", "datasources.yaml"), text);
    const path = join(provisioning, "alerting");
    const [{ files }] = alerting(stack, path);
    mkdirSync(join(path, "..2026"), { recursive: true });
    symlinkSync("..2026", join(path, "..data"));
    for (const [file, text] of Object.entries(files)) {
      const here = text
        .replaceAll(urlOf(stack, "alertmanager", "http"), `http://${to.alertmanager.address}`)
        .replaceAll("interval: 30s", "interval: 10s");
      writeFileSync(join(path, "..2026", file), here);
      symlinkSync(join("..data", file), join(path, file));
    }
  }

  const get = async <T>(path: string) => (await (await fetch(url + path, { headers })).json()) as T;
  const file = binary("grafana", "grafana")!;
  const made = (env: Record<string, string>) =>
    new Server(file, ["server", `--homepath=${dirname(file)}`], { ...env, ...environment });
  const grafana: AlertingGrafana = {
    server: made({}),
    startWith: async (stack) => {
      await grafana.server.end("SIGTERM");
      provision(stack);
      grafana.server = made(grafanaEnvironment(stack));
      await startGrafana(grafana.server, url);
    },
    get,
    failures: async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/^grafana_alerting_rule_evaluation_failures_total\{.*\} (\d+)$/m.exec(text)?.[1] ?? 0);
    },
    rules: async () =>
      (await get<{ uid: string; title: string }[]>("/api/v1/provisioning/alert-rules"))
        .map(({ uid, title }) => `${uid} ${title}`)
        .sort(),
  };
  return grafana;
}
