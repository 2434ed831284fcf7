import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alloyServer, type Container, criLine, logDirectory } from "./support/alloy";
import { eventually } from "./support/eventually";
import { describeWith, type TestedProgram } from "./support/programs";
import { promtailServer } from "./support/promtail";
import { type Loki, lokiServer, type Server } from "./support/servers";

const agents: {
  name: TestedProgram;
  agentServer: (directory: string, containers: Container[], push: string) => Promise<Server>;
}[] = [
  { name: "alloy", agentServer: alloyServer },
  { name: "promtail", agentServer: promtailServer },
];

const container = { namespace: "shop", pod: "old", name: "server" };
/** What Loki keeps by default. */
const RETENTION = 7 * 86_400_000;
/** Within which an agent has read the log. */
const SECONDS_TO_READ = 20;

async function found(loki: Loki): Promise<string[]> {
  const query = {
    query: '{pod="old"}',
    direction: "forward",
    start: `${Date.now() - 2 * RETENTION}000000`,
    end: `${Date.now()}000000`,
  };
  const response = await fetch(`${loki.url}/loki/api/v1/query_range?${new URLSearchParams(query)}`);
  const { data } = (await response.json()) as { data: { result: { values: [string, string][] }[] } };
  return data.result
    .flatMap(({ values }) => values)
    .sort(([a], [b]) => Number(BigInt(a) - BigInt(b)))
    .map(([, line]) => line);
}

describe.each(agents)("$name", ({ name, agentServer }) =>
  describeWith([name, name], ["loki", "loki"])("at its first start", () => {
    let directory: string;
    let loki: Loki;
    let agent: Server;
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), "old-lines-"));
      loki = await lokiServer(directory);
      agent = await agentServer(directory, [container], loki.push);
      const now = Date.now();
      const lines: [age: number, line: string][] = [
        [RETENTION * 1.5, "older than what is kept"],
        [RETENTION + 60_000, "a minute older"],
        // Young enough when the agent reads it, too old when Loki is there.
        [RETENTION - SECONDS_TO_READ * 1000, "the oldest that is kept"],
        [1000, "new"],
      ];
      const text = lines.map(([age, line]) => criLine(line, new Date(now - age))).join("");
      writeFileSync(join(logDirectory(join(directory, "pods"), container), "0.log"), text);
      agent.start();
      await new Promise((resolve) => setTimeout(resolve, (SECONDS_TO_READ + 1) * 1000));
      loki.server.start();
      await loki.server.ready(`${loki.url}/ready`);
    });
    afterAll(async () => {
      await agent.end();
      await loki.server.end();
      rmSync(directory, { recursive: true, force: true });
    });

    test("what is older than the retention is left out, and Loki refuses nothing", async () => {
      await eventually("the new line", 60, async () => (await found(loki)).includes("new") || undefined);
      // What is older than three hours Loki looks up in chunks that are written.
      await fetch(`${loki.url}/flush`, { method: "POST" });
      await eventually("both lines", 30, async () => (await found(loki)).length > 1 || undefined);
      expect(await found(loki)).toEqual(["the oldest that is kept", "new"]);
      const metrics = await (await fetch(`${loki.url}/metrics`)).text();
      // What LinesLost counts.
      expect(metrics.split("\n").filter((line) => line.startsWith("loki_discarded_samples_total"))).toEqual(
        [],
      );
    });
  }),
);
