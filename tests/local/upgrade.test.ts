/** The upgrade of one program, in a copy of the files that name versions, with Go played by a script. */
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { scratch } from "../support/own-cache";
import { repoDir } from "../../local/paths";
import { upgrade } from "../../local/upgrade";

// Each formats what it wrote.
jest.setTimeout(60_000);

const root = join(scratch, "checkout");
const calls = join(scratch, "calls");
const path = process.env.PATH;
const COPIED = [
  "docs/tested.md",
  "package.json",
  ".prettierrc.json",
  "config/versions.json",
  "local/offline/programs",
];

const text = (file: string) => readFileSync(join(root, file), "utf8");
const asGiven = (file: string) => readFileSync(join(repoDir, file), "utf8");
const json = (file: string) => JSON.parse(text(file));
const calledGo = () => readFileSync(calls, "utf8").trim().split("\n").filter(Boolean);

/** Lines that differ from those of the checkout. */
const changedLines = (file: string) => {
  const before = asGiven(file).split("\n");
  return text(file)
    .split("\n")
    .filter((line) => !before.includes(line));
};

/** What Go does to go.mod when it is asked for other versions; or its refusal. */
function go(body = "echo '// moved' >> go.mod"): void {
  writeFileSync(join(scratch, "go"), `#!/bin/sh\necho "$@" >> ${calls}\n${body}\n`);
  chmodSync(join(scratch, "go"), 0o755);
}

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  for (const file of COPIED) cpSync(join(repoDir, file), join(root, file), { recursive: true });
  writeFileSync(calls, "");
  process.env.PATH = [scratch, path].join(delimiter);
  go();
});
afterEach(() => void (process.env.PATH = path));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const { version: loki } = JSON.parse(asGiven("local/offline/programs/programs.json")).loki;

test("a release: image, build and modules move, and nothing else does", async () => {
  const said = await upgrade(root, "loki", "9.8.7");
  expect(json("config/versions.json").loki).toEqual({
    image: "docker.io/grafana/loki",
    tag: "9.8.7",
    tested: "9.8.7",
  });
  expect(json("local/offline/programs/programs.json").loki).toMatchObject({
    version: "9.8.7",
    ldflags: "-X github.com/grafana/loki/v3/pkg/util/build.Version=9.8.7",
  });
  expect(calledGo()).toEqual([
    "get github.com/grafana/loki/v3@v9.8.7",
    "list -mod=mod -deps github.com/grafana/loki/v3/cmd/loki",
    "list -mod=mod -deps ./collector.go",
  ]);
  expect(text("local/offline/programs/alloy/go.mod")).toContain("// moved");
  // The other programs' lines are as they were, to the letter.
  expect(changedLines("config/versions.json")).toHaveLength(1);
  expect(changedLines("local/offline/programs/programs.json")).toHaveLength(2);
  expect(said.join("\n")).toMatch(
    new RegExp(`^Changed:[^]*${loki} -> 9.8.7[^]*Left to do by hand:[^]*golden`),
  );
  // Loki's own go.mod has such lines, and Go does not take them over.
  expect(said.join("\n")).toContain("local/offline/programs/alloy/go.mod: compare its `replace` lines");
  expect(said.join("\n")).toContain("build alloy: what go.sum lacks for our files");
});

test("what else a build is told stays", async () => {
  const { alloy } = json("local/offline/programs/programs.json");
  expect(alloy).toHaveProperty("patch");
  await upgrade(root, "alloy", "9.8.7");
  expect(json("local/offline/programs/programs.json").alloy).toEqual({
    ...alloy,
    version: "9.8.7",
    ldflags: alloy.ldflags.replace(alloy.version, "9.8.7"),
  });
});

test("the tag keeps its own form", async () => {
  await upgrade(root, "node-exporter", "1.99.0");
  await upgrade(root, "node", "20.99.0");
  expect(json("config/versions.json")["node-exporter"].tag).toBe("v1.99.0");
  expect(json("config/versions.json").node.tag).toBe("20.99.0-slim");
});

