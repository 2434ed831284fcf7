/**
 * Recorded: no mesh runs in these tests. Series as Envoy in a sidecar and istiod expose them, with the label sets of
 * https://istio.io/latest/docs/reference/config/metrics/ (Istio 1.27). Each counter begins at 0 and grows evenly, so that what
 * a query has to answer can be said beforehand.
 */

type Labels = Record<string, string>;

export interface Recorded {
  name: string;
  labels: Labels;
  /** Growth a second of a counter; or a gauge's value. */
  rate?: number;
  value?: number;
}

/** A pod of the mesh and what its proxy tells. */
export interface MeshPod {
  namespace: string;
  name: string;
  series: Recorded[];
}

interface Side {
  namespace: string;
  name: string;
}

/** No sidecar: the other side's proxy knows nothing of it. */
const outside = { namespace: "unknown", name: "unknown" };
const web = { namespace: "shop", name: "web" };
const board = { namespace: "shop", name: "board" };
const pay = { namespace: "shop", name: "pay" };
const ledger = { namespace: "shop", name: "ledger" };
const mongo = { namespace: "shop", name: "mongo" };
const users = { namespace: "bank", name: "users" };

const sideLabels = (prefix: string, { namespace, name }: Side, secure: boolean): Labels => {
  const known = name !== "unknown";
  return {
    [`${prefix}_workload`]: known ? `${name}-v1` : name,
    [`${prefix}_canonical_service`]: name,
    [`${prefix}_canonical_revision`]: known ? "v1" : "latest",
    [`${prefix}_workload_namespace`]: namespace,
    [`${prefix}_principal`]: secure ? `spiffe://cluster.local/ns/${namespace}/sa/${name}` : "unknown",
    [`${prefix}_app`]: name,
    [`${prefix}_version`]: known ? "v1" : "unknown",
    [`${prefix}_cluster`]: known ? "Kubernetes" : "unknown",
  };
};

type Reporter = "source" | "destination";

/** Labels that all metrics of a pair have. */
function pair(reporter: Reporter, from: Side, to: Side, protocol: string): Labels {
  const secure = from !== outside && to !== mongo;
  return {
    reporter,
    ...sideLabels("source", from, secure),
    ...sideLabels("destination", to, secure),
    destination_service: `${to.name}.${to.namespace}.svc.cluster.local`,
    destination_service_name: to.name,
    destination_service_namespace: to.namespace,
    request_protocol: protocol,
    response_flags: "-",
    connection_security_policy: reporter === "source" ? "unknown" : secure ? "mutual_tls" : "none",
  };
}

/** Answers a second that took at most 25 ms, and those that took 100 to 250 ms. */
function http(labels: Labels, answer: Labels, fast: number, slow = 0): Recorded[] {
  const all = { ...labels, response_code: "200", grpc_response_status: "", ...answer };
  const buckets: [string, number][] = [
    ["5", 0],
    ["10", 0],
    ["25", fast],
    ["50", fast],
    ["100", fast],
    ["250", fast + slow],
    ["+Inf", fast + slow],
  ];
  const duration = "istio_request_duration_milliseconds";
  return [
    { name: "istio_requests_total", labels: all, rate: fast + slow },
    ...buckets.map(([le, rate]) => ({ name: `${duration}_bucket`, labels: { ...all, le }, rate })),
    { name: `${duration}_sum`, labels: all, rate: 20 * fast + 200 * slow },
    { name: `${duration}_count`, labels: all, rate: fast + slow },
    { name: "istio_request_bytes_sum", labels: all, rate: 900 },
  ];
}

const tcp = (labels: Labels, opened: number, closed?: number): Recorded[] => [
  { name: "istio_tcp_connections_opened_total", labels, rate: opened },
  ...(closed === undefined ? [] : [{ name: "istio_tcp_connections_closed_total", labels, rate: closed }]),
  { name: "istio_tcp_sent_bytes_total", labels, rate: 4096 },
];

/** What Envoy tells besides, by the hundred. */
const envoysOwn: Recorded[] = [
  { name: "envoy_server_live", labels: {}, value: 1 },
  { name: "envoy_cluster_upstream_cx_total", labels: { cluster_name: "xds-grpc" }, rate: 1 },
];

export const pods: MeshPod[] = [
  {
    ...web,
    name: "web-1",
    series: [
      ...http(pair("source", web, board, "http"), {}, 8),
      ...http(pair("source", web, board, "http"), { response_code: "503" }, 1),
      // No pod was ready: the service has heard of none of these.
      ...http(pair("source", web, board, "http"), { response_code: "503", response_flags: "UH" }, 1),
      ...tcp(pair("source", web, mongo, "tcp"), 2, 1.5),
      ...tcp(pair("source", web, ledger, "tcp"), 4),
    ],
  },
  {
    ...board,
    name: "board-1",
    series: [
      ...http(pair("destination", web, board, "http"), {}, 8),
      ...http(pair("destination", web, board, "http"), { response_code: "503" }, 1),
      ...http(pair("destination", outside, board, "http"), {}, 0, 1),
    ],
  },
  {
    ...pay,
    name: "pay-1",
    series: [
      ...http(pair("destination", web, pay, "grpc"), { grpc_response_status: "0" }, 2),
      // Not found is an answer, unavailable is a failure.
      ...http(pair("destination", web, pay, "grpc"), { grpc_response_status: "5" }, 1),
      ...http(pair("destination", web, pay, "grpc"), { grpc_response_status: "14" }, 1),
    ],
  },
  {
    ...ledger,
    name: "ledger-1",
    series: [
      ...tcp(pair("destination", web, ledger, "tcp"), 4),
      ...tcp(pair("destination", outside, ledger, "tcp"), 1),
    ],
  },
  { ...users, name: "users-1", series: http(pair("destination", web, users, "http"), {}, 6) },
].map((pod) => ({ ...pod, series: [...pod.series, ...envoysOwn] }));

const CONVERGED: [string, number][] = [
  ["0.1", 9],
  ["0.5", 10],
  ["1", 10],
  ["3", 10],
  ["+Inf", 10],
];

export const istiod: MeshPod = {
  namespace: "istio-system",
  name: "istiod-1",
  series: [
    { name: "pilot_xds", labels: { version: "1.27.1" }, value: 5 },
    { name: "pilot_xds_pushes", labels: { type: "eds" }, rate: 2 },
    { name: "pilot_xds_pushes", labels: { type: "cds_senderr" }, rate: 0.5 },
    { name: "pilot_total_xds_rejects", labels: { type: "lds" }, rate: 0.2 },
    ...CONVERGED.map(([le, rate]) => ({ name: "pilot_proxy_convergence_time_bucket", labels: { le }, rate })),
    { name: "pilot_services", labels: {}, value: 14 },
    { name: "go_goroutines", labels: {}, value: 600 },
  ],
};

const valueAt = ({ rate, value }: Recorded, seconds: number) => value ?? rate! * seconds;

/** A line of the format; with the time it is OpenMetrics. */
export const line = (series: Recorded, seconds: number, more: Labels = {}, time?: number): string => {
  const labels = Object.entries({ ...series.labels, ...more }).map(([name, value]) => `${name}="${value}"`);
  return `${series.name}{${labels.join(",")}} ${valueAt(series, seconds)}${time === undefined ? "" : ` ${time}`}`;
};

/** What the pod answers. */
export const exposition = ({ series }: MeshPod, seconds: number): string =>
  `${series.map((one) => line(one, seconds)).join("\n")}\n`;
