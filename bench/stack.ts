import execa from "execa";
import { type Cluster, findCluster } from "../local/cluster";
import { repoDir } from "../local/paths";
import { Pulumi } from "../local/pulumi";
import { stackFile } from "../local/stack-config";
import { provideToolchain } from "../local/toolchain";

export interface Bench {
  cluster: Cluster;
  /** The copy of the stack file that holds the salt. */
  file: string;
  /** What names the stack to pulumi. */
  arguments: string[];
  pulumi(args: string[], directory?: string): Promise<string>;
  kubectl(args: string[], input?: string): Promise<string>;
}

/** The kind stack of `npm run up`, or that of another cluster and stack file. */
export async function bench(
  name = process.env.OBSERVABILITY_BENCH_CLUSTER ?? "observability",
  given = stackFile("kind"),
): Promise<Bench> {
  const cluster = await findCluster({ name });
  if (!cluster) throw new Error("No cluster: npm run up first.");
  const toolchain = await provideToolchain(() => undefined);
  const { env, file } = new Pulumi(toolchain, "kind", given, cluster);
  return {
    cluster,
    file,
    arguments: ["--stack", "kind", "--config-file", file],
    async pulumi(args, directory = repoDir) {
      return (await execa(toolchain.pulumi, [...args, "--non-interactive"], { cwd: directory, env })).stdout;
    },
    async kubectl(args, input) {
      const all = ["--kubeconfig", cluster.kubeconfig, ...args];
      return (await execa(cluster.kubectl, all, { input })).stdout;
    },
  };
}
