import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { type Context, up } from "./start";
import { kubectl, npmArguments, objects, pulumi, writeStack } from "./support/stack";
import { repoDir } from "../../local/paths";

/** Other namespaces and no node ports, which the first one has. Its namespaces are somebody else's, as in many a company. */
export const second = {
  namespaces: { stack: "second", agents: "second-agents", create: false },
  services: [],
  environment: "second",
  metrics: { nodePort: null },
  grafana: { nodePort: null },
  edge: { nodePort: null },
};

/** After the second one is up. */
export function twoStacks(context: Context): void {
  describe("a second stack in the cluster", () => {
    test("a backend and passphrase of the user's are used where they are set", async () => {
      writeStack("third", { ...second, namespaces: { stack: "third", agents: "third-agents" } });
      const backend = mkdtempSync(join(tmpdir(), "observability-e2e-backend-"));
      const env = { PULUMI_BACKEND_URL: `file://${backend}`, PULUMI_CONFIG_PASSPHRASE: "of the user" };
      const preview = npmArguments("preview", "third");
      const { exitCode, all } = await execa("npm", preview, { cwd: repoDir, env, all: true, reject: false });
      expect(all).toMatch(/^ +\+ \d+ to create$/m);
      expect(exitCode).toBe(0);
      expect(readdirSync(join(backend, ".pulumi/stacks/observability-stack"))).toContain("third.json");
      rmSync(backend, { recursive: true });
    });

    test("pulumi destroy takes it away, and leaves the first and the namespaces that were there", async () => {
      await pulumi(context.env, "destroy", "--yes", "--stack", "second");
      const left = await objects("all", "-A", "-l", "app.kubernetes.io/instance=second");
      expect(left).toEqual([]);
      await kubectl(["delete", "namespace", "second", "second-agents"]);
      const { output } = await up(context.given);
      expect(output).toMatch(/^ +\d+ unchanged$/m);
      expect((await objects("pods", "-n", "observability")).length).toBeGreaterThan(0);
    });
  });
}
