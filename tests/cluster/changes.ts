import { execFileSync } from "node:child_process";
import { type Context, STACK, up } from "./start";
import { eventually } from "../support/eventually";
import { EDGE } from "./support/names";
import { serverPods } from "./support/pods";
import { checkout, npm, pulumi, writeStack, succeeded } from "./support/stack";

const CHANGED = /^ +[+~-]{1,2} ?\d+ /m;

export function changes(context: Context): void {
  describe("changes", () => {
    test("a second up changes nothing", async () => {
      const before = await serverPods();
      const { exitCode, output } = await up(context.given);
      succeeded({ exitCode, output });
      expect(output).toMatch(/^ +\d+ unchanged$/m);
      expect(output).not.toMatch(CHANGED);
      expect(await serverPods()).toEqual(before);
    });

    test("a changed alert threshold restarts nothing and is taken over", async () => {
      const before = await serverPods();
      const { rules, ...alerting } = context.given.alerting as { rules: object };
      context.given = {
        ...context.given,
        alerting: { ...alerting, rules: { ...rules, highErrorRate: { threshold: 0.07 } } },
      };
      const { output } = await up(context.given);
      // The rules, and the dashboards of two folders that show the line.
      expect(output).toMatch(/^ +~ 3 updated$/m);
      await eventually("the new threshold in Prometheus", 120, async () => {
        const rules = await context.grafana.datasource<unknown>("prometheus", "/api/v1/rules");
        return JSON.stringify(rules).includes("> 0.07") || undefined;
      });
      expect(await serverPods()).toEqual(before);
    });

    test("a changed trace retention rolls only Tempo", async () => {
      const before = await serverPods();
      context.given = { ...context.given, tracing: { retention: { time: "72h" } } };
      await up(context.given);
      const after = await serverPods();
      expect(Object.keys(after).filter((app) => after[app] !== before[app])).toEqual(["tempo"]);
    });

    test("plain pulumi takes the stack file as it is, and leaves it and git status so", async () => {
      const git = (...args: string[]) => execFileSync("git", args, { cwd: checkout, encoding: "utf8" });
      git("init", "--quiet");
      git("add", "--all");
      const before = git("status", "--porcelain");
      expect(await pulumi(context.env, "preview")).not.toMatch(CHANGED);
      expect(await pulumi(context.env, "up", "--yes")).toMatch(/^ +\d+ unchanged$/m);
      expect(git("status", "--porcelain")).toBe(before);

      writeStack(STACK, { ...context.given, environment: "another" });
      expect(await pulumi(context.env, "preview")).toMatch(CHANGED);
      writeStack(STACK, context.given);
      expect(git("status", "--porcelain")).toBe(before);
    });

    test("a secret set as the README says is taken by both, and shown by neither", async () => {
      writeStack(STACK, context.given);
      const url = "http://receiver.example.org/token-of-the-team";
      const key = "observability:alerting.receivers[0].webhook.url";
      await pulumi(context.env, "config", "set", "--secret", "--path", key, url);
      const previews = [await pulumi(context.env, "preview", "--diff"), (await npm("preview", STACK)).output];
      for (const preview of previews) {
        expect(preview).toMatch(/kubernetes:core\/v1:Secret/);
        expect(preview).not.toContain("token-of-the-team");
      }
      writeStack(STACK, context.given);
    });

    test("preview shows what would change, in words of the settings, and no secret", async () => {
      const { exitCode, output } = await npm("preview", STACK);
      succeeded({ exitCode, output });
      expect(output).toMatch(/^ +\d+ unchanged$/m);
      expect(output).not.toContain(context.password);
    });

    test("status shows pods and addresses", async () => {
      const { output } = await npm("status", STACK);
      expect(output).toMatch(/prometheus-0 +1\/1 +Running/);
      expect(output).toContain(`${EDGE}/api/monitoring/grafana/`);
    });
  });
}
