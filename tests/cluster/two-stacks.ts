import { type Context, up } from "./start";
import { npm, objects, pulumi, writeStack } from "./support/stack";

/** Everything that would meet the first stack's: namespaces and node ports. */
const second = {
  namespaces: { stack: "second", agents: "second-agents" },
  services: [],
  environment: "second",
  metrics: { nodePort: null },
  grafana: { nodePort: null },
  edge: { nodePort: null },
};

export function twoStacks(context: Context): void {
  describe("two stacks in one cluster", () => {
    const podsIn = async (namespace: string) =>
      objects<{ status: { phase: string } }>("pods", "-n", namespace);

    test("a second one comes up beside the first", async () => {
      writeStack("second", second);
      expect((await npm("up", "second")).exitCode).toBe(0);
      expect((await podsIn("second")).length).toBeGreaterThanOrEqual(9);
      expect((await podsIn("second-agents")).length).toBe(2);
    });

    test("pulumi destroy takes it away and leaves the first as it was", async () => {
      await pulumi(context.env, "destroy", "--yes", "--stack", "second");
      const left = await objects("all", "-A", "-l", "app.kubernetes.io/instance=second");
      expect(left).toEqual([]);
      const { output } = await up(context.given);
      expect(output).toMatch(/^ +\d+ unchanged$/m);
      expect((await objects("pods", "-n", "observability")).length).toBeGreaterThan(0);
    });
  });
}
