import { eventually } from "../support/eventually";
import type { Context } from "./start";
import { forwarded } from "./support/stack";
import { clients } from "./support/tracing-clients";

/** Two stacks in one cluster do not see each other's data. */
export function apart(context: Context): void {
  describe("two stacks", () => {
    /** What the second stack's programs answer; its ways in are inside of the cluster alone. */
    const ask = (service: string, port: string, path: string, parameters: Record<string, string> = {}) =>
      forwarded("second", `service/${service}`, port, async (address) => {
        const response = await fetch(`http://${address}${path}?${new URLSearchParams(parameters)}`);
        return { status: response.status, body: await response.text() };
      });
    const series = async (query: string) => {
      const { body } = await ask("prometheus", "9090", "/api/v1/query", { query });
      return (JSON.parse(body) as Series).data.result;
    };

    test("each keeps the series of its own alone", async () => {
      const environments = 'count by (env) ({__name__=~".+"})';
      const theirs = await eventually("the second's own programs are scraped", 120, async () => {
        const loki = await series('up{job="loki"} == 1');
        return loki.length > 0 ? loki : undefined;
      });
      // A pod of before the upgrade is one of them for some minutes.
      expect(new Set(theirs.map(({ metric }) => metric.namespace))).toEqual(new Set(["second"]));
      expect((await series(environments)).map(({ metric }) => metric.env)).toEqual(["second"]);

      const ours = await context.grafana.prometheus(environments);
      expect(ours.map(({ metric }) => metric.env)).toEqual(["kind"]);
      const loki = await context.grafana.prometheus('up{job="loki"}');
      expect(loki.map(({ metric }) => metric.namespace)).toEqual(["observability"]);
    });

    test("each keeps the lines that its own agents sent", async () => {
      const lines = async (selection: string) => {
        const start = String(Math.floor(Date.now() / 1000) - 3600);
        const query = `{namespace=~".+"} | ${selection}`;
        const range = { query, start, limit: "5" };
        const { body } = await ask("loki", "3100", "/loki/api/v1/query_range", range);
        return (JSON.parse(body) as Streams).data.result;
      };
      await eventually("a line in the second's Loki", 120, async () =>
        (await lines('env="second"')).length > 0 ? true : undefined,
      );
      expect(await lines('env!="second"')).toEqual([]);
      expect(await context.grafana.loki('{namespace=~".+"} | env="kind"', "5")).not.toEqual([]);
      expect(await context.grafana.loki('{namespace=~".+"} | env!="kind"', "5")).toEqual([]);
    });

    test("each keeps the spans that were sent to it", async () => {
      const send = (namespace: string) =>
        forwarded(namespace, "service/collector", "4317", (address) =>
          clients["otlp-grpc"](`client-of-${namespace}`, address),
        );
      const inSecond = async (id: string) => (await ask("tempo", "3200", `/api/traces/${id}`)).status;
      const inFirst = async (id: string) =>
        (await context.grafana.fetch(`/api/datasources/proxy/uid/tempo/api/traces/${id}`)).status;
      const [theirs, ours] = [await send("second"), await send("observability")];
      await eventually("each span in its own Tempo", 60, async () =>
        (await inSecond(theirs)) === 200 && (await inFirst(ours)) === 200 ? true : undefined,
      );
      expect([await inSecond(ours), await inFirst(theirs)]).toEqual([404, 404]);
    });
  });
}

interface Series {
  data: { result: { metric: Record<string, string> }[] };
}

interface Streams {
  data: { result: object[] };
}
