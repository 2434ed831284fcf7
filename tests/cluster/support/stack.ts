import { cpSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { load } from "js-yaml";
import { yaml } from "../../../config/yaml";
import { type Cluster, findCluster } from "../../../local/cluster";
import { forwarded as forwardedBy } from "../../../local/forward";
import { repoDir } from "../../../local/paths";
import { stackConfig } from "../../../local/stack-config";
import { CLUSTER, PORT_OFFSET } from "./names";
import { ownState } from "./state";

/** A checkout for the tests: where their stack files lie and plain pulumi runs. */
export const checkout = join(ownState, "checkout");
rmSync(checkout, { recursive: true, force: true });
const elsewhere = ["node_modules", ".git", ".ci"].map((name) => join(repoDir, name));
cpSync(repoDir, checkout, { recursive: true, filter: (path) => !elsewhere.includes(path) });
symlinkSync(join(repoDir, "node_modules"), join(checkout, "node_modules"));

/** Something that a stack file may hold under `observability:`. */
export type Given = Record<string, unknown>;

/**
 * Writes a stack file: the one of the sample workload with these keys laid over it. Without its exporter: parts of the
 * story bring one and take it away.
 */
export function writeStack(stack: string, given: Given): void {
  const config = { ...stackConfig(join(repoDir, "examples/Pulumi.ticketing.yaml")) };
  delete config["observability:metrics"];
  // Its objectives are of its own services.
  if ("services" in given) delete config["observability:slo"];
  for (const [key, value] of Object.entries(given))
    if (value !== undefined) config[`observability:${key}`] = value;
  writeFileSync(fileOf(stack), yaml({ config }));
}

export const fileOf = (stack: string) => join(checkout, `Pulumi.${stack}.yaml`);

export interface Ran {
  exitCode: number;
  output: string;
}

/** Of a command that ran: what it said last is the reason why it failed. */
export function succeeded({ exitCode, output }: Ran): void {
  if (exitCode !== 0)
    throw new Error(`exit code ${exitCode}, after:\n${output.split("\n").slice(-30).join("\n")}`);
}

/** A later option wins over an earlier one of the same name. */
export const npmArguments = (command: string, stack: string, ...args: string[]): string[] => {
  const all = ["run", "--silent", command, "--", "--stack", stack, "--config-file", fileOf(stack)];
  const offset = command === "up" ? ["--port-offset", String(PORT_OFFSET)] : [];
  return [...all, "--cluster", CLUSTER, ...offset, ...args];
};

/** Runs a command of package.json as a user would. */
export async function npm(command: string, stack: string, ...args: string[]): Promise<Ran> {
  const result = await execa("npm", npmArguments(command, stack, ...args), {
    cwd: repoDir,
    all: true,
    reject: false,
  });
  console.log(`npm run ${command} -- --stack ${stack}: exit code ${result.exitCode}\n${result.all}`);
  return { exitCode: result.exitCode, output: result.all ?? "" };
}

/** The environment that `up` tells users to export for plain pulumi and kubectl. */
export function exported(output: string): Record<string, string> {
  const lines = [...output.matchAll(/^ {2}export (\w+)="(.*)"$/gm)];
  return Object.fromEntries(
    lines.map(([, name, value]) => [name, value.replace("$PATH", process.env.PATH!)]),
  );
}

/** Plain Pulumi, as a user calls it in the shell that has what `up` tells to export. */
export async function pulumi(env: Record<string, string>, ...args: string[]): Promise<string> {
  const result = await execa("pulumi", args, { cwd: checkout, env, all: true, reject: false });
  if (result.exitCode !== 0) throw new Error(`pulumi ${args.join(" ")}:\n${result.all}`);
  return result.stdout;
}

export async function cluster(): Promise<Cluster> {
  const found = await findCluster({ name: CLUSTER });
  if (!found) throw new Error(`no cluster ${CLUSTER}`);
  return found;
}

/** kubectl against the test cluster; `input` is its standard input. */
export async function kubectl(args: string[], input?: string): Promise<string> {
  const { kubeconfig, kubectl } = await cluster();
  const { stdout } = await execa(kubectl, ["--kubeconfig", kubeconfig, ...args], {
    input,
  });
  return stdout;
}

/** Hands on the address on this machine at which a port inside the cluster is reachable meanwhile. */
export const forwarded = async <T>(
  namespace: string,
  target: string,
  port: string,
  use: (address: string) => Promise<T>,
): Promise<T> =>
  forwardedBy(await cluster(), namespace, target, Number(port), (url) => use(new URL(url).host));

export async function objects<T>(...args: string[]): Promise<T[]> {
  return (load(await kubectl(["get", "-o", "json", ...args])) as { items: T[] }).items;
}

/** Applies objects as a user would and waits for none. */
export const apply = (manifests: object[]): Promise<string> =>
  kubectl(
    ["apply", "--server-side", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }),
  );
