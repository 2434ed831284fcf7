import type { Context } from "./start";
import { eventually } from "../support/eventually";
import { type Answer, Grafana } from "./support/grafana";
import { EDGE, GRAFANA, PROMETHEUS } from "./support/names";

/** Values of the dashboard's variables, as a user would choose them. */
const variables: Record<string, string> = { namespace: "ticketing", service: "ticket-service" };
const chosen = (text: string) => text.replace(/\$\{?(\w+)\}?/g, (all, name) => variables[name] ?? all);

export function dashboards(context: Context): void {
  /** As the browser does: traces are searched for through the datasource's proxy, everything else by a query. */
  async function ask(query: {
    refId: string;
    datasource: { uid: string };
    query?: string;
    expr?: string;
    queryType?: string;
  }): Promise<Answer> {
    if (query.datasource.uid !== "tempo") return context.grafana.query(query);
    const { traces } = await context.grafana.datasource<{ traces: object[] }>("tempo", "/api/search", {
      q: query.query!,
    });
    return { rows: traces.length, numbers: [] };
  }

  describe("Grafana", () => {
    test("the generated password works, admin/admin does not", async () => {
      expect((await context.grafana.fetch("/api/user")).status).toBe(200);
      expect((await new Grafana("admin", "admin").fetch("/api/user")).status).toBe(401);
    });

    test("the node ports answer as well", async () => {
      expect((await fetch(`${GRAFANA}/api/monitoring/grafana/api/health`)).status).toBe(200);
      for (const address of [PROMETHEUS, EDGE])
        expect((await fetch(`${address}/api/monitoring/prometheus/-/ready`)).status).toBe(200);
    });

    test.each([
      [`${EDGE}/api/monitoring/grafana/`, `${EDGE}/api/monitoring/grafana/login`],
      [`${EDGE}/api/monitoring/prometheus/`, `${EDGE}/api/monitoring/prometheus/query`],
      [`${GRAFANA}/`, `${EDGE}/api/monitoring/grafana/login`],
      [`${PROMETHEUS}/`, `${PROMETHEUS}/api/monitoring/prometheus/query`],
    ])("the address %s, which up prints, opens a page", async (address, page) => {
      const opened = await fetch(address);
      expect(opened.url).toBe(page);
      // A Prometheus that was built here has no page there and says so, but not "not found".
      expect(opened.status).not.toBe(404);
    });

    test.each([
      ["prometheus", { expr: "up" }],
      ["loki", { expr: '{namespace="ticketing"}', queryType: "range" }],
      ["tempo", { query: "{}" }],
    ])("the datasource %s is healthy and answers a query", async (uid, query) => {
      const { version } = await context.grafana.json<{ version: string }>("/api/health");
      // Grafana 10.1, which runs where no image can be pulled, has a health check for Prometheus only.
      const mayBeUnchecked = uid !== "prometheus" && version.startsWith("10.1.");
      const health = await context.grafana.fetch(`/api/datasources/uid/${uid}/health`);
      if (!(mayBeUnchecked && health.status === 404))
        expect(await health.json()).toMatchObject({ status: "OK" });
      const { rows, error } = await ask({ refId: "A", datasource: { uid }, ...query });
      expect(error).toBeUndefined();
      expect(rows).toBeGreaterThan(0);
    });

    test("the datasource alertmanager answers", async () => {
      expect(await context.grafana.datasource("alertmanager", "/api/v2/status")).toMatchObject({
        versionInfo: {},
      });
    });

    test("every panel of the dashboard shows data", async () => {
      const { dashboard } = await context.grafana.json<{ dashboard: { panels: Panel[] } }>(
        "/api/dashboards/uid/service",
      );
      const panels = dashboard.panels.filter(({ targets }) => targets);
      expect(panels.length).toBeGreaterThan(8);
      for (const { title, type, targets } of panels)
        for (const target of targets!)
          await eventually(`data in ${title}`, 90, async () => {
            const { rows, numbers, error } = await ask(JSON.parse(chosen(JSON.stringify(target))));
            if (error) throw new Error(error);
            // A panel of numbers shows more than zeros and gaps: there was traffic, and errors among it.
            return (
              ("expr" in target && type !== "logs" ? numbers.some((value) => value > 0) : rows > 0) ||
              undefined
            );
          });
    });
  });

  describe("links, interpolated as Grafana documents", () => {
    const settingsOf = async (uid: string) =>
      (await context.grafana.json<{ jsonData: Links }>(`/api/datasources/uid/${uid}`)).jsonData;
    const entry = async () =>
      (await context.grafana.loki('{app="ticket-service"} |= "Ticket created"'))[0].labels;

    test("log -> trace", async () => {
      const [field] = (await settingsOf("loki")).derivedFields;
      const labels = await entry();
      expect(field).toMatchObject({ matcherType: "label", datasourceUid: "tempo", url: "${__value.raw}" });
      expect((await context.grafana.trace(labels[field.matcherRegex])).length).toBeGreaterThan(4);
    });

    test("trace -> log", async () => {
      const { tracesToLogsV2: link } = await settingsOf("tempo");
      const labels = await entry();
      const tags = link.tags.map(({ key, value }) => `${value}="${labels[key]}"`).join(", ");
      const query = link.query.replace("${__tags}", tags).replace("${__trace.traceId}", labels.trace_id);
      expect(link.datasourceUid).toBe("loki");
      expect((await context.grafana.loki(query)).map(({ line }) => line).join("\n")).toContain(
        "Ticket created",
      );
    });

    test("trace -> metric", async () => {
      const { tracesToMetrics: link } = await settingsOf("tempo");
      const tags = link.tags.map(({ value }) => `${value}="ticket-service"`).join(", ");
      expect(link.datasourceUid).toBe("prometheus");
      for (const { query } of link.queries)
        expect(await context.grafana.prometheus(query.replace("$__tags", tags))).toHaveLength(1);
    });

    test("exemplar -> trace", async () => {
      const [link] = (await settingsOf("prometheus")).exemplarTraceIdDestinations;
      expect(link).toEqual({ name: "trace_id", datasourceUid: "tempo" });
    });
  });
}

interface Panel {
  title: string;
  type: string;
  targets?: object[];
}

interface Links {
  derivedFields: { matcherType: string; matcherRegex: string; url: string; datasourceUid: string }[];
  exemplarTraceIdDestinations: object[];
  tracesToLogsV2: { datasourceUid: string; query: string; tags: { key: string; value: string }[] };
  tracesToMetrics: { datasourceUid: string; tags: { value: string }[]; queries: { query: string }[] };
}
