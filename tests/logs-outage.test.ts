import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alloyServer, type Container, logDirectory } from "./support/alloy";
import { Writer } from "./support/containers";
import { describeWith, type TestedProgram } from "./support/programs";
import { promtailServer } from "./support/promtail";
import { type Loki, lokiServer, type Server } from "./support/servers";

/** How long Loki is away; `npm run test:outage` takes 15. */
const MINUTES = Number(process.env.OUTAGE_MINUTES ?? 0.75);
const LINES_A_SECOND = 5;
/** From the moment that Loki takes lines again. */
const SECONDS_TO_CATCH_UP = 30;

/** Each with how often the kubelet may rotate a log while Loki is away. */
const agents: {
  name: TestedProgram;
  rotations: number;
  agentServer: (directory: string, containers: Container[], push: string) => Promise<Server>;
}[] = [
  { name: "alloy", rotations: 2, agentServer: alloyServer },
  // It has no log of its own, and reads on from the last file that it has open.
  { name: "promtail", rotations: 1, agentServer: promtailServer },
];

const container = { namespace: "shop", pod: "writer", name: "server" };
const selector = '{pod="writer"}';
const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

async function query<T>(loki: Loki, path: string, parameters: Record<string, string>): Promise<T[]> {
  const response = await fetch(`${loki.url}/loki/api/v1/${path}?${new URLSearchParams(parameters)}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return ((await response.json()) as { data: { result: T[] } }).data.result;
}

/** How many lines there are, as a panel counts them. */
async function counted(loki: Loki): Promise<number> {
  const [sum] = await query<{ value: [number, string] }>(loki, "query", {
    query: `sum(count_over_time(${selector}[1h]))`,
  });
  return Number(sum?.value[1] ?? 0);
}

/** Every line that is found, oldest first, a thousand at a time. */
async function found(loki: Loki): Promise<string[]> {
  const lines: string[] = [];
  for (let start = BigInt(Date.now() - 3_600_000) * 1_000_000n; ;) {
    const streams = await query<{ values: [string, string][] }>(loki, "query_range", {
      query: selector,
      direction: "forward",
      limit: "1000",
      start: String(start),
      end: `${Date.now()}000000`,
    });
    const values = streams
      .flatMap((stream) => stream.values)
      .sort(([a], [b]) => Number(BigInt(a) - BigInt(b)));
    if (values.length === 0) return lines;
    lines.push(...values.map(([, line]) => line));
    start = BigInt(values.at(-1)![0]) + 1n;
  }
}

/** Waits until this many lines are found; the seconds that it took. */
async function allArrived(loki: Loki, expected: number): Promise<number> {
  const began = Date.now();
  const passed = () => (Date.now() - began) / 1000;
  for (let count = 0; count < expected; count = (await found(loki).catch(() => [])).length)
    if (passed() > SECONDS_TO_CATCH_UP) throw new Error(`${count} of ${expected} lines`);
    else await seconds(0.5);
  return passed();
}

describe.each(agents)("$name", ({ name, rotations, agentServer }) =>
  describeWith([name, name], ["loki", "loki"])(`Loki away for ${MINUTES} minutes`, () => {
    let directory: string;
    let writer: Writer;
    let loki: Loki;
    let agent: Server;
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), "outage-"));
      writer = new Writer(logDirectory(join(directory, "pods"), container));
      loki = await lokiServer(directory);
      agent = await agentServer(directory, [container], loki.push);
      loki.server.start();
      agent.start();
      await loki.server.ready(`${loki.url}/ready`);
    });
    afterAll(async () => {
      writer.stop();
      await agent.end();
      await loki.server.end();
      rmSync(directory, { recursive: true, force: true });
    });

    /** Loki shows each line that was written so far once and in order. */
    const expectShown = async () => {
      const expected = Array.from({ length: writer.written }, (_, n) => Writer.line(n));
      expect(await found(loki)).toEqual(expected);
    };

    test(
      `every line is found soon after its return, also of a log that was rotated ${rotations} times meanwhile`,
      async () => {
        writer.start(LINES_A_SECOND);
        await seconds(5);
        await loki.server.end("SIGKILL");
        for (let part = 0; part <= rotations; part++) {
          if (part > 0) writer.rotate();
          await seconds((MINUTES * 60) / (rotations + 1));
        }
        loki.server.start();
        await loki.server.ready(`${loki.url}/ready`);
        writer.stop();
        const took = await allArrived(loki, writer.written);
        console.info(`${writer.written} lines, complete ${took.toFixed(1)} s after Loki was ready`);
        await expectShown();
        expect(await counted(loki)).toBe(writer.written);
      },
      (MINUTES + 5) * 60_000,
    );

    // It may send those of its last seconds twice, which Loki counts twice where a chunk ended in between.
    test("nor is one lost when it is killed and started again", async () => {
      for (let kill = 0; kill < 3; kill++) {
        writer.start(LINES_A_SECOND);
        await seconds(5);
        // What it has read and holds for less than the 3 seconds of its stages and batch is not kept anywhere.
        writer.stop();
        await seconds(4);
        await agent.end("SIGKILL");
        writer.start(LINES_A_SECOND);
        await seconds(2);
        agent.start();
        await seconds(5);
        writer.stop();
      }
      await allArrived(loki, writer.written);
      await expectShown();
    }, 180_000);
  }),
);
