import { eventually } from "../support/eventually";
import { type Context, STACK } from "./start";
import { emptyPanels, questionsOf, RIGHTLY_EMPTY } from "./support/panels";
import { kubectl, npm, pulumi, writeStack, succeeded } from "./support/stack";
import { NAMESPACE } from "./support/workload";

/** The workload's own Redis and PostgreSQL, watched by the two exporters, which faults.ts switches off. */
export function exporters(context: Context): void {
  describe("exporters", () => {
    /** Of PostgreSQL's user for exporters; whoever deploys the workload makes it. */
    let password: string;

    test("named targets are asked, the password set as a secret", async () => {
      const path = ["-n", NAMESPACE, "-o", "jsonpath={.data.exporter}"];
      password = Buffer.from(await kubectl(["get", "secret", "postgres", ...path]), "base64").toString();
      expect(password).toMatch(/^[0-9a-f]{48}$/);
      const host = "postgres.ticketing.svc";
      context.given = {
        ...context.given,
        metrics: {
          redis: {
            targets: [
              { name: "queue", host: "redis.ticketing.svc" },
              { name: "missing", host: "nobody.ticketing.svc" },
            ],
          },
          postgres: {
            targets: [{ name: "orders", host, sslmode: "disable", username: "exporter", password }],
          },
        },
      };
      writeStack(STACK, context.given);
      const preview = await npm("preview", STACK);
      expect(preview.output).not.toContain(password);
      const { exitCode, output } = await npm("up", STACK);
      succeeded({ exitCode, output });
      expect(output).not.toContain(password);
    });

    test("what they say of the servers arrives under the targets' names", async () => {
      const value = (query: string) =>
        eventually(query, 120, async () => (await context.grafana.prometheus(query))[0]?.value);
      expect(await value('redis_up{instance="queue"}')).toBe(1);
      expect(await value('redis_commands_processed_total{instance="queue"}')).toBeGreaterThan(0);
      expect(await value('redis_up{instance="missing"}')).toBe(0);
      expect(await value('pg_up{instance="orders", env="kind", region="local"}')).toBe(1);
      const connections = 'pg_stat_database_numbackends{instance="orders", datname="postgres"}';
      expect(await value(connections)).toBeGreaterThan(0);
    });

    test("every panel about databases, nodes and volumes shows data", async () => {
      // Grafana looks for changed files every half a minute, and the kubelet hands them over every minute.
      await eventually("data in every panel", 300, async () => {
        const questions = (await questionsOf(context.grafana)).filter(({ uid }) => uid === "infrastructure");
        const titles = questions.map(({ where }) => where);
        for (const server of ["Redis", "PostgreSQL"])
          if (!titles.includes(`infrastructure: ${server} answers`)) throw new Error(`no panel of ${server}`);
        const empty = await emptyPanels(context.grafana, questions);
        const wrongly = empty.filter((one) => !(one in RIGHTLY_EMPTY));
        if (wrongly.length > 0) throw new Error(wrongly.join("; "));
        return true;
      });
    });

    test("no ConfigMap, argument or output holds the password", async () => {
      const told = await kubectl(["get", "configmaps,deployments", "-A", "-o", "json"]);
      expect(told).not.toContain(password);
      expect(await pulumi(context.env, "stack", "export")).not.toContain(password);
    });
  });
}
