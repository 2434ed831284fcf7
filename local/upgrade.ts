/** npm run upgrade -- PROGRAM VERSION: one program, everywhere its version stands. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa, { type ExecaError } from "execa";
import { goEnvironment, type Program } from "./offline/build";
import { UserError } from "./errors";
import { repoDir } from "./paths";

type Images = Record<string, { image: string; tag: string; tested: string }>;
type Programs = Record<string, Program>;

const IMAGES = "config/versions.json";
const FOLDERS = "local/offline/programs";
const PROGRAMS = `${FOLDERS}/programs.json`;
const TESTED = "docs/tested.md";

/**
 * Writes the new version into the files of the checkout; what is built is fetched, not compiled.
 *
 * @returns what was changed and what is left to do by hand, one a line
 * @throws UserError before anything is changed for an unknown program, a version that is none, a module that cannot be had
 */
export async function upgrade(root: string, name: string, version: string): Promise<string[]> {
  const images = read<Images>(root, IMAGES);
  const programs = read<Programs>(root, PROGRAMS);
  const [image, program] = [images[name], programs[name]] as const;
  if (!image && !program) throw unknown(name, [...Object.keys(images), ...Object.keys(programs)]);
  if (!NUMBERS.test(version))
    throw new UserError(`upgrade ${name} ${version}: a version is numbers and dots, such as 1.2.3.`);
  const old = numbersIn(image?.tag ?? program.version);
  if (old === version) throw new UserError(`upgrade ${name}: ${version} is what there is.`);

  // What is not a release is a snapshot that somebody chose: there is none to go with the new version.
  const isRelease = program && NUMBERS.test(program.version);
  const changed = isRelease ? [await fetchModules(root, name, programs, version)] : [];
  if (isRelease) {
    const from = program.version;
    write(root, PROGRAMS, {
      ...programs,
      [name]: { ...program, version, ldflags: program.ldflags?.replaceAll(from, version) },
    });
    changed.push(`${PROGRAMS}: ${from} -> ${version}`);
    if (image) image.tested = version;
  }
  if (image) {
    const { tag } = image;
    image.tag = tag.replace(old, version);
    write(root, IMAGES, images);
    changed.push(`${IMAGES}: ${tag} -> ${image.tag}, tested with ${image.tested}`);
  }
  if (writeRow(root, name, old, version)) changed.push(`${TESTED}: what ran, and against what`);
  await tidy(root);
  const left = [
    ...(isRelease
      ? [...replaced(root, program.folder ?? name), ...patched(programs, program.folder ?? name)]
      : [remains(name, image?.tested ?? program.version, program)]),
    ...(await elsewhere(root, old)),
    "read the release notes; npm run golden, npm test, npm run test:cluster",
  ];
  return ["Changed:", ...changed.map(indented), "Left to do by hand:", ...left.map(indented)];
}

const NUMBERS = /^\d+(\.\d+)+$/;
const numbersIn = (text: string): string => /\d+(\.\d+)+/.exec(text)?.[0] ?? text;
const indented = (line: string) => `  ${line}`;

/** How a module's version follows from its program's: as it is, or as Prometheus has it (3.15.0 -> v0.315.0). */
const STYLES = [
  (version: string) => `v${version}`,
  (version: string) => version.replace(/^(\d+)\.(\d+)/, (_, a, b) => `v0.${a}${b.padStart(2, "0")}`),
];

/** Moves go.mod and go.sum to the new version; the checksums of all that is compiled are in them afterwards. */
async function fetchModules(root: string, name: string, programs: Programs, version: string) {
  const program = programs[name];
  const folder = program.folder ?? name;
  const directory = join(root, FOLDERS, folder);
  const mod = readFileSync(join(directory, "go.mod"), "utf8");
  const packages = Object.values(program.binaries);
  const main = join(directory, packages.find((target) => target.endsWith(".go")) ?? "main.go");
  const code = existsSync(main) ? readFileSync(main, "utf8") : "";
  const compiled = [...packages, ...[...code.matchAll(/"(\S+\/\S+)"/g)].map(([, imported]) => imported)];
  const required = [...mod.matchAll(/^(?:require)?\s+(\S+\/\S+) (v\S+)/gm)];
  const wanted = required.flatMap(([, module, current]) => {
    const style = STYLES.find((of) => of(program.version) === current);
    const isMain = compiled.some((path) => `${path}/`.startsWith(`${module}/`));
    return style && isMain ? [`${module}@${style(version)}`] : [];
  });
  if (wanted.length === 0)
    throw new UserError(
      `upgrade ${name}: ${FOLDERS}/${folder}/go.mod requires nothing of version ${program.version}.\nEnter the new version there and in ${PROGRAMS} by hand.`,
    );
  const go = (...args: string[]) =>
    execa("go", args, { cwd: directory, env: goEnvironment }).catch((error: ExecaError) => {
      // Nothing is changed by halves.
      for (const [file, text] of before) writeFileSync(file, text);
      throw new UserError(
        `upgrade ${name} ${version}: ${error.stderr?.trim() || error.message}\nNothing was changed. Choose a version that Go's module proxy has.`,
      );
    });
  const before = readdirSync(directory)
    .map((file) => join(directory, file))
    .map((file) => [file, readFileSync(file, "utf8")] as const);
  await go("get", ...wanted);
  for (const { binaries, patch } of sharing(programs, folder))
    if (!patch) await go("list", "-mod=mod", "-deps", ...Object.values(binaries));
  if (code) writeFileSync(main, code.replaceAll(`"${program.version}"`, `"${version}"`));
  return `${FOLDERS}/${folder}: ${wanted.join(" ")}`;
}

