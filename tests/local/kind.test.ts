/** A cluster by kind: whose it is, and that it outlives whatever befalls Docker. `docker`, `kind`, `kubectl` are played by scripts. */
import { createServer } from "node:http";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { scratch } from "../support/own-cache";
import { freePort } from "../support/free-port";
import { listening } from "../support/receivers";
import { StandIns } from "../support/stand-ins";

const standIns = new StandIns(scratch);
const lines: string[] = [];
const report = (line: string) => lines.push(line);

/** What the stand-in for kind remembers: the containers of its cluster. */
const containers = join(scratch, "containers");
/** While this file is there, the API server does not answer. */
const silence = join(scratch, "silence");
const record = join(scratch, "state/observability-stack/clusters/trial");

/** The module reads its paths from the environment when it is loaded. */
const clusters = () => import("../../local/cluster");
let options: { name: string; hostPorts: { host: number; node: number }[]; patience: number };

beforeAll(async () => {
  process.env.XDG_STATE_HOME = join(scratch, "state");
  process.env.PATH = `${scratch}:${process.env.PATH}`;
  options = { name: "trial", hostPorts: [{ host: await freePort(), node: 30006 }], patience: 1 };
});

beforeEach(() => {
  standIns.forgetCalls();
  lines.length = 0;
  for (const file of [containers, silence, record]) rmSync(file, { recursive: true, force: true });
  standIns.program("docker", "exit 0");
  standIns.program(
    "kind",
    `case "$*" in
      "get nodes"*) cat ${containers} 2> /dev/null; exit 0;;
      "create cluster"*) echo trial-control-plane > ${containers}; touch ${record}/kubeconfig;;
      "delete cluster"*) rm -f ${containers};;
    esac`,
  );
  standIns.program("kubectl", `case "$*" in *--raw*) test ! -e ${silence};; esac`);
});

afterAll(() => rmSync(scratch, { recursive: true }));

const madeOrRemoved = () => standIns.called("kind").filter((line) => /^kind (create|delete)/.test(line));

/** The message that both the early check and the making of the cluster end with; neither has touched anything. */
async function refusal(given: object): Promise<string> {
  const { checkCluster, provideCluster } = await clusters();
  const early = await checkCluster({ ...options, ...given }, report).catch((error: Error) => error.message);
  const late = await provideCluster({ ...options, ...given }, report).catch((error: Error) => error.message);
  expect(early).toBe(late);
  return String(early);
}

test("it is made once with the ports, used again, given only changed images, removed", async () => {
  const { provideCluster, findCluster, removeCluster } = await clusters();
  expect(await findCluster(options)).toBeUndefined();
  const cluster = await provideCluster(options, report);
  expect(cluster).toMatchObject({ kind: "kind", kubeconfig: join(record, "kubeconfig") });
  expect(madeOrRemoved()).toEqual([
    expect.stringContaining(`kind create cluster --name trial --config ${record}/kind.yaml`),
  ]);
  const mapped = { listenAddress: "127.0.0.1", hostPort: options.hostPorts[0].host, containerPort: 30006 };
  expect(load(readFileSync(join(record, "kind.yaml"), "utf8"))).toMatchObject({
    nodes: [{ extraPortMappings: [mapped] }],
  });

  const archive = join(scratch, "image.tar");
  writeFileSync(archive, "1");
  await cluster.loadImages([{ ref: "a:1", archive }], report);
  await cluster.loadImages([{ ref: "a:1", archive }], report);
  writeFileSync(archive, "changed");
  await (await provideCluster(options, report)).loadImages([{ ref: "a:1", archive }], report);
  expect(standIns.called("kind").filter((line) => line.includes("load"))).toHaveLength(2);
  expect(madeOrRemoved()).toHaveLength(1);
  expect(await findCluster({ name: "trial" })).toBeDefined();

  await removeCluster("trial", report);
  expect(madeOrRemoved().at(-1)).toContain("kind delete cluster --name trial");
  expect(existsSync(record)).toBe(false);
});

test("kind fails: its last words are in the error, and no record is left", async () => {
  const { provideCluster } = await clusters();
  standIns.program("kind", `case "$1" in create) echo no space left >&2; exit 1;; esac`);
  await expect(provideCluster(options, report)).rejects.toThrow(
    "kind: cannot make cluster trial: no space left",
  );
  expect(existsSync(record)).toBe(false);
});

test("a cluster that kind has and we did not make is refused, with what to do, and stays", async () => {
  writeFileSync(containers, "trial-control-plane\n");
  const message = await refusal({});
  expect(message).toContain("--cluster trial: kind has a cluster of this name that npm run up did not make");
  expect(message).toMatch(/--context kind-trial[^]*--cluster NAME[^]*kind delete cluster --name trial/);
  // Not even a flag makes it ours.
  expect(await refusal({ recreate: true })).toBe(message);
  expect(madeOrRemoved()).toEqual([]);
});

test("a cluster of ours that was stopped is started, waited for, and used with its data", async () => {
  const { provideCluster } = await clusters();
  await provideCluster(options, report);
  writeFileSync(silence, "");
  standIns.program("docker", `case "$1" in start) rm ${silence};; esac`);
  expect(await provideCluster(options, report)).toMatchObject({ name: "trial" });
  expect(standIns.called("docker").at(-1)).toBe("docker start trial-control-plane");
  expect(madeOrRemoved()).toHaveLength(1);
  expect(lines.at(-1)).toMatch(/trial.*waiting for its API server/);
});

