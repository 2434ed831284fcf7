import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { builtJava, JAVA_HOME, JRUBY } from "../../local/offline/java";
import { logstash } from "../../programs/logstash";
import type { Stack } from "../../programs/program";
import { type Container, type Entry } from "./alloy";
import { type Document, entriesOf, inElasticsearch, sentByFilebeat } from "./filebeat";
import { lumberjack } from "./lumberjack";

/** The Ruby that Logstash runs its scripts by; undefined where nobody has fetched it. */
export const jruby = builtJava(JRUBY);

export const throughElk = (given: Record<string, unknown> = {}): Stack => {
  const logs = (given.logs ?? {}) as { elasticsearch?: object };
  return inElasticsearch({
    ...given,
    logs: { ...logs, elasticsearch: { logstash: { enabled: true }, ...logs.elasticsearch } },
  });
};

/** An event as Filebeat sends it, and as Logstash's output sees it. */
export type Event = Document & { "@metadata": { _id: string } };

/** What the script of Logstash's filter makes of events. */
export async function filtered(events: object[], stack: Stack): Promise<Event[]> {
  const directory = mkdtempSync(join(tmpdir(), "logstash-"));
  try {
    const { files } = logstash.files!(stack)[0];
    const [script, rules] = ["normalise.rb", "rules.json"].map((name) => {
      const file = join(directory, name);
      writeFileSync(file, files[name]);
      return file;
    });
    const driver = join(__dirname, "logstash.rb");
    const java = join(jruby!, JAVA_HOME, "bin/java");
    const { stdout } = await execa(java, ["-jar", join(jruby!, JRUBY.jar), driver, script, rules], {
      input: events.map((event) => `${JSON.stringify(event)}\n`).join(""),
      maxBuffer: 1e9,
    });
    return stdout.split("\n").map((line) => JSON.parse(line) as Event);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What Logstash would be sent for each of these logs, as Filebeat sends it. */
export async function sentToLogstash(
  logs: string[][],
  stack: Stack = throughElk(),
  more: Partial<Container> = {},
  unheard?: Event[],
): Promise<Event[]> {
  const received: Event[] = [];
  const { address, stop } = await lumberjack(received, { unheard });
  try {
    await sentByFilebeat(logs, stack, more, { address, received });
    return received;
  } finally {
    stop();
  }
}

/** What Elasticsearch would be sent for each of these logs by Logstash. */
export async function throughLogstash(
  logs: string[][],
  stack: Stack = throughElk(),
  more: Partial<Container> = {},
): Promise<Entry[][]> {
  const events = await filtered(await sentToLogstash(logs, stack, more), stack);
  const documents = events.map(
    (event) => Object.fromEntries(Object.entries(event).filter(([name]) => name !== "@metadata")) as Document,
  );
  return entriesOf(documents, logs, more);
}