test("Prometheus' module has a numbering of its own, and so have packages that follow it", async () => {
  const said = await upgrade(root, "prometheus", "3.99.1");
  expect(calledGo()[0]).toBe("get github.com/prometheus/prometheus@v0.399.1");
  expect(said.join("\n")).toMatch(/still the old version: package\.json:\d+: "@prometheus-io\/lezer-promql"/);
});

test("a program of many modules: those that carry its version move, and its own source", async () => {
  await upgrade(root, "collector", "0.999.0");
  const [get, ...lists] = calledGo();
  const moved = get.split(" ").slice(1);
  expect(moved.length).toBeGreaterThan(15);
  for (const module of moved) expect(module).toMatch(/^(go\.opentelemetry\.io|github\.com)\/.+@v0\.999\.0$/);
  expect(lists.sort()).toEqual([
    "list -mod=mod -deps ./collector.go",
    "list -mod=mod -deps github.com/grafana/loki/v3/cmd/loki",
  ]);
  expect(text("local/offline/programs/alloy/collector.go")).toContain('Version: "0.999.0"');
});

test("a snapshot stays, the image moves, the table of what ran too", async () => {
  const said = await upgrade(root, "grafana", "12.99.0");
  const { tag, tested } = json("config/versions.json").grafana;
  expect(tag).toBe("12.99.0");
  expect(tested).toMatch(/^10\.1\.0-pre/);
  expect(text("local/offline/programs/programs.json")).toBe(asGiven("local/offline/programs/programs.json"));
  expect(calledGo()).toEqual([]);
  const [row, ...others] = changedLines("docs/tested.md");
  expect(row).toMatch(/^\| Grafana +\| 12\.99\.0 +\| 10\.1\.0-pre of/);
  expect(others).toEqual([]);
  expect(said.join("\n")).toContain("what is built and tested remains 10.1.0-pre");
});

test("a program without an image", async () => {
  await upgrade(root, "coredns", "1.99.0");
  const [get, ...lists] = calledGo();
  expect(get).toBe("get github.com/coredns/coredns@v1.99.0");
  // It shares its pins, which must hold what the others need.
  expect(lists.map((line) => line.split(" ")[3])).toEqual([
    "k8s.io/kubernetes/cmd/kube-apiserver",
    "go.etcd.io/etcd/server/v3",
    "./coredns.go",
  ]);
  expect(json("local/offline/programs/programs.json").coredns.version).toBe("1.99.0");
  expect(text("config/versions.json")).toBe(asGiven("config/versions.json"));
});

describe("nothing is changed", () => {
  afterEach(() => {
    for (const file of ["docs/tested.md", "config/versions.json", "local/offline/programs/programs.json"])
      expect(text(file)).toBe(asGiven(file));
    expect(text("local/offline/programs/alloy/go.mod")).toBe(asGiven("local/offline/programs/alloy/go.mod"));
  });

  test.each([
    ["an unknown program", "lokki", "9.8.7", /no such program. Known are: .*loki/],
    ["no version", "loki", "latest", /numbers and dots, such as 1\.2\.3/],
    ["the version that there is", "loki", loki, /is what there is/],
    [
      "a module of another version",
      "pulumi-resource-random",
      "9.8.7",
      /go\.mod requires nothing [^]* by hand/,
    ],
  ])("for %s", async (_, name, version, message) => {
    await expect(upgrade(root, name, version)).rejects.toThrow(message);
    expect(calledGo()).toEqual([]);
  });

  test("for a version that cannot be had, half-way through", async () => {
    go(`case "$1" in get) echo moved >> go.mod;; *) echo "403 Forbidden" >&2; exit 1;; esac`);
    await expect(upgrade(root, "loki", "9.8.7")).rejects.toThrow(/403 Forbidden\nNothing was changed/);
  });
});
