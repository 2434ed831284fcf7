/** Whether a node does what it should, asked from outside. */
import { Resolver } from "node:dns/promises";
import { join } from "node:path";
import { run } from "../run";
import { adminKubeconfig, type Spec } from "./place";

/** Ten seconds is how often the kubelet renews its lease. */
const freshMilliseconds = 40_000;

interface Answer {
  items: {
    status?: { conditions: { type: string; status: string }[] };
    spec: { renewTime?: string };
  }[];
}

/**
 * The API server answers, the kubelet is alive and says Ready, names are resolved. Takes below half a second.
 * `since` (ms): a sign of life must be later, as the API server still has the one of the last run.
 */
export async function healthy(spec: Spec, since = 0): Promise<boolean> {
  const objects = [`node/${spec.nodeName}`, `lease/${spec.nodeName}`];
  const answer = await kubectl(spec, "get", ...objects, "--namespace", "kube-node-lease", "--output", "json");
  return answer !== undefined && alive(JSON.parse(answer) as Answer, since) && resolves(spec);
}

export function alive({ items: [node, lease] }: Answer, since: number, now = Date.now()): boolean {
  const ready =
    node.status?.conditions.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  const renewed = Date.parse(lease.spec.renewTime ?? "");
  return ready && renewed >= since && renewed >= now - freshMilliseconds;
}

async function resolves(spec: Spec): Promise<boolean> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([spec.nodeAddress]);
  const addresses = await resolver.resolve4("kubernetes.default.svc.cluster.local").catch(() => []);
  return addresses.length > 0;
}

/** Output, or nothing if the API server does not answer or refuses. */
export async function kubectl(spec: Spec, ...args: string[]): Promise<string | undefined> {
  const common = ["--kubeconfig", adminKubeconfig(spec), "--request-timeout", "5s"];
  const result = await run(join(spec.binaries.kubernetes, "kubectl"), [...common, ...args], {
    timeout: 10_000,
  });
  return !result.failed ? result.stdout : undefined;
}
