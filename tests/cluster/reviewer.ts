import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { repoDir } from "../../local/paths";
import { type Context, STACK } from "./start";
import { json } from "../../config/yaml";
import { kubectl, pulumi, writeStack } from "./support/stack";
import { ownState } from "./support/state";

interface Step {
  op: string;
  urn: string;
}

/** Whoever previews a pull request has the rights of examples/preview-role.yaml and no others. */
export function reviewer(context: Context): void {
  const kubeconfig = join(ownState, "reviewer.json");

  describe("a preview by somebody who may change nothing", () => {
    test("shows what the administrator's shows", async () => {
      await kubectl(["apply", "-f", join(repoDir, "examples/preview-role.yaml")]);
      const config = load(readFileSync(context.env.KUBECONFIG, "utf8")) as { users: { user: object }[] };
      const groups = { as: "reviewer", "as-groups": ["observability-preview"] };
      const users = config.users.map((one) => ({ ...one, user: { ...one.user, ...groups } }));
      writeFileSync(kubeconfig, json({ ...config, users }), { mode: 0o600 });

      // Something is added, changed in place, replaced and removed.
      writeStack(STACK, {
        ...context.given,
        logs: { retention: { time: "9d" } },
        metrics: { redis: { targets: [{ name: "cache", host: "redis.shop.svc" }] } },
        edge: { enabled: false },
        // Which the edge no longer serves.
        alerting: { ...(context.given.alerting as object), runbookUrl: "https://runbook.example.org/" },
      });
      const steps = async (env: Record<string, string>) => {
        const preview = JSON.parse(await pulumi(env, "preview", "--json")) as { steps: Step[] };
        // The provider's own settings name the kubeconfig.
        return preview.steps
          .filter(({ urn }) => !urn.includes("pulumi:providers"))
          .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
          .sort();
      };
      const expected = await steps(context.env);
      const shown = await steps({ ...context.env, KUBECONFIG: kubeconfig });
      writeStack(STACK, context.given);
      expect(shown).toEqual(
        expect.arrayContaining([
          "create metrics-redis-exporter-server",
          "delete grafana-edge-server",
          "replace logs-loki-config",
          "update logs-loki-server",
        ]),
      );
      expect(shown).toEqual(expected);
    });

    test("and reads no Secret", async () => {
      const reading = kubectl(["--kubeconfig", kubeconfig, "get", "secrets", "-A"]);
      await expect(reading).rejects.toThrow(/Forbidden/);
      const rights = await kubectl(["--kubeconfig", kubeconfig, "auth", "can-i", "--list", "--no-headers"]);
      const onObjects = rights.split("\n").filter((line) => !/^(selfsubject| )/.test(line));
      expect(
        onObjects
          .map((line) => line.split(/ +/)[0])
          .filter(Boolean)
          .sort(),
      ).toEqual([
        "csidrivers.storage.k8s.io",
        "daemonsets.apps",
        "ingressclasses.networking.k8s.io",
        "namespaces",
        "persistentvolumeclaims",
        "storageclasses.storage.k8s.io",
      ]);
      expect(onObjects.join()).not.toMatch(/create|update|patch|delete|\*/);
    });
  });
}
