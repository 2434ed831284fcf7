import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../local/cluster";
import { UserError } from "../../local/errors";
import { type Pod, rolledOut, troublesOf } from "../../local/rollout";

const pod = (name: string, status: Pod["status"]): Pod => ({
  metadata: { namespace: "observability", name },
  status,
});
const ended = { reason: "Error", exitCode: 1 };
const loops = pod("tempo-0", {
  containerStatuses: [
    { ready: false, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: ended } },
  ],
});
const runs = pod("loki-0", { containerStatuses: [{ ready: true, state: { running: {} } }] });

test("a pod that is not ready is named with the reason", () => {
  const pulls = { waiting: { reason: "ImagePullBackOff", message: "no such host" } };
  expect(
    troublesOf([
      runs,
      loops,
      pod("grafana-0", { containerStatuses: [{ ready: false, state: pulls }] }),
      pod("edge-1", { containerStatuses: [{ ready: false, state: { running: {} } }] }),
      pod("alloy-x", {
        conditions: [{ type: "PodScheduled", status: "False", message: "Insufficient memory" }],
      }),
      pod("elasticsearch-0", {
        initContainerStatuses: [{ ready: false, state: { terminated: ended } }],
        containerStatuses: [{ ready: false, state: { waiting: { reason: "PodInitializing" } } }],
      }),
      pod("rotation-1", {
        containerStatuses: [{ ready: false, state: { terminated: { reason: "Completed", exitCode: 0 } } }],
      }),
    ]),
  ).toEqual([
    "  observability/tempo-0 waits: CrashLoopBackOff, ended with Error, exit code 1",
    "  observability/grafana-0 waits: ImagePullBackOff, no such host",
    "  observability/edge-1 is not ready yet",
    "  observability/alloy-x has no node: Insufficient memory",
    "  observability/elasticsearch-0 is not running, ended with Error, exit code 1; waits: PodInitializing",
  ]);
});

describe("up, once Pulumi is done", () => {
  const directory = mkdtempSync(join(tmpdir(), "rollout-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  /** A kubectl with which this workload takes a moment, and then is ready or is not. */
  function clusterWhere(ends: "is ready" | "is not ready"): Cluster {
    const kubectl = join(directory, ends.replaceAll(" ", "-"));
    const list = (name: string, items: object[]) =>
      writeFileSync(join(directory, name), JSON.stringify({ items }));
    list("pods", [runs, loops]);
    const metadata = (name: string) => ({ namespace: "observability", name });
    list("workloads", [
      { kind: "DaemonSet", metadata: metadata("alloy"), spec: {} },
      { kind: "StatefulSet", metadata: metadata("tempo"), spec: { replicas: 3 } },
    ]);
    const script = `#!/bin/sh
case "$*" in
  *"get statefulsets"*) cat ${directory}/workloads ;;
  *"get pods"*) cat ${directory}/pods ;;
  *DaemonSet/alloy*--timeout=60s) ;;
  *StatefulSet/tempo*--timeout=180s) sleep 1; ${ends === "is ready" ? "exit 0" : "echo error: timed out >&2; exit 1"} ;;
  *) echo "not asked: $*" >&2; exit 1 ;;
esac
`;
    writeFileSync(kubectl, script, { mode: 0o755 });
    return { kubectl, kubeconfig: "/dev/null" } as Cluster;
  }
  const times = { seconds: 60, everyMs: 200 };
  const trouble = "  observability/tempo-0 waits: CrashLoopBackOff, ended with Error, exit code 1";

  test("waits for a StatefulSet that Pulumi took for ready, as long as its pods take, and says what keeps it, once", async () => {
    const said: string[] = [];
    await rolledOut(clusterWhere("is ready"), "kind", (line) => said.push(line), times);
    expect(said).toEqual([trouble]);
  });

  test("says that the update was made, where the cluster cannot be asked any more", async () => {
    const kubectl = join(directory, "forbidden");
    writeFileSync(kubectl, "#!/bin/sh\necho Error: forbidden >&2; exit 1\n", { mode: 0o755 });
    const failed = rolledOut({ kubectl, kubeconfig: "/dev/null" } as Cluster, "kind", () => undefined, times);
    await expect(failed).rejects.toThrow(UserError);
    await expect(failed).rejects.toThrow(/^The update was made, .*: Error: forbidden\n.*npm run status/);
  });

  test("fails where it does not become ready, with its name, the reason and what to do", async () => {
    const failed = rolledOut(clusterWhere("is not ready"), "kind", () => undefined, times);
    await expect(failed).rejects.toThrow(
      [
        "Not ready:",
        "  observability/StatefulSet/tempo (waited at most 3 min): error: timed out",
        trouble,
        "What a program says: kubectl logs -n NAMESPACE POD --all-containers. Correct the setting, and run up again.",
      ].join("\n"),
    );
  });
});
