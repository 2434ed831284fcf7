import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressOf } from "../../programs/addresses";
import { blackboxExporter } from "../../programs/blackbox-exporter";
import type { Stack } from "../../programs/program";
import { freePort } from "./free-port";
import { binary } from "./programs";
import { goLimit, Server } from "./servers";

interface Job {
  metrics_path: string;
  static_configs: { targets: [string]; labels: Record<string, string> }[];
}

export interface BlackboxExporter {
  /** Prometheus' job, with addresses of here in place of those in the cluster. */
  job: Job;
  /** When the certificate of that program ends, asked once as Prometheus asks; nothing where it shows none. */
  ends(instance: string): Promise<Date | undefined>;
  end(): Promise<void>;
}

/**
 * A real one on loopback with the file that a stack gives it; waits until it is ready.
 *
 * @param shown program and port -> host:port that takes its place
 */
export async function blackboxServer(
  stack: Stack,
  shown: [string, string, string][],
): Promise<BlackboxExporter> {
  const directory = mkdtempSync(join(tmpdir(), "blackbox-"));
  const [{ path, files }] = blackboxExporter.files!(stack);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const address = `127.0.0.1:${await freePort()}`;
  const args = blackboxExporter.args!(stack).map((arg) => arg.replace(path as string, directory));
  const server = new Server(
    binary("blackbox-exporter", "blackbox_exporter")!,
    [...args, `--web.listen-address=${address}`],
    goLimit(stack.settings.metrics.certificates.resources.limits.memory),
  );
  server.start();
  await server.ready(`http://${address}${blackboxExporter.probes!(stack).ready.path}`);

  const here: [string, string][] = [
    ...shown.map(([program, port, at]): [string, string] => [addressOf(stack, program, port), at]),
    [addressOf(stack, "blackbox-exporter", "http"), address],
  ];
  const [inCluster] = blackboxExporter.scrapeJobs!(stack);
  const job = JSON.parse(
    here.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(inCluster)),
  ) as Job;
  return {
    job,
    async ends(instance) {
      const { targets, labels } = job.static_configs.find(({ labels }) => labels.instance === instance)!;
      const asked = new URLSearchParams({ target: targets[0], module: labels.__param_module });
      const answer = await fetch(`http://${address}${job.metrics_path}?${asked}`);
      if (!answer.ok) throw new Error(await answer.text());
      const found = /^probe_ssl_earliest_cert_expiry (\S+)$/m.exec(await answer.text());
      return found ? new Date(Number(found[1]) * 1000) : undefined;
    },
    async end() {
      await server.end();
      rmSync(directory, { recursive: true });
    },
  };
}
