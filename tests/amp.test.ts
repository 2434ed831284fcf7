/** What a real Prometheus writes to Amazon Managed Prometheus, and a real Grafana asks it. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prometheusConfig } from "../programs/prometheus/config";
import { askingGrafana } from "./support/asking-grafana";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { listening } from "./support/receivers";
import { type Prometheus, prometheusServer, stackWith } from "./support/servers";
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
    const stack = stackWith({ metrics: { amp: workspace.settings } });
    const grafana = await askingGrafana(directory, stack, { env: workspace.env() });
    try {
      const refused = workspace.refused;
      expect(await grafana.ask("amp", { expr: "shelf_books", instant: true })).toEqual({
        status: 200,
        text: expect.stringContaining("shelf_books"),
      });
      expect(workspace.asked.at(-1)).toContain("/workspaces/ws-of-the-test/api/v1/query");
      expect(workspace.refused).toBe(refused);
    } finally {
      await grafana.end();
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
