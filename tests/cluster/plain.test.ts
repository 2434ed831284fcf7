/**
 * The path of those who have Docker, kind and registries in reach: the same commands, images that the node pulls, and
 * what befalls a laptop meanwhile.
 */
import { cpSync, existsSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import execa from "execa";
import { ticketingManifests } from "../../examples/ticketing/kubernetes";
import { imagesOf, planImages, provideImages, refOf } from "../../local/images";
import { build } from "../../local/offline/build";
import { withLibraries } from "../../local/offline/images/files";
import { buildJava, JAVA_HOME, PAYMENT } from "../../local/offline/java";
import { renderManifests } from "../../local/render";
import { stackConfig } from "../../local/stack-config";
import { ticketingDirectory } from "../../local/ticketing-bundle";
import { eventually } from "../support/eventually";
import { EDGE, PORT_OFFSET } from "./support/names";
import { fileOf, type Given, npmArguments, type Ran, writeStack, succeeded } from "./support/stack";
import { startUsersDocker, type UsersDocker } from "./support/users-docker";

jest.setTimeout(900_000);

const STACK = "plain";
const CLUSTER = "plain";
const NODE = `${CLUSTER}-control-plane`;
const edge = PORT_OFFSET > 0 ? { edge: { url: EDGE } } : {};
/** Adds an image that the node does not have yet. */
const exporter = {
  ...edge,
  metrics: { redis: { targets: [{ name: "queue", host: "redis.ticketing.svc" }] } },
};

let user: UsersDocker;
const archives = new Map<string, string>();

/** As a user types it. */
async function npm(command: string, ...args: string[]): Promise<Ran> {
  const typed = npmArguments(command, STACK, "--cluster", CLUSTER, ...args);
  const env = command === "ticketing" ? user.direct : user.env;
  const { exitCode, all = "" } = await execa("npm", typed, { env, all: true, reject: false });
  console.log(`npm run ${command}: exit code ${exitCode}\n${all}`);
  return { exitCode, output: all };
}

async function up(given: Given = edge): Promise<Ran & { seconds: number }> {
  writeStack(STACK, given);
  const began = Date.now();
  const ran = await npm("up");
  return { ...ran, seconds: Math.round((Date.now() - began) / 1000) };
}

const kubectl = async (...args: string[]): Promise<string> => {
  const { stdout } = await user.docker(
    "exec",
    NODE,
    "kubectl",
    "--kubeconfig",
    "/etc/kubernetes/admin.conf",
    ...args,
  );
  return stdout;
};

const images = async (): Promise<string[]> =>
  (await kubectl("get", "pods", "-A", "-o", "jsonpath={.items[*].spec.containers[*].image}")).split(" ");

async function archivesOf(objects: object[]): Promise<void> {
  for (const { ref, archive } of await provideImages(planImages(imagesOf(objects), false), console.log))
    archives.set(ref, archive!);
}

/**
 * The images that the workload's Dockerfile builds with, for a Docker that reaches no registry: each hands out what the real
 * compiler made on this machine, and Java itself is that of this machine.
 */
async function standInsForCompilers(): Promise<void> {
  const dockerfile = readFileSync(join(ticketingDirectory, "Dockerfile"), "utf8");
  const payment = await buildJava(PAYMENT, console.log);
  const standIn = async (stage: string, program: string, script: string, made: Record<string, string>) => {
    const root = join(user.env.XDG_STATE_HOME, "stand-ins", stage);
    for (const name of ["sh", "cp", "mkdir"])
      await withLibraries(`/bin/${name}`, join(root, "bin", name), root);
    writeFileSync(join(root, "bin", program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    for (const [to, from] of Object.entries(made)) cpSync(from, join(root, to), { recursive: true });
    await execa("tar", ["-C", root, "-cf", `${root}.tar`, "."]);
    const [, image] = new RegExp(`^FROM (\\S+) AS ${stage}$`, "m").exec(dockerfile)!;
    const imported = await user.docker("import", "--change", "ENV PATH=/bin", `${root}.tar`, image);
    expect(imported.all).toMatch(/^sha256:/);
  };
  const board = join(await build("board-service", console.log), "board-service");
  const output = 'while [ $# -gt 0 ]; do [ "$1" != -o ] || exec cp /made "$2"; shift; done';
  await standIn("board", "go", output, { made: board });
  const jar = "mkdir target && cp /made target/payment-service.jar";
  await standIn("payment", "mvn", jar, { made: join(payment, PAYMENT.jar) });
  await standIn("java", "java", "exit 0", {
    [JAVA_HOME]: join(payment, JAVA_HOME),
    // Debian's Java takes it from Debian, which the image of Node here is not; the real one is, and its Java has its own.
    [join(JAVA_HOME, "lib/libz.so.1")]: realpathSync("/lib/x86_64-linux-gnu/libz.so.1"),
  });
}

/** Elsewhere the other tests already use the user's Docker. */
const here = process.platform === "linux" && process.getuid?.() === 0 ? describe : describe.skip;

beforeAll(async () => {
  if (here === describe.skip) return;
  user = await startUsersDocker();
  writeStack(STACK, edge);
  await archivesOf(await renderManifests(STACK, stackConfig(fileOf(STACK))));
  const [image, redisImage, postgresImage] = (["ticketing", "redis", "postgres"] as const).map(refOf);
  const workload = { namespace: "ticketing", image, redisImage, postgresImage };
  await archivesOf(ticketingManifests(workload));
  archives.delete(refOf("ticketing"));
  for (const [ref, archive] of archives) await user.registry.push(archive, ref);
});

afterAll(async () => user?.stop());

here("Docker, kind and registries are there", () => {
  test("from no cluster to ready: the node pulls every image", async () => {
    const { exitCode, output, seconds } = await up();
    expect(output).toMatch(/Images: 0 built here, 11 pulled/);
    expect(output).toMatch(/image docker\.io\/grafana\/loki:\S+: pulling, \d+ of 11/);
    expect(output).toContain(`${EDGE}/api/monitoring/grafana/`);
    succeeded({ exitCode, output });
    console.log(`from no cluster, images in the registry: ${seconds} s`);
    expect((await fetch(`${EDGE}/api/monitoring/grafana/api/health`)).status).toBe(200);
  });

  test("again: nothing is pulled", async () => {
    const { exitCode, output, seconds } = await up();
    succeeded({ exitCode, output });
    expect(output).not.toContain("pulling");
    console.log(`again: ${seconds} s`);
  });

  test("the node is restarted in the middle of up: the next up converges", async () => {
    writeStack(STACK, { ...edge, tracing: { retention: { time: "72h" } } });
    let ended = false;
    const first = npm("up").finally(() => (ended = true));
    await delay(7_000);
    expect(ended).toBe(false);
    await user.docker("restart", NODE);
    await first;
    const { exitCode, output, seconds } = await up({ ...edge, tracing: { retention: { time: "72h" } } });
    succeeded({ exitCode, output });
    console.log(`after docker restart: ${seconds} s`);
    expect(await kubectl("get", "configmaps", "-n", "observability", "-o", "yaml")).toContain("72h");
  });

  test("a node that is paused is left as it is, with Docker's own advice", async () => {
    await user.docker("pause", NODE);
    const { exitCode, output } = await up();
    await user.docker("unpause", NODE);
    expect(output).toContain("unpause");
    expect(exitCode).toBe(1);
    await eventually("it answers again", 60, async () => (await kubectl("get", "--raw", "/readyz")) === "ok");
  });

  test("a cluster that somebody else made is refused, and stays", async () => {
    const record = join(user.env.XDG_STATE_HOME, "observability-stack/clusters", CLUSTER);
    renameSync(record, `${record}.away`);
    const { exitCode, output } = await up();
    expect(existsSync(record)).toBe(false);
    renameSync(`${record}.away`, record);
    expect(output).toContain(`kind has a cluster of this name that npm run up did not make`);
    expect(exitCode).toBe(1);
    expect((await user.docker("ps", "--quiet", "--filter", `name=${NODE}`)).stdout).not.toBe("");
  });

  test("the sample workload is built by docker and loaded", async () => {
    const node = refOf("node");
    const file = join(user.env.XDG_STATE_HOME, "node.tar");
    await user.registry.toDockerArchive(archives.get(node)!, node, file);
    expect((await user.docker("load", "--input", file)).exitCode).toBe(0);
    await standInsForCompilers();
    const { exitCode, output } = await npm("ticketing", "--duration", "10");
    succeeded({ exitCode, output });
    expect(JSON.parse(output.trim().split("\n").at(-1)!)).toMatchObject({ visits: 10 });
  });
});

here("a registry that does not give an image", () => {
  const ref = refOf("redis-exporter");
  const repository = ref.slice(ref.indexOf("/"), ref.lastIndexOf(":"));

  test("it has no such tag: the image is named, and nothing is changed", async () => {
    const { exitCode, output } = await up(exporter);
    expect(output).toMatch(new RegExp(`cannot pull these images:\n *${ref}: .*not found`));
    expect(exitCode).toBe(1);
    expect(await images()).not.toContain(ref);
  });

  test("too many requests: its answer is shown", async () => {
    await archivesOf([{ metadata: { name: "x" }, containers: [{ image: ref }] }]);
    await user.registry.push(archives.get(ref)!, ref);
    user.registry.troubles = [{ path: repository, status: 429 }];
    const { exitCode, output } = await up(exporter);
    expect(output).toMatch(new RegExp(`${ref}: .*429 Too Many Requests`));
    expect(exitCode).toBe(1);
  });

  test("it answers late: that is waited for, and all is well", async () => {
    user.registry.troubles = [{ path: repository, seconds: 10 }];
    succeeded(await up(exporter));
    expect(await images()).toContain(ref);
  });

  test("a mirror that wants a login: the pods come with the pull secret", async () => {
    const login = "puller:of-the-mirror";
    user.registry.troubles = [{ path: "/v2/team/", login }];
    for (const [ref, archive] of archives) await user.registry.push(archive, ref, "team/");
    const server = `--docker-server=${user.registry.address}`;
    const [name, password] = login.split(":");
    for (const namespace of ["observability", "observability-agents"])
      await kubectl(
        ...["create", "secret", "docker-registry", "mirror", "-n", namespace, server],
        ...[`--docker-username=${name}`, `--docker-password=${password}`],
      );
    const registry = `${user.registry.address}/team`;
    succeeded(await up({ ...edge, placement: { registry, imagePullSecrets: ["mirror"] } }));
    expect(await images()).toContainEqual(expect.stringMatching(`^${registry}/grafana/loki:`));
  });
});

here("down", () =>
  test("killed in the middle and repeated, nothing of it is left in the user's Docker", async () => {
    const typed = npmArguments("down", STACK, "--cluster", CLUSTER);
    const child = execa("npm", typed, { env: user.env, all: true, reject: false, detached: true });
    let output = "";
    child.all!.on("data", (part) => (output += part));
    await eventually("an object is deleted", 120, async () => / deleted/.test(output) || undefined);
    process.kill(-child.pid!, "SIGKILL");
    await child;
    succeeded(await npm("down"));
    expect((await user.docker("ps", "--all", "--quiet")).all).toBe("");
    expect((await user.docker("volume", "ls", "--quiet")).all).toBe("");
  }),
);
