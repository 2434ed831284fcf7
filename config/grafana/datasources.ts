import { urlOf } from "../addresses";
import type { Settings } from "../schema";

/** Uids are fixed: dashboards, links and bookmarks survive a new database. */
export const uids = {
  prometheus: "prometheus",
  loki: "loki",
  tempo: "tempo",
  alertmanager: "alertmanager",
} as const;

/**
 * Datasources of what is deployed and the links between them: log -> trace, trace -> log, trace -> metric,
 * exemplar -> trace.
 *
 * Grafana expands $ in provisioned files; `$$` is a plain $, which Grafana's browser part reads.
 */
export function datasources(settings: Settings): object {
  return {
    apiVersion: 1,
    // A datasource that is no longer listed goes away instead of staying as a broken one.
    prune: true,
    datasources: [
      {
        ...datasource("Prometheus", "prometheus", urlOf(settings, "prometheus")),
        isDefault: true,
        jsonData: {
          httpMethod: "POST",
          prometheusType: "Prometheus",
          timeInterval: settings.metrics.scrapeInterval,
          exemplarTraceIdDestinations: [{ name: "trace_id", datasourceUid: uids.tempo }],
        },
      },
      {
        ...datasource("Loki", "loki", urlOf(settings, "loki")),
        jsonData: {
          derivedFields: [
            {
              name: "TraceID",
              matcherType: "label",
              matcherRegex: "trace_id",
              url: "$${__value.raw}",
              datasourceUid: uids.tempo,
              urlDisplayLabel: "Trace",
            },
          ],
        },
      },
      {
        ...datasource("Tempo", "tempo", urlOf(settings, "tempo")),
        jsonData: {
          tracesToLogsV2: {
            datasourceUid: uids.loki,
            spanStartTimeShift: "-5m",
            spanEndTimeShift: "5m",
            tags: ["namespace", "pod", "container"].map((key) => ({ key, value: key })),
            customQuery: true,
            query: '{$${__tags}} | trace_id = "$${__trace.traceId}"',
          },
          tracesToMetrics: {
            datasourceUid: uids.prometheus,
            spanStartTimeShift: "-15m",
            spanEndTimeShift: "15m",
            tags: [{ key: "service.name", value: "service_name" }],
            queries: [
              { name: "Requests a second", query: "sum(rate(traces_spanmetrics_calls_total{$$__tags}[5m]))" },
              {
                name: "p95 seconds",
                query:
                  "histogram_quantile(0.95, sum by (le) (rate(traces_spanmetrics_latency_bucket{$$__tags}[5m])))",
              },
            ],
          },
          serviceMap: { datasourceUid: uids.prometheus },
          nodeGraph: { enabled: true },
        },
      },
      {
        ...datasource("Alertmanager", "alertmanager", urlOf(settings, "alertmanager")),
        jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
      },
    ],
  };
}

const datasource = (name: string, type: keyof typeof uids, url: string) => ({
  name,
  uid: uids[type],
  type,
  url,
  access: "proxy",
  orgId: 1,
  editable: true,
});
