/** What an own node holds outlives a start that fails. The node's programs are played by scripts. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../support/own-cache";
import { freePort } from "../support/free-port";
import { StandIns } from "../support/stand-ins";

jest.mock("../../local/cluster/node/binaries", () => ({
  nodeBinaries: () => Promise.resolve({ kubernetes: scratch, coredns: scratch, debian: scratch }),
}));

const directory = join(scratch, "state/observability-stack/clusters/trial");
const data = join(directory, "etcd/member");
const linux = process.platform === "linux";
const lines: string[] = [];
const report = (line: string) => lines.push(line);
const node = () => import("../../local/cluster/node");

beforeAll(() => {
  process.env.XDG_STATE_HOME = join(scratch, "state");
  process.env.PATH = `${scratch}:${process.env.PATH}`;
  const standIns = new StandIns(scratch);
  standIns.program("kubectl", "exit 1");
  // Through this one everything of the node is started.
  standIns.program("setpriv", "exit 1");
  mkdirSync(data, { recursive: true });
  mkdirSync(join(directory, "pki"));
  writeFileSync(join(directory, "cluster.json"), "{}");
});

afterAll(async () => {
  if (linux) await (await node()).removeNode("trial");
  rmSync(scratch, { recursive: true });
});

// What the node is made of is Linux's.
(linux ? test : test.skip)(
  "a node that does not get ready with its data is an error; the data stay until it is removed",
  async () => {
    const { provideNode, removeNode } = await node();
    const ports = [{ host: await freePort(), node: 30006 }];
    const refused = expect(provideNode("trial", ports, report)).rejects;
    await refused.toThrow(/trial: the node ended[^]*data is kept[^]*npm run down -- --cluster trial/);
    expect(existsSync(data)).toBe(true);
    expect(lines).toEqual(["starting cluster trial again, with its data"]);
    await removeNode("trial");
    expect(existsSync(directory)).toBe(false);
  },
  20_000,
);