test("a cluster of ours that does not answer in time is an error that says where to look; it stays", async () => {
  const { provideCluster } = await clusters();
  await provideCluster(options, report);
  writeFileSync(silence, "");
  const refused = expect(provideCluster(options, report)).rejects;
  await refused.toThrow(
    /trial does not answer[^]*docker logs trial-control-plane[^]*npm run down -- --cluster trial/,
  );
  expect(madeOrRemoved()).toHaveLength(1);
});

test("a cluster of ours while Docker is away or restarts is neither removed nor replaced by another kind", async () => {
  const { provideCluster } = await clusters();
  await provideCluster(options, report);
  writeFileSync(silence, "");
  standIns.program("docker", "exit 1");
  expect(await refusal({})).toMatch(/trial is in your Docker[^]*Docker does not answer[^]*data is kept/);
  // It answers again, but not yet to everything.
  standIns.program(
    "docker",
    `test "$1" = version || { echo Cannot connect to the Docker daemon >&2; exit 1; }`,
  );
  await expect(provideCluster(options, report)).rejects.toThrow(/Cannot connect to the Docker daemon/);
  standIns.program("docker", "exit 0");
  standIns.program("kind", `test "$1" = version || { echo failed to list nodes >&2; exit 1; }`);
  expect(await refusal({})).toContain("failed to list nodes");
  expect(madeOrRemoved()).toHaveLength(1);
  expect(existsSync(join(record, "kubeconfig"))).toBe(true);
});

test("a cluster stays in the Docker that it was made in, whichever answers now", async () => {
  const { checkCluster, provideCluster } = await clusters();
  await provideCluster(options, report);
  expect(await checkCluster(options, report)).toEqual({ pulls: true });
  // Made of an image of our own, in a Docker of our own, before there was one of the user's.
  const made = load(readFileSync(join(record, "kind.yaml"), "utf8")) as { nodes: object[] };
  Object.assign(made.nodes[0], { image: "observability-stack/node:1" });
  writeFileSync(join(record, "kind.yaml"), JSON.stringify(made));
  standIns.forgetCalls();
  expect(await checkCluster(options, report)).toEqual({ pulls: false });
  expect(standIns.called("docker", "kind")).toEqual([]);
});

test("a cluster of ours with other ports is refused, and stays", async () => {
  const { provideCluster } = await clusters();
  await provideCluster(options, report);
  const [{ host }] = options.hostPorts;
  const message = await refusal({ hostPorts: [{ host: host + 1, node: 30006 }] });
  expect(message).toContain(`trial leads localhost:${host} to its port 30006; wanted: localhost:${host + 1}`);
  expect(message).toContain("npm run up -- --cluster trial --recreate");
  expect(madeOrRemoved()).toHaveLength(1);
});

test("a port that the stack does not use is mapped where it is free, and asked for nowhere", async () => {
  const { provideCluster } = await clusters();
  const server = createServer();
  const taken = Number((await listening(server)).split(":")[1]);
  const [used] = options.hostPorts;
  const [other, third] = [await freePort(), await freePort()];
  const spareHostPorts = [
    { host: taken, node: 30411 },
    { host: other, node: 30080 },
  ];
  await provideCluster({ ...options, spareHostPorts }, report);
  server.close();
  const mapped = load(readFileSync(join(record, "kind.yaml"), "utf8")) as {
    nodes: { extraPortMappings: { hostPort: number }[] }[];
  };
  expect(mapped.nodes[0].extraPortMappings.map(({ hostPort }) => hostPort)).toEqual([used.host, other]);
  // Later as well, when it is free.
  await provideCluster({ ...options, spareHostPorts: [{ host: third, node: 30411 }] }, report);
  expect(madeOrRemoved()).toHaveLength(1);
});

test("a cluster of ours whose making was interrupted is refused, with the flag that makes it anew", async () => {
  const { provideCluster } = await clusters();
  await provideCluster(options, report);
  rmSync(join(record, "kubeconfig"));
  expect(await refusal({})).toMatch(/trial was not finished[^]*npm run up -- --cluster trial --recreate/);
  expect(madeOrRemoved()).toHaveLength(1);
  await provideCluster({ ...options, recreate: true }, report);
  expect(madeOrRemoved()).toEqual([
    expect.stringContaining("create"),
    expect.stringContaining("delete"),
    expect.stringContaining("create"),
  ]);
});

test("a cluster of ours in another Docker than the one that answers now is not made anew", async () => {
  const { provideCluster } = await clusters();
  const docker = (id: string) => standIns.program("docker", `case "$*" in *ID*) echo ${id};; esac`);
  docker("desktop");
  await provideCluster(options, report);
  rmSync(containers);
  docker("colima");
  expect(await refusal({})).toMatch(/trial was made in another Docker[^]*docker context use[^]*--recreate/);
  expect(existsSync(join(record, "kubeconfig"))).toBe(true);
  expect(madeOrRemoved()).toHaveLength(1);
  docker("desktop");
  await provideCluster(options, report);
  expect(madeOrRemoved()).toHaveLength(2);
});

test("a cluster of ours that was deleted by hand is made again", async () => {
  const { provideCluster } = await clusters();
  await provideCluster(options, report);
  rmSync(containers);
  expect(await provideCluster(options, report)).toMatchObject({ name: "trial" });
  expect(madeOrRemoved()).toHaveLength(2);
});
