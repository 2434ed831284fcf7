import { leftovers } from "../../local/cluster/node/leftovers";
import { type Context, gitStatus, STACK } from "./start";
import { CLUSTER, npm, objects, pulumi, writeStack } from "./support/stack";

export function teardown(context: Context): void {
  describe("teardown", () => {
    test("pulumi destroy leaves no object", async () => {
      await pulumi(context.env, STACK, "destroy", "--yes");
      const kinds =
        "all,configmaps,secrets,persistentvolumeclaims,networkpolicies,serviceaccounts,clusterroles,clusterrolebindings,namespaces";
      expect(await objects(kinds, "-A", "-l", "app.kubernetes.io/part-of=observability-stack")).toEqual([]);
    });

    test("down leaves no process, mount or interface", async () => {
      writeStack(STACK, context.given);
      expect((await npm("down", STACK)).exitCode).toBe(0);
      expect(await leftovers(CLUSTER)).toEqual([]);
    });

    test("the checkout is as it was", () => expect(gitStatus()).toBe(context.gitStatus));
  });
}
