/** Elasticsearch itself and Filebeat: what is written into a container's log is found, by whom, and after an outage. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { urlOf } from "../programs/addresses";
import {
  KIBANA,
  LOGSTASH,
  PASSWORD as ENVIRONMENT,
  PEOPLE,
  READER,
  READS,
  WRITER,
} from "../programs/elasticsearch/access";
import { logsBackend } from "../programs/backends";
import { traceLinks } from "../programs/trace-links";
import { criLine, logDirectory } from "./support/alloy";
import { askingGrafana } from "./support/asking-grafana";
import { type Elasticsearch, elasticsearchServer, isFetched, PASSWORD } from "./support/elasticsearch";
import { eventually } from "./support/eventually";
import { type Document, filebeatServer, inElasticsearch } from "./support/filebeat";
import { binary, describeWith } from "./support/programs";
import type { Server } from "./support/servers";

jest.setTimeout(240_000);

interface Found {
  hits: { total: { value: number }; hits: { _source: Document }[] };
}

const stack = inElasticsearch({ logs: { elasticsearch: { kibana: { enabled: true } } } });
interface Link {
  query: string;
  tags: { key: string; value: string }[];
}
interface Privileges {
  index: Record<string, Record<string, boolean>>;
  application: Record<string, Record<string, Record<string, boolean>>>;
}
const trace = "6a3b8c9d2e1f0a4b6a3b8c9d2e1f0a4b";
const where = isFetched && binary("grafana", "grafana") ? describeWith : () => describe.skip;

where(["filebeat", "filebeat"])("Filebeat to Elasticsearch", () => {
  const directory = mkdtempSync(join(tmpdir(), "logs-"));
  const log = (pod: string) =>
    join(logDirectory(join(directory, "pods"), { namespace: "shop", pod, name: "server" }), "0.log");
  let elasticsearch: Elasticsearch;
  let filebeat: Server;
  beforeAll(async () => {
    // Of a stack with Logstash: everybody who logs in to any is there.
    elasticsearch = await elasticsearchServer(
      inElasticsearch({
        logs: { elasticsearch: { kibana: { enabled: true }, logstash: { enabled: true } } },
      }),
    );
    elasticsearch.server.start();
    for (const pod of ["ticket-1", "ticket-2"]) mkdirSync(join(log(pod), ".."), { recursive: true });
    filebeat = await filebeatServer(directory, elasticsearch.url, stack, PASSWORD);
    await elasticsearch.ready();
  });
  afterAll(async () => {
    await filebeat?.end();
    // Killed, its starter would leave it behind.
    await elasticsearch?.server.end("SIGTERM");
    elasticsearch?.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  const search = async (query: string) => {
    await elasticsearch.ask(READER, `/${READS}*/_refresh`);
    const { status, answer } = await elasticsearch.ask<Found>(READER, `/${READS}*/_search`, {
      query: { query_string: { query } },
      size: 1000,
    });
    if (status !== 200) throw new Error(JSON.stringify(answer));
    return answer.hits.hits.map(({ _source }) => _source);
  };
  const found = (query: string, count: number) =>
    eventually(`${count} of ${query}; ${filebeat.output.slice(-2000)}`, 90, async () => {
      const lines = await search(query);
      return lines.length >= count ? lines : undefined;
    });

  test("Logstash makes no index: what it adds before the Job has said how lines are kept is to be sent again", async () => {
    expect(await elasticsearch.add(LOGSTASH, "early", { "@timestamp": new Date() })).toBe(403);
  });

  test("lines are found by the user who reads, masked and with what is known of them", async () => {
    writeFileSync(
      log("ticket-1"),
      criLine(`ERROR [ticket-service,${trace},3c5d7e9f1a2b4c6d] c.t.T : refused 10.1.2.3`),
    );
    filebeat.start();
    const [line, ...others] = await found(`trace_id:"${trace}"`, 1);
    expect(others).toEqual([]);
    expect(line).toEqual({
      "@timestamp": expect.stringMatching(/^20.*Z$/),
      message: `ERROR [ticket-service,${trace},3c5d7e9f1a2b4c6d] c.t.T : refused 10.1.2.x`,
      ...{ namespace: "shop", pod: "ticket-1", container: "server", app: "ticket-1", level: "error" },
      ...{ trace_id: trace, span_id: "3c5d7e9f1a2b4c6d", service_name: "ticket-service" },
      ...{ env: "kind", region: "local" },
    });
  });

  test("who writes may do what Filebeat 8 does before its first line, and still reads nothing", async () => {
    const may = async (...privileges: string[]) => {
      const index = [{ names: [READS], privileges }];
      const { answer } = await elasticsearch.ask<{ has_all_requested: boolean }>(
        WRITER,
        "/_security/user/_has_privileges",
        { cluster: ["monitor"], index },
      );
      return answer.has_all_requested;
    };
    // It makes the data stream itself; the 7.17 that runs here does not.
    expect(await may("create_index", "auto_configure", "create_doc")).toBe(true);
    expect(await may("read")).toBe(false);
    expect(await may("delete_index")).toBe(false);
  });

  test("of a line that Logstash sends again, under the id that it had, there is one", async () => {
    const add = () => elasticsearch.add(LOGSTASH, "first", { "@timestamp": new Date(), app: "logstash" });
    expect([await add(), await add()]).toEqual([201, 409]);
    expect(await found("app:logstash", 1)).toHaveLength(1);
  });

  test("Kibana keeps what is its own, and reads no line but by whoever looks at its pages", async () => {
    const may = async (user: string, names: string, ...privileges: string[]) => {
      const index = [{ names: [names], privileges }];
      const application = [
        { application: "kibana-.kibana", privileges: ["space_all"], resources: ["space:default"] },
      ];
      const path = "/_security/user/_has_privileges";
      const { answer } = await elasticsearch.ask<Privileges>(user, path, { index, application });
      return { lines: answer.index[names], pages: answer.application["kibana-.kibana"]["space:default"] };
    };
    expect(await may(KIBANA, ".kibana_1", "all")).toMatchObject({ lines: { all: true } });
    expect(await may(KIBANA, READS, "read", "write")).toMatchObject({ lines: { read: false, write: false } });
    expect(await may(PEOPLE, READS, "read", "write", "delete_index")).toEqual({
      lines: { read: true, write: false, delete_index: false },
      pages: { space_all: true },
    });
    expect(await may(PEOPLE, ".kibana_1", "read")).toMatchObject({ lines: { read: false } });
    expect(await may(READER, READS, "read")).toMatchObject({ pages: { space_all: false } });
  });

  test("by words, levels and applications, as Grafana asks", async () => {
    appendFileSync(
      log("ticket-2"),
      criLine('{"level":"warn","message":"seat taken"}') + criLine("INFO [main] seat free"),
    );
    expect(await found('app:"ticket-2" AND seat', 2)).toHaveLength(2);
    expect(await search("app:ticket-2 AND level:(warn OR error)")).toMatchObject([{ level: "warn" }]);
    expect(await search("message:seat AND level:fatal")).toEqual([]);
  });

  test("a span's link to its lines, filled in as Grafana does, finds them", async () => {
    const { tracesToLogsV2: link } = traceLinks(stack) as { tracesToLogsV2: Link };
    const ofSpan: Record<string, string> = { namespace: "shop", pod: "ticket-1", container: "server" };
    // Grafana writes tags for Elasticsearch so: the name that the link gives each, and what the span has under its key.
    const tags = link.tags.map(({ key, value }) => `${value}:"${ofSpan[key]}"`).join(" AND ");
    // The file of datasources has $$ for a $.
    const query = link.query
      .replaceAll("$$", "$")
      .replace("${__tags}", () => tags)
      .replace("${__trace.traceId}", trace);
    expect(query).not.toMatch(/[${}]/);
    expect(await search(query)).toMatchObject([{ pod: "ticket-1", trace_id: trace }]);
    // Of another span of that trace, in a pod that has written nothing.
    expect(await search(query.replace("ticket-1", "ticket-2"))).toEqual([]);
  });

  test("lines are found as the runbook writes it", async () => {
    const runbook = readFileSync(join(__dirname, "../alerts/RUNBOOK.md"), "utf8");
    const written = [...runbook.split("## ")[0].matchAll(/`(\w+:[^`]+)`/g)].map(([, query]) => query);
    expect(written.length).toBeGreaterThan(4);
    const filled = (text: string) =>
      text
        .replace("NAMESPACE", "shop")
        .replace(/SERVICE|JOB-/, "ticket-1")
        .replace(/reload|compact/, "refused");
    for (const query of written)
      expect([query, await search(filled(query))]).toMatchObject([query, [{ pod: "ticket-1" }]]);
  });

  test("Grafana finds them with the datasource that the stack provisions, and counts them as its dashboards do", async () => {
    const here = { [urlOf(stack, "elasticsearch", "http")]: elasticsearch.url };
    const grafana = await askingGrafana(directory, stack, { here, env: { [ENVIRONMENT]: PASSWORD } });
    try {
      const { show, count } = logsBackend(stack).logs;
      expect(
        await grafana.ask("elasticsearch", show({ namespace: "shop", app: "ticket-1", errors: true })),
      ).toEqual({
        status: 200,
        text: expect.stringContaining(trace),
      });
      const counted = await grafana.ask(
        "elasticsearch",
        count({ namespace: "shop", apps: ".+" }, "level", "lines")!,
      );
      expect(counted).toMatchObject({ status: 200 });
      for (const level of ["error", "warn"]) expect(counted.text).toContain(`"level":"${level}"`);
    } finally {
      await grafana.end();
    }
  });

  test("who writes cannot read, who reads cannot write, and nobody else does anything", async () => {
    const status = async (user: string, path: string, body?: object) =>
      (await elasticsearch.ask(user, path, body)).status;
    expect(await status(WRITER, `/${READS}/_search`)).toBe(403);
    expect(await status(WRITER, `/${READS}/_count`)).toBe(403);
    expect(await status(READER, `/${READS}/_doc`, { message: "forged" })).toBe(403);
    expect(await status(READER, "/_cluster/health")).toBe(403);
    expect(await status(READER, "/other/_search")).toBe(403);
    expect(await status("elastic", "/")).toBe(401);
    expect((await fetch(`${elasticsearch.url}/${READS}/_search`)).status).toBe(401);
  });

  test("an index has one copy and the types that queries need", async () => {
    const { answer } = await elasticsearch.ask<Record<string, { mappings: { properties: object } }>>(
      READER,
      `/${READS}/_mapping`,
    );
    expect(Object.values(answer)[0].mappings.properties).toMatchObject({
      "@timestamp": { type: "date" },
      message: { type: "text" },
      namespace: { type: "keyword" },
      trace_id: { type: "keyword" },
      level: { type: "keyword" },
    });
    const settings = await elasticsearch.ask<Record<string, { settings: { index: object } }>>(
      READER,
      `/${READS}/_settings`,
    );
    expect(Object.values(settings.answer)[0].settings.index).toMatchObject({
      number_of_shards: "1",
      number_of_replicas: "0",
    });
  });

  test("while it is away lines wait, over a restart of the agent and a log that is full, and come once", async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `waiting ${index}`);
    await elasticsearch.server.end("SIGTERM");
    const append = (some: string[]) =>
      appendFileSync(log("ticket-2"), some.map((line) => criLine(line)).join(""));
    append(lines.slice(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 8000));
    await filebeat.end("SIGTERM");
    append(lines.slice(20, 30));
    renameSync(log("ticket-2"), `${log("ticket-2")}.20261123-120000`);
    writeFileSync(log("ticket-2"), "");
    append(lines.slice(30, 40));
    filebeat.start();
    await new Promise((resolve) => setTimeout(resolve, 8000));
    append(lines.slice(40));
    elasticsearch.server.start();
    await elasticsearch.ready();
    await found("waiting", 60);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect((await search("waiting")).map(({ message }) => message).sort()).toEqual([...lines].sort());
  });
});
