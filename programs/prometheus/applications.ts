import {
  applicationNamespaces,
  openNamespaces,
  type Service,
  type Settings,
  watchedServices,
} from "../../config/schema";
import { seconds } from "../../config/units";
import { withoutEnvoy, withoutMesh } from "./istio";
import { containerLabel, everywhere, guards, podDiscovery, podLabels, set } from "./relabel";

/*
 * Applications: the services that the settings name, and pods that ask by their annotations. Each of the two has one
 * discovery, however many they are: one a service would watch and cache its namespace's pods once more each. Both are one
 * job, since Prometheus scrapes equal targets of a job once: a pod that is found by its Service and by its annotations
 * counts once, and an annotated pod that only has the label of a named service is scraped as well.
 */

/** Spring's circuit breakers are open for 10 s: a longer interval would miss them. */
const SPRING_PATH = "/actuator/prometheus";
const intervalOf = (settings: Settings, service: Service): string =>
  service.interval ?? (service.path === SPRING_PATH ? "10s" : settings.metrics.scrapeInterval);

/** Prometheus' default: a shorter interval needs a shorter timeout. */
const TIMEOUT = "10s";

const SERVICE = ["namespace", "service"];

/** The name of the Service by which a target was found; empty of one that was found as a pod. */
const FOUND_BY = "__meta_kubernetes_endpointslice_label_kubernetes_io_service_name";

const annotation = (name: string) => `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;

export function applicationsJob(settings: Settings) {
  const discoveries = discoveriesOf(settings);
  if (discoveries.length === 0) return [];
  const services = watchedServices(settings);
  const inMesh = settings.metrics.istio.enabled;
  return [
    {
      job_name: "applications",
      ...guards(settings),
      fallback_scrape_protocol: "PrometheusText0.0.4",
      kubernetes_sd_configs: discoveries,
      relabel_configs: [
        keepServices(services),
        ...keepAnnotated(settings),
        ...podLabels,
        containerLabel,
        // Every port of every container of an annotated pod is found: one target, if no label tells them apart.
        { source_labels: [annotation("scrape")], regex: "true", target_label: "container", replacement: "" },
        ...serviceLabel,
        ...(inMesh ? withoutMesh(annotation("port"), FOUND_BY, named(services).join("|")) : []),
        ...annotatedAddress,
        set("job", "annotated-pods"),
        ...(services.length > 0 ? asTheSettingsSay(settings, services) : []),
        ...everywhere(settings),
      ],
      ...(inMesh ? { metric_relabel_configs: [withoutEnvoy] } : {}),
    },
  ];
}

function discoveriesOf(settings: Settings) {
  const named = applicationNamespaces(settings);
  return [
    ...(watchedServices(settings).length > 0
      ? [{ role: "endpointslice", namespaces: { names: named } }]
      : []),
    ...podDiscovery(settings),
  ];
}

/** Of what was found by a Service: pods, ready or not, on the port of a service that the settings name. */
const keepServices = (services: Service[]) => ({
  action: "keep",
  source_labels: [
    FOUND_BY,
    "__meta_kubernetes_endpointslice_address_target_kind",
    "__meta_kubernetes_endpointslice_port",
    "__meta_kubernetes_namespace",
    FOUND_BY,
  ],
  regex: [
    ";.*",
    ...[...by(services, ({ port }) => String(port))].map(
      ([port, some]) => `[^;]+;Pod;${port};${oneOf(named(some))}`,
    ),
  ].join("|"),
});

/** Names of ports that speak HTTP: others would be down for ever, and page. */
const HTTP_PORT = "(?:.*-)?(?:metrics|prom|prometheus|http|web|admin|management)(?:-metrics)?";

/**
 * Of what was found as a pod: prometheus.io/scrape: "true", with prometheus.io/port and prometheus.io/path, as the habit
 * of the field is. Kubernetes asks for neither: the annotated port need not be declared, and without an annotation the
 * declared ports are taken whose names say that they speak HTTP, or say nothing. Where there is neither, nobody knows
 * where to ask.
 */
function keepAnnotated(settings: Settings) {
  const { stack, agents } = settings.namespaces;
  return [
    // The stack's own pods have jobs of their own.
    ...(openNamespaces(settings)
      ? []
      : [
          {
            action: "drop",
            source_labels: [FOUND_BY, "__meta_kubernetes_namespace"],
            regex: `;(?:${stack}|${agents})`,
          },
        ]),
    {
      action: "keep",
      source_labels: [
        FOUND_BY,
        annotation("scrape"),
        "__meta_kubernetes_pod_phase",
        "__meta_kubernetes_pod_container_init",
        annotation("port"),
        "__meta_kubernetes_pod_container_port_name",
        "__meta_kubernetes_pod_container_port_protocol",
      ],
      regex: `[^;]+;.*|;true;(?:Running|Pending);false;(?:\\d+;.*|;(?:${HTTP_PORT})?;TCP)`,
    },
  ];
}

const serviceLabel = [
  { source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_name"], target_label: "service" },
  { source_labels: ["__meta_kubernetes_pod_label_app"], regex: "(.+)", target_label: "service" },
  { source_labels: [FOUND_BY], regex: "(.+)", target_label: "service" },
];

const addressed = (regex: string, address: string) => ({
  source_labels: [FOUND_BY, "__meta_kubernetes_pod_ip", annotation("port")],
  regex,
  target_label: "__address__",
  replacement: address,
});
const annotatedAddress = [
  addressed(";([\\d.]+);(\\d+)", "$1:$2"),
  addressed(";([\\da-f]*:[\\da-f:]*);(\\d+)", "[$1]:$2"),
  { source_labels: [FOUND_BY, annotation("path")], regex: ";(.+)", target_label: "__metrics_path__" },
];

/** To all pods of the service's name, however they were found: else one found both ways would be two targets. */
const asTheSettingsSay = (settings: Settings, services: Service[]) => [
  {
    source_labels: [...SERVICE, "service"],
    regex: `${oneOf(named(services))};(.+)`,
    target_label: "job",
  },
  ...each(
    services,
    ({ path }) => path,
    "/metrics",
    (path) => [set("__metrics_path__", path)],
  ),
  ...each(
    services,
    (service) => intervalOf(settings, service),
    settings.metrics.scrapeInterval,
    (interval) => [
      set("__scrape_interval__", interval),
      ...(seconds(interval) < seconds(TIMEOUT) ? [set("__scrape_timeout__", interval)] : []),
    ],
  ),
];

/** What has to be said of services that are not as most are: once for each value, to those that have it. */
const each = (
  services: Service[],
  valueOf: (service: Service) => string,
  usual: string,
  rules: (value: string) => object[],
): object[] =>
  [...by(services, valueOf)]
    .filter(([value]) => value !== usual)
    .flatMap(([value, some]) =>
      rules(value).map((rule) => ({ source_labels: SERVICE, regex: named(some).join("|"), ...rule })),
    );

function by(services: Service[], valueOf: (service: Service) => string): Map<string, Service[]> {
  const groups = new Map<string, Service[]>();
  for (const service of services)
    groups.set(valueOf(service), [...(groups.get(valueOf(service)) ?? []), service]);
  return groups;
}

/** `namespace;service` of these, those of a namespace together. */
const named = (services: Service[]): string[] =>
  [...by(services, ({ namespace }) => namespace)].map(
    ([namespace, some]) => `${namespace};${oneOf(some.map(({ name }) => name))}`,
  );

const oneOf = (choices: string[]): string => (choices.length === 1 ? choices[0] : `(?:${choices.join("|")})`);
