/** Choice of a cluster and its errors, with `docker`, `kind` and `kubectl` played by scripts. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";

const scratch = mkdtempSync(join(tmpdir(), "cluster-"));
const calls = join(scratch, "calls");
const lines: string[] = [];
const report = (line: string) => lines.push(line);

/** Puts a program into the PATH that notes its arguments and then runs `body`. */
function program(name: string, body: string): void {
  writeFileSync(join(scratch, name), `#!/bin/sh\necho ${name} "$@" >> ${calls}\n${body}\n`);
  chmodSync(join(scratch, name), 0o755);
}

/** Calls of a program since the test began, without those that only ask. */
const called = (name: string) =>
  readFileSync(calls, "utf8")
    .split("\n")
    .filter((line) => line.startsWith(`${name} `));

/** A port nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** The module reads its paths from the environment when it is loaded. */
const clusters = () => import("../../local/cluster");

beforeAll(() => {
  process.env.XDG_STATE_HOME = join(scratch, "state");
  process.env.PATH = `${scratch}:${process.env.PATH}`;
  process.env.KUBECONFIG = join(scratch, "config");
});

beforeEach(() => {
  writeFileSync(calls, "");
  lines.length = 0;
  program("docker", "exit 1");
  program("kind", "exit 0");
  program("kubectl", `case "$*" in *get-contexts*) echo work; echo home;; *"--context home"*) exit 1;; esac`);
});

afterAll(() => rmSync(scratch, { recursive: true }));

test("a context that is not known: the known ones are listed", async () => {
  const { provideCluster, findCluster } = await clusters();
  const message = `--context office: there is no such context in ${process.env.KUBECONFIG}. Known are: work, home.`;
  await expect(provideCluster({ name: "kind", context: "office" }, report)).rejects.toThrow(message);
  await expect(findCluster({ name: "kind", context: "office" })).rejects.toThrow("Known are: work, home.");
});

test("a context whose cluster does not answer", async () => {
  const { provideCluster } = await clusters();
  program(
    "kubectl",
    `case "$*" in *get-contexts*) echo home;; *--raw*) echo connection refused >&2; exit 1;; esac`,
  );
  await expect(provideCluster({ name: "kind", context: "home" }, report)).rejects.toThrow(
    "--context home: the cluster does not answer: connection refused.",
  );
});

test("a context is used as it is, by a kubeconfig in which it is the current one, and never removed", async () => {
  const { forgetContext, provideCluster, removeCluster } = await clusters();
  const context = "arn:aws:eks:eu-west-1:1:cluster/work";
  program("kubectl", `case "$*" in *get-contexts*) echo ${context};; *view*) echo "$@";; esac`);
  const cluster = await provideCluster({ name: "kind", context }, report);
  expect(cluster).toMatchObject({ kind: "context", name: context });
  expect(readFileSync(cluster.kubeconfig, "utf8")).toContain(`--minify --flatten --context ${context}`);
  expect(statSync(cluster.kubeconfig).mode & 0o777).toBe(0o600);
  await cluster.loadImages([{ ref: "a:1", archive: "/none" }], report);
  expect(lines).toEqual([`context ${context}: 1 local images are not loaded, the cluster pulls its own`]);
  forgetContext(context);
  expect(existsSync(cluster.kubeconfig)).toBe(false);
  await removeCluster("work", report);
  expect(lines.at(-1)).toBe("there is no local cluster work");
});

test("neither Docker nor root: one error lists the choices", async () => {
  const { provideCluster } = await clusters();
  const getuid = jest.spyOn(process, "getuid" as never).mockReturnValue(1000 as never);
  const refused = expect(provideCluster({ name: "kind" }, report)).rejects;
  await refused.toThrow(/--context NAME[^]*Docker does not answer[^]*(needs root|needs Linux)/);
  getuid.mockRestore();
});

test("kind: made once with the ports, used again, given only changed images, removed", async () => {
  const { provideCluster, findCluster, removeCluster } = await clusters();
  program("docker", "exit 0");
  const options = { name: "trial", hostPorts: [{ host: await freePort(), node: 30006 }] };
  expect(await findCluster(options)).toBeUndefined();
  const cluster = await provideCluster(options, report);
  const directory = join(scratch, "state/observability-stack/clusters/trial");
  expect(cluster).toMatchObject({
    kind: "kind",
    kubeconfig: join(directory, "kubeconfig"),
  });
  expect(called("kind").at(-1)).toContain(`kind create cluster --name trial --config ${directory}/kind.yaml`);
  const mapped = { listenAddress: "127.0.0.1", hostPort: options.hostPorts[0].host, containerPort: 30006 };
  expect(load(readFileSync(join(directory, "kind.yaml"), "utf8"))).toMatchObject({
    nodes: [{ extraPortMappings: [mapped] }],
  });

  const archive = join(scratch, "image.tar");
  writeFileSync(archive, "1");
  await cluster.loadImages([{ ref: "a:1", archive }], report);
  await cluster.loadImages([{ ref: "a:1", archive }], report);
  writeFileSync(archive, "changed");
  await (await provideCluster(options, report)).loadImages([{ ref: "a:1", archive }], report);
  expect(called("kind").filter((line) => line.includes("load"))).toHaveLength(2);
  expect(called("kind").filter((line) => line.includes("create"))).toHaveLength(1);
  expect(await findCluster({ name: "trial" })).toBeDefined();

  await removeCluster("trial", report);
  expect(called("kind").at(-1)).toContain("kind delete cluster --name trial");
  expect(existsSync(directory)).toBe(false);
});

test("kind fails: its last words are in the error", async () => {
  const { provideCluster } = await clusters();
  program("docker", "exit 0");
  program("kind", `case "$1" in create) echo no space left >&2; exit 1;; esac`);
  const options = { name: "trial", hostPorts: [{ host: await freePort(), node: 30006 }] };
  await expect(provideCluster(options, report)).rejects.toThrow(
    "kind: cannot make cluster trial: no space left",
  );
});

test("a port that is in use is named, with what to do", async () => {
  const { provideCluster } = await clusters();
  program("docker", "exit 0");
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  const refused = expect(
    provideCluster({ name: "trial", hostPorts: [{ host: port, node: 30006 }] }, report),
  ).rejects;
  await refused.toThrow(new RegExp(`ports on localhost that are in use:\n  ${port}: .*\n.*npm run down`));
  server.close();
});

test("kind.yaml maps the promised ports", async () => {
  const { defaultHostPorts } = await clusters();
  expect(defaultHostPorts()).toEqual([
    { host: 30006, node: 30006 },
    { host: 30090, node: 30090 },
    { host: 30411, node: 30411 },
    { host: 8080, node: 30080 },
  ]);
});
