import { setTimeout } from "node:timers/promises";
import { eventually } from "../support/eventually";
import { metricNames } from "../support/metric-names";
import type { Context } from "./start";
import { EDGE } from "./support/names";
import { kubectl } from "./support/stack";
import { NAMESPACE, notifications, notified } from "./support/workload";

interface Rules {
  data: { groups: { rules: { name: string; query: string; health: string; lastError?: string }[] }[] };
}

/** Metrics that rules read and that a stack need not have while all is well, each for a reason. */
const NOT_THERE: Record<string, string> = {
  kube_cronjob_status_last_successful_time: "there is no CronJob",
  kube_job_failed: "no Job has failed",
  kubelet_volume_stats_capacity_bytes: "kind's volumes are directories of the node",
  kubelet_volume_stats_used_bytes: "as above",
  loki_discarded_samples_total: "no line was refused",
  otelcol_exporter_send_failed_spans: "no span was given up",
};

export function alerting(context: Context): void {
  describe("alerting", () => {
    test("every rule is evaluated, and finds each metric that it reads but these", async () => {
      const { data } = await context.grafana.datasource<Rules>("prometheus", "/api/v1/rules");
      const rules = data.groups.flatMap((group) => group.rules);
      expect(rules.length).toBeGreaterThan(60);
      expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
      const read = [...new Set(rules.flatMap(({ query }) => metricNames(query)))];
      const { data: there } = await context.grafana.datasource<{ data: string[] }>(
        "prometheus",
        "/api/v1/label/__name__/values",
      );
      const missing = read.filter((name) => !there.includes(name));
      expect(missing.filter((name) => !(name in NOT_THERE))).toEqual([]);
    });

    test("nothing about the stack has fired so far, while users went through the workload", async () => {
      const query = `last_over_time(ALERTS{alertname!="Watchdog", alertstate="firing", namespace!="${NAMESPACE}"}[1h])`;
      expect((await context.grafana.prometheus(query)).map(({ metric }) => metric)).toEqual([]);
    });

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
      // A slow machine's scrape may have failed just before, and come back until the pod is gone.
      await eventually("the query finds it", 60, async () => {
        const series = await context.grafana.prometheus(query.searchParams.get("g0.expr")!);
        return series.some(({ metric }) => metric.service === "payment-service") || undefined;
      });
      const groups = await context.grafana.json("/api/alertmanager/alertmanager/api/v2/alerts/groups");
      expect(JSON.stringify(groups)).toContain(alert.annotations.summary);
    });

    test("and resolves when it is back", async () => {
      const back = new Date();
      await scale(1);
      await notified("ServiceDown", "payment-service", "resolved", back);
    });

    test("a pod that does not answer raises it as well, though another one does", async () => {
      const began = new Date();
      const silent = ["/usr/local/bin/node", "-e", "setInterval(() => undefined, 60000)"];
      const containers = [{ name: "payment-service", command: silent }];
      const patch = JSON.stringify({ spec: { template: { spec: { containers } } } });
      await kubectl(["patch", "deployment/payment-service", "-n", NAMESPACE, "--patch", patch]);
      const alert = await notified("ServiceDown", "payment-service", "firing", began);
      expect(alert.labels).toMatchObject({ namespace: NAMESPACE, pods: "some" });
      expect(alert.annotations.summary).toMatch(/^1 of 2 pods of payment-service /);
      const up = await context.grafana.prometheus('up{service="payment-service"}');
      expect(up.map(({ value }) => value).sort()).toEqual([0, 1]);

      const back = new Date();
      await kubectl(["rollout", "undo", "deployment/payment-service", "-n", NAMESPACE]);
      await notified("ServiceDown", "payment-service", "resolved", back);
    });

    test("the watchdog fires always", async () => {
      const [{ value }] = await context.grafana.prometheus(
        'ALERTS{alertname="Watchdog", alertstate="firing", env="kind"}',
      );
      expect(value).toBe(1);
    });

    test("and the dead man's switch hears of it at every interval of 10 s", async () => {
      const began = Date.now();
      await setTimeout(65_000);
      const times = (await notifications("Watchdog")).map(({ heardAt }) => heardAt).sort((a, b) => a - b);
      const heard = times.filter((time) => time >= began);
      expect(heard.length).toBeGreaterThanOrEqual(2);
      // The middle one: on a busy machine one may come late, and the next one soon after.
      const gaps = heard.slice(1).map((time, index) => time - heard[index]);
      const usual = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
      expect(usual).toBeGreaterThan(7_000);
      expect(usual).toBeLessThan(15_000);
    });
  });
}
