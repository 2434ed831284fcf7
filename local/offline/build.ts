import {
  cpSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { basename, join } from "node:path";
import execa, { type ExecaChildProcess, type ExecaError } from "execa";
import { cached, diskFull, isDiskFull, isThere, keyOf, type Report } from "../cache";
import { heldIn } from "../lock";
import { UserError } from "../errors";
import { cacheDir } from "../paths";
import { finished } from "./progress";
import programs from "./programs/programs.json";

export type ProgramName = keyof typeof programs;

/** How a program is built; its pins are the go.mod and go.sum of its folder in programs/. */
export interface Program {
  /** What it calls itself. */
  version: string;
  /** Name of the binary -> package; of several each has its package's name. */
  binaries: Record<string, string>;
  /** Another program's folder, whose pins it shares: what both need is compiled once. */
  folder?: string;
  ldflags?: string;
  tags?: string;
  cgo?: boolean;
  /** Files of a module that lie beside our main.go when it is compiled. */
  stage?: { module: string; files: string[] };
  /** A directory of a module that goes beside the binaries, as `files`. */
  keep?: { module: string; directory: string };
  /** Built inside a copy of its module, whose generated code is not shipped; `keep` goes beside the binaries. */
  copy?: { module: string; generate: string[]; keep: string[] };
  /** Built against a copy of a module: file of it -> ours that takes its place, or null where it is left out. */
  patch?: { module: string; files: Record<string, string | null> };
}

export const programOf = (name: ProgramName): Program => programs[name];

/** A folder a program: its pins, and whatever of it is ours. */
export const sources = join(__dirname, "programs");

export const folderOf = (name: ProgramName, directory = sources): string =>
  join(directory, programOf(name).folder ?? name);

/** Where the binaries of a program are or will be. The key changes with any pin. */
export function pathOf(name: ProgramName, directory = sources): string {
  const folder = folderOf(name, directory);
  const files = readdirSync(folder).sort();
  return `programs/${name}-${keyOf(JSON.stringify(programs[name]), ...files, ...files.map((file) => readFileSync(join(folder, file))))}`;
}

/** The directory of an already built program, else nothing. */
export function built(name: ProgramName): string | undefined {
  const directory = join(cacheDir, pathOf(name));
  return isThere(directory) ? directory : undefined;
}

/**
 * Builds a program from its pinned Go modules, once; later calls answer from the cache.
 *
 * @returns the directory that holds its binaries
 * @throws UserError that names the log when the build fails
 */
export function build(name: ProgramName, report: Report): Promise<string> {
  return cached(pathOf(name), report, async (directory) => {
    const { version, binaries, copy, keep, patch, stage } = programOf(name);
    const began = Date.now();
    const log = join(cacheDir, "logs", `${name}.log`);
    mkdirSync(join(cacheDir, "logs"), { recursive: true });
    report(`${name} ${version}: building, log ${log}`);
    const scratch = mkdtempSync(`${directory}.source-`);
    try {
      const go = runner(name, log, programOf(name));
      cpSync(folderOf(name), scratch, { recursive: true });
      if (stage) {
        const module = await moduleDirectory(go, stage.module, scratch);
        for (const file of stage.files) cpSync(join(module, file), join(scratch, basename(file)));
      }
      let work = scratch;
      if (copy) {
        work = join(scratch, "module");
        cpSync(await moduleDirectory(go, copy.module, scratch), work, { recursive: true });
        await go(["run", ...copy.generate], work);
      }
      if (patch) {
        const module = join(scratch, "module");
        cpSync(await moduleDirectory(go, patch.module, scratch), module, { recursive: true });
        for (const [file, ours] of Object.entries(patch.files)) {
          if (ours) cpSync(join(scratch, ours), join(module, file));
          else rmSync(join(module, file));
        }
        // Not in the committed go.mod: there the module itself is held against go.sum too.
        await go(["mod", "edit", `-replace=${patch.module}=./module`], scratch);
      }
      const targets = Object.values(binaries);
      // One command for all: links take a core each, and run side by side.
      const output = targets.length > 1 ? `${directory}/` : join(directory, Object.keys(binaries)[0]);
      await go([...flags(programOf(name)), "-o", output, ...targets], work);
      if (keep) {
        const module = await moduleDirectory(go, keep.module, scratch);
        cpSync(join(module, keep.directory), join(directory, "files"), { recursive: true });
      }
      for (const kept of copy?.keep ?? [])
        cpSync(join(work, kept), join(directory, kept), { recursive: true });
      const seconds = Math.round((Date.now() - began) / 1000);
      report(`${name} ${version}: built in ${seconds} s${finished(name)}`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}

/** Go's module and build caches reach tens of gigabytes; once everything is built they are of no more use. */
export function dropBuildCaches(report: Report): void {
  const caches = join(cacheDir, "go");
  // Another command may be building what this one did not want.
  if (!existsSync(caches) || heldIn(join(cacheDir, "programs")).length > 0) return;
  report("Removing the compiler's caches: all is built; a few minutes on a slow disk");
  rmSync(caches, { recursive: true, force: true });
}

type Go = (args: string[], directory: string) => Promise<string>;

const flags = ({ ldflags = "", tags = "", copy }: Program): string[] => [
  "build",
  "-trimpath",
  // A copied module's own go.sum lacks what its generated code adds.
  ...(copy ? ["-mod=mod"] : []),
  `-tags=${tags}`,
  // Nobody debugs them: without these tables compiling takes an eighth less, measured.
  "-gcflags=all=-dwarf=false",
  `-ldflags=-s -w ${ldflags}`,
];

/** Caches of our own, which can be dropped when all is built. */
export const goEnvironment = {
  GOMODCACHE: join(cacheDir, "go", "mod"),
  GOCACHE: join(cacheDir, "go", "build"),
  GOFLAGS: "-buildvcs=false -modcacherw",
};

const compilers = new Set<ExecaChildProcess>();

/** For when another build has failed: what they have compiled stays in Go's cache. */
export function stopCompilers(): void {
  for (const compiler of compilers) compiler.kill();
}

function runner(name: string, log: string, { cgo }: Program): Go {
  const env = {
    ...goEnvironment,
    CGO_ENABLED: cgo ? "1" : "0",
    // No garbage collection in a compiler that stays small: an eighth less than with GOGC=400, measured.
    GOGC: "off",
    GOMEMLIMIT: "1GiB",
  };
  const stream = createWriteStream(log);
  // A disk that is full is told from what Go says; the log's own trouble with it must not end the process.
  stream.on("error", () => undefined);
  return async (args, directory) => {
    stream.write(`\n$ go ${args.join(" ")}\n`);
    const running = execa("go", args, { cwd: directory, env });
    running.stderr?.pipe(stream, { end: false });
    compilers.add(running);
    const result = await running
      .catch((error: ExecaError) => {
        throw failure(name, log, error.message);
      })
      .finally(() => compilers.delete(running));
    return result.stdout;
  };
}

async function moduleDirectory(go: Go, module: string, directory: string): Promise<string> {
  await go(["mod", "download", module], directory);
  return (await go(["list", "-m", "-f", "{{.Dir}}", module], directory)).trim();
}

export const noGo = (what: string): UserError =>
  new UserError(
    `${what} must be built, and there is no Go.\nInstall Go 1.21 or later, or put Docker or a registry within reach; then run the command again.`,
  );

/** What a user can do about a build that failed. */
export function failure(name: string, log: string, output: string): UserError {
  if (/spawn go ENOENT/.test(output)) return noGo(name);
  if (isDiskFull(output)) return diskFull(`${name} (log ${log})`);
  return new UserError(
    `${name} could not be built. The log is ${log}; its end:\n${output.trim().split("\n").slice(-5).join("\n")}\nRun the command again once the cause is mended. What was built stays.`,
  );
}
