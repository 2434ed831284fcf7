/** Whether a node does what it should, asked from outside. */
import { Resolver } from "node:dns/promises";
import { join } from "node:path";
import { run } from "../run";
import { adminKubeconfig, type Spec } from "./place";

/** The kubelet renews its lease every ten seconds. */
const freshMilliseconds = 40_000;

/** The node, and its lease as soon as it has one. */
interface Answer {
  items: {
    status?: { conditions?: { type: string; status: string; lastHeartbeatTime: string }[] };
    spec: { renewTime?: string };
  }[];
}

/**
 * The API server answers, the kubelet is alive and says Ready, names are resolved. Takes below half a second.
 * `since` (ms): a sign of life must be later, as the API server still has the one of the last run.
 */
export async function healthy(spec: Spec, since = 0): Promise<boolean> {
  const objects = [`node/${spec.nodeName}`, `lease/${spec.nodeName}`, "--namespace", "kube-node-lease"];
  const answer = await kubectl(spec, "get", ...objects, "--ignore-not-found", "--output", "json");
  return Boolean(answer) && alive(JSON.parse(answer ?? "") as Answer, since) && resolves(spec);
}

export function alive({ items }: Answer, since: number, now = Date.now()): boolean {
  const ready = items.flatMap(({ status }) => status?.conditions ?? []).find(({ type }) => type === "Ready");
  const signs = [ready?.lastHeartbeatTime, ...items.map(({ spec }) => spec.renewTime)];
  const last = Math.max(...signs.map((time) => Date.parse(time ?? "") || 0));
  return ready?.status === "True" && last >= since && last >= now - freshMilliseconds;
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
