import { openNamespaces, type Settings } from "../../config/schema";
import type { Call } from "../program";
import { everywhere, guards, keep, podDiscovery, podIp, podLabels, set } from "./relabel";

/*
 * Istio's mesh: what each sidecar or gateway measures of the requests and connections that pass through it, and how istiod
 * hands out configuration. Envoy alone offers some thousand series a pod; those are kept that the dashboard reads.
 */

/** On which port Envoy itself answers, without the application's metrics. */
const ENVOY = 15090;
/** Where istiod answers, and with which port it annotates itself. */
const ISTIOD = 15014;
/** With which port Istio annotates each pod of the mesh: Envoy's metrics and those of the application, merged. */
const MERGED = 15020;

const ENVOYS_METRICS = [
  "istio_requests_total",
  "istio_request_duration_milliseconds_(bucket|sum|count)",
  "istio_tcp_connections_(opened|closed)_total",
].join("|");

/** Kiali draws connections by them. */
const KIALIS_METRICS = "istio_tcp_(sent|received)_bytes_total";

const ISTIODS_METRICS = [
  "pilot_xds",
  "pilot_xds_pushes",
  "pilot_total_xds_rejects",
  "pilot_proxy_convergence_time_bucket",
].join("|");

const APP = "__meta_kubernetes_pod_label_app";
const CONTAINER = "__meta_kubernetes_pod_container_name";
const PORT = "__meta_kubernetes_pod_container_port_number";

export function istioJobs(settings: Settings) {
  if (!settings.metrics.istio.enabled) return [];
  const job = (name: string, relabel: object[], metrics: string) => ({
    job_name: name,
    ...guards(settings),
    // Envoy does not say which version of the format it writes.
    fallback_scrape_protocol: "PrometheusText0.0.4",
    kubernetes_sd_configs: discoveries(settings),
    relabel_configs: [
      ...relabel,
      keep("__meta_kubernetes_pod_phase", "Running|Pending"),
      ...podLabels,
      ...everywhere(settings),
    ],
    metric_relabel_configs: [keep("__name__", metrics)],
  });
  return [
    job(
      "istio-proxy",
      // Since Istio 1.27 sidecars are init containers: both kinds are kept.
      [
        { action: "keep", source_labels: [CONTAINER, PORT], regex: `istio-proxy;${ENVOY}` },
        set("__metrics_path__", "/stats/prometheus"),
      ],
      settings.metrics.kiali.enabled ? `${ENVOYS_METRICS}|${KIALIS_METRICS}` : ENVOYS_METRICS,
    ),
    job(
      "istiod",
      // Not every version declares that port. Found once for each that it declares, it is one target.
      [
        { action: "keep", source_labels: [APP, CONTAINER], regex: "istiod;discovery" },
        ...podIp(String(ISTIOD)),
      ],
      ISTIODS_METRICS,
    ),
  ];
}

/** Prometheus watches once for equal discoveries: where the mesh's namespace is open, it adds none to the applications'. */
const discoveries = (settings: Settings) => [
  ...podDiscovery(settings),
  ...closed(settings).map((name) => ({ role: "pod", namespaces: { names: [name] } })),
];

/** The namespace of the mesh, where Prometheus does not reach into it anyway. */
function closed(settings: Settings): string[] {
  const { enabled, namespace } = settings.metrics.istio;
  const open = openNamespaces(settings);
  return enabled && open && !open.includes(namespace) ? [namespace] : [];
}

export const meshCalls = (settings: Settings): Call[] =>
  closed(settings).map(() => ({ to: "mesh", ports: [ISTIOD, ENVOY], why: "scrapes istiod and gateways" }));

/**
 * Of annotated pods: Istio annotates those of the mesh by itself. istiod has a job of its own, and a service that the
 * settings name is scraped on its own port, not where Istio merges it with the sidecar.
 *
 * @param named `namespace;service` of these, as a regular expression
 */
export const withoutMesh = (annotatedPort: string, foundBy: string, named: string) => [
  { action: "drop", source_labels: [foundBy, APP, annotatedPort], regex: `;istiod;${ISTIOD}` },
  ...(named
    ? [
        {
          action: "drop",
          source_labels: [foundBy, annotatedPort, "namespace", "service"],
          regex: `;${MERGED};(?:${named})`,
        },
      ]
    : []),
];

/** What an annotated pod's application has merged with it counts in the sidecar's own job. */
export const withoutEnvoy = { action: "drop", source_labels: ["__name__"], regex: "(istio|envoy)_.+" };
