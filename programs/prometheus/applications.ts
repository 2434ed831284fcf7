import {
  applicationNamespaces,
  openNamespaces,
  type Service,
  type Settings,
  watchedServices,
} from "../../config/schema";
import { seconds } from "../../config/units";
import { containerLabel, drop, everywhere, keep, podLabels, set } from "./relabel";

/*
 * Applications: the services that the settings name, and pods that ask by their annotations. Each is one job with one
 * discovery, however many they are: a job a service would watch and cache its namespace's pods once more each.
 */

/** An application's target that explodes is refused as a whole, and seen as down, before it fills the memory. */
const guards = ({ metrics }: Settings) => ({
  sample_limit: metrics.limits.samples,
  label_limit: metrics.limits.labels,
  label_value_length_limit: 2048,
  target_limit: metrics.limits.targets,
});

/** Spring's circuit breakers are open for 10 s: a longer interval would miss them. */
const SPRING_PATH = "/actuator/prometheus";
const intervalOf = (settings: Settings, service: Service): string =>
  service.interval ?? (service.path === SPRING_PATH ? "10s" : settings.metrics.scrapeInterval);

/** Prometheus' default: a shorter interval needs a shorter timeout. */
const TIMEOUT = "10s";

const SERVICE = ["namespace", "service"];

/** Pods behind the Kubernetes Services, ready or not, each a target. */
export function servicesJob(settings: Settings) {
  const services = watchedServices(settings);
  if (services.length === 0) return [];
  const ports = [...by(services, ({ port }) => String(port))];
  return [
    {
      job_name: "named-services",
      ...guards(settings),
      fallback_scrape_protocol: "PrometheusText0.0.4",
      kubernetes_sd_configs: [
        { role: "endpointslice", namespaces: { names: applicationNamespaces(settings) } },
      ],
      relabel_configs: [
        keep("__meta_kubernetes_endpointslice_address_target_kind", "Pod"),
        ...podLabels,
        containerLabel,
        {
          source_labels: ["__meta_kubernetes_endpointslice_label_kubernetes_io_service_name"],
          target_label: "service",
        },
        {
          action: "keep",
          source_labels: ["__meta_kubernetes_endpointslice_port", ...SERVICE],
          regex: ports.map(([port, some]) => `${port};${oneOf(named(some))}`).join("|"),
        },
        { source_labels: ["service"], target_label: "job" },
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
        ...everywhere(settings),
      ],
    },
  ];
}

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

const annotation = (name: string) => `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;

/** Names of ports that speak HTTP: others would be down for ever, and page. */
const HTTP_PORT = "(?:.*-)?(?:metrics|prom|prometheus|http|web|admin|management)(?:-metrics)?";

/**
 * prometheus.io/scrape: "true", with prometheus.io/port and prometheus.io/path, as the habit of the field is. Kubernetes
 * asks for neither: the annotated port need not be declared, and without an annotation the declared ports are taken whose
 * names say that they speak HTTP, or say nothing. Where there is neither, nobody knows where to ask.
 */
export function annotatedJob(settings: Settings) {
  const names = openNamespaces(settings);
  if (names?.length === 0) return [];
  const { stack, agents } = settings.namespaces;
  const addressed = (regex: string, address: string) => ({
    source_labels: ["__meta_kubernetes_pod_ip", annotation("port")],
    regex,
    target_label: "__address__",
    replacement: address,
  });
  return [
    {
      job_name: "annotated-pods",
      ...guards(settings),
      fallback_scrape_protocol: "PrometheusText0.0.4",
      kubernetes_sd_configs: [{ role: "pod", ...(names ? { namespaces: { names } } : {}) }],
      relabel_configs: [
        // The stack's own pods have jobs of their own.
        ...(names ? [] : [drop("__meta_kubernetes_namespace", `${stack}|${agents}`)]),
        keep(annotation("scrape"), "true"),
        keep("__meta_kubernetes_pod_phase", "Running|Pending"),
        keep("__meta_kubernetes_pod_container_init", "false"),
        {
          action: "keep",
          source_labels: [
            annotation("port"),
            "__meta_kubernetes_pod_container_port_name",
            "__meta_kubernetes_pod_container_port_protocol",
          ],
          regex: `\\d+;.*|;(?:${HTTP_PORT})?;TCP`,
        },
        // Every port of every container is found: they are one target, since no label tells them apart.
        addressed("([\\d.]+);(\\d+)", "$1:$2"),
        addressed("([\\da-f]*:[\\da-f:]*);(\\d+)", "[$1]:$2"),
        { source_labels: [annotation("path")], regex: "(.+)", target_label: "__metrics_path__" },
        ...podLabels,
        { source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_name"], target_label: "service" },
        { source_labels: ["__meta_kubernetes_pod_label_app"], regex: "(.+)", target_label: "service" },
        ...namedAlready(settings),
        ...everywhere(settings),
      ],
    },
  ];
}

/** The pods of a named service are scraped by its own job: annotated as well, they would count twice. */
function namedAlready(settings: Settings) {
  const services = watchedServices(settings);
  if (services.length === 0) return [];
  return [{ source_labels: SERVICE, regex: named(services).join("|"), action: "drop" }];
}
