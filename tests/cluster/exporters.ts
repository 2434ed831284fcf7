import { loadImagesOf } from "../../local/ticketing";
import { eventually } from "../support/eventually";
import { type Context, STACK } from "./start";
import { postgresManifests } from "./support/postgres";
import { apply, cluster, kubectl, npm, pulumi, writeStack, succeeded } from "./support/stack";

const PASSWORD = "of-the-exporters-role";

/** The workload's own Redis and a PostgreSQL beside it, watched by the two exporters. */
export function exporters(context: Context): void {
  describe("exporters", () => {
    test("named targets are asked, the password set as a secret", async () => {
      const postgres = postgresManifests({ namespace: "ticketing", password: PASSWORD });
      await loadImagesOf(postgres, await cluster(), console.log);
      await apply(postgres);
      await kubectl(["rollout", "status", "deployment/postgres", "-n", "ticketing", "--timeout=120s"]);
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
            targets: [{ name: "orders", host, sslmode: "disable", username: "exporter", password: PASSWORD }],
          },
        },
      };
      writeStack(STACK, context.given);
      const preview = await npm("preview", STACK);
      expect(preview.output).not.toContain(PASSWORD);
      const { exitCode, output } = await npm("up", STACK);
      succeeded({ exitCode, output });
      expect(output).not.toContain(PASSWORD);
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

    test("no ConfigMap, argument or output holds the password", async () => {
      const told = await kubectl(["get", "configmaps,deployments", "-A", "-o", "json"]);
      expect(told).not.toContain(PASSWORD);
      expect(await pulumi(context.env, "stack", "export")).not.toContain(PASSWORD);
    });

    test("without targets both are gone", async () => {
      context.given = { ...context.given, metrics: undefined };
      writeStack(STACK, context.given);
      succeeded(await npm("up", STACK));
      expect(await kubectl(["get", "pods", "-n", "observability", "-o", "name"])).not.toMatch(/exporter/);
      await kubectl(["delete", "deployment,service,secret", "-n", "ticketing", "-l", "app=postgres"]);
    });
  });
}
