import { eventually } from "../support/eventually";
import type { Context } from "./start";
import type { Span } from "./support/grafana";
import { NAMESPACE } from "./support/workload";

/**
 * What somebody on call does with the complaint of one user, step by step: the line of the log, its trace, from a span
 * back to the lines and on to the metrics, then how the service and its pod did at that time. Each link is read from
 * Grafana and interpolated as it documents.
 */
export function walk(context: Context): void {
  describe("from the complaint of a user to its cause", () => {
    /** What each step finds for the next one. */
    let line: { text: string; labels: Record<string, string>; seconds: number };
    let spans: Span[];
    let span: Span;

    const linksOf = async (uid: string) =>
      (await context.grafana.json<{ jsonData: Links }>(`/api/datasources/uid/${uid}`)).jsonData;

    /** A minute after the line: the scrapes that saw its request are in. */
    const then = (query: string, is = (value: number) => value > 0) =>
      eventually(query, 120, async () => {
        const time = String(Math.min(line.seconds + 60, Date.now() / 1000));
        const { data } = await context.grafana.datasource<Vector>("prometheus", "/api/v1/query", {
          query,
          time,
        });
        const numbers = data.result.map(({ value }) => Number(value[1])).filter(is);
        return numbers.length > 0 ? numbers : undefined;
      });

    test("the line of the user, by the service and the name", async () => {
      const user = context.report.users[5];
      const query = `{app="queue-service"} |= "Joined queue" |= "${user}"`;
      line = await eventually(query, 60, async () => {
        const start = String(Math.floor(Date.now() / 1000) - 3600);
        const { data } = await context.grafana.datasource<Lines>("loki", "/loki/api/v1/query_range", {
          query,
          start,
        });
        const [found] = data.result;
        return (
          found && {
            labels: found.stream,
            text: found.values[0][1],
            seconds: Number(found.values[0][0]) / 1e9,
          }
        );
      });
      expect(line.text).toContain(`Joined queue: ${user}`);
    });

    const isShare = (value: number) => value >= 0 && value <= 1;

    const stores = (trace: Span[]) =>
      trace.map(({ attributes }) => attributes["db.system.name"] ?? attributes["db.system"]);

    test("a click on its trace id opens the trace: through the gateway, with spans of Redis", async () => {
      const [{ matcherRegex, datasourceUid }] = (await linksOf("loki")).derivedFields;
      expect(datasourceUid).toBe("tempo");
      spans = await eventually("the trace", 60, () => context.grafana.trace(line.labels[matcherRegex]));
      const services = spans.map(({ resource }) => resource["service.name"]);
      expect(services).toEqual(
        expect.arrayContaining(["gateway-service", "queue-service", "ticket-service"]),
      );
      expect(stores(spans)).toContain("redis");
      span = spans.find(({ resource }) => resource["service.name"] === "queue-service")!;
    });

    test("the trace of a ticket that was bought has those of the database as well", async () => {
      const [{ labels }] = await context.grafana.loki('{app="ticket-service"} |= "Ticket created"');
      const trace = await eventually("its trace", 60, () => context.grafana.trace(labels.trace_id));
      expect(stores(trace)).toEqual(expect.arrayContaining(["redis", "postgresql"]));
    });

    test("from the span back to the lines of its pod in that trace, the first one among them", async () => {
      const { tracesToLogsV2: link } = await linksOf("tempo");
      const tags = link.tags.map(({ key, value }) => `${value || key}="${span.resource[key]}"`).join(", ");
      const query = link.query
        .replace("${__tags}", tags)
        .replace("${__trace.traceId}", line.labels.trace_id)
        .replace("${__span.traceId}", line.labels.trace_id);
      expect(query).not.toMatch(/\$\{|undefined/);
      expect(link.datasourceUid).toBe("loki");
      const lines = (await context.grafana.loki(query)).map(({ line }) => line);
      expect(lines).toContain(line.text);
    });

    test("and on to the metrics of its spans", async () => {
      const { tracesToMetrics: link } = await linksOf("tempo");
      const tags = link.tags.map(({ key, value }) => `${value}="${span.resource[key]}"`).join(", ");
      for (const { query } of link.queries)
        expect(await then(query.replace("$__tags", tags))).toHaveLength(1);
    });

    test("how its service did: rate, errors, duration", async () => {
      const service = `namespace="${NAMESPACE}", service="queue-service"`;
      const requests = (status: string) =>
        `service:http_requests:rate5m{${service}, path="/api/queue/join", status=~"${status}"}`;
      await then(`sum(${requests("202")})`);
      await then(`sum(${requests("5..")} or 0 * ${requests(".+")}) / sum(${requests(".+")})`, isShare);
      await then(
        `histogram_quantile(0.95, sum by (le) (service:http_request_duration_seconds_bucket:rate5m{${service}}))`,
      );
    });

    test("and its pod, under the names that the line and the span have: use, saturation, errors", async () => {
      const { namespace, pod, container } = line.labels;
      expect(span.resource).toMatchObject({ namespace, pod, container });
      const of = `namespace="${namespace}", pod="${pod}", container="${container}"`;
      await then(`sum(rate(container_cpu_usage_seconds_total{${of}}[5m]))`);
      await then(`sum(container_memory_working_set_bytes{${of}})`);
      // Against what it may take.
      await then(`kube_pod_container_resource_limits{${of}, resource="memory"}`);
      const periods = (kind: string) => `sum(rate(container_cpu_cfs_${kind}_total{${of}}[5m]))`;
      await then(`${periods("throttled_periods")} / ${periods("periods")}`, isShare);
      await then(`sum(kube_pod_container_status_restarts_total{${of}})`, (restarts) => restarts >= 0);
    });
  });
}

interface Links {
  derivedFields: { matcherRegex: string; datasourceUid: string }[];
  tracesToLogsV2: { datasourceUid: string; query: string; tags: { key: string; value: string }[] };
  tracesToMetrics: { tags: { key: string; value: string }[]; queries: { query: string }[] };
}

interface Lines {
  data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
}

interface Vector {
  data: { result: { value: [number, string] }[] };
}