/** Programs whose pins are in this folder. */
const sharing = (programs: Programs, folder: string) =>
  Object.entries(programs).flatMap(([name, program]) =>
    (program.folder ?? name) === folder ? { name, ...program } : [],
  );

/** Only the build lays our files over a module. */
const patched = (programs: Programs, folder: string) =>
  sharing(programs, folder).flatMap(({ name, patch }) =>
    patch ? `build ${name}: what go.sum lacks for our files in ${FOLDERS}/${folder} is known only then` : [],
  );

const remains = (name: string, tested: string, program?: Program): string =>
  program
    ? `what is built and tested remains ${tested}, a snapshot: a later one goes into ${FOLDERS}/${program.folder ?? name}/go.mod and ${PROGRAMS}`
    : `what is tested remains ${tested}: it is no Go program, local/offline/images/ says where it comes from`;

/** A module's own `replace` lines do not reach those that require it, so ours repeat them. */
function replaced(root: string, folder: string): string[] {
  const mod = `${FOLDERS}/${folder}/go.mod`;
  if (!/=>/.test(readFileSync(join(root, mod), "utf8"))) return [];
  return [`${mod}: compare its \`replace\` lines with those of the module's own go.mod`];
}

/** The table of what ran: a release stands in both columns, or in that of the image alone. */
function writeRow(root: string, name: string, old: string, version: string): boolean {
  const text = readFileSync(join(root, TESTED), "utf8");
  const lines = text.split("\n").map((line) => {
    const cells = line.split("|");
    if (cells.length !== 5 || cells[1].trim().toLowerCase().replaceAll(" ", "-") !== name) return line;
    const at = cells[2].includes(old) ? 2 : 3;
    cells[at] = cells[at].replace(old, version);
    return cells.join("|");
  });
  writeFileSync(join(root, TESTED), lines.join("\n"));
  return lines.join("\n") !== text;
}

/** Other places that name the old version; some mean another program. */
async function elsewhere(root: string, old: string): Promise<string[]> {
  const generated = ["*go.mod", "*go.sum", "*package-lock.json", "tests/golden", "*.schema.json"];
  const texts = STYLES.flatMap((style) => ["-e", style(old).slice(1)]);
  const search = [
    "grep",
    "--no-index",
    "--exclude-standard",
    "-nwF",
    ...texts,
    "--",
    ".",
    ...generated.map((path) => `:!${path}`),
  ];
  const { stdout, exitCode } = await execa("git", search, { cwd: root, reject: false });
  if (exitCode !== 0 && exitCode !== 1) return [`search the checkout for ${old}: there was no git to do it`];
  const lines = stdout.split("\n").filter(Boolean);
  return lines.map((line) => `still the old version: ${line.replace(/:\s+/, ": ")}`);
}

const read = <T>(root: string, file: string) => JSON.parse(readFileSync(join(root, file), "utf8")) as T;
const write = (root: string, file: string, content: object) =>
  writeFileSync(join(root, file), JSON.stringify(content));

const tidy = (root: string) =>
  execa("prettier", ["--write", "--object-wrap=collapse", IMAGES, PROGRAMS, TESTED], {
    cwd: root,
    preferLocal: true,
    localDir: repoDir,
  });

const unknown = (name: string, known: string[]) =>
  new UserError(
    `upgrade ${name}: there is no such program. Known are: ${[...new Set(known)].sort().join(", ")}.`,
  );

if (require.main === module) {
  const [name = "", version = ""] = process.argv.slice(2);
  upgrade(repoDir, name, version).then(
    (lines) => console.log(lines.join("\n")),
    (error: unknown) => {
      console.error(error instanceof UserError ? error.message : error);
      process.exitCode = 1;
    },
  );
}
