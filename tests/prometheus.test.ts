import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes } from "../config/units";
import { eventually } from "./support/eventually";
import { describeWith } from "./support/programs";
import { listening } from "./support/receivers";
import { type Prometheus, prometheusServer, stackWith } from "./support/servers";

/* A real Prometheus with the stack's configuration and flags. */

const SERIES = 15_000;
const SECONDS = 40;

describeWith(["prometheus", "prometheus"])("a Prometheus", () => {
  const directory = mkdtempSync(join(tmpdir(), "prometheus-"));
  const stack = stackWith();
  const limit = bytes(stack.settings.metrics.resources.limits.memory) / 2 ** 20;
  let target: HttpServer;
  let jobs: object[];
  let prometheus: Prometheus;

  beforeAll(async () => {
    let scrapes = 0;
    target = createServer((_, response) => {
      scrapes++;
      const lines = Array.from({ length: SERIES }, (_, n) => `filler_total{n="${n}"} ${scrapes * (n + 1)}\n`);
      response.setHeader("content-type", "text/plain; version=0.0.4");
      response.end(lines.join(""));
    });
    const static_configs = [{ targets: [await listening(target)] }];
    jobs = [{ job_name: "filler", scrape_interval: "1s", static_configs }];
    prometheus = await prometheusServer(directory, stack);
    prometheus.scrape(jobs);
    prometheus.server.start();
    await prometheus.server.ready(prometheus.ready);
  });

  afterAll(async () => {
    await prometheus.server.end();
    target.close();
    target.closeAllConnections();
    rmSync(directory, { recursive: true, force: true });
  });

  async function value(query: string): Promise<number> {
    const response = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1]);
  }

  /** What the alert ConfigReloadFailed reads, at its source. */
  async function reloaded(): Promise<number> {
    const text = await (await fetch(`${prometheus.url}/metrics`)).text();
    return Number(/^prometheus_config_last_reload_successful (\d)$/m.exec(text)![1]);
  }

  test("goes on with the old jobs when it is given one that it refuses, says so, and takes the corrected one", async () => {
    const mine = { job_name: "mine", static_configs: [{ targets: ["127.0.0.1:1"] }] };
    prometheus.scrape([...jobs, { ...mine, scrape_interval: "often" }]);
    await eventually("the refusal", 30, async () => (await reloaded()) === 0 || undefined);
    expect(await value('up{job="filler"}')).toBe(1);
    prometheus.scrape([...jobs, mine]);
    await eventually("the correction", 30, async () => (await reloaded()) === 1 || undefined);
    await eventually("the job", 60, async () => (await value('up{job="mine"}')) === 0 || undefined);
  });

  test(`killed with the log of ${SERIES} series it is ready again within its memory, and has lost nothing`, async () => {
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
    const seen = 'sum(count_over_time(filler_total{n="7"}[10m]))';
    const before = await value(seen);
    expect(before).toBeGreaterThan(SECONDS / 2);
    await prometheus.server.end("SIGKILL");
    const began = Date.now();
    prometheus.server.start();
    await prometheus.server.ready(prometheus.ready, 300);
    const took = (Date.now() - began) / 1000;
    const peak = prometheus.server.peakMemory;
    console.info(
      `${SERIES} series, ${before} times: ready after ${took.toFixed(0)} s, at most ${peak.toFixed(0)} MiB of ${limit}`,
    );
    expect(peak).toBeLessThan(limit);
    expect(await value(seen)).toBeGreaterThanOrEqual(before);
  }, 600_000);
});
