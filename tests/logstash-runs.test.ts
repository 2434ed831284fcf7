/**
 * What of Logstash runs here: its script by the Ruby that it has, on what Filebeat sends, beyond the table of log lines; its
 * pipeline by a parser of that language; and the Job before it.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "../programs/logstash";
import type { Stack } from "../programs/program";
import { criLine, logDirectory } from "./support/alloy";
import { eventually } from "./support/eventually";
import { filebeatServer, inElasticsearch } from "./support/filebeat";
import { putBySetup } from "./support/filebeat-setup";
import { freePort } from "./support/free-port";
import { type Event, filtered, jruby, sentToLogstash, throughElk } from "./support/logstash";
import { lumberjack } from "./support/lumberjack";
import { binary, describeWith, output } from "./support/programs";
import { listening } from "./support/receivers";

jest.setTimeout(240_000);

const sizeOf = (path: string) => statSync(path).size;
const stack = throughElk({ environment: "prod", region: "seoul" });
const event = (message: unknown, more: object = {}) => ({
  "@timestamp": "2026-11-24T20:00:00.000Z",
  "@metadata": { beat: "filebeat", _id: "first" },
  ...{ message, namespace: "shop", pod: "ticket-1", container: "server" },
  ...more,
});
const one = async (message: unknown, more?: object) => (await filtered([event(message, more)], stack))[0];

(jruby ? describe : describe.skip)("the script of Logstash's filter", () => {
  test("keeps the fields that queries know, and nothing of what Filebeat and Logstash add", async () => {
    const found = await one('{"level":"warn","service-name":"10.1.2.3","msg":"from 10.1.2.3"}', {
      ...{ "@version": "1", tags: ["beats_input_codec_plain_applied"], log: { offset: 7 }, env: "prod" },
      kubernetes: { labels: { app: "ticket-service", tier: "back" } },
    });
    expect(found).toEqual({
      ...{ "@timestamp": "2026-11-24T20:00:00.000Z", "@metadata": { beat: "filebeat", _id: "first" } },
      message: '{"level":"warn","service-name":"10.1.2.x","msg":"from 10.1.2.x"}',
      ...{ namespace: "shop", pod: "ticket-1", container: "server", app: "ticket-service", env: "prod" },
      ...{ level: "warn", service_name: "10.1.2.x" },
    });
  });

  test("names the application by either label, the short one first", async () => {
    const app = async (labels: object) => (await one("INFO [main] a", { kubernetes: { labels } })).app;
    expect(await app({ "app_kubernetes_io/name": "long" })).toBe("long");
    expect(await app({ "app_kubernetes_io/name": "long", app: "short" })).toBe("short");
    expect(await app({ tier: "back" })).toBeUndefined();
  });

  test("cuts a line that is too long, and says so", async () => {
    const [long, whole] = await filtered(
      [event(`INFO [main] ${"x".repeat(300_000)}`), event(`INFO [main] ${"x".repeat(256 * 1024 - 12)}`)],
      stack,
    );
    expect(long).toMatchObject({ truncated: "line", level: "info" });
    expect(long.message).toMatch(/^INFO \[main\] x+ \[cut at 256 KiB\]$/);
    expect(long.message).toHaveLength(256 * 1024);
    expect(whole).not.toHaveProperty("truncated");
    expect(whole.message).not.toContain("cut");
  });

  test("lets nothing pass that it cannot read", async () => {
    expect(await one({ from: "10.1.2.3" })).toMatchObject({
      message: "[a line that could not be read: TypeError]",
      namespace: "shop",
    });
  });

  test("an event without an id gets one of its own: of one for all, Elasticsearch would keep the first alone", async () => {
    const events = [event("a", { "@metadata": {} }), event("b", { "@metadata": {} }), event("c")];
    const ids = (await filtered(events, stack)).map((found) => found["@metadata"]._id);
    expect(ids).toEqual([expect.stringMatching(/.{16}/), expect.stringMatching(/.{16}/), "first"]);
    expect(new Set(ids).size).toBe(3);
  });

  test("long lines that are hard to match take no longer than others", async () => {
    const hard = [
      "a",
      "g",
      "_",
      "1",
      "1.",
      "a:",
      "::",
      "g::",
      "@",
      "a@",
      "[",
      "[a,",
      "- ",
      "a=",
      "(1",
      " ",
      "f_",
    ];
    const lines = hard.flatMap((part) => {
      const long = part.repeat(200_000 / part.length);
      return [`10.1.2.3 2001:db8::1 ${long}`, `2026-11-24 20:00:00.000 ${long} 10.1.2.3 ::1`, `${long} a=b`];
    });
    const began = Date.now();
    const found = await filtered(
      lines.map((line) => event(line)),
      stack,
    );
    // Seconds: the square of such a length would be hours.
    expect(Date.now() - began).toBeLessThan(60_000);
    expect(found).toHaveLength(lines.length);
  });
});

(jruby && binary("filebeat", "filebeat") ? describe : describe.skip)("a line that is sent again", () => {
  test("has the id that it had, and no other line has it", async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `INFO [main] ${index % 2 ? "same" : index}`);
    const first: Event[] = [];
    const sent = await sentToLogstash([lines], stack, {}, first);
    const ids = (of: Event[]) => of.map((found) => found["@metadata"]._id);
    expect(first.length).toBeGreaterThan(0);
    expect(new Set(ids(sent)).size).toBe(lines.length);
    expect(ids(sent)).toEqual(expect.arrayContaining(ids(first)));
    expect(ids(await filtered(sent, stack))).toEqual(ids(sent));
  });
});

describeWith(["filebeat", "filebeat"])("a line that waits for Logstash", () => {
  test("does not go to Elasticsearch, unmasked, when Logstash is switched off, and goes to it when it is back", async () => {
    const directory = mkdtempSync(join(tmpdir(), "switched-"));
    const asked: string[] = [];
    const elasticsearch = createServer((request, response) => {
      asked.push(request.url!);
      response.setHeader("X-Elastic-Product", "Elasticsearch").setHeader("Content-Type", "application/json");
      response.end('{"version":{"number":"8.19.0"},"license":{"type":"basic","status":"active"}}');
    });
    const to = {
      elasticsearch: `http://${await listening(elasticsearch)}`,
      nobody: `127.0.0.1:${await freePort()}`,
    };
    const received: Event[] = [];
    const logstash = await lumberjack(received);
    const runs = async (address: string, through: Stack, until: () => boolean) => {
      const server = await filebeatServer(directory, address, through);
      server.start();
      await eventually(server.output, 60, async () => until() || undefined);
      await server.end("SIGTERM");
    };
    try {
      const place = logDirectory(join(directory, "pods"), {
        namespace: "shop",
        pod: "ticket-1",
        name: "server",
      });
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, "0.log"), criLine("INFO [main] from 10.1.2.3"));
      const queue = join(directory, "data/for-logstash");
      await runs(
        to.nobody,
        stack,
        () => existsSync(queue) && readdirSync(queue).some((name) => sizeOf(join(queue, name)) > 100),
      );
      const began = Date.now();
      await runs(to.elasticsearch, inElasticsearch(), () => Date.now() - began > 5000);
      expect(asked.filter((url) => url.startsWith("/_bulk"))).toEqual([]);
      await runs(logstash.address, stack, () => received.length > 0);
      expect(received).toMatchObject([{ message: "INFO [main] from 10.1.2.3" }]);
    } finally {
      logstash.stop();
      elasticsearch.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describeWith(["filebeat", "filebeat"])("the command that says how lines are kept", () => {
  test("puts a policy that deletes by age, and a template that binds it and types the fields", async () => {
    const put = await putBySetup(throughElk({ logs: { retention: { time: "9d" } } }));
    expect(put["/_ilm/policy/kubernetes-logs"]).toMatchObject({
      policy: { phases: { delete: { min_age: "777600s", actions: { delete: {} } } } },
    });
    // 7.17, which runs here, names it by an alias; 8 by setup.template.name.
    const template = Object.keys(put).find((path) => path.startsWith("/_index_template/"))!;
    expect(put[template]).toMatchObject({
      template: {
        settings: { index: { lifecycle: { name: "kubernetes-logs" }, number_of_replicas: 0 } },
        mappings: { properties: { message: { type: "text" }, trace_id: { type: "keyword" } } },
      },
    });
  });
});

describeWith(["mustache", "mustache"])("its pipeline, by a parser of the language", () => {
  const read = async (text: string) => {
    const directory = mkdtempSync(join(tmpdir(), "pipeline-"));
    const file = join(directory, "lines.conf");
    writeFileSync(file, text);
    try {
      return await output(binary("mustache", "mustache")!, ["check", file]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  };

  test("is read, and one with a mistake is not", async () => {
    const text = pipeline(stack);
    await read(text);
    await read(pipeline(throughElk({ logs: { elasticsearch: { tls: { secretName: "certificate" } } } })));
    await expect(read(text.replace("=> 5044", "5044"))).rejects.toThrow(/expect closing curly bracket/);
  });
});
