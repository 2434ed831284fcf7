import { openNamespaces, type Settings } from "../../config/schema";

/** Rules of relabel_configs that several jobs share. */

export const keep = (label: string, regex: string) => ({ action: "keep", source_labels: [label], regex });

/** A dollar sign begins the number of a group. */
export const set = (label: string, value: string) => ({
  target_label: label,
  replacement: value.replaceAll("$", "$$$$"),
});

export const podLabels = [
  { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
  { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
];

/** The pod itself on another port, whose number `port` is or refers to. */
export const podIp = (port: string) => [
  {
    source_labels: ["__meta_kubernetes_pod_ip"],
    regex: "([\\d.]+)",
    target_label: "__address__",
    replacement: `$1:${port}`,
  },
  {
    source_labels: ["__meta_kubernetes_pod_ip"],
    regex: "([\\da-f]*:[\\da-f:]*)",
    target_label: "__address__",
    replacement: `[$1]:${port}`,
  },
];

/** Pods of the namespaces that are open; none is asked for where no namespace is. */
export function podDiscovery(settings: Settings) {
  const open = openNamespaces(settings);
  return open?.length === 0 ? [] : [{ role: "pod", ...(open ? { namespaces: { names: open } } : {}) }];
}

/** A target of others that explodes is refused as a whole, and seen as down, before it fills the memory. */
export const guards = ({ metrics }: Settings) => ({
  sample_limit: metrics.limits.samples,
  label_limit: metrics.limits.labels,
  label_value_length_limit: 2048,
  target_limit: metrics.limits.targets,
});

export const containerLabel = {
  source_labels: ["__meta_kubernetes_pod_container_name"],
  target_label: "container",
};

export const everywhere = (settings: Settings) => [
  set("env", settings.environment),
  set("region", settings.region),
];
