import { existsSync, readdirSync } from "node:fs";
import { leftovers } from "../../local/offline/docker/leftovers";
import { directoryOf } from "../../local/cluster/place";
import { processesWith } from "../../local/processes";
import { temporaryFiles } from "../../local/stack-files";
import { type Context, gitStatus, STACK } from "./start";
import { CLUSTER } from "./support/names";
import { npm, objects, pulumi, writeStack, succeeded } from "./support/stack";

export function teardown(context: Context): void {
  describe("teardown", () => {
    test("pulumi destroy leaves no object", async () => {
      await pulumi(context.env, "destroy", "--yes");
      const kinds =
        "all,configmaps,secrets,persistentvolumeclaims,networkpolicies,serviceaccounts,clusterroles,clusterrolebindings,namespaces";
      expect(await objects(kinds, "-A", "-l", "app.kubernetes.io/part-of=observability-stack")).toEqual([]);
    });

    test("down leaves no process, mount, interface or temporary file", async () => {
      writeStack(STACK, context.given);
      const temporary = temporaryFiles(STACK);
      // The provider's copies of the kubeconfig, which would pile up there, have gone after each run.
      expect(readdirSync(temporary)).toContainEqual(expect.stringMatching(/^ts-node-/));
      expect(readdirSync(temporary)).not.toContainEqual(expect.stringMatching(/^kubeconfig/));
      succeeded(await npm("down", STACK));
      expect(existsSync(temporary)).toBe(false);
      expect(leftovers()).toEqual([]);
      expect(existsSync(directoryOf(CLUSTER))).toBe(false);
      expect(processesWith("TMPDIR", temporary)).toEqual([]);
    });

    test("the checkout is as it was", () => expect(gitStatus()).toBe(context.gitStatus));
  });
}
