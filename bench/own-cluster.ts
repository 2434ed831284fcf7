import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { loadAll } from "js-yaml";
import { yaml } from "../config/yaml";
import { repoDir } from "../local/paths";
import type { Manifest } from "../local/render";
import type { StackConfig } from "../local/stack-config";
import { bench, type Bench } from "./stack";

const CLUSTER = "bench";
const PORT_OFFSET = 1500;

export interface OwnCluster {
  /** The stack file of the commands; first to be written. */
  file: string;
  write(config: StackConfig): void;
  up(): Promise<void>;
  ticketing(...args: string[]): Promise<void>;
  stack(): Promise<Bench>;
  /** By a process of its own: the program is one stack in each. */
  manifests(): Promise<Manifest[]>;
}

/** A cluster beside whatever runs, for one benchmark; it is made by the first `up`, and removed at the end. */
export async function onOwnCluster(measure: (own: OwnCluster) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  const file = join(directory, "Pulumi.kind.yaml");
  const npm = async (name: string, ...args: string[]) => {
    const all = ["run", "--silent", name, "--", "--cluster", CLUSTER, "--config-file", file, ...args];
    await execa("npm", all, { cwd: repoDir, stdio: "inherit" });
  };
  const edge = { url: `http://localhost:${8080 + PORT_OFFSET}` };
  try {
    await measure({
      file,
      write: (config) => {
        const given = { ...(config["observability:edge"] as object | undefined), ...edge };
        writeFileSync(file, yaml({ config: { ...config, "observability:edge": given } }));
      },
      up: () => npm("up", "--port-offset", String(PORT_OFFSET)),
      ticketing: (...args) => npm("ticketing", ...args),
      stack: () => bench(CLUSTER, file),
      manifests: async () => {
        const render = ["run", "--silent", "render", "--", "--config-file", file];
        return loadAll((await execa("npm", render, { cwd: repoDir })).stdout) as Manifest[];
      },
    });
  } finally {
    await npm("down");
    rmSync(directory, { recursive: true });
  }
}
