import { randomBytes } from "node:crypto";
import { eventually } from "../support/eventually";
import { type Context, up } from "./start";
import { forwarded, kubectl, objects, succeeded } from "./support/stack";

interface Pod {
  metadata: { name: string };
}
interface Status {
  cluster: { status: string; peers: object[] };
}

/** From one pod to several and back, with what the one has kept; and tail sampling, whose pods find each other by name. */
export function replicas(context: Context): void {
  const podsOf = async (app: string) =>
    (await objects<Pod>("pods", "-n", "observability", "-l", `app=${app}`))
      .map(({ metadata }) => metadata.name)
      .sort();
  const asked = async <T>(pod: string, port: number, path: string) =>
    JSON.parse(
      await kubectl(["get", "--raw", `/api/v1/namespaces/observability/pods/${pod}:${port}/proxy${path}`]),
    ) as T;
  /** Samples of the last two hours that the pod itself has. */
  const samples = async (pod: string) => {
    const query = encodeURIComponent('sum(count_over_time(up{job="loki"}[2h]))');
    const path = `/api/monitoring/prometheus/api/v1/query?query=${query}`;
    const { data } = await asked<{ data: { result: { value: [number, string] }[] } }>(pod, 9090, path);
    return Number(data.result[0]?.value[1] ?? 0);
  };
  let before: number;

  describe("several replicas", () => {
    test("come beside the first, which keeps its samples", async () => {
      before = await samples("prometheus-0");
      expect(before).toBeGreaterThan(10);
      const ran = await up({
        ...context.given,
        metrics: { ...(context.given.metrics as object), replicas: 2 },
        alerting: { ...(context.given.alerting as object), replicas: 3 },
        tracing: {
          ...(context.given.tracing as object),
          // Errors alone, so that what is kept can be told from what is not.
          tailSampling: { enabled: true, percent: 0, slowerThan: null, decisionWait: "2s" },
        },
      });
      succeeded(ran);
      expect(await podsOf("prometheus")).toEqual(["prometheus-0", "prometheus-1-0"]);
      expect(await podsOf("alertmanager")).toHaveLength(3);
      expect(await podsOf("sampler")).toHaveLength(2);
      expect(await samples("prometheus-0")).toBeGreaterThanOrEqual(before);
    });

    test("of Alertmanager know of each other, and each Prometheus of all of them", async () => {
      for (const pod of await podsOf("alertmanager"))
        await eventually(`${pod} knows the others`, 120, async () => {
          const path = "/api/monitoring/alertmanager/api/v2/status";
          const { cluster } = await asked<Status>(pod, 9093, path);
          return (cluster.status === "ready" && cluster.peers.length === 3) || undefined;
        });
      for (const pod of await podsOf("prometheus"))
        await eventually(`${pod} tells all Alertmanagers`, 120, async () => {
          const path = "/api/monitoring/prometheus/api/v1/alertmanagers";
          const { data } = await asked<{ data: { activeAlertmanagers: object[] } }>(pod, 9090, path);
          return data.activeAlertmanagers.length === 3 || undefined;
        });
    });

    test("of the sampler share the traces: those with an error are kept, the others are counted and gone", async () => {
      const traces = Array.from({ length: 20 }, (_, index) => ({
        id: randomBytes(16).toString("hex"),
        failed: index % 2 === 0,
      }));
      const now = `${Date.now()}000000`;
      const spans = traces.map(({ id, failed }) => ({
        ...{ traceId: id, spanId: randomBytes(8).toString("hex"), name: "chosen", kind: 2 },
        ...{ startTimeUnixNano: now, endTimeUnixNano: now, status: failed ? { code: 2 } : {} },
      }));
      const resource = { attributes: [{ key: "service.name", value: { stringValue: "sampled" } }] };
      await forwarded("observability", "service/collector", "4318", async (address) => {
        const answer = await fetch(`http://${address}/v1/traces`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
        });
        expect(answer.status).toBe(200);
      });
      for (const { id } of traces.filter(({ failed }) => failed))
        await eventually("a failed trace", 60, () => context.grafana.trace(id));
      for (const { id } of traces.filter(({ failed }) => !failed))
        await expect(context.grafana.trace(id)).rejects.toThrow(/404/);
      await eventually("the metrics of all spans", 120, async () => {
        const query = 'sum(traces_spanmetrics_calls_total{service_name="sampled"})';
        return (await context.grafana.prometheus(query))[0]?.value === 20 || undefined;
      });
      const shares = await eventually("both samplers' own metrics", 60, async () => {
        const series = await context.grafana.prometheus(
          'sum by (pod) (otelcol_receiver_accepted_spans{job="sampler"}) > 0',
        );
        return series.length === 2 ? series : undefined;
      });
      expect(shares.map(({ metric }) => metric.pod).sort()).toEqual(await podsOf("sampler"));
    });

    test("go again, and the first has what it had", async () => {
      succeeded(await up(context.given));
      expect(await podsOf("prometheus")).toEqual(["prometheus-0"]);
      expect(await podsOf("alertmanager")).toHaveLength(1);
      expect(await podsOf("sampler")).toEqual([]);
      expect(await samples("prometheus-0")).toBeGreaterThanOrEqual(before);
    });
  });
}
