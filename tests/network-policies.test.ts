import { settingsOf } from "../config/settings";
import { stackOf } from "../programs";
import { namespaceOf } from "../programs/addresses";
import { flows } from "../programs/flows";
import { programOf } from "../programs/program";

type Program = string;
import { type Manifest, rendered, withPods } from "./support/render";

describe("network policies", () => {
  const settings = settingsOf({ services: [{ name: "a", namespace: "shop", port: 80 }] }, "kind");
  const stack = stackOf(settings, "kind");
  const names = stack.programs.map(({ name }) => name);
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await rendered("kind", { services: settings.services });
  });
  const policyOf = (program: Program) =>
    manifests.find(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === program)!
      .spec as Policy;

  test("in namespaces that are there already, only the stack's own pods are denied", async () => {
    const found = await rendered("kind", { namespaces: { create: false } });
    const denied = found.filter(({ metadata }) => metadata.name === "default-deny");
    const podSelector = {
      matchLabels: {
        "app.kubernetes.io/part-of": "observability-stack",
        "app.kubernetes.io/instance": "kind",
      },
    };
    expect(denied.map(({ spec }) => spec)).toEqual(
      Array(2).fill({ podSelector, policyTypes: ["Ingress", "Egress"] }),
    );
    for (const { template } of withPods(found))
      expect(template.metadata.labels).toMatchObject(podSelector.matchLabels);
  });

  test("both namespaces deny by default, every program has a policy", () => {
    const denied = manifests.filter(
      ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === "default-deny",
    );
    expect(denied.map(({ metadata }) => metadata.namespace).sort()).toEqual([
      "observability",
      "observability-agents",
    ]);
    expect(denied.map(({ spec }) => spec)).toEqual(
      Array(2).fill({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    );
    const pods = withPods(manifests).map(({ template }) => template.metadata.labels.app as Program);
    for (const program of pods) expect(policyOf(program).policyTypes).toEqual(["Ingress", "Egress"]);
    expect([...new Set(pods)].sort()).toEqual(names.toSorted());
  });

  const ends = names;
  const table = flows(stack);
  test.each(ends.flatMap((from) => ends.filter((to) => to !== from).map((to) => [from, to] as const)))(
    "%s -> %s exactly as in the table",
    (from, to) => {
      const flow = table.find((one) => one.from === from && one.to === to);
      const allowed = (rules: Rule[] | undefined, side: "from" | "to", end: Program) =>
        (rules ?? [])
          .filter((rule) =>
            rule[side]?.some(
              (peer) =>
                peer.podSelector?.matchLabels["app.kubernetes.io/name"] === end &&
                peer.namespaceSelector?.matchLabels["kubernetes.io/metadata.name"] ===
                  namespaceOf(settings, programOf(stack, end)),
            ),
          )
          .flatMap(({ ports }) => ports?.map(({ port }) => port) ?? []);
      expect(allowed(policyOf(from).egress, "to", to)).toEqual(flow?.ports ?? []);
      expect(allowed(policyOf(to).ingress, "from", from)).toEqual(flow?.ports ?? []);
    },
  );

  /** Ports by rule of the peers that fit; a rule without ports is for every port. */
  const portsFor = (rules: Rule[] | undefined, side: "from" | "to", fits: (peer: Peer) => boolean) =>
    (rules ?? [])
      .filter((rule) => rule[side]?.some(fits))
      .map(({ ports }) => ports?.map(({ port }) => port) ?? "every port");
  const api = [443, 6443];

  test("outside of the cluster's pods: users come in where it is exposed; out go API server, kubelets, receivers", () => {
    const anywhere = ({ ipBlock }: Peer) => ipBlock !== undefined;
    expect(byProgram((program) => portsFor(policyOf(program).ingress, "from", anywhere))).toEqual({
      edge: [[8080]],
      grafana: [[3000]],
      prometheus: [[9090]],
    });
    expect(byProgram((program) => portsFor(policyOf(program).egress, "to", anywhere))).toEqual({
      prometheus: [api, [10250]],
      "kube-state-metrics": [api],
      alloy: [api],
      "alloy-events": [api],
      collector: [api],
      alertmanager: ["every port"],
    });
  });

  test("applications reach the Collector's ways in and are reached by Prometheus, nothing else", () => {
    const shop = ({ namespaceSelector, podSelector }: Peer) =>
      !podSelector && namespaceSelector?.matchLabels["kubernetes.io/metadata.name"] === "shop";
    expect(byProgram((program) => portsFor(policyOf(program).ingress, "from", shop))).toEqual({
      collector: [[4317, 4318, 9411, 14250, 14268]],
    });
    expect(byProgram((program) => portsFor(policyOf(program).egress, "to", shop))).toEqual({
      prometheus: ["every port"],
    });
  });

  test("name resolution is open to all", () => {
    for (const program of ends) expect(policyOf(program).egress![0]).toEqual({ ports: dns });
  });

  const dns = [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ];

  /** The answer of each program that has one. */
  const byProgram = (answer: (program: Program) => unknown[]) =>
    Object.fromEntries(
      ends.map((program) => [program, answer(program)]).filter(([, { length }]) => length > 0),
    );
});

interface Peer {
  podSelector?: { matchLabels: Record<string, string> };
  namespaceSelector?: { matchLabels: Record<string, string> };
  ipBlock?: object;
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: number }[];
}

interface Policy {
  policyTypes: string[];
  ingress?: Rule[];
  egress?: Rule[];
}
