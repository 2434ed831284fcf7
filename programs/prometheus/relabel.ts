import type { Settings } from "../../config/schema";

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

export const containerLabel = {
  source_labels: ["__meta_kubernetes_pod_container_name"],
  target_label: "container",
};

export const everywhere = (settings: Settings) => [
  set("env", settings.environment),
  set("region", settings.region),
];
