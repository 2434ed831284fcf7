import type { Context } from "./start";
import { findCluster } from "../../local/cluster";
import { CLUSTER, PORT_OFFSET } from "./support/names";
import { apply, kubectl, npm, objects, pulumi, type Ran, writeStack } from "./support/stack";

export function refusals(context: Context): void {
  /** Every object of every stack, and which of its contents it has. */
  const contents = async () => {
    const kinds =
      "namespaces,configmaps,secrets,services,persistentvolumeclaims,networkpolicies,serviceaccounts,statefulsets,deployments,daemonsets,jobs";
    const all = await objects<Made>(kinds, "-A", "-l", "app.kubernetes.io/part-of=observability-stack");
    expect(all.length).toBeGreaterThan(50);
    // A workload's own version also counts what its pods do.
    return all.map(
      ({ kind, metadata: { namespace, name, uid, generation, resourceVersion } }) =>
        `${kind} ${namespace}/${name} ${uid} ${generation ?? resourceVersion}`,
    );
  };

  /** What a command answers that must fail, say why without a stack trace, and change nothing. */
  async function refused(command: () => Promise<Ran>): Promise<string> {
    const before = await contents();
    const { exitCode, output } = await command();
    expect(exitCode).toBe(1);
    expect(output).not.toMatch(/^\s+at /m);
    expect(await contents()).toEqual(before);
    return output;
  }

  describe("bad input: one clear error, nothing changed", () => {
    test("a wrong setting", async () => {
      writeStack("kind", { ...context.given, logs: { backend: "lokki" } });
      const message = 'observability:logs.backend is "lokki"; allowed: loki';
      expect(await refused(() => npm("up", "kind"))).toContain(message);
      const plain = () =>
        pulumi(context.env, "up", "--yes").then(
          (output) => ({ exitCode: 0, output }),
          (error: Error) => ({ exitCode: 1, output: error.message }),
        );
      expect(await refused(plain)).toContain(message);
    });

    test("a namespace that is not there", async () => {
      writeStack("third", {
        services: [{ name: "a", namespace: "nowhere", port: 80 }],
        namespaces: { stack: "third", agents: "third-agents", createApplications: false },
        metrics: { nodePort: null },
        grafana: { nodePort: null },
        edge: { nodePort: null },
      });
      expect(await refused(() => npm("up", "third"))).toContain(
        "The namespace nowhere is not in the cluster: kubectl create namespace nowhere, or have it made by observability:namespaces.createApplications: true.",
      );
      expect(await objects("namespaces", "-l", "app.kubernetes.io/instance=third")).toEqual([]);
    });

    test("a namespace with a pod of somebody else", async () => {
      const theirs = { name: "web", namespace: "theirs" };
      const container = { name: "web", image: "none", imagePullPolicy: "Never" };
      await apply([
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "theirs" } },
        { apiVersion: "v1", kind: "Pod", metadata: theirs, spec: { containers: [container] } },
      ]);
      writeStack("third", {
        ...{ metrics: { nodePort: null }, grafana: { nodePort: null }, edge: { nodePort: null } },
        ...{ namespaces: { stack: "theirs", agents: "third-agents" }, services: [] },
      });
      expect(await refused(() => npm("up", "third"))).toContain(
        "The namespace theirs is there with pods, workloads or volumes of others (1)",
      );
      expect(await objects("networkpolicies", "-n", "theirs")).toEqual([]);
      await kubectl(["delete", "namespace", "theirs"]);
    });

    test("a context that is unknown", async () => {
      writeStack("kind", context.given);
      expect(await refused(() => npm("up", "kind", "--context", "nope"))).toContain("nope");
    });

    test("a stack file that is missing", async () => {
      const file = "/nowhere/Pulumi.kind.yaml";
      expect(await refused(() => npm("up", "kind", "--config-file", file))).toContain(file);
    });

    test("a host port that is taken", async () => {
      expect(await refused(() => npm("up", "kind", "--cluster", "another"))).toContain(
        `${8080 + PORT_OFFSET}: the local cluster ${CLUSTER}`,
      );
      expect(await findCluster({ name: "another" })).toBeUndefined();
    });
  });
}

interface Made {
  kind: string;
  metadata: {
    namespace?: string;
    name: string;
    uid: string;
    generation?: number;
    resourceVersion: string;
  };
}
