/** What is kept in S3 survives the loss of every pod and its volume, and of one replica of three under load. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bucket, bucketServer } from "./support/bucket";
import { eventually } from "./support/eventually";
import { freePort } from "./support/free-port";
import { describeWith } from "./support/programs";
import { collectorServer } from "./support/collectors";
import { type Loki, lokiServer, stackWith, tempoServer } from "./support/servers";

jest.setTimeout(300_000);

const directory = mkdtempSync(join(tmpdir(), "bucket-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** As the collector does it: what is not taken is sent again, to whoever answers. */
async function push(replicas: Loki[], line: string): Promise<void> {
  const body = JSON.stringify({
    streams: [{ stream: { app: "shop" }, values: [[`${Date.now()}000000`, line]] }],
  });
  const headers = { "content-type": "application/json" };
  await eventually(line, 60, async () => {
    const one = replicas[Math.floor(Math.random() * replicas.length)];
    const response = await fetch(one.push, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return true;
  });
}

async function lines({ url }: Loki): Promise<string[]> {
  const query = new URLSearchParams({ query: '{app="shop"}', limit: "1000" });
  const response = await fetch(`${url}/loki/api/v1/query_range?${query}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { data } = (await response.json()) as { data: { result: { values: [string, string][] }[] } };
  return data.result.flatMap(({ values }) => values.map(([, line]) => line)).sort();
}

const flush = async ({ url }: { url: string }) =>
  expect((await fetch(`${url}/flush`, { method: "POST" })).ok).toBe(true);

describeWith(["minio", "minio"], ["loki", "loki"])("Loki on S3", () => {
  let bucket: Bucket;
  beforeAll(async () => (bucket = await bucketServer(join(directory, "for-lines"), "lines")));
  afterAll(() => bucket.server.end());

  test("finds its lines again after it has lost its volume", async () => {
    const stack = stackWith({ logs: { s3: bucket.settings } });
    const first = await lokiServer(join(directory, "first"), stack);
    first.server.start();
    await first.server.ready(`${first.url}/ready`);
    await push([first], "kept in the bucket");
    await flush(first);
    await first.server.end("SIGTERM");
    expect(await bucket.objects("index/")).not.toEqual([]);
    expect(await bucket.objects("fake/")).not.toEqual([]);

    const second = await lokiServer(join(directory, "second"), stack);
    second.server.start();
    await second.server.ready(`${second.url}/ready`);
    expect(
      await eventually("the line", 60, async () => {
        const found = await lines(second);
        return found.length > 0 ? found : undefined;
      }),
    ).toEqual(["kept in the bucket"]);
    await second.server.end();
  });
});

describeWith(["minio", "minio"], ["loki", "loki"])("three replicas of Loki", () => {
  let bucket: Bucket;
  let replicas: Loki[];
  beforeAll(async () => {
    bucket = await bucketServer(join(directory, "for-replicas"), "replicas");
    const stack = stackWith({ logs: { s3: bucket.settings, replicas: 3 } });
    const ports = [await freePort(), await freePort(), await freePort()];
    replicas = await Promise.all(
      ports.map((port, index) =>
        lokiServer(join(directory, `replica-${index}`), stack, [
          port,
          ...ports.filter((other) => other !== port),
        ]),
      ),
    );
    for (const { server } of replicas) server.start();
    for (const { server, url } of replicas) await server.ready(`${url}/ready`);
  });
  afterAll(async () => {
    for (const { server } of replicas) await server.end();
    await bucket.server.end();
  });

  test("lose no line when one is killed under load, and each of those that are there answers about all", async () => {
    const sent: string[] = [];
    const eachAnswers = async (all: Loki[]) => {
      for (const replica of all)
        await eventually("every line", 60, async () => {
          const found = await lines(replica);
          if (found.length !== sent.length) throw new Error(`${found.length} of ${sent.length}`);
          expect(found).toEqual(sent);
          return true;
        });
    };
    for (let number = 0; number < 120; number++) {
      const line = `line ${String(number).padStart(3, "0")}`;
      if (number === 40) await replicas[0].server.end("SIGKILL");
      if (number === 80) {
        await eachAnswers(replicas.slice(1));
        replicas[0].server.start();
      }
      await push(number < 40 || number >= 80 ? replicas : replicas.slice(1), line);
      sent.push(line);
    }
    await replicas[0].server.ready(`${replicas[0].url}/ready`);
    await eachAnswers(replicas);
  });
});

describeWith(
  ["minio", "minio"],
  ["tempo", "tempo"],
  ["collector", "otelcol-contrib"],
)("Tempo on S3", () => {
  test("finds its traces again after it has lost its volume", async () => {
    const bucket = await bucketServer(join(directory, "for-traces"), "traces");
    const stack = stackWith({ tracing: { s3: bucket.settings } });
    const first = await tempoServer(join(directory, "tempo-first"), stack);
    const collector = await collectorServer(join(directory, "collector"), first.otlp, stack);
    first.server.start();
    collector.server.start();
    await first.server.ready(`${first.url}/ready`);
    await collector.server.ready(collector.health);
    const traceId = randomBytes(16).toString("hex");
    const now = BigInt(Date.now()) * 1_000_000n;
    const span = {
      ...{ traceId, spanId: randomBytes(8).toString("hex"), name: "GET /", kind: 2 },
      ...{ startTimeUnixNano: String(now - 5_000_000n), endTimeUnixNano: String(now) },
    };
    await fetch(collector.traces, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans: [span] }] }],
      }),
    });
    const found = (tempo: { url: string }) =>
      eventually("the trace", 90, async () =>
        (await fetch(`${tempo.url}/api/traces/${traceId}`)).status === 200 ? true : undefined,
      );
    await found(first);
    await flush(first);
    await eventually("a block", 60, async () =>
      (await bucket.objects()).some((key) => key.endsWith("/meta.json")) ? true : undefined,
    );
    await collector.server.end();
    await first.server.end();

    const second = await tempoServer(join(directory, "tempo-second"), stack);
    second.server.start();
    await second.server.ready(`${second.url}/ready`);
    await found(second);
    await second.server.end();
    await bucket.server.end();
  });
});
