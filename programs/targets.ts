import { addressOf } from "./addresses";
import type { Stack } from "./program";

/** Somebody an exporter asks. */
interface Target {
  /** Label `instance`. */
  name: string;
  /** As the exporter is asked for it. */
  target: string;
  /** Further parameters of the question. */
  params?: Record<string, string>;
}

/** The scrape job of an exporter that asks whomever Prometheus names: each target in turn. */
export function targetsJob(stack: Stack, exporter: string, name: string, path: string, targets: Target[]) {
  const { environment: env, region } = stack.settings;
  return {
    job_name: name,
    metrics_path: path,
    static_configs: targets.map(({ name: instance, target, params = {} }) => ({
      targets: [target],
      labels: {
        instance,
        env,
        region,
        ...Object.fromEntries(Object.entries(params).map(([key, value]) => [`__param_${key}`, value])),
      },
    })),
    relabel_configs: [
      { source_labels: ["__address__"], target_label: "__param_target" },
      { target_label: "__address__", replacement: addressOf(stack, exporter, "http") },
    ],
  };
}
