import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dashboardFiles } from "../dashboards";
import { yaml } from "../config/yaml";
import { DASHBOARDS, dashboardProviders, grafanaEnvironment } from "../programs/grafana/server";
import { eventually } from "./support/eventually";
import { freePort } from "./support/free-port";
import { binary, describeWith } from "./support/programs";
import { Server, stackWith, startGrafana } from "./support/servers";

/* Grafana itself reads the dashboards' files and gives them back. */

const grafana = binary("grafana", "grafana");

describeWith(["grafana", "grafana"])("Grafana", () => {
  const stack = stackWith({
    grafana: { folders: { services: "Shop" } },
    metrics: { istio: { enabled: true } },
  });
  const directory = mkdtempSync(join(tmpdir(), "grafana-"));
  let server: Server;
  let url: string;

  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const get = async <T>(path: string): Promise<T> => {
    const authorization = `Basic ${Buffer.from("admin:of the test").toString("base64")}`;
    return (await (await fetch(url + path, { headers: { authorization } })).json()) as T;
  };

  beforeAll(async () => {
    const provisioning = join(directory, "provisioning");
    write(
      join(provisioning, "dashboards", "dashboards.yaml"),
      yaml(dashboardProviders(stack)).replaceAll(DASHBOARDS, join(directory, "dashboards")),
    );
    for (const [folder, files] of Object.entries(dashboardFiles(stack)))
      for (const [file, text] of Object.entries(files))
        write(join(directory, "dashboards", folder, file), text);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = new Server(grafana!, ["server", `--homepath=${dirname(grafana!)}`], {
      ...grafanaEnvironment(stack),
      GF_PATHS_DATA: join(directory, "data"),
      GF_PATHS_LOGS: join(directory, "log"),
      GF_PATHS_PLUGINS: join(directory, "plugins"),
      GF_PATHS_PROVISIONING: provisioning,
      GF_SERVER_HTTP_ADDR: "127.0.0.1",
      GF_SERVER_HTTP_PORT: String(port),
      GF_SERVER_ROOT_URL: `${url}/`,
      GF_SERVER_SERVE_FROM_SUB_PATH: "false",
      GF_SECURITY_ADMIN_PASSWORD: "of the test",
    });
    await startGrafana(server, url);
  }, 180_000);
  afterAll(async () => {
    await server?.end("SIGTERM");
    rmSync(directory, { recursive: true, force: true });
  });

  test("shows every dashboard in the folder of its role, complete", async () => {
    const wanted = Object.entries(dashboardFiles(stack)).flatMap(([folder, files]) =>
      Object.values(files).map((text) => ({ folder, model: JSON.parse(text) as Model })),
    );
    const titles: Record<string, string> = { overview: "Overview", services: "Shop", platform: "Platform" };
    const found = await eventually("all dashboards", 60, async () => {
      const all = await get<{ uid: string; folderTitle: string }[]>("/api/search?type=dash-db");
      return all.length === wanted.length ? all : undefined;
    });
    expect(Object.fromEntries(found.map(({ uid, folderTitle }) => [uid, folderTitle]))).toEqual(
      Object.fromEntries(wanted.map(({ folder, model }) => [model.uid, titles[folder]])),
    );
    for (const { model } of wanted) {
      const { dashboard } = await get<{ dashboard: Model }>(`/api/dashboards/uid/${model.uid}`);
      expect([dashboard.title, dashboard.panels, dashboard.templating]).toEqual([
        model.title,
        model.panels,
        model.templating,
      ]);
    }
  }, 120_000);
});

interface Model {
  uid: string;
  title: string;
  panels: object[];
  templating: object;
}
