import { seconds } from "../config/units";
import type { Stack } from "../programs/program";
import type { Dashboard } from "./dashboard";
import { statOfGood, table, timeSeries } from "./panels";

type Rows = Dashboard["rows"];

/** Whether the stack's pods have memory, processor and disk enough, and which of its programs run. */
export function resources({ settings, programs }: Stack): Rows {
  const namespaces = `namespace=~"${settings.namespaces.stack}|${settings.namespaces.agents}"`;
  const perLimit = (usage: string, resource: string) =>
    `max by (pod, container) (${usage}) / on (pod, container) max by (pod, container) (kube_pod_container_resource_limits{${namespaces}, resource="${resource}"})`;
  const { diskPressure, highMemory, highCpu } = settings.alerting.rules;
  const jobs = programs.filter(({ telemetry }) => telemetry).map(({ name }) => name);
  return [
    {
      title: "Pods",
      height: 8,
      panels: [
        timeSeries(
          "Memory against limit",
          "percentunit",
          `HighMemory fires above ${highMemory.threshold * 100} %: raise the program's resources.`,
          [
            {
              expr: perLimit(`container_memory_working_set_bytes{${namespaces}, container!=""}`, "memory"),
              legend: "{{pod}}",
            },
          ],
        ),
        timeSeries(
          "Processor against limit",
          "percentunit",
          `HighCPU fires above ${highCpu.threshold * 100} %: it is throttled, so raise the program's resources.`,
          [
            {
              expr: perLimit(
                `rate(container_cpu_usage_seconds_total{${namespaces}, container!=""}[5m])`,
                "cpu",
              ),
              legend: "{{pod}}",
            },
          ],
        ),
        timeSeries(
          "Volumes of the stack",
          "percentunit",
          `Share in use; kind's are directories of the node and not measured. DiskPressure fires above ${diskPressure.threshold * 100} %: raise that program's storage.size, or shorten its retention.`,
          [
            {
              expr: `max by (persistentvolumeclaim) (kubelet_volume_stats_used_bytes{${namespaces}} / (kubelet_volume_stats_capacity_bytes{${namespaces}} > 0))`,
              legend: "{{persistentvolumeclaim}}",
            },
          ],
        ),
        table("Programs", "1: its scrape succeeds. A program that is missing here has no pod.", [
          {
            title: "Answers",
            unit: "short",
            expr: `min by (job) (up{job=~"${jobs.join("|")}", service=""})`,
          },
        ]),
      ],
    },
  ];
}

/** When those that users gave it end. */
export function certificates({ settings }: Stack): Rows {
  const { within } = settings.alerting.rules.certificateAboutToEnd;
  return [
    {
      height: 4,
      panels: [
        statOfGood(
          "Until certificates end",
          "s",
          `CertificateAboutToEnd fires below ${within}: see why it was not renewed.`,
          'min by (instance) (probe_ssl_earliest_cert_expiry{job="certificates"} - time())',
          [seconds(within) / 2, seconds(within)],
          "{{instance}}",
        ),
      ],
    },
  ];
}
