/** Jaeger and Zipkin keep traces in the Elasticsearch that keeps lines: who may do what there, for how long, and what an outage costs. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { urlOf } from "../programs/addresses";
import { READER, READS, WRITER } from "../programs/elasticsearch/access";
import { indexCleaner } from "../programs/index-cleaner";
import { faultsOf } from "./support/admitted";
import { clusterOf, environmentOf, filesOf, type KubernetesObject, ofKind, podOf } from "./support/cluster";
import { type Collector, collectorServer, send } from "./support/collectors";
import { changed, madeWith } from "./support/components";
import { type Elasticsearch, elasticsearchServer, isFetched, PASSWORD } from "./support/elasticsearch";
import { eventually } from "./support/eventually";
import { inElasticsearch } from "./support/filebeat";
import { binary, describeWith, output } from "./support/programs";
import { listening } from "./support/receivers";
import { jaegerServer, type Server, zipkinJar, zipkinServer } from "./support/servers";

jest.setTimeout(480_000);

const DAY = 86_400_000;
const KEEPERS = ["jaeger", "zipkin"] as const;
type Keeper = (typeof KEEPERS)[number];
/** Where the names of a day's spans begin. */
const SPANS = { jaeger: "jaeger-span-", zipkin: "zipkin-jaeger-span-" };

const given = (keeper: Keeper, logins = {}) => ({
  logs: { backend: "elasticsearch", elasticsearch: { logins } },
  tracing: { backend: keeper, [keeper]: { storage: "elasticsearch" }, retention: { time: "48h" } },
});

describe.each(KEEPERS)("a stack whose %s keeps traces in Elasticsearch", (keeper) => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf(given(keeper));
  });

  test("is admitted, and has no volume for traces", () => {
    expect(faultsOf(inElasticsearch(given(keeper)))).toEqual([]);
    const claims = ofKind(objects, "PersistentVolumeClaim").map(({ metadata }) => metadata.name);
    expect(claims.filter((name) => /elasticsearch|jaeger|zipkin|tempo/.test(name))).toEqual([
      "elasticsearch-data",
    ]);
  });

  test("has its password in Secrets alone", () => {
    const texts = (are: boolean) => JSON.stringify(objects.filter(({ kind }) => (kind === "Secret") === are));
    expect(texts(true)).toMatch(new RegExp(`made-by-logs-elasticsearch-${keeper}`));
    expect(texts(false)).not.toMatch(/made-by-|hash-of-/);
  });

  test("deletes old indices every hour, with that password and no token", () => {
    const [cleaner] = ofKind(objects, "CronJob");
    expect(cleaner.spec).toMatchObject({
      schedule: expect.stringMatching(/^\d+ \* \* \* \*$/),
      concurrencyPolicy: "Forbid",
      jobTemplate: {
        spec: { template: { spec: { automountServiceAccountToken: false, restartPolicy: "Never" } } },
      },
    });
    const secretOf = (app: string) =>
      podOf(objects, app).spec.containers[0].env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
    expect(secretOf("index-cleaner")).toEqual(secretOf(keeper));
    expect(environmentOf(objects, "index-cleaner")).toMatchObject({ ES_USERNAME: keeper });
  });

  test("a Job whose pod cannot start ends before the next one is due, which nothing else would ever make", () => {
    const { jobTemplate } = ofKind(objects, "CronJob")[0].spec as {
      jobTemplate: { spec: { activeDeadlineSeconds: number } };
    };
    expect(jobTemplate.spec.activeDeadlineSeconds).toBeGreaterThan(15 * 60);
    expect(jobTemplate.spec.activeDeadlineSeconds).toBeLessThan(60 * 60);
  });

  test("another rotation replaces Elasticsearch, who keeps traces, and what deletes them", async () => {
    const after = await madeWith(given(keeper, { rotation: "again" }));
    expect(changed(await madeWith(given(keeper)), after)).toEqual(
      expect.arrayContaining([
        ...[`logs-elasticsearch-${keeper}`, "logs-elasticsearch-server"],
        ...[`tracing-${keeper}-elasticsearch-login`, `tracing-${keeper}-server`],
        "tracing-index-cleaner-cron-job",
      ]),
    );
  });
});

test("Jaeger waits for Elasticsearch, without which it ends at its start", async () => {
  const made = [...(await madeWith(given("jaeger"))).values()];
  const { after } = made.find(({ name }) => name === "tracing-jaeger-server")!;
  expect(after).toContain("logs-elasticsearch-server");
});

