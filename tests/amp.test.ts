/** What a real Prometheus writes to Amazon Managed Prometheus, and a real Grafana asks it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { yaml } from "../config/yaml";
import { datasources } from "../programs/grafana/datasources";
import { grafanaEnvironment } from "../programs/grafana/server";
import { prometheusConfig } from "../programs/prometheus/config";
import { eventually } from "./support/eventually";
import { freePort } from "./support/free-port";
import { binary, describeWith } from "./support/programs";
import { listening } from "./support/receivers";
import { type Prometheus, prometheusServer, Server, stackWith, startGrafana } from "./support/servers";
import { workspaceServer } from "./support/workspace";

jest.setTimeout(120_000);

const directory = mkdtempSync(join(tmpdir(), "amp-"));
let workspace: Awaited<ReturnType<typeof workspaceServer>>;
let target: HttpServer;
beforeAll(async () => {
  workspace = await workspaceServer(directory);
  target = createServer((_, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end("shelf_books 7\n");
  });
  await listening(target);
});
afterAll(() => {
  workspace.stop();
  target.close();
  rmSync(directory, { recursive: true, force: true });
});

describeWith(["prometheus", "prometheus"])("a Prometheus that writes to a workspace", () => {
  let prometheus: Prometheus | undefined;
  afterEach(() => prometheus?.server.end());

  async function started(name: string, keys: { secretAccessKey?: string } = {}): Promise<Prometheus> {
    const stack = stackWith({
      environment: "prod",
      region: "seoul",
      metrics: { replicas: 2, amp: workspace.settings, scrapeInterval: "1s" },
    });
    const place = join(directory, name);
    mkdirSync(place);
    prometheus = await prometheusServer(place, stack, { env: { POD_NAME: name, ...workspace.env(keys) } });
    const { port } = target.address() as { port: number };
    prometheus.scrape([{ job_name: "shelf", static_configs: [{ targets: [`127.0.0.1:${port}`] }] }]);
    prometheus.server.start();
    await prometheus.server.ready(prometheus.ready);
    return prometheus;
  }

  /** Of the counter that the alert RemoteWriteFailing reads. */
  async function counted(what: "failed" | "retried" | ""): Promise<number> {
    const text = await (await fetch(`${prometheus!.url}/metrics`)).text();
    const name = `prometheus_remote_storage_samples_${what ? `${what}_` : ""}total`;
    return Number(new RegExp(`^${name}\\{.*\\} (\\S+)$`, "m").exec(text)?.[1]);
  }

  test("signs what it writes; its samples say which cluster and which replica they are from", async () => {
    await started("prometheus-0");
    const samples = await eventually("samples", 60, async () =>
      workspace.written.find((text) => text.includes("shelf_books")),
    );
    for (const label of ["cluster", "prod-seoul", "__replica__", "prometheus-0"])
      expect(samples).toContain(label);
    expect(workspace.refused).toBe(0);
    expect(await counted("")).toBeGreaterThan(0);
    expect([await counted("failed"), await counted("retried")]).toEqual([0, 0]);
  });

  test("with a wrong key writes nothing, and counts what the alert reads", async () => {
    const before = workspace.written.length;
    await started("prometheus-1-0", { secretAccessKey: "another-secret" });
    await eventually("failures", 60, async () => (await counted("failed")) > 0 || undefined);
    expect(workspace.refused).toBeGreaterThan(0);
    expect(workspace.written).toHaveLength(before);
  });
});

describeWith(["grafana", "grafana"])("Grafana's datasource of a workspace", () => {
  test("asks what it is asked, signed", async () => {
    const program = binary("grafana", "grafana")!;
    const stack = stackWith({ metrics: { amp: workspace.settings } });
    const place = join(directory, "grafana");
    const provisioning = join(place, "provisioning", "datasources");
    mkdirSync(provisioning, { recursive: true });
    writeFileSync(join(provisioning, "datasources.yaml"), yaml(datasources(stack)));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = new Server(program, ["server", `--homepath=${dirname(program)}`], {
      ...grafanaEnvironment(stack),
      ...workspace.env(),
      GF_PATHS_DATA: join(place, "data"),
      GF_PATHS_LOGS: join(place, "log"),
      GF_PATHS_PLUGINS: join(place, "plugins"),
      GF_PATHS_PROVISIONING: join(place, "provisioning"),
      GF_SERVER_HTTP_ADDR: "127.0.0.1",
      GF_SERVER_HTTP_PORT: String(port),
      GF_SERVER_ROOT_URL: `${url}/`,
      GF_SERVER_SERVE_FROM_SUB_PATH: "false",
      GF_SECURITY_ADMIN_PASSWORD: "of the test",
    });
    server.start();
    try {
      await startGrafana(server, url);
      const refused = workspace.refused;
      const query = { refId: "A", datasource: { uid: "amp" }, expr: "shelf_books", instant: true };
      const response = await fetch(`${url}/api/ds/query`, {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from("admin:of the test").toString("base64")}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ queries: [query], from: "now-5m", to: "now" }),
      });
      const text = await response.text();
      expect([response.status, text]).toEqual([200, expect.stringContaining("shelf_books")]);
      expect(workspace.asked.at(-1)).toContain("/workspaces/ws-of-the-test/api/v1/query");
      expect(workspace.refused).toBe(refused);
    } finally {
      await server.end("SIGTERM");
    }
  });
});

test("what waits has a ceiling", () => {
  const amp = { ...workspace.settings, shards: 3 };
  const { remote_write } = prometheusConfig(stackWith({ metrics: { amp } })) as { remote_write: object[] };
  expect(remote_write).toMatchObject([
    { queue_config: { max_shards: 3, capacity: 10_000, max_samples_per_send: 1_000 } },
  ]);
});
