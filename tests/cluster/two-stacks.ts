import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { type Context, up } from "./start";
import { fileOf, npm, npmArguments, objects, pulumi, writeStack } from "./support/stack";
import { repoDir } from "../../local/paths";

/** Everything that would meet the first stack's: namespaces and node ports. */
export const second = {
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
      writeStack("third", { ...second, namespaces: { stack: "third", agents: "third-agents" } });
      expect((await npm("up", "second")).exitCode).toBe(0);
      expect((await podsIn("second")).length).toBeGreaterThanOrEqual(9);
      expect((await podsIn("second-agents")).length).toBe(2);
    });

    test("a backend and passphrase of the user's are used, though the stack is up on this machine's", async () => {
      const backend = mkdtempSync(join(tmpdir(), "observability-e2e-backend-"));
      const env = { PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: "of the user" };
      const preview = npmArguments("preview", "second", "--config-file", fileOf("third"));
      const { exitCode, all } = await execa("npm", preview, { cwd: repoDir, env, all: true, reject: false });
      expect(all).toMatch(/^ +\+ \d+ to create$/m);
      expect(exitCode).toBe(0);
      rmSync(backend, { recursive: true });
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
