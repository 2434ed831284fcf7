/** Choice of a cluster and its errors, with `docker`, `kind` and `kubectl` played by scripts. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StandIns } from "../support/stand-ins";

const scratch = mkdtempSync(join(tmpdir(), "cluster-"));
const standIns = new StandIns(scratch);
const lines: string[] = [];
const report = (line: string) => lines.push(line);

const registryAnswers = jest.fn<Promise<boolean>, []>();
const ownDockerMissing = jest.fn<Promise<string | undefined>, []>();
jest.mock("../../local/registries", () => ({ registryAnswers: () => registryAnswers() }));
jest.mock("../../local/offline", () => ({
  ...jest.requireActual<object>("../../local/offline"),
  ownDockerMissing: () => ownDockerMissing(),
}));

/** The module reads its paths from the environment when it is loaded. */
const clusters = () => import("../../local/cluster");

beforeAll(() => {
  process.env.XDG_STATE_HOME = join(scratch, "state");
  process.env.PATH = `${scratch}:${process.env.PATH}`;
  process.env.KUBECONFIG = join(scratch, "config");
});

beforeEach(() => {
  standIns.forgetCalls();
  lines.length = 0;
  standIns.program("docker", "exit 1");
  standIns.program("kind", "exit 0");
  standIns.program(
    "kubectl",
    `case "$*" in *get-contexts*) echo work; echo home;; *"--context home"*) exit 1;; esac`,
  );
});

afterAll(() => rmSync(scratch, { recursive: true }));

test("a context that is not known: the known ones are listed", async () => {
  const { provideCluster, findCluster } = await clusters();
  const message = `--context office: there is no such context in ${process.env.KUBECONFIG}. Known are: work, home.`;
  await expect(provideCluster({ name: "kind", context: "office" }, report)).rejects.toThrow(message);
  await expect(findCluster({ name: "kind", context: "office" })).rejects.toThrow("Known are: work, home.");
});

test("after the exports of `up` were pasted, the contexts are still the user's own", async () => {
  const { provideCluster } = await clusters();
  const own = process.env.KUBECONFIG;
  process.env.KUBECONFIG = join(scratch, "state/observability-stack/clusters/observability/kubeconfig");
  standIns.program("kubectl", 'echo "$KUBECONFIG"');
  const message = /no such context in (.*\/\.kube\/config)\. Known are: \1\./;
  await expect(provideCluster({ name: "kind", context: "office" }, report)).rejects.toThrow(message);
  process.env.KUBECONFIG = own;
});

test.each(["connection refused", "You must be logged in to the server (Unauthorized)"])(
  "a context whose cluster says: %s",
  async (said) => {
    const { findCluster, provideCluster } = await clusters();
    standIns.program(
      "kubectl",
      `case "$*" in *get-contexts*) echo home;; *--raw*) echo "${said}" >&2; exit 1;; esac`,
    );
    const message = `--context home: the cluster cannot be used: ${said}. Try \`kubectl --context home get nodes\`; start the cluster or sign in`;
    await expect(provideCluster({ name: "kind", context: "home" }, report)).rejects.toThrow(message);
    await expect(findCluster({ name: "kind", context: "home" })).rejects.toThrow(message);
  },
);

test("a context whose plugin for credentials is slow", async () => {
  const { useContext } = await import("../../local/cluster/context");
  standIns.program("kubectl", `case "$*" in *get-contexts*) echo home;; *--raw*) exec sleep 20;; esac`);
  await expect(useContext("home", report, 300)).rejects.toThrow(
    /^--context home: kubectl had no answer within 0\.3 s.*plugin.*Run `kubectl --context home get nodes` and sign in/,
  );
});

