import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { scratch } from "../support/own-cache";
import { build, built, dropBuildCaches, pathOf } from "../../local/offline/build";
import { settingsOf } from "../../config/settings";
import versions from "../../config/versions.json";
import { cached, collect } from "../../local/cache";
import { UserError } from "../../local/errors";
import programs from "../../local/offline/programs/programs.json";
import { stackOf } from "../../programs";
import { alloyConfig, alloyEventsConfig } from "../../programs/alloy/config";

const cache = join(scratch, "observability-stack");
const path = process.env.PATH;
const sources = join(__dirname, "../../local/offline/programs");

/** Puts a stand-in for Go first on the PATH. */
function go(script: string): void {
  const directory = join(scratch, "bin");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "go"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(directory, "go"), 0o755);
  process.env.PATH = [directory, path].join(delimiter);
}

/** Stands for a compiler: writes the file that follows -o. */
const COMPILES = `while [ "$1" != -o ]; do shift; done; case "$2" in */) ;; *) echo binary > "$2";; esac`;
const report = () => undefined;
const textOf = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

afterEach(() => {
  process.env.PATH = path;
  rmSync(cache, { recursive: true, force: true });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("a program of the cache", () => {
  it("has a key that changes with each pin and with nothing else", () => {
    const copy = join(scratch, "programs");
    cpSync(sources, copy, { recursive: true });
    const before = pathOf("caddy", copy);
    expect(before).toBe(pathOf("caddy"));
    for (const file of ["go.mod", "go.sum"]) {
      const last = pathOf("caddy", copy);
      appendFileSync(join(copy, "caddy", file), "\n");
      expect(pathOf("caddy", copy)).not.toBe(last);
    }
    expect(pathOf("pause", copy)).toBe(pathOf("pause"));
  });

  it("is built once, and leaves nothing else", async () => {
    go(COMPILES);
    const directory = await build("pause", report);
    expect(existsSync(join(directory, "pause"))).toBe(true);
    expect(built("pause")).toBe(directory);
    go("exit 1");
    expect(await build("pause", report)).toBe(directory);
    expect(readdirSync(join(cache, "programs"))).toEqual([pathOf("pause").split("/")[1]]);
  });

  it("is built with the tags and linker flags of programs.json, and without cgo", async () => {
    const asked = join(scratch, "asked");
    go(`echo "cgo=$CGO_ENABLED $*" >> ${asked}; ${COMPILES}`);
    await build("prometheus", report);
    const compiled = readFileSync(asked, "utf8")
      .split("\n")
      .filter((line) => line.includes(" build "));
    // One command for all its binaries.
    expect(compiled).toEqual([expect.stringContaining(`-ldflags=-s -w ${programs.prometheus.ldflags} -o `)]);
    expect(compiled[0]).toContain("cgo=0 ");
    expect(compiled[0].endsWith(Object.values(programs.prometheus.binaries).join(" "))).toBe(true);
    await build("tempo", report);
    expect(readFileSync(asked, "utf8")).toContain(`-tags=${programs.tempo.tags}`);
  });

  it("is built against a copy of its module, with our files in place of some and without others", async () => {
    const module = join(scratch, "module");
    const files = Object.entries(programs.alloy.patch.files);
    const theirs = [...files.map(([file]) => file).filter((file) => file !== "stack/main.go"), "go.mod"];
    for (const file of theirs) {
      mkdirSync(dirname(join(module, file)), { recursive: true });
      writeFileSync(join(module, file), "theirs");
    }
    const seen = join(scratch, "seen");
    go(`case "$*" in
      "list -m "*) echo ${module};;
      "mod edit -replace=github.com/grafana/alloy=./module") touch replaced;;
      build*) test -e replaced && cp -r module ${seen} && ${COMPILES};;
    esac`);
    await build("alloy", report);
    for (const [file, ours] of files)
      expect([file, textOf(join(seen, file))]).toEqual([
        file,
        ours ? textOf(join(sources, "alloy", ours)) : undefined,
      ]);
    expect(textOf(join(seen, "go.mod"))).toBe("theirs");
    expect(theirs.map((file) => textOf(join(module, file)))).toEqual(theirs.map(() => "theirs"));
  });

  it("is built once by two who ask at the same time", async () => {
    go(`sleep 0.2; ${COMPILES}`);
    const lines: string[] = [];
    const tell = (line: string) => lines.push(line);
    const [first, second] = await Promise.all([build("pause", tell), build("pause", tell)]);
    expect(first).toBe(second);
    expect(lines).toContainEqual(expect.stringMatching(/another command makes it, waiting/));
  });

  it("names the log and the cause when its build fails, and is no half-made entry", async () => {
    go(`echo "main.go:3: undefined: nothing" >&2; exit 1`);
    const error = await build("pause", report).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(join(cache, "logs", "pause.log"));
    expect(String(error)).toContain("undefined: nothing");
    expect(built("pause")).toBeUndefined();
    go(COMPILES);
    expect(await build("pause", report)).toContain("pause");
  });

  it("says that the disk is full, and where", async () => {
    go(`echo "write /x: no space left on device" >&2; exit 1`);
    await expect(build("pause", report)).rejects.toThrow(/^The disk is full: pause .*pause\.log/);
  });

  it("says what to install where there is no Go", async () => {
    process.env.PATH = join(scratch, "nothing");
    await expect(build("pause", report)).rejects.toThrow(/Install Go/);
  });
});

describe("an entry of the cache", () => {
  it("speaks of a full disk as the user's to mend, whoever ran into it", async () => {
    const full = cached("images/x", report, () =>
      Promise.reject(new Error("ENOSPC: no space left on device, copyfile")),
    );
    await expect(full).rejects.toBeInstanceOf(UserError);
  });

  it("passes any other error on as it is", async () => {
    const bug = new TypeError("a bug");
    await expect(cached("images/x", report, () => Promise.reject(bug))).rejects.toBe(bug);
  });

  it("begins anew after a crash", async () => {
    await cached("images/x", report, () => Promise.reject(new Error("crash"))).catch(() => undefined);
    const directory = await cached("images/x", report, (unfinished) => {
      expect(readdirSync(unfinished)).toEqual([]);
      writeFileSync(join(unfinished, "whole"), "");
      return Promise.resolve();
    });
    expect(readdirSync(directory)).toEqual(["whole"]);
  });
});

describe("what the cache need not keep", () => {
  const DAY = 24 * 3600;
  const programs = join(cache, "programs");
  const used = (name: string, days: number) => {
    const directory = join(programs, name);
    mkdirSync(directory, { recursive: true });
    const then = Date.now() / 1000 - days * DAY;
    utimesSync(directory, then, then);
  };
  const kept = () => readdirSync(programs).sort();

  it("goes after a month, leavings of an interrupted build after a day", async () => {
    used("of-earlier-pins", 31);
    used("recent", 29);
    used("killed.unfinished.source-x", 2);
    used("at-work.unfinished.source-x", 0);
    used("of-every-day", 31);
    await cached("programs/of-every-day", report, () => Promise.reject(new Error("it is there")));
    collect();
    expect(kept()).toEqual(["at-work.unfinished.source-x", "of-every-day", "recent"]);
  });

  it("is not what was unpacked a moment ago, however old the package is", async () => {
    const directory = await cached("debian/registry", report, (unfinished) => {
      utimesSync(unfinished, 0, 0);
      return Promise.resolve();
    });
    collect();
    expect(existsSync(directory)).toBe(true);
  });

  it("of the compiler stays while another command builds", async () => {
    const compiler = join(cache, "go");
    mkdirSync(compiler, { recursive: true });
    await cached("programs/x", report, async () => {
      dropBuildCaches(report);
      expect(existsSync(compiler)).toBe(true);
    });
    dropBuildCaches(report);
    expect(existsSync(compiler)).toBe(false);
  });
});

it("builds what config/versions.json says was tested", () => {
  const recipes: Record<string, { version: string }> = programs;
  for (const [name, { tested }] of Object.entries(versions))
    if (name in recipes) expect([name, recipes[name].version]).toEqual([name, tested]);
});

it("builds every component of Alloy that its configurations use", () => {
  const stack = stackOf(settingsOf({}, "kind"), "kind");
  const imported = readFileSync(join(sources, "alloy", "components.go"), "utf8");
  for (const config of [alloyConfig(stack), alloyEventsConfig(stack)])
    for (const [, component] of config.matchAll(/^([a-z_]+\.[a-z_.]+) "/gm))
      expect(imported).toContain(`/internal/component/${component.replaceAll(".", "/")}"`);
  expect.hasAssertions();
});
