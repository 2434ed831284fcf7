/*
 * Queries of what Istio measures.
 *
 * Each request passes two proxies. `destination` is the one of the service: what it answered, how long that took, whether
 * the connection was encrypted. `source` is the caller's: it alone knows of what never arrived, and of servers outside.
 */
type Reporter = "destination" | "source";

const HERE = 'destination_service_namespace=~"$namespace"';
export const BY = "namespace, service";
/** Who calls, and who is called. */
export const CALLS = `source_workload_namespace, source_workload, ${BY}`;
export const LEGEND = "{{namespace}}/{{service}}";

/** gRPC answers 200 whatever happens: of its own codes these are the server's failures (unknown, deadline exceeded, unimplemented, internal, unavailable, data loss). */
const GRPC_FAILURES = "2|4|12|13|14|15";

/** Istio's names of whom a request was for, as the other dashboards name them. */
const named = (rates: string) =>
  `label_replace(label_replace(${rates}, "namespace", "$1", "destination_service_namespace", "(.+)"), "service", "$1", "destination_service_name", "(.+)")`;

export const rateOf = (metric: string, reporter: Reporter, more = "") =>
  `rate(istio_${metric}{reporter="${reporter}", ${HERE}${more}}[5m])`;
export const sumOf = (rates: string, by: string) =>
  by ? `sum by (${by}) (${named(rates)})` : `sum(${rates})`;

export const requests = (reporter: Reporter, by: string) => sumOf(rateOf("requests_total", reporter), by);

/** Share of `all`: 0 where there are some and none of them is one, nothing where there are none. */
const share = (part: string, all: string) => `(${part} or 0 * ${all}) / (${all} > 0)`;

export const errors = (reporter: Reporter, by: string) => {
  const of = (more: string) => rateOf("requests_total", reporter, more);
  const failed = `(${of(', response_code=~"5.."')} or ${of(`, grpc_response_status=~"${GRPC_FAILURES}"`)})`;
  return share(sumOf(failed, by), requests(reporter, by));
};

export const duration = (quantile: number, reporter: Reporter, by: string) =>
  `histogram_quantile(${quantile}, ${sumOf(rateOf("request_duration_milliseconds_bucket", reporter), by ? `${by}, le` : "le")})`;

/** The caller's proxy cannot say whether a connection was encrypted: it reports `unknown`. */
export const encrypted = (metric: string, by: string) =>
  share(
    sumOf(rateOf(metric, "destination", ', connection_security_policy="mutual_tls"'), by),
    sumOf(rateOf(metric, "destination"), by),
  );
export const OPENED = "tcp_connections_opened_total";
export const CLOSED = "tcp_connections_closed_total";

/** Counted by the callers' proxies: databases have none of their own. */
export const connections = (what: string) => sumOf(`istio_${what}{reporter="source", ${HERE}}`, BY);
