import type { Context } from "./start";
import { eventually } from "../support/eventually";
import { Grafana } from "./support/grafana";
import { EDGE, GRAFANA, PROMETHEUS } from "./support/names";
import {
  askAsBrowser,
  type Asked,
  chosen,
  type Dashboard,
  emptyPanels,
  questionsOf,
  RIGHTLY_EMPTY,
  valuesOn,
} from "./support/panels";

export function dashboards(context: Context): void {
  const ask = (query: Asked) => askAsBrowser(context.grafana, query);

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

    test("every panel of every dashboard shows data", async () => {
      const found = await context.grafana.json<{ uid: string; folderTitle: string }[]>(
        "/api/search?type=dash-db&tag=observability-stack",
      );
      expect(new Set(found.map(({ folderTitle }) => folderTitle))).toEqual(
        new Set(["Overview", "Services", "Platform"]),
      );
      expect(found).toHaveLength(12);
      const questions = await questionsOf(context.grafana);
      const rightly = Object.keys(RIGHTLY_EMPTY);
      // Whoever makes it more says why here.
      expect(rightly).toHaveLength(12);
      expect(rightly.filter((one) => !questions.some(({ where }) => where === one))).toEqual([]);
      let empty: string[] = [];
      await eventually("data in every panel", 300, async () => {
        empty = (await emptyPanels(context.grafana, questions)).filter((where) => !rightly.includes(where));
        return empty.length === 0 || undefined;
      }).catch((reason: unknown) => {
        throw new Error(`no data in ${[...new Set(empty)].join("; ")}`, { cause: reason });
      });
    }, 360_000);

    test("every variable has something to choose", async () => {
      const found = await context.grafana.json<{ uid: string }[]>(
        "/api/search?type=dash-db&tag=observability-stack",
      );
      for (const { uid } of found) {
        const { dashboard } = await context.grafana.json<{ dashboard: Dashboard }>(
          `/api/dashboards/uid/${uid}`,
        );
        for (const { name, type, query } of dashboard.templating.list ?? []) {
          if (type !== "query") continue;
          const [, selector, label] = /^label_values\((.+), *(\w+)\)$/.exec(
            (query as { query: string }).query,
          )!;
          const { data } = await context.grafana.datasource<{ data: string[] }>(
            "prometheus",
            `/api/v1/label/${label}/values`,
            { "match[]": chosen(uid, selector) },
          );
          expect([uid, name, data]).toEqual([uid, name, expect.arrayContaining([valuesOn(uid)[name]])]);
        }
      }
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
      const labels = await entry();
      const tags = link.tags.map(({ key, value }) => `${value}="${labels[key]}"`).join(", ");
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

interface Links {
  derivedFields: { matcherType: string; matcherRegex: string; url: string; datasourceUid: string }[];
  exemplarTraceIdDestinations: object[];
  tracesToLogsV2: { datasourceUid: string; query: string; tags: { key: string; value: string }[] };
  tracesToMetrics: {
    datasourceUid: string;
    tags: { key: string; value: string }[];
    queries: { query: string }[];
  };
}
