import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dashboardFiles } from "../dashboards";
import { type AskingGrafana, askingGrafana } from "./support/asking-grafana";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { stackWith } from "./support/servers";

/* Grafana itself reads the dashboards' files and gives them back. */

describeWith(["grafana", "grafana"])("Grafana", () => {
  const stack = stackWith({
    grafana: { folders: { services: "Shop" } },
    metrics: { istio: { enabled: true } },
  });
  const directory = mkdtempSync(join(tmpdir(), "grafana-"));
  let grafana: AskingGrafana;

  beforeAll(async () => {
    grafana = await askingGrafana(directory, stack, { dashboards: dashboardFiles(stack) });
  }, 180_000);
  afterAll(async () => {
    await grafana?.end();
    rmSync(directory, { recursive: true, force: true });
  });

  test("shows every dashboard in the folder of its role, complete", async () => {
    const wanted = Object.entries(dashboardFiles(stack)).flatMap(([folder, files]) =>
      Object.values(files).map((text) => ({ folder, model: JSON.parse(text) as Model })),
    );
    const titles: Record<string, string> = { overview: "Overview", services: "Shop", platform: "Platform" };
    const found = await eventually("all dashboards", 60, async () => {
      const all = await grafana.get<{ uid: string; folderTitle: string }[]>("/api/search?type=dash-db");
      return all.length === wanted.length ? all : undefined;
    });
    expect(Object.fromEntries(found.map(({ uid, folderTitle }) => [uid, folderTitle]))).toEqual(
      Object.fromEntries(wanted.map(({ folder, model }) => [model.uid, titles[folder]])),
    );
    for (const { model } of wanted) {
      const { dashboard } = await grafana.get<{ dashboard: Model }>(`/api/dashboards/uid/${model.uid}`);
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
