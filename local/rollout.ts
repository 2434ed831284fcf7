import { setTimeout as delay } from "node:timers/promises";
import execa, { type ExecaError } from "execa";
import type { Cluster } from "./cluster";
import { UserError } from "./errors";
import { ofStack } from "./render";
import { targetOf } from "./report";

/** As long as Pulumi waits for one; pods of a StatefulSet come one after the other. */
const usual = { seconds: 600, everyMs: 10_000 };

/**
 * Waits for every pod of the stack to be the newest and ready, and says meanwhile what keeps them: Pulumi may look at a
 * changed StatefulSet before its controller does, and take it for done.
 *
 * @throws UserError that names each workload that is not ready by then, and why
 */
export async function rolledOut(
  cluster: Cluster,
  stack: string,
  say: (line: string) => void,
  { seconds, everyMs } = usual,
): Promise<void> {
  const kubectl = (...args: string[]) => execa(cluster.kubectl, [...targetOf(cluster), ...args]);
  const listed = async <T>(kinds: string) => {
    const select = ["-A", "-l", ofStack(stack), "-o", "json"];
    return (JSON.parse((await kubectl("get", kinds, ...select)).stdout) as { items: T[] }).items;
  };
  const workloads = await listed<Workload>("statefulsets,deployments,daemonsets").catch(
    (error: ExecaError) => {
      const reason = error.stderr?.trim().split("\n").at(-1) || error.shortMessage;
      throw new UserError(
        `The update was made, but nobody saw whether its pods got ready: kubectl cannot list the workloads: ${reason}\nNeeded: a cluster that answers, and the right to list them. Then look with npm run status, or run up again.`,
      );
    },
  );
  const waits = workloads.map(async ({ kind, metadata: { namespace, name }, spec }) => {
    const most = seconds * (kind === "StatefulSet" ? spec.replicas : 1);
    const args = ["rollout", "status", `${kind}/${name}`, "-n", namespace, `--timeout=${most}s`];
    return kubectl(...args).then(
      () => [],
      ({ stderr }: ExecaError) => [
        `  ${namespace}/${kind}/${name} (waited at most ${most / 60} min): ${stderr.trim()}`,
      ],
    );
  });
  const all = Promise.all(waits);
  const troubles = async () => troublesOf(await listed<Pod>("pods"));
  let last = "";
  for (let done = false; !done;) {
    done = await Promise.race([all.then(() => true), delay(everyMs, false)]);
    if (done) break;
    const now = (await troubles().catch(() => [])).join("\n");
    if (now && now !== last) say(now);
    last = now;
  }
  const failures = (await all).flat();
  if (failures.length === 0) return;
  throw new UserError(
    [
      "Not ready:",
      ...failures,
      ...(await troubles().catch(() => [])),
      "What a program says: kubectl logs -n NAMESPACE POD --all-containers. Correct the setting, and run up again.",
    ].join("\n"),
  );
}

interface Workload {
  kind: string;
  metadata: { namespace: string; name: string };
  spec: { replicas: number };
}

/** Of what the API server tells of a pod. */
export interface Pod {
  metadata: { namespace: string; name: string };
  status: {
    conditions?: { type: string; status: string; message?: string }[];
    initContainerStatuses?: Container[];
    containerStatuses?: Container[];
  };
}

interface Container {
  ready: boolean;
  state: {
    waiting?: { reason: string; message?: string };
    terminated?: { reason: string; exitCode: number };
    running?: object;
  };
  lastState?: { terminated?: { reason: string; exitCode: number } };
}

/** A line for each pod that is not ready, with the reason. */
export const troublesOf = (pods: Pod[]): string[] =>
  pods.flatMap(({ metadata: { namespace, name }, status }) => {
    const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status;
    const unplaced = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
    const reasons = [
      ...(unplaced ? [`has no node: ${unplaced.message}`] : []),
      ...[...initContainerStatuses, ...containerStatuses].flatMap(reasonOf),
    ];
    return reasons.length > 0 ? [`  ${namespace}/${name} ${reasons.join("; ")}`] : [];
  });

function reasonOf({ ready, state, lastState }: Container): string[] {
  const ended = state.terminated ?? lastState?.terminated;
  const before = ended ? `, ended with ${ended.reason}, exit code ${ended.exitCode}` : "";
  if (ready || (state.terminated && state.terminated.exitCode === 0)) return [];
  if (state.waiting) return [`waits: ${state.waiting.reason}${before || detail(state.waiting.message)}`];
  return [state.terminated ? `is not running${before}` : `is not ready yet${before}`];
}

const detail = (message?: string) => (message ? `, ${message.slice(0, 200)}` : "");
