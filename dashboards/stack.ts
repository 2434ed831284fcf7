import { tracesBackend } from "../programs/backends";
import { isDeployed, type Stack } from "../programs/program";
import type { Dashboard } from "./dashboard";
import { stat, timeSeries } from "./panels";
import { certificates, resources } from "./stack-resources";

type Rows = Dashboard["rows"];

/** The stack itself: what comes in, what is refused or waits, and whether its disks and memory suffice. */
export function stackDashboard(stack: Stack): Dashboard {
  return {
    uid: "stack",
    folder: "platform",
    title: "Observability stack",
    description: "The stack's own health: what comes in, what is dropped or waits, disks and memory.",
    rows: [
      ...metrics(stack),
      ...(isDeployed(stack, "loki") ? lines(stack) : []),
      ...spans(stack),
      ...resources(stack),
      ...(isDeployed(stack, "blackbox-exporter") ? certificates(stack) : []),
    ],
  };
}

const metrics = ({ settings }: Stack): Rows => [
  {
    title: "Metrics",
    height: 4,
    panels: [
      stat(
        "Scrapes that fail",
        "short",
        "Targets that do not answer, of the stack and of the services. Prometheus' page Targets says why.",
        "count(up == 0) or on () 0 * count(up)",
        [1, 5],
      ),
      stat(
        "Series",
        "short",
        "In memory. It costs about 4 KiB each: see Memory below.",
        "max(prometheus_tsdb_head_series)",
      ),
      stat(
        "Samples",
        "cps",
        "Taken a second. A fall: scrapes fail, as the first number says; a jump: some service has many new series.",
        "max(rate(prometheus_tsdb_head_samples_appended_total[5m]))",
      ),
      stat(
        "Rule evaluations that failed",
        "short",
        "In an hour. Above 0: an alert may be silent; Prometheus' page Rules names the rule.",
        "sum(increase(prometheus_rule_evaluation_failures_total[1h]))",
        [1, 10],
      ),
      stat(
        "Alerts that were not delivered",
        "short",
        "From Prometheus to Alertmanager, and tries from there to a receiver, in an hour. Above 0: somebody does not hear of them. See whether Alertmanager runs; its lines name the receiver.",
        "sum(increase(prometheus_notifications_dropped_total[1h]) or increase(alertmanager_notifications_failed_total[1h]))",
        [1, 10],
      ),
    ],
  },
  {
    height: 8,
    panels: [
      timeSeries(
        "Scrapes that fail, by job",
        "short",
        "One job: look at its pods and their port. Many at once: look at their node, the network and the name server.",
        [{ expr: "sum by (job) (1 - up)", legend: "{{job}}" }],
      ),
      timeSeries(
        "Time for rules",
        "s",
        "Of the last round, by group. Close to the interval rules come late.",
        [
          {
            expr: "max by (rule_group) (prometheus_rule_group_last_duration_seconds)",
            legend: "{{rule_group}}",
          },
        ],
      ),
      timeSeries(
        "Metrics on disk",
        "bytes",
        `Blocks; metrics.retention.size is ${settings.metrics.retention.size}. At it the oldest are deleted before ${settings.metrics.retention.time} are over.`,
        [
          { expr: "max(prometheus_tsdb_storage_blocks_bytes)", legend: "blocks" },
          { expr: "max(prometheus_tsdb_wal_storage_size_bytes)", legend: "log" },
          { expr: "max(prometheus_tsdb_retention_limit_bytes)", legend: "most" },
        ],
      ),
    ],
  },
];

/** Where it reads the pods' logs; Alloy counts Kubernetes' events beside it. */
const promtail = (stack: Stack, expr: string, legend: string) =>
  isDeployed(stack, "promtail") ? [{ expr, legend }] : [];

const lines = (stack: Stack): Rows => [
  {
    title: "Logs",
    height: 8,
    panels: [
      timeSeries(
        "Lines",
        "cps",
        "Sent by the agents and taken by Loki: apart for long, lines wait on the nodes.",
        [
          { expr: "sum(rate(loki_write_sent_entries_total[5m]))", legend: "sent" },
          ...promtail(stack, "sum(rate(promtail_sent_entries_total[5m]))", "sent by Promtail"),
          { expr: "sum(rate(loki_distributor_lines_received_total[5m]))", legend: "taken" },
        ],
      ),
      timeSeries("Lines that are lost", "cps", "By reason. Above 0: the reason names the limit to raise.", [
        { expr: "sum by (reason) (rate(loki_write_dropped_entries_total[5m]))", legend: "agent: {{reason}}" },
        ...promtail(
          stack,
          "sum by (reason) (rate(promtail_dropped_entries_total[5m]))",
          "Promtail: {{reason}}",
        ),
        { expr: "sum by (reason) (rate(loki_discarded_samples_total[5m]))", legend: "Loki: {{reason}}" },
      ]),
      timeSeries(
        "Since lines were last deleted by age",
        "s",
        "Retention runs every few minutes. Hours: it is not applied, and the disk fills.",
        [
          {
            expr: "time() - max(loki_compactor_apply_retention_last_successful_run_timestamp_seconds > 0)",
            legend: "compactor",
          },
        ],
      ),
    ],
  },
];

function spans(stack: Stack): Rows {
  const { datasource, traces } = tracesBackend(stack);
  const name = datasource!.name;
  return [
    {
      title: "Traces",
      height: 8,
      panels: [
        timeSeries(
          "Spans",
          "cps",
          `Of the gateway, and written by ${name} (with tail sampling what is kept). Refused above 0: the queue beside is full, or its memory; see that ${name} answers.`,
          [
            { expr: 'sum(rate(otelcol_receiver_accepted_spans{job="collector"}[5m]))', legend: "taken" },
            { expr: 'sum(rate(otelcol_receiver_refused_spans{job="collector"}[5m]))', legend: "refused" },
            { expr: `sum(rate(${traces.written}[5m]))`, legend: "written" },
          ],
        ),
        timeSeries(
          "Queue to the store",
          "percentunit",
          `Share in use. It rises while ${name} is away, load_balancing while the samplers are; at 1 senders are refused.`,
          [
            {
              expr: "max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)",
              legend: "{{exporter}}",
            },
          ],
        ),
        ...(traces.deleted
          ? [
              timeSeries(
                "Blocks of traces deleted by age",
                "cps",
                "0 for days: retention is not applied, and the disk fills.",
                [{ expr: `sum(rate(${traces.deleted}[1h]))`, legend: "blocks" }],
              ),
            ]
          : []),
      ],
    },
  ];
}
