import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { dashboardFiles } from "../dashboards";
import { askingGrafana } from "../tests/support/asking-grafana";
import { stackWith } from "../tests/support/servers";
import { manyServices } from "./many-services";
import { judge } from "./measure";

/*
 * npm run bench:weight, without a cluster: the memory that rules and dashboards add, to a Prometheus with 20 services and to
 * a Grafana. bench:preview says what they add to a preview.
 */
const SERVICES = 20;
const MEASURED_MS = 60_000;
const stack = stackWith();

async function prometheus(directory: string, rules: boolean): Promise<number> {
  const running = await manyServices(SERVICES, directory, { rules });
  try {
    await delay(MEASURED_MS);
    return running.server.peakMemory;
  } finally {
    await running.end();
  }
}

async function grafana(directory: string, dashboards: boolean): Promise<number> {
  const running = await askingGrafana(directory, stack, {
    dashboards: dashboards ? dashboardFiles(stack) : {},
  });
  try {
    await delay(MEASURED_MS);
    return running.server.peakMemory;
  } finally {
    await running.end();
  }
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-weight-"));
  const below = (name: string) => {
    mkdirSync(join(directory, name));
    return join(directory, name);
  };
  try {
    const [bare, ruled] = [await prometheus(below("bare"), false), await prometheus(below("ruled"), true)];
    const [empty, full] = [await grafana(below("empty"), false), await grafana(below("full"), true)];
    console.log(
      `Prometheus ${bare.toFixed()} -> ${ruled.toFixed()} MiB, Grafana ${empty.toFixed()} -> ${full.toFixed()} MiB`,
    );
    judge("memory that rules and dashboards add", ruled - bare + full - empty, 128, "MiB");
  } finally {
    rmSync(directory, { recursive: true });
  }
}

void main();
