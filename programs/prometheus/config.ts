import { teamRules } from "../../alerts/teams";
import type { Settings } from "../../config/schema";
import { prometheusSize } from "../../config/units";
import { addressesOf, pathOf, userUrl } from "../addresses";
import type { Stack } from "../program";
import { ampOf, remoteWrite } from "../amp";
import { applicationsJob } from "./applications";
import { istioJobs } from "./istio";
import { containerLabel, everywhere, keep, podLabels } from "./relabel";

/**
 * Prometheus 3: what it scrapes, keeps and evaluates, as the object of its configuration file.
 *
 * Every job writes `env` and `region` onto its targets: an external label would be missing from local queries.
 */
export function prometheusConfig(stack: Stack): object {
  const { settings } = stack;
  const { metrics } = settings;
  const alertmanagerPath = pathOf(stack, "alertmanager");
  const relabel = alertRelabel(settings);
  return {
    global: {
      scrape_interval: metrics.scrapeInterval,
      evaluation_interval: metrics.evaluationInterval,
      ...(hasCopies(settings) ? { external_labels: copyLabels(settings) } : {}),
    },
    rule_files: ["/etc/prometheus/rules/*.yaml"],
    storage: {
      tsdb: { retention: { time: metrics.retention.time, size: prometheusSize(metrics.retention.size) } },
      exemplars: { max_exemplars: 20_000 },
    },
    alerting: {
      ...(relabel.length > 0 ? { alert_relabel_configs: relabel } : {}),
      alertmanagers: [
        {
          ...(alertmanagerPath ? { path_prefix: alertmanagerPath } : {}),
          // All of them: they tell each other who was told, and not what there is to tell.
          static_configs: [{ targets: addressesOf(stack, "alertmanager", "http") }],
        },
      ],
    },
    ...remoteWrite(settings),
    scrape_configs: [
      ...applicationsJob(settings),
      ...stackJobs(stack),
      ...kubeletJobs(settings),
      ...istioJobs(settings),
      ...stack.programs.flatMap(({ scrapeJobs }) => scrapeJobs?.(stack) ?? []),
      ...extraJobs(settings),
    ],
  };
}

/** What alerts say of themselves on their way out. Those of a pair are the same alerts. */
const alertRelabel = (settings: Settings): object[] => [
  ...(hasCopies(settings) ? [{ action: "labeldrop", regex: "__replica__" }] : []),
  ...teamRules(settings),
];

/** Whether others get its samples or alerts beside those of another Prometheus. */
export const hasCopies = (settings: Settings): boolean =>
  settings.metrics.replicas > 1 || ampOf(settings) !== null;

/** Whom these samples and alerts are from: whoever gets them from both servers of a pair counts them once by these. */
const copyLabels = ({ environment, region }: Settings) => ({
  cluster: `${environment}-${region}`,
  // Prometheus puts in the environment variable.
  __replica__: "${POD_NAME}",
});

/** The stack's own pods, on the ports that the programs say are telemetry. */
function stackJobs(stack: Stack) {
  const { settings } = stack;
  const sd = [
    {
      role: "pod",
      namespaces: { names: [settings.namespaces.stack, settings.namespaces.agents] },
      selectors: [
        {
          role: "pod",
          label: `app.kubernetes.io/part-of=observability-stack,app.kubernetes.io/instance=${stack.name}`,
        },
      ],
    },
  ];
  const name = "__meta_kubernetes_pod_label_app_kubernetes_io_name";
  const program = { source_labels: [name], target_label: "job" };
  const marked = (aboutOthers: boolean) => [
    {
      action: "keep",
      source_labels: [name, "__meta_kubernetes_pod_container_port_name"],
      regex: telemetryPorts(stack, aboutOthers).join("|"),
    },
    keep("__meta_kubernetes_pod_phase", "Running|Pending"),
  ];
  return [
    {
      job_name: "stack",
      kubernetes_sd_configs: sd,
      relabel_configs: [
        ...marked(false),
        program,
        // Grafana answers under its path only.
        {
          source_labels: ["__meta_kubernetes_pod_annotation_prometheus_io_path"],
          regex: "(.+)",
          target_label: "__metrics_path__",
        },
        ...podLabels,
        containerLabel,
        { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "node" },
        ...everywhere(settings),
      ],
    },
    {
      job_name: "stack-samples",
      honor_labels: true,
      kubernetes_sd_configs: sd,
      // The pod's own namespace and name would be put onto series that are about other pods: left out.
      relabel_configs: [...marked(true), program, ...everywhere(settings)],
    },
  ];
}

/** `program;port` of every port that is marked as telemetry. */
const telemetryPorts = (stack: Stack, others: boolean): string[] =>
  stack.programs.flatMap((program) =>
    (program.telemetry?.(stack) ?? [])
      .filter(({ aboutOthers = false }) => aboutOthers === others)
      .map(({ port }) => `${program.name};${port}`),
  );

/** cAdvisor offers some hundred metrics a container; these are the ones that rules, dashboards and people on call read. */
const CADVISOR = [
  "container_cpu_usage_seconds_total",
  "container_cpu_cfs_(throttled_)?periods_total",
  "container_memory_(working_set_bytes|rss|usage_bytes)",
  "container_network_(receive|transmit)_(bytes|errors)_total",
  "container_fs_(reads|writes)_bytes_total",
  "container_oom_events_total",
  "machine_(cpu_cores|memory_bytes)",
].join("|");

function kubeletJobs(settings: Settings) {
  const job = (name: string, path: string) => ({
    job_name: name,
    scheme: "https",
    metrics_path: path,
    authorization: { credentials_file: "/var/run/secrets/kubernetes.io/serviceaccount/token" },
    // Kubelets sign their own serving certificate in kind and in EKS alike; the token goes to nodes of the API only.
    tls_config: { insecure_skip_verify: true },
    kubernetes_sd_configs: [{ role: "node" }],
    relabel_configs: [
      { source_labels: ["__meta_kubernetes_node_name"], target_label: "node" },
      ...everywhere(settings),
    ],
  });
  return [
    {
      ...job("kubelet", "/metrics"),
      metric_relabel_configs: [
        keep("__name__", "kubelet_(volume_stats|running|pleg|node_name).*|process_.*"),
      ],
    },
    { ...job("cadvisor", "/metrics/cadvisor"), metric_relabel_configs: [keep("__name__", CADVISOR)] },
  ];
}

/** Jobs of the user's own. Without env and region their series would be missing where those are asked for. */
const extraJobs = (settings: Settings) =>
  settings.metrics.extraScrapeConfigs.map((job) => ({
    ...job,
    relabel_configs: [...(job.relabel_configs ?? []), ...everywhere(settings)],
  }));

/** Command line of the server. Alerts link to the external URL; its path is that of all pages and of the API. */
export const prometheusArgs = (stack: Stack): string[] => [
  "--config.file=/etc/prometheus/config/prometheus.yml",
  "--storage.tsdb.path=/prometheus",
  `--web.external-url=${userUrl(stack, "prometheus")}`,
  "--enable-feature=auto-reload-config,exemplar-storage",
  "--config.auto-reload-interval=10s",
];