test("Jaeger looks as far back as there are indices, of a part of a day too", async () => {
  const lookback = async (time: string) => {
    const objects = await clusterOf({
      ...given("jaeger"),
      tracing: { ...given("jaeger").tracing, retention: { time } },
    });
    const [{ text }] = filesOf(objects, podOf(objects, "jaeger"));
    const [days] = podOf(objects, "index-cleaner").spec.containers[0].args!;
    return [/max_span_age: (\S+)/.exec(text)?.[1], days];
  };
  expect(await lookback("48h")).toEqual(["72h", "3"]);
  expect(await lookback("49h")).toEqual(["96h", "4"]);
});

test("Zipkin logs in there, and its indices have names that the tool which deletes them looks for", async () => {
  const objects = await clusterOf(given("zipkin"));
  expect(environmentOf(objects, "zipkin")).toMatchObject({
    STORAGE_TYPE: "elasticsearch",
    ES_HOSTS: "http://elasticsearch.observability.svc:9200",
    ES_USERNAME: "zipkin",
    // The tool puts `-jaeger` behind its prefix.
    ES_INDEX: "zipkin-jaeger",
    // There is one node: a second copy would wait for another for ever.
    ES_INDEX_SHARDS: "1",
    ES_INDEX_REPLICAS: "0",
  });
  const cleaner = (from: KubernetesObject[]) => podOf(from, "index-cleaner").spec.containers[0].args!;
  expect(cleaner(objects)).toContain("--index-prefix=zipkin");
  expect(cleaner(await clusterOf(given("jaeger"))).join()).not.toContain("--index-prefix");
});

interface Program {
  server: Server;
  ready: string;
  /** What the gateway sends to. */
  to: string;
  /** Answers whether it finds a trace. */
  has(id: string): Promise<boolean>;
}

async function started(keeper: Keeper, directory: string, elasticsearch: Elasticsearch): Promise<Program> {
  const [stack, store] = [inElasticsearch(given(keeper)), { url: elasticsearch.url, password: PASSWORD }];
  const found = async (url: string) => (await fetch(url)).ok;
  if (keeper === "jaeger") {
    const { server, url, otlp, health } = await jaegerServer(join(directory, "jaeger"), stack, store);
    return { server, ready: health, to: otlp, has: (id) => found(`${url}/api/traces/${id}`) };
  }
  const { server, url } = await zipkinServer(stack, store);
  const to = `${url}/api/v2/spans`;
  return { server, ready: `${url}/health`, to, has: (id) => found(`${url}/api/v2/trace/${id}`) };
}

