import type { Context } from "./start";
import { kubectl } from "./support/stack";
import { NAMESPACE, notified } from "./support/workload";

export function alerting(context: Context): void {
  describe("alerting", () => {
    const scale = (replicas: number) =>
      kubectl(["scale", "deployment/payment-service", "-n", NAMESPACE, `--replicas=${replicas}`]);

    test("a stopped service raises ServiceDown at the receiver", async () => {
      await scale(0);
      const alert = await notified("ServiceDown", "payment-service", "firing", 180);
      expect(alert.labels).toMatchObject({
        severity: "critical",
        env: "kind",
        region: "local",
        namespace: NAMESPACE,
      });
      expect(alert.annotations.runbook_url).toMatch(/#servicedown$/);
    });

    test("and resolves when it is back", async () => {
      await scale(1);
      await notified("ServiceDown", "payment-service", "resolved", 180);
    });

    test("the watchdog fires always", async () => {
      const [{ value }] = await context.grafana.prometheus(
        'ALERTS{alertname="Watchdog", alertstate="firing", env="kind"}',
      );
      expect(value).toBe(1);
    });
  });
}
