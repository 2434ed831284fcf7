/** What is said and refused before an hour of building; Go and Debian's packages are played. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import * as fs from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually";
import { scratch } from "../support/own-cache";
import programs from "../../local/offline/programs/programs.json";
import seconds from "../../local/offline/programs/seconds.json";
import { announceBuilds, buildAll, built } from "../../local/offline";
import { build } from "../../local/offline/build";
import { recipes, type BuiltName } from "../../local/offline";
import { runs } from "../../local/processes";

jest.mock("../../local/offline/debian", () => ({ debianPackages: () => packages() }));
jest.mock("node:fs", () => ({ ...jest.requireActual<object>("node:fs"), statfsSync: jest.fn() }));
const packages = jest.fn<Promise<string>, []>();
const statfs = fs.statfsSync as unknown as jest.Mock;

const lines: string[] = [];
const report = (line: string) => lines.push(line);
const bin = join(scratch, "bin");
const { PATH } = process.env;

function go(script: string): void {
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "go"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, "go"), 0o755);
}
const COMPILES = `while [ "$1" != -o ]; do shift; done; case "$2" in */) ;; *) echo binary > "$2";; esac`;
const answering = (version: string, toolchain = "auto") =>
  go(`case "$1" in
    env) echo ${version}; echo ${toolchain};;
    mod) ;;
    list) echo ${join(scratch, "module")};;
    *) ${COMPILES};;
  esac`);

const gigabytes = (free: number) => statfs.mockReturnValue({ bavail: free * 1e6, bsize: 1e3 });
const nothing = { pulumi: false, cluster: false };
const all = Object.keys(recipes) as BuiltName[];

beforeEach(() => {
  process.env.PATH = `${bin}:${PATH}`;
  lines.length = 0;
  mkdirSync(join(scratch, "module/images/base/files"), { recursive: true });
  packages.mockResolvedValue(scratch);
  gigabytes(100);
  answering("go1.26.0");
});
afterAll(() => {
  process.env.PATH = PATH;
  fs.rmSync(scratch, { recursive: true });
});

test("every program has the time that it takes", () =>
  expect(Object.keys(seconds).sort()).toEqual(Object.keys(programs).sort()));

test("all that is missing is named with the time, each program once, and what works meanwhile", async () => {
  await announceBuilds(all, nothing, report);
  const [announced, meanwhile] = lines;
  expect(announced).toMatch(/^To be built here, once, in about \d\d min: pulumi, /);
  for (const name of ["kubernetes", "etcd", "prometheus", "pulumi-resource-random"])
    expect(announced.split(/[ ,]+/).filter((word) => word === name)).toHaveLength(1);
  expect(meanwhile).toContain("npm test");

  lines.length = 0;
  await announceBuilds(["loki"], { ...nothing, pulumi: true }, report);
  expect(lines[0]).toMatch(/ min: kubernetes, etcd, kind, coredns, pause, loki$/);
});

test("after each the number and the minutes that are left; then nothing is said", async () => {
  await announceBuilds(["caddy"], { ...nothing, pulumi: true }, report);
  for (const name of ["kubernetes", "etcd", "kind", "coredns", "caddy"] as const) await build(name, report);
  expect(lines.filter((line) => /built in \d+ s; left: \d+, about \d+ min$/.test(line))).not.toEqual([]);
  await build("pause", report);
  expect(built("pause")).toBeDefined();
  lines.length = 0;
  await announceBuilds(["caddy"], { ...nothing, pulumi: true }, report);
  expect(lines).toEqual([]);
});

test("a build that fails stops the one beside it, and no other begins", async () => {
  const [marks, pid] = [join(scratch, "began"), join(scratch, "pid")];
  go(`case "$*" in
    *redis_exporter*) while ! test -e ${pid}; do sleep 0.1; done; echo "undefined: redis" >&2; exit 1;;
    *node_exporter*) echo $$ > ${pid}.new; mv ${pid}.new ${pid}; exec sleep 60;;
    *alertmanager*) touch ${marks};;
  esac`);
  await expect(buildAll(["node-exporter", "redis-exporter", "alertmanager"], report)).rejects.toThrow(
    /^redis-exporter could not be built[^]*undefined: redis/,
  );
  const beside = Number(fs.readFileSync(pid, "utf8"));
  await eventually("the one beside it has ended", 20, async () => (runs(beside) ? undefined : true));
  expect(fs.existsSync(marks)).toBe(false);
});

describe("refused before anything is built", () => {
  const refused = () =>
    announceBuilds(all, nothing, report).then(
      () => "accepted",
      (error: Error) => error.message,
    );
  afterEach(() => expect(lines).toEqual([]));

  test("no Go", async () => {
    process.env.PATH = join(scratch, "nothing");
    expect(await refused()).toMatch(/must be built, and there is no Go\.\nInstall Go/);
  });

  test.each([
    ["go1.20", "auto", "Go 1.21 or later; this is Go 1.20."],
    ["go1.22.1", "local", /Go 1\.26\.\d+ or later; this is Go 1\.22\.1 and GOTOOLCHAIN=local\./],
  ])("%s with GOTOOLCHAIN=%s", async (version, toolchain, message) => {
    answering(version, toolchain);
    expect(await refused()).toMatch(message);
  });

  test("too little disk: how much, where, what to do", async () => {
    gigabytes(10);
    expect(await refused()).toMatch(
      /takes about (19|2\d) GB under .*, and 10 GB are free\.\n.*XDG_CACHE_HOME/,
    );
  });

  test("no packages of Debian", async () => {
    packages.mockRejectedValue(new Error("apt-get: no network"));
    expect(await refused()).toBe("apt-get: no network");
  });
});

test("an older Go that fetches a later one is enough, and little disk for little", async () => {
  answering("go1.21.0");
  gigabytes(3);
  await announceBuilds(["node-exporter"], { pulumi: true, cluster: true }, report);
  expect(lines[0]).toMatch(/^To be built here, once, in about 1 min: node-exporter$/);
});
