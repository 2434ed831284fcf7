/* Queries that several dashboards ask: of the services' scrapes, and of the recorded request layer (alerts/requests.ts). */

/** Pods that answer their scrape. A service of the settings without any pod has no `up`, and answers with 0. */
export const podsThatAnswer = (labels: string, by: string) =>
  `sum by (${by}) (up{${labels}}) or 0 * max by (${by}) (service:expected{${labels}})`;

export const rateOf = (labels: string, by: string) =>
  `sum by (${by}) (service:http_requests:rate5m{${labels}})`;

/** Share of answers whose status matches; 0 where there are requests and none of them is one, nothing where there are none. */
export const shareOf = (labels: string, status: string, by: string) =>
  `(${rateOf(`${labels ? `${labels}, ` : ""}status=~"${status}"`, by)} or 0 * ${rateOf(labels, by)}) / (${rateOf(labels, by)} > 0)`;

export const durationOf = (quantile: number, labels: string, by: string) =>
  `histogram_quantile(${quantile}, sum by (${[by, "le"].filter(Boolean).join(", ")}) (service:http_request_duration_seconds_bucket:rate5m{${labels}}))`;

/** From the metrics of spans, which carry exemplars: the dots that lead to traces. */
export const durationWithTraces = (quantile: number, spans: string) => ({
  expr: `histogram_quantile(${quantile}, sum by (le) (rate(traces_spanmetrics_latency_bucket{${spans}, span_kind="SPAN_KIND_SERVER"}[5m])))`,
  legend: `p${quantile * 100}`,
  exemplar: true,
});