test("a context is used as it is, by a kubeconfig in which it is the current one, and never removed", async () => {
  const { forgetContext, provideCluster, removeCluster } = await clusters();
  const context = "arn:aws:eks:eu-west-1:1:cluster/work";
  standIns.program("kubectl", `case "$*" in *get-contexts*) echo ${context};; *view*) echo "$@";; esac`);
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

describe("which Docker a new cluster goes into", () => {
  const { PATH } = process.env;
  afterEach(() => (process.env.PATH = `${scratch}:${PATH}`));

  const chosen = async (options: object = {}): Promise<string> => {
    const { checkCluster } = await clusters();
    const given = { name: "kind", hostPorts: [], ...options };
    const answer = await checkCluster(given, report).catch((error: Error) => error.message);
    return typeof answer === "string" ? answer : answer.pulls ? "the user's" : "our own";
  };

  /** Nothing of what this machine has is found. */
  function withoutDocker(): void {
    rmSync(join(scratch, "docker"));
    process.env.PATH = scratch;
  }

  test("Docker answers: that one", async () => {
    standIns.program("docker", "exit 0");
    expect(await chosen()).toBe("the user's");
  });

  test("Docker is installed and stopped: what to do about it, with its own words", async () => {
    standIns.program("docker", "echo Cannot connect to the Docker daemon >&2; exit 1");
    registryAnswers.mockResolvedValue(true);
    for (const missing of [undefined, "it needs Linux"]) {
      ownDockerMissing.mockResolvedValue(missing);
      expect(await chosen()).toMatch(
        /^Docker does not answer \(Cannot connect to the Docker daemon\)\. Choose one:\n.*start Docker[^]*--context NAME/,
      );
    }
    expect(await chosen()).toContain("in a Docker of our own: it needs Linux");
  });

  test("Docker is there for others: what to do is another thing", async () => {
    standIns.program(
      "docker",
      "echo permission denied while trying to connect to the Docker daemon socket >&2; exit 1",
    );
    registryAnswers.mockResolvedValue(true);
    expect(await chosen()).toMatch(/let your user use Docker \(`sudo usermod -aG docker/);
  });

  test("Docker is stopped and no registry in reach, as where only a client is installed: our own", async () => {
    registryAnswers.mockResolvedValue(false);
    ownDockerMissing.mockResolvedValue(undefined);
    expect(await chosen()).toBe("our own");
    expect(lines).toEqual([expect.stringMatching(/^Docker does not answer .* no registry is in reach/)]);
  });

  test("no Docker, but a registry in reach: an hour of building is nobody's guess", async () => {
    withoutDocker();
    registryAnswers.mockResolvedValue(true);
    ownDockerMissing.mockResolvedValue(undefined);
    const refused = await chosen();
    expect(refused).toMatch(/^There is no Docker here\. Choose one:\n.*install Docker/);
    expect(refused).toContain("in a Docker of our own: --offline");
    expect(lines).toEqual([]);
    expect(await chosen({ offline: true })).toBe("our own");
  });

  test("neither Docker nor a registry: our own, and it is said why", async () => {
    withoutDocker();
    registryAnswers.mockResolvedValue(false);
    ownDockerMissing.mockResolvedValue(undefined);
    expect(await chosen()).toBe("our own");
    expect(lines).toEqual([expect.stringMatching(/^There is no Docker here, and no registry is in reach/)]);
  });

  test("nor one of our own: one error lists the choices", async () => {
    withoutDocker();
    registryAnswers.mockResolvedValue(false);
    ownDockerMissing.mockResolvedValue("it needs root, you are not");
    expect(await chosen()).toMatch(/install Docker[^]*--context NAME[^]*our own: it needs root/);
    expect(await chosen({ offline: true })).toBe(
      "--offline: a Docker of our own is not possible: it needs root, you are not.",
    );
  });

  test("--offline does not leave a cluster behind in the user's Docker", async () => {
    const record = join(scratch, "state/observability-stack/clusters/theirs");
    mkdirSync(record, { recursive: true });
    writeFileSync(join(record, "kind.yaml"), "nodes: [{ extraPortMappings: [] }]");
    ownDockerMissing.mockResolvedValue(undefined);
    expect(await chosen({ name: "theirs", offline: true })).toMatch(/theirs is in your Docker/);
    expect(await chosen({ name: "another", offline: true })).toBe("our own");
  });
});

test("a node that an earlier release made is refused and keeps its data, until it is removed", async () => {
  const { checkCluster, localExists, provideCluster, removeCluster } = await clusters();
  const data = join(scratch, "state/observability-stack/clusters/former/pki");
  mkdirSync(data, { recursive: true });
  const message = /former was made by an earlier release[^]*data is kept[^]*npm run down -- --cluster former/;
  await expect(checkCluster({ name: "former" }, report)).rejects.toThrow(message);
  await expect(provideCluster({ name: "former" }, report)).rejects.toThrow(message);
  expect(existsSync(data)).toBe(true);
  await removeCluster("former", report);
  expect(localExists("former")).toBe(false);
});

test("a port that is in use is named, with what to do", async () => {
  const { provideCluster } = await clusters();
  standIns.program("docker", "exit 0");
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
