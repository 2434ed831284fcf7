import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { yaml } from "../../config/yaml";
import type { Stack } from "../../programs/program";
import { filebeat } from "../../programs/filebeat";
import { filebeatArgs, filebeatConfig } from "../../programs/filebeat/config";
import { FILES } from "../../programs/filebeat/store";
import { type Container, criLine, type Entry, logDirectory } from "./alloy";
import { eventually } from "./eventually";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { listening } from "./receivers";
import { Server, stackWith } from "./servers";

/** A line as Elasticsearch is sent it. */
export interface Document {
  "@timestamp": string;
  message: string;
  [field: string]: string;
}

export const inElasticsearch = (given: Record<string, unknown> = {}): Stack =>
  stackWith({
    ...given,
    logs: { backend: "elasticsearch", collector: "filebeat", ...(given.logs as object) },
  });

/** A pod without the label app. */
export const UNNAMED = "unnamed";

/** The labels of a pod, as a cluster would say them. */
const labels = {
  script: {
    lang: "javascript",
    source: `function process(event) {
      var pod = event.Get("pod");
      event.Put("kubernetes.labels", pod === "${UNNAMED}" ? {} : { app: pod });
    }`,
  },
};

interface Config {
  processors: object[];
  output: Record<string, { hosts: string[] }>;
  setup?: { ilm: { enabled: boolean } };
  http: { host: string; port: number };
}

/**
 * The agent on this machine, with a stand-in for what the cluster would say of a pod, and without ILM, which is not here.
 *
 * @param to addresses in place of Elasticsearch's one Service
 * @param ca by what it knows them, where they speak TLS
 */
export async function filebeatServer(
  directory: string,
  to: string | string[],
  stack: Stack,
  password = "nobody asks",
  ca = "",
): Promise<Server> {
  const files = join(directory, "etc");
  mkdirSync(files, { recursive: true });
  for (const [name, text] of Object.entries(filebeat.files!(stack)[0].files))
    writeFileSync(join(files, name), text);
  const config = filebeatConfig(stack) as Config;
  config.processors = config.processors.map((one) => ("add_kubernetes_metadata" in one ? labels : one));
  Object.values(config.output)[0].hosts = [to].flat();
  if (config.setup) config.setup.ilm.enabled = false;
  Object.assign(config.http, { host: "127.0.0.1", port: await freePort() });
  const text = yaml(config)
    .replaceAll("/var/log/pods", join(directory, "pods"))
    .replaceAll(FILES, files)
    .replaceAll("/etc/elasticsearch-authority", files);
  writeFileSync(join(files, "ca.crt"), ca);
  writeFileSync(join(files, "filebeat.yml"), text);
  const args = filebeatArgs(join(directory, "data")).map((arg) => arg.replace(FILES, files));
  return new Server(binary("filebeat", "filebeat")!, args, { ELASTICSEARCH_PASSWORD: password });
}

const LABELS = ["namespace", "pod", "container", "app", "level"];

/** As a line is sent to Loki: some of its fields are labels there. */
function entryOf({ "@timestamp": time, message, ...fields }: Document): Entry {
  const those = (are: boolean) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => LABELS.includes(name) === are));
  return { time: Date.parse(time), line: message, labels: those(true), metadata: those(false) };
}

/** Has the agent send each of these logs, each the log of a container of its own, until all has been received. */
export async function sentByFilebeat(
  logs: string[][],
  stack: Stack,
  more: Partial<Container>,
  { address, received }: { address: string; received: Document[] },
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "filebeat-"));
  logs.forEach((lines, index) => {
    const container = { namespace: "shop", pod: `log-${index}`, name: "server", ...more };
    const place = logDirectory(join(directory, "pods"), container);
    mkdirSync(place, { recursive: true });
    const text = lines.map((line, at) => criLine(line, new Date(Date.now() + at))).join("");
    writeFileSync(join(place, "0.log"), text);
  });
  const server = await filebeatServer(directory, address, stack);
  // Hundreds of logs at once on a busy machine: the lines of an entry come further apart than any program writes them.
  const file = join(directory, "etc/filebeat.yml");
  const patient = readFileSync(file, "utf8")
    .replace(/\b700ms\b/, "4s")
    .replace(/\b1300ms\b/, "8s");
  writeFileSync(file, patient);
  const count = logs.flat().length;
  try {
    server.start();
    await eventually("all lines", 90, async () => {
      if (!server.running) throw new Error(`Filebeat has ended: ${server.output}`);
      const lines = received.flatMap(({ message }) => message.split("\n")).length;
      if (lines < count) throw new Error(`${lines} of ${count} lines: ${server.output}`);
      return true;
    });
  } finally {
    await server.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What Elasticsearch would be sent for each of these logs. */
export async function throughFilebeat(
  logs: string[][],
  stack: Stack = inElasticsearch(),
  more: Partial<Container> = {},
): Promise<Entry[][]> {
  const received: Document[] = [];
  const elasticsearch = createServer((request, response) => {
    void readText(request).then((body) => {
      response.setHeader("X-Elastic-Product", "Elasticsearch").setHeader("Content-Type", "application/json");
      const asked = request.url!.split("?")[0];
      if (asked === "/") return response.end('{"version":{"number":"8.19.0"}}');
      if (asked === "/_license") return response.end('{"license":{"type":"basic","status":"active"}}');
      if (asked !== "/_bulk") return response.writeHead(request.method === "PUT" ? 200 : 404).end("{}");
      const lines = body
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Document);
      const documents = lines.filter((_, index) => index % 2 === 1);
      received.push(...documents);
      response.end(
        JSON.stringify({ errors: false, items: documents.map(() => ({ create: { status: 201 } })) }),
      );
    });
  });
  try {
    const address = `http://${await listening(elasticsearch)}`;
    await sentByFilebeat(logs, stack, more, { address, received });
  } finally {
    elasticsearch.close();
    elasticsearch.closeAllConnections();
  }
  return entriesOf(received, logs, more);
}

/** The entries of each log, oldest first. */
export function entriesOf(documents: Document[], logs: string[][], more: Partial<Container>): Entry[][] {
  const entries = documents.map(entryOf).sort((a, b) => a.time - b.time);
  return logs.map((_, index) => entries.filter(({ labels }) => labels.pod === (more.pod ?? `log-${index}`)));
}
