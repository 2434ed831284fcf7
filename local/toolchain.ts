import { cpSync } from "node:fs";
import { delimiter, join } from "node:path";
import execa from "execa";
import { cached, keyOf, type Report } from "./cache";
import { download as downloadOf } from "./downloads";
import { built, obtain, programOf } from "./offline";
import { ownPulumiHome } from "./paths";

export interface Toolchain {
  /** Name or path of the CLI. */
  pulumi: string;
  /** What its processes need besides the user's environment. */
  env: Record<string, string>;
  origin: "installed" | "downloaded" | "built";
  version: string;
}

/**
 * The Pulumi CLI, its Node language host and the plugins: installed, or there from before, else downloaded; `offline`,
 * built.
 *
 * Errors: UserError that says why it cannot be had, and what to do.
 */
export async function provideToolchain(report: Report, offline = false): Promise<Toolchain> {
  const toolchain = (await installed()) ?? (await downloadedOrBuilt(report, offline));
  await providePlugins(toolchain, report, offline);
  return toolchain;
}

export async function installed(): Promise<Toolchain | undefined> {
  const version = await execa("pulumi", ["version"], { reject: false });
  const host = await execa("pulumi-language-nodejs", ["--help"], { reject: false });
  if (version.exitCode !== 0 || (host.failed && host.exitCode === undefined)) return undefined;
  return { pulumi: "pulumi", env: {}, origin: "installed", version: version.stdout.trim().slice(1) };
}

async function downloadedOrBuilt(report: Report, offline: boolean): Promise<Toolchain> {
  // Who built it once need not ask for a download every time.
  const download = offline || built("pulumi") ? { reason: "" } : await downloadOf("pulumi", report);
  if ("directory" in download)
    return { ...onPath(download.directory), origin: "downloaded", version: programOf("pulumi").version };
  const how = { offline, why: `There is no \`pulumi\`, and it cannot be downloaded: ${download.reason}` };
  const parts = [await obtain("pulumi", how, report), await obtain("pulumi-language-nodejs", how, report)];
  // Pulumi warns unless its language host lies beside it.
  const directory = await cached(`programs/toolchain-${keyOf(...parts)}`, report, async (together) => {
    for (const bin of parts) cpSync(bin, together, { recursive: true });
  });
  const { pulumi, env } = onPath(directory);
  const own = { ...env, PULUMI_HOME: ownPulumiHome };
  return { pulumi, env: own, origin: "built", version: programOf("pulumi").version };
}

/** The two plugins in the versions of package.json: installed, else downloaded by the CLI, else built. */
async function providePlugins(
  { pulumi, env, origin }: Toolchain,
  report: Report,
  offline: boolean,
): Promise<void> {
  const { stdout } = await execa(pulumi, ["plugin", "ls", "--json"], { env });
  const known = JSON.parse(stdout) as Plugin[];
  for (const name of ["kubernetes", "random"] as const) {
    const program = `pulumi-resource-${name}` as const;
    const { version } = programOf(program);
    if (known.some((plugin) => plugin.name === name && plugin.version === version)) continue;
    const install = ["plugin", "install", "resource", name, version];
    report(`Pulumi's plugin ${name} ${version}: installing`);
    const installing = origin === "built" ? undefined : await execa(pulumi, install, { env, reject: false });
    if (installing && !installing.failed) continue;
    const why = installing
      ? `\`pulumi ${install.join(" ")}\` failed: ${installing.stderr.trim().split("\n").at(-1)}`
      : `The Pulumi that was built here lacks its plugin ${name} ${version}`;
    const file = join(await obtain(program, { offline, why }, report), program);
    await execa(pulumi, [...install, "--file", file], { env });
  }
}

interface Plugin {
  name: string;
  version: string;
}

const onPath = (directory: string) => ({
  pulumi: join(directory, "pulumi"),
  env: { PATH: [directory, process.env.PATH ?? ""].join(delimiter) },
});
