import { spawn } from "node:child_process";
import { once } from "node:events";
import { eventually } from "../support/eventually";
import { type Context, STACK, up } from "./start";
import { serverPods } from "./support/pods";
import { checkout, type Given, kubectl, writeStack, succeeded } from "./support/stack";

/** Far more than the node has, so that no pod that asks for it is ever placed. */
const TOO_MUCH = { requests: { memory: "900Gi" }, limits: { memory: "900Gi" } };

/** What a user does who meets a mistake: `up`, looks, Ctrl-C, corrects the setting, `up` again. */
export function mistakes(context: Context): void {
  /** Plain `pulumi up` with these settings until the cluster shows the mistake; then Ctrl-C. */
  async function upWithMistake(given: Given, seen: string, shown: () => Promise<boolean>): Promise<void> {
    writeStack(STACK, { ...context.given, ...given });
    const child = spawn("pulumi", ["up", "--yes", "--skip-preview"], {
      cwd: checkout,
      env: { ...process.env, ...context.env },
    });
    const exited = once(child, "exit");
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (output += part));
    const look = eventually(seen, 120, async () => (await shown()) || undefined);
    await look.finally(() => {
      console.log(output);
      child.kill("SIGINT");
    });
    // Some operations of the provider go on until their time is up; a second Ctrl-C ends them.
    setTimeout(() => child.kill("SIGINT"), 10_000).unref();
    await exited;
  }

  const podsOf = (app: string) =>
    kubectl(["get", "pods", "-A", "-l", `app=${app},app.kubernetes.io/instance=kind`]);

  /** The corrected `up` takes what one takes that replaces every pod, not the minutes that Pulumi waits for one that cannot run. */
  async function expectConverged(): Promise<void> {
    const start = Date.now();
    succeeded(await up(context.given));
    expect(Date.now() - start).toBeLessThan(240_000);
    // A pod that never ran stays for some seconds after its removal.
    await eventually("no pod that waits", 60, async () => {
      const waiting = await kubectl(["get", "pods", "-A", "--field-selector", "status.phase=Pending"]);
      return waiting === "" || undefined;
    });
  }

  describe("a wrong setting, then the corrected one", () => {
    test("a mirror that does not exist stops at the program that goes first; everything else goes on", async () => {
      const before = await serverPods();
      const placement = { registry: "mirror.invalid/team" };
      await upWithMistake({ placement }, "an image that cannot be pulled", async () =>
        /ErrImage|ImagePull/.test(await podsOf("kube-state-metrics")),
      );
      const after = await serverPods();
      const touched = Object.keys(after).filter((app) => after[app] !== before[app]);
      expect(touched).toEqual(["kube-state-metrics"]);
      expect(await context.grafana.prometheus('up{job="kube-state-metrics"} == 1')).not.toEqual([]);
      await expectConverged();
    });

    test("a node selector that fits no node stops there as well", async () => {
      const before = await serverPods();
      await upWithMistake(
        { placement: { nodeSelector: { pool: "missing" } } },
        "a pod without a node",
        async () => /Pending/.test(await podsOf("kube-state-metrics")),
      );
      expect((await serverPods()).loki).toBe(before.loki);
      await expectConverged();
    });

    test("resources that no node has, and a start file that its program refuses: each kind of workload recovers", async () => {
      const given = {
        logs: { resources: TOO_MUCH, agent: { resources: TOO_MUCH } },
        edge: { resources: TOO_MUCH },
        overrides: { tempo: { no_such_section: { at: "all" } } },
      };
      await upWithMistake(given, "pods that cannot run", async () => {
        const [loki, alloy, edge, tempo] = await Promise.all(["loki", "alloy", "edge", "tempo"].map(podsOf));
        return [loki, alloy, edge].every((pods) => /Pending/.test(pods)) && /Error|CrashLoop/.test(tempo);
      });
      await expectConverged();
    });
  });
}
