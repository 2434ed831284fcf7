import type { Context } from "./start";
import { CLUSTER, PORT_OFFSET } from "./support/names";
import { npm, objects, pulumi, writeStack } from "./support/stack";

export function badInput(context: Context): void {
  const versions = async () =>
    (
      await objects<{ metadata: { resourceVersion: string } }>(
        "configmaps,secrets,statefulsets",
        "-n",
        "observability",
      )
    ).map(({ metadata }) => metadata.resourceVersion);

  describe("bad input: one clear error, nothing changed", () => {
    test("a wrong setting", async () => {
      const before = await versions();
      writeStack("kind", { ...context.given, logs: { backend: "lokki" } });
      const { exitCode, output } = await npm("up", "kind");
      expect(exitCode).toBe(1);
      expect(output).toContain('observability:logs.backend is "lokki"; allowed: loki');
      expect(output).not.toMatch(/^\s+at /m);
      const plain = await pulumi(context.env, "up", "--yes").catch(String);
      expect(plain).toContain('observability:logs.backend is "lokki"; allowed: loki');
      expect(plain).not.toMatch(/^\s+at /m);
      expect(await versions()).toEqual(before);
    });

    test("a namespace that is not there", async () => {
      writeStack("third", {
        services: [{ name: "a", namespace: "nowhere", port: 80 }],
        namespaces: { stack: "third", agents: "third-agents", createApplications: false },
        metrics: { nodePort: null },
        grafana: { nodePort: null },
        edge: { nodePort: null },
      });
      const { exitCode, output } = await npm("up", "third");
      expect(exitCode).toBe(1);
      expect(output).toContain("nowhere: make it, or set observability:namespaces.createApplications: true");
      expect(await objects("namespaces", "-l", "app.kubernetes.io/instance=third")).toEqual([]);
    });

    test("a context that is unknown", async () => {
      writeStack("kind", context.given);
      const { exitCode, output } = await npm("up", "kind", "--context", "nope");
      expect(exitCode).toBe(1);
      expect(output).toContain("nope");
      expect(output).not.toMatch(/^\s+at /m);
    });

    test("a stack file that is missing", async () => {
      const { exitCode, output } = await npm("up", "kind", "--config-file", "/nowhere/Pulumi.kind.yaml");
      expect(exitCode).toBe(1);
      expect(output).toContain("/nowhere/Pulumi.kind.yaml");
    });

    test("a host port that is taken", async () => {
      const { exitCode, output } = await npm("up", "kind", "--cluster", "another");
      expect(exitCode).toBe(1);
      expect(output).toContain(`${8080 + PORT_OFFSET}: the local cluster ${CLUSTER}`);
    });
  });
}
