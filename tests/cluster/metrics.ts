import { ticketingManifests } from "../../examples/ticketing/kubernetes";
import { refOf } from "../../local/images";
import type { Context } from "./start";
import { apply, kubectl } from "./support/stack";
import { NAMESPACE } from "./support/workload";
import { eventually } from "../support/eventually";

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

    test("an annotated pod is found in a namespace that no setting names", async () => {
      await kubectl(["create", "namespace", "garden"]);
      await apply(
        ticketingManifests({
          namespace: "garden",
          image: refOf("ticketing"),
          redisImage: refOf("redis"),
          postgresImage: refOf("postgres"),
        }).filter((object) => JSON.stringify(object).includes('"board-service"')),
      );
      await eventually("it is scraped", 90, async () => {
        const query = 'up{job="annotated-pods", namespace="garden", service="board-service"} == 1';
        return (await context.grafana.prometheus(query)).length === 1 || undefined;
      });
      await kubectl(["delete", "namespace", "garden"]);
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

    /** How often one service asks another, as it follows from what the gateway was sent (examples/ticketing/src/roles). */
    function calls(): Record<string, number> {
      const of = (request: string, ...without: string[]) =>
        Object.entries(context.report.requests[request])
          .filter(([status]) => !without.includes(status))
          .reduce((sum, [, count]) => sum + count, 0);
      const [joins, tickets] = [of("POST /api/queue/join"), of("POST /api/tickets")];
      return {
        "gateway-service -> auth-service":
          of("POST /api/users") + of("POST /api/auth/login") + joins + tickets,
        "gateway-service -> queue-service": joins + of("GET /api/queue/status"),
        "gateway-service -> ticket-service": tickets,
        "gateway-service -> board-service": of("POST /api/boards") + of("POST /api/chat/messages"),
        "queue-service -> ticket-service": joins,
        "ticket-service -> queue-service": tickets,
        // No payment for a seat that is taken or that there is not.
        "ticket-service -> payment-service": of("POST /api/tickets", "409", "500"),
      };
    }

    test("the service graph counts who asked whom, and knows Redis", async () => {
      await eventually("the edges", 90, async () => {
        const edges = await context.grafana.prometheus(
          "sum by (client, server) (traces_service_graph_request_total)",
        );
        const counted = Object.fromEntries(
          edges.map(({ metric: { client, server }, value }) => [`${client} -> ${server}`, value]),
        );
        expect(counted).toMatchObject(calls());
        expect(counted["queue-service -> redis"]).toBeGreaterThan(0);
        return true;
      });
    });

    test("the services' own request counts are those of who asked them", async () => {
      await eventually("counts", 60, async () => {
        // As the libraries of Node, Spring and Go name them.
        const series = await context.grafana.prometheus(
          `sum by (service) (
            http_request_duration_seconds_count{route=~"/api/.+", service!="gateway-service"}
            or http_server_requests_seconds_count{uri=~"/api/.+"}
            or http_requests_total{path=~"/api/.+", namespace="${NAMESPACE}"}
          )`,
        );
        const expected: Record<string, number> = {};
        for (const [edge, count] of Object.entries(calls())) {
          const server = edge.split(" -> ")[1];
          expected[server] = (expected[server] ?? 0) + count;
        }
        expect(Object.fromEntries(series.map(({ metric, value }) => [metric.service, value]))).toEqual(
          expected,
        );
        return true;
      });
    });

    test("a service in Go counts by its own library what was sent", async () => {
      const created = (request: string) => context.report.requests[request]["201"];
      const counted = {
        board_service_boards_total: created("POST /api/boards"),
        chat_service_messages_total: created("POST /api/chat/messages"),
      };
      await eventually("counts", 60, async () => {
        for (const [metric, count] of Object.entries(counted)) {
          const [{ value }] = await context.grafana.prometheus(`${metric}{namespace="${NAMESPACE}"}`);
          expect([metric, value]).toEqual([metric, count]);
        }
        return true;
      });
      for (const metric of ["go_goroutines", "go_memstats_alloc_bytes"]) {
        const [{ value }] = await context.grafana.prometheus(`${metric}{service="board-service"}`);
        expect(value).toBeGreaterThan(0);
      }
    });

    test("a service in Spring Boot counts by Micrometer what was sent, and its circuit breaker is closed", async () => {
      const { "201": bought, "402": declined } = context.report.requests["POST /api/tickets"];
      const of = `namespace="${NAMESPACE}", service="payment-service"`;
      const paid = { approved: bought, declined, failed: 0 };
      await eventually("counts", 60, async () => {
        const series = await context.grafana.prometheus(`payments_total{${of}}`);
        expect(Object.fromEntries(series.map(({ metric, value }) => [metric.outcome, value]))).toEqual(paid);
        return true;
      });
      const [heap, breaker, buckets] = await Promise.all(
        [
          `sum(jvm_memory_used_bytes{area="heap", ${of}})`,
          `resilience4j_circuitbreaker_state{state="closed", ${of}}`,
          `count(http_server_requests_seconds_bucket{uri="/api/payments", ${of}})`,
        ].map((query) => context.grafana.prometheus(query)),
      );
      expect(heap[0].value).toBeGreaterThan(0);
      expect(breaker).toMatchObject([{ metric: { name: "bank" }, value: 1 }]);
      expect(buckets[0].value).toBeGreaterThan(10);
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

    test.each([
      ["Node", "gateway-service", "/api/tickets", "201"],
      ["Spring", "payment-service", "/api/payments", "402"],
      ["Go", "board-service", "/api/boards", "400"],
    ])(
      "requests of a service in %s are comparable in the recorded layer",
      async (_, service, path, status) => {
        const labels = `service="${service}", path="${path}"`;
        for (const query of [
          `service:http_requests:rate5m{${labels}, method="POST", status="${status}"}`,
          `service:http_request_duration_seconds_bucket:rate5m{${labels}, source="", le="+Inf"}`,
        ])
          await eventually(query, 60, async () => {
            const found = await context.grafana.prometheus(query);
            return found.length > 0 || undefined;
          });
      },
    );

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