/** Before Elasticsearch: it says of each index that it was made on the day of its name, which here was just now. */
async function asTimeHasPassed(asked: IncomingMessage, answer: ServerResponse, url: string): Promise<void> {
  const headers = { authorization: asked.headers.authorization! };
  const said = await fetch(url + asked.url!, { method: asked.method, headers });
  const body = (await said.json()) as Record<string, { settings?: Record<string, string> }>;
  for (const [name, { settings }] of Object.entries(body))
    if (settings) settings["index.creation_date"] = String(Date.parse(name.slice(-10)));
  answer.writeHead(said.status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const cleaner = binary("jaeger", "es-index-cleaner");

describe.each(KEEPERS)("%s with a real Elasticsearch", (keeper) => {
  const where = isFetched && (keeper === "jaeger" || zipkinJar) ? describeWith : () => describe.skip;
  where(["jaeger", "jaeger"], ["collector", "otelcol-contrib"])("behind the gateway", () => {
    const stack = inElasticsearch(given(keeper));
    const directory = mkdtempSync(join(tmpdir(), "traces-"));
    let elasticsearch: Elasticsearch;
    let program: Program;
    let collector: Collector;
    beforeAll(async () => {
      elasticsearch = await elasticsearchServer(stack);
      elasticsearch.server.start();
      await answers();
      program = await started(keeper, directory, elasticsearch);
      collector = await collectorServer(join(directory, "collector"), program.to, stack);
      program.server.start();
      collector.server.start();
      await program.server.ready(program.ready, 200);
      await collector.server.ready(collector.health);
    });
    afterAll(async () => {
      await collector?.server.end();
      await program?.server.end();
      // Killed, its starter would leave it behind.
      await elasticsearch?.server.end("SIGTERM");
      elasticsearch?.remove();
      rmSync(directory, { recursive: true, force: true });
    });

    const answers = () =>
      eventually("Elasticsearch", 200, async () => {
        if (!elasticsearch.server.running) throw new Error(elasticsearch.server.output);
        return (await status("GET", "/_cluster/health")) === 200 ? true : undefined;
      });
    const request = (method: string, path: string, user: string, body?: object) =>
      fetch(elasticsearch.url + path, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${user}:${PASSWORD}`).toString("base64")}`,
          "content-type": "application/json",
        },
        body: body && JSON.stringify(body),
      });
    const status = async (method: string, path: string, user: string = keeper, body?: object) =>
      (await request(method, path, user, body)).status;
    const found = (id: string) =>
      eventually(`trace ${id}; ${program.server.output.slice(-2000)}`, 60, async () =>
        (await program.has(id)) ? true : undefined,
      );
    const trace = async () => {
      const id = randomBytes(16).toString("hex");
      await send(collector, id);
      return id;
    };

    test("a trace is found, in an index of its day without copies, and is there after a restart", async () => {
      const id = await trace();
      await found(id);
      await program.server.end();
      program.server.start();
      await program.server.ready(program.ready, 200);
      await found(id);
      const name = SPANS[keeper] + new Date().toISOString().slice(0, 10);
      const answer = await request("GET", `/${name}/_settings`, keeper);
      expect([answer.status, await answer.json()]).toEqual([
        200,
        {
          [name]: {
            settings: {
              index: expect.objectContaining({ number_of_shards: "1", number_of_replicas: "0" }),
            },
          },
        },
      ]);
    });

    test("its user has no lines, and those of lines have no traces", async () => {
      const search = (names: string, user: string) => status("GET", `/${names}/_search`, user);
      expect(await search(`${SPANS[keeper]}*`, keeper)).toBe(200);
      expect(await search(READS, keeper)).toBe(403);
      expect(await status("PUT", `/${READS}-forged`, keeper)).toBe(403);
      expect(await status("DELETE", `/${READS}`, keeper)).toBe(403);
      expect(await status("PUT", "/other", keeper)).toBe(403);
      const today = SPANS[keeper] + new Date().toISOString().slice(0, 10);
      for (const user of [READER, WRITER]) {
        expect([user, await search(today, user)]).toEqual([user, 403]);
        expect([user, await status("DELETE", `/${today}`, user)]).toEqual([user, 403]);
      }
    });

    (cleaner ? test : test.skip)(
      "what is older than the retention goes, by day, and nothing else",
      async () => {
        const id = await trace();
        await found(id);
        const midnight = Math.floor(Date.now() / DAY) * DAY;
        const made = async (prefix: string, time: number, user: string) => {
          const name = prefix + new Date(time).toISOString().slice(0, 10);
          expect([name, await status("PUT", `/${name}/_create/1`, user, { a: 1 })]).toEqual([name, 201]);
          return name;
        };
        const old = await made(SPANS[keeper], midnight - 3 * DAY, keeper);
        const young = await made(SPANS[keeper], midnight - 2 * DAY, keeper);
        const lines = await made(`${READS}-`, midnight - 9 * DAY, WRITER);
        const days = createServer((asked, answer) => void asTimeHasPassed(asked, answer, elasticsearch.url));
        const [url, args] = [urlOf(stack, "elasticsearch", "http"), indexCleaner.args!(stack)];
        const address = `http://${await listening(days)}`;
        const said = await output(
          cleaner!,
          args.map((arg) => arg.replace(url, address)),
          undefined,
          { ...indexCleaner.env!(stack), ES_PASSWORD: PASSWORD },
        ).finally(() => days.close());
        const left = async (name: string, user: string) => (await status("GET", `/${name}`, user)) === 200;
        expect([said, await left(old, keeper)]).toEqual([said, false]);
        expect(await left(young, keeper)).toBe(true);
        expect(await left(lines, WRITER)).toBe(true);
        expect(await program.has(id)).toBe(true);
        expect(said).not.toContain(PASSWORD);
      },
    );

    test("what comes while Elasticsearch is away is there once it is back", async () => {
      await elasticsearch.server.end("SIGTERM");
      // Zipkin takes spans before it has stored them: in a cluster it is ended by what it says of its health.
      if (keeper === "zipkin") {
        await eventually("it says so", 60, async () =>
          (await fetch(program.ready)).status === 503 ? true : undefined,
        );
        await program.server.end();
      }
      const ids = [await trace(), await trace()];
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      elasticsearch.server.start();
      await answers();
      if (!program.server.running) program.server.start();
      for (const id of ids) await found(id);
    });
  });
});
