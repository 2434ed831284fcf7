import type { Context } from "./start";
import { eventually } from "./support/stack";

const JOBS = [
  ..."auth-service gateway-service payment-service queue-service ticket-service annotated-pods".split(" "),
  ..."prometheus alertmanager kube-state-metrics node-exporter loki alloy alloy-events".split(" "),
  ..."collector tempo grafana kubelet cadvisor".split(" "),
];

export function metrics(context: Context): void {
  describe("metrics", () => {
    test("every target is up", async () => {
      await eventually("all jobs up", 60, async () => {
        const series = await context.grafana.prometheus("up");
        const down = series.filter(({ value }) => value !== 1).map(({ metric }) => metric.instance);
        const missing = JOBS.filter((job) => !series.some(({ metric }) => metric.job === job));
        if (down.length + missing.length > 0)
          throw new Error(`down: ${down.join()}; missing: ${missing.join()}`);
        return true;
      });
    });

    test("every series that a local query returns carries env and region", async () => {
      const { data } = await context.grafana.datasource<{ data: Record<string, string>[] }>(
        "prometheus",
        "/api/v1/series",
        { "match[]": '{__name__=~".+"}', start: String(Date.now() / 1000 - 300) },
      );
      expect(data.length).toBeGreaterThan(1000);
      expect(data.filter(({ env, region }) => env !== "kind" || region !== "local").slice(0, 5)).toEqual([]);
    });

    test("request counts equal what was sent, by route and status", async () => {
      const sent = context.report.requests;
      await eventually("counts", 60, async () => {
        const series = await context.grafana.prometheus(
          'sum by (method, route, status_code) (http_request_duration_seconds_count{service="gateway-service"})',
        );
        const counted: typeof sent = {};
        for (const { metric, value } of series)
          (counted[`${metric.method} ${metric.route}`] ??= {})[metric.status_code] = value;
        expect(counted).toEqual(sent);
        return true;
      });
    });

    test("span metrics count the same requests", async () => {
      const sent = Object.values(context.report.requests).flatMap((by) => Object.values(by));
      const total = sent.reduce((sum, count) => sum + count, 0);
      await eventually(`${total} spans`, 60, async () => {
        const [{ value }] = await context.grafana.prometheus(
          'sum(traces_spanmetrics_calls_total{service_name="gateway-service", span_kind="SPAN_KIND_SERVER"})',
        );
        if (value !== total) throw new Error(`${value} instead of ${total}`);
        return true;
      });
      const [{ metric }] = await context.grafana.prometheus("traces_spanmetrics_latency_bucket");
      expect(metric).toMatchObject({ operation: metric.span_name, status_code: expect.any(String) });
    });

    test.each([
      ["gateway-service", "queue-service"],
      ["gateway-service", "ticket-service"],
      ["ticket-service", "payment-service"],
      ["queue-service", "redis"],
    ])("the service graph knows %s -> %s", async (client, server) => {
      await eventually("an edge", 60, async () => {
        const query = `sum(traces_service_graph_request_total{client="${client}", server="${server}"}) > 0`;
        return (await context.grafana.prometheus(query))[0];
      });
    });

    test("failed requests are in the service graph", async () => {
      const [{ value }] = await context.grafana.prometheus("sum(traces_service_graph_request_failed_total)");
      expect(value).toBeGreaterThan(0);
    });

    test("an exemplar leads to a trace that exists", async () => {
      const exemplars = await eventually("exemplars", 60, async () => {
        const { data } = await context.grafana.datasource<Exemplars>(
          "prometheus",
          "/api/v1/query_exemplars",
          {
            query: 'traces_spanmetrics_latency_bucket{service_name="gateway-service"}',
            start: String(Date.now() / 1000 - 1800),
            end: String(Date.now() / 1000),
          },
        );
        return data.flatMap((series) => series.exemplars).find(({ labels }) => labels.trace_id);
      });
      const spans = await context.grafana.trace(exemplars.labels.trace_id);
      expect(spans.map(({ resource }) => resource["service.name"])).toContain("gateway-service");
    });

    test("requests of the watched services are comparable in the recorded layer", async () => {
      const series = await eventually("the recorded layer", 60, async () => {
        const found = await context.grafana.prometheus(
          'service:http_requests:rate5m{service="gateway-service"}',
        );
        return found.length > 0 ? found : undefined;
      });
      expect(series[0].metric).toMatchObject({
        method: expect.any(String),
        path: expect.any(String),
        status: expect.stringMatching(/^\d{3}$/),
      });
    });

    test("retention is what the settings say", async () => {
      const { data } = await context.grafana.datasource<{ data: { storageRetention: string } }>(
        "prometheus",
        "/api/v1/status/runtimeinfo",
      );
      expect(data.storageRetention).toBe("1w or 4GiB");
    });
  });
}

interface Exemplars {
  data: { exemplars: { labels: Record<string, string> }[] }[];
}
