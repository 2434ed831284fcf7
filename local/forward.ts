import { once } from "node:events";
import execa from "execa";
import type { Cluster } from "./cluster";
import { UserError } from "./errors";
import { targetOf } from "./report";

/**
 * Hands on the address on this machine at which a port inside the cluster is reachable meanwhile. The kubelet forwards:
 * no network policy keeps it out, as it may the API server's proxy.
 *
 * @param target as kubectl takes it: `service/prometheus`
 */
export async function forwarded<T>(
  cluster: Cluster,
  namespace: string,
  target: string,
  port: number,
  use: (url: string) => Promise<T>,
): Promise<T> {
  const args = [...targetOf(cluster), "-n", namespace, "port-forward", target, `:${port}`];
  const forward = execa(cluster.kubectl, args, { reject: false });
  try {
    const first = await Promise.race([
      once(forward.stdout!, "data").then(([line]) => String(line)),
      forward.then(({ stderr }) => stderr),
    ]);
    const [address] = /127\.0\.0\.1:\d+/.exec(first) ?? [];
    if (!address) throw new UserError(`${namespace}: ${target} cannot be reached: ${first.trim()}`);
    return await use(`http://${address}`);
  } finally {
    forward.kill();
    await forward;
  }
}
