import { setTimeout } from "node:timers/promises";
import type { Context } from "./start";
import { EDGE } from "./support/names";
import { kubectl } from "./support/stack";
import { NAMESPACE, notifications, notified } from "./support/workload";

export function alerting(context: Context): void {
  describe("alerting", () => {
    const scale = (replicas: number) =>
      kubectl(["scale", "deployment/payment-service", "-n", NAMESPACE, `--replicas=${replicas}`]);

    test("a stopped service raises ServiceDown at the receiver", async () => {
      const stopped = new Date();
      await scale(0);
      const alert = await notified("ServiceDown", "payment-service", "firing", stopped);
      expect(alert.labels).toMatchObject({
        severity: "critical",
        env: "kind",
        region: "local",
        namespace: NAMESPACE,
      });
      expect(alert.annotations.runbook_url).toMatch(/#servicedown$/);
      // What the links of a message lead to: the query, which finds it, and Grafana's page, whose data hold it.
      const query = new URL((await fetch(alert.generatorURL)).url);
      expect(query.href).toContain(`${EDGE}/api/monitoring/prometheus/query?`);
      const series = await context.grafana.prometheus(query.searchParams.get("g0.expr")!);
      expect(series.map(({ metric }) => metric.service)).toContain("payment-service");
      const groups = await context.grafana.json("/api/alertmanager/alertmanager/api/v2/alerts/groups");
      expect(JSON.stringify(groups)).toContain(alert.annotations.summary);
    });

    test("and resolves when it is back", async () => {
      const back = new Date();
      await scale(1);
      await notified("ServiceDown", "payment-service", "resolved", back);
    });

    test("the watchdog fires always", async () => {
      const [{ value }] = await context.grafana.prometheus(
        'ALERTS{alertname="Watchdog", alertstate="firing", env="kind"}',
      );
      expect(value).toBe(1);
    });

    test("and the dead man's switch hears of it at every interval", async () => {
      const before = (await notifications("Watchdog")).length;
      await setTimeout(65_000);
      const heard = (await notifications("Watchdog")).length - before;
      expect(heard).toBeGreaterThanOrEqual(6);
      expect(heard).toBeLessThanOrEqual(7);
    });
  });
}
