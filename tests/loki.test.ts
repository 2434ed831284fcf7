import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes } from "../config/units";
import { describeWith } from "./support/programs";
import { type Loki, lokiServer, stackWith } from "./support/servers";

/** Size of the log that Loki finds when it starts again. */
const MEGABYTES = Number(process.env.WAL_MEGABYTES ?? 300);

const stack = stackWith();
const limit = bytes(stack.settings.logs.resources.limits.memory) / 2 ** 20;

async function push(loki: Loki, stream: Record<string, string>, values: [string, string][]): Promise<void> {
  const response = await fetch(loki.push, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
  // Faster than Loki's limit is what the test wants and the limit forbids, and a busy Loki answers 500: it waits, as Alloy does.
  if (response.status === 429 || response.status >= 500) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return push(loki, stream, values);
  }
  if (response.status !== 204) throw new Error(`${response.status} ${await response.text()}`);
}

async function lines(loki: Loki, query: string): Promise<string[]> {
  const response = await fetch(
    `${loki.url}/loki/api/v1/query_range?${new URLSearchParams({ query, limit: "10" })}`,
  );
  const { data } = (await response.json()) as { data: { result: { values: [string, string][] }[] } };
  return data.result.flatMap(({ values }) => values.map(([, line]) => line));
}

async function counted(loki: Loki, query: string): Promise<number> {
  const response = await fetch(`${loki.url}/loki/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0].value[1]);
}

const nanoseconds = () => `${Date.now()}000000`;

describeWith(["loki", "loki"])("Loki", () => {
  const directory = mkdtempSync(join(tmpdir(), "loki-"));
  let loki: Loki;
  beforeAll(async () => {
    loki = await lokiServer(directory, stack);
    loki.server.start();
    await loki.server.ready(`${loki.url}/ready`);
  });
  afterAll(async () => {
    await loki.server.end();
    rmSync(directory, { recursive: true, force: true });
  });

  test("a line above its limit is kept, cut, and says so, whoever sends it", async () => {
    await push(loki, { app: "long" }, [[nanoseconds(), "x".repeat(1_000_000)]]);
    const [line] = await lines(loki, '{app="long"}');
    expect(line).toMatch(/^x+ \[cut at 256 KiB\]$/);
    expect(line).toHaveLength(256 * 1024);
  });

  test("it takes lines of more containers than its own limit of 5,000 streams allows", async () => {
    const pods = Array.from({ length: 6000 }, (_, n) => `pod-${n}`);
    for (const pod of pods) await push(loki, { app: "many", pod }, [[nanoseconds(), "a line"]]);
    expect(await counted(loki, 'count(count_over_time({app="many"}[1h]))')).toBe(pods.length);
  });

  test("it answers a graph of a thousand applications, also over forty days", async () => {
    const apps = Array.from({ length: 1000 }, (_, n) => `app-${n}`);
    for (const app of apps) await push(loki, { namespace: "crowd", app }, [[nanoseconds(), "a line"]]);
    const query = 'sum by (app) (count_over_time({namespace="crowd"}[1h]))';
    const end = Math.floor(Date.now() / 1000);
    const range = { start: String(end - 40 * 86_400), end: String(end), step: "3600" };
    const response = await fetch(
      `${loki.url}/loki/api/v1/query_range?${new URLSearchParams({ query, ...range })}`,
    );
    expect(response.status).toBe(200);
    const { data } = (await response.json()) as { data: { result: unknown[] } };
    expect(data.result).toHaveLength(apps.length);
  });

  test(`killed with a log of ${MEGABYTES} MB it is ready again within its memory, and has lost nothing`, async () => {
    let sent = 0;
    for (let megabyte = 0; megabyte < MEGABYTES; megabyte++) {
      const values = Array.from({ length: 1000 }, (_, n): [string, string] => [
        `${Date.now()}${String(n).padStart(6, "0")}`,
        // A thousand characters that hardly compress.
        randomBytes(750).toString("base64"),
      ]);
      await push(loki, { app: "filler", pod: `pod-${megabyte % 50}` }, values);
      sent += values.length;
    }
    await loki.server.end("SIGKILL");
    const began = Date.now();
    loki.server.start();
    await loki.server.ready(`${loki.url}/ready`, 300);
    const took = (Date.now() - began) / 1000;
    const peak = loki.server.peakMemory;
    console.info(
      `${MEGABYTES} MB: ready after ${took.toFixed(0)} s, at most ${peak.toFixed(0)} MiB of ${limit}`,
    );
    expect(peak).toBeLessThan(limit);
    expect(await counted(loki, 'sum(count_over_time({app="filler"}[1h]))')).toBe(sent);
  }, 900_000);
});
