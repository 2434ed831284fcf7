/** Replicas that a lost node would take together, since there are fewer nodes than replicas. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../local/cluster";
import { refuseUnprepared } from "../../local/preflight";
import { type Node, sharedNodes } from "../../local/shared-nodes";
import { stackWith } from "../support/servers";

const given = {
  platform: "eks",
  alerting: { unattended: true, replicas: 3 },
  metrics: { replicas: 2 },
};
const node = (spec: Node["spec"] = {}, labels: Record<string, string> = {}): Node => ({
  metadata: { labels },
  spec,
});
const said = (nodes: Node[], more: object = {}) => sharedNodes(stackWith({ ...given, ...more }), nodes);
const ALERTMANAGER = expect.stringMatching(/^alertmanager: its 3 replicas have 2 nodes .*Add nodes/);

test("each program with more replicas than nodes is named, and none where there are enough", () => {
  expect(said([node(), node(), node()])).toEqual([]);
  expect(said([node(), node()])).toEqual([ALERTMANAGER]);
  expect(said([node()])).toEqual([
    expect.stringMatching(/^prometheus: its 2 replicas have 1 node /),
    expect.stringMatching(/^alertmanager: its 3 replicas have 1 node /),
  ]);
});

test("one machine is what kind is: nothing is said", () => {
  expect(said([node()], { platform: "kind" })).toEqual([]);
});

test("a node counts that is open, has the labels and no taint but tolerated ones", () => {
  const two = [node({}, { pool: "ops" }), node({}, { pool: "ops" })];
  const taint = { key: "gpu", value: "yes", effect: "NoSchedule" };
  expect(said([...two, node({ unschedulable: true })])).toEqual([ALERTMANAGER]);
  expect(said([...two, node({ taints: [taint] })])).toEqual([ALERTMANAGER]);
  expect(said([...two, node({ taints: [{ ...taint, effect: "PreferNoSchedule" }] })])).toEqual([]);
  const tolerating = (one: object) =>
    said([...two, node({ taints: [taint] })], { placement: { tolerations: [one] } });
  expect(tolerating({ operator: "Exists" })).toEqual([]);
  expect(tolerating({ key: "gpu", value: "yes", effect: "NoSchedule" })).toEqual([]);
  expect(tolerating({ key: "gpu", value: "no" })).toEqual([ALERTMANAGER]);
  expect(tolerating({ key: "gpu", operator: "Exists", effect: "NoExecute" })).toEqual([ALERTMANAGER]);
  expect(said([...two, node()], { placement: { nodeSelector: { pool: "ops" } } })).toEqual([ALERTMANAGER]);
});

test("it is said before anything is made and refuses nothing; who may not list nodes is told nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "nodes-"));
  const kubectl = join(directory, "kubectl");
  const heard = jest.spyOn(console, "error").mockImplementation();
  const asking = (nodes: string) => {
    const script = `case "$*" in
*"get nodes "*) ${nodes};;
*daemonset*) echo '{"items":[{"metadata":{"name":"eks-pod-identity-agent"}}]}';;
*) echo '{"items":[]}';; esac`;
    writeFileSync(kubectl, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return refuseUnprepared([], stackWith(given), { kubectl, kubeconfig: "none" } as Cluster);
  };
  try {
    await asking("exit 1");
    expect(heard).not.toHaveBeenCalled();
    await asking(`echo '${JSON.stringify({ items: [node(), node()] })}'`);
    expect(heard.mock.calls).toEqual([[ALERTMANAGER]]);
  } finally {
    heard.mockRestore();
    rmSync(directory, { recursive: true });
  }
});
