import { isDeployed, type Stack } from "../programs/program";
import type { Dashboard } from "./dashboard";
import { type Panel, type Query, stat, table, timeSeries } from "./panels";

type Rows = Dashboard["rows"];

/** Nodes, disks and volumes; PostgreSQL and Redis where they are watched. */
export function infrastructureDashboard(stack: Stack): Dashboard {
  return {
    uid: "infrastructure",
    folder: "platform",
    title: "Infrastructure",
    description: "Nodes, disks and volumes, and the databases that are watched.",
    rows: [
      ...(isDeployed(stack, "node-exporter") ? nodes(stack) : []),
      ...network,
      ...volumes(stack),
      ...(isDeployed(stack, "postgres-exporter") ? postgres : []),
      ...(isDeployed(stack, "redis-exporter") ? redis : []),
    ],
  };
}

const one = (title: string, unit: string, description: string, query: Query | Query[]): Panel =>
  timeSeries(title, unit, description, [query].flat());

function nodes({ settings }: Stack): Rows {
  const { diskPressure, diskFull } = settings.alerting.rules;
  // As the alerts: a read-only one, such as an image, is always full.
  const perFileSystem = (expr: string) =>
    `max by (node, device, mountpoint) (${expr} unless node_filesystem_readonly == 1)`;
  return [
    {
      title: "Nodes",
      height: 8,
      panels: [
        one(
          "Processor",
          "percentunit",
          "Share in use. Above 0.8 for long: add a node, or find who takes it.",
          {
            expr: '1 - avg by (node) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
            legend: "{{node}}",
          },
        ),
        one("Memory", "percentunit", "Share that is not available. Close to 1 the kubelet evicts pods.", {
          expr: "max by (node) (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)",
          legend: "{{node}}",
        }),
        one("Load", "short", "Processes that run or wait, five-minute mean; compare with the processors.", {
          expr: "max by (node) (node_load5)",
          legend: "{{node}}",
        }),
      ],
    },
    {
      height: 8,
      panels: [
        table(
          "File systems",
          `Read-only ones aside. DiskPressure fires above ${diskPressure.threshold * 100} %, DiskFull above ${diskFull.threshold * 100} %: delete, shorten a retention, or grow the disk.`,
          [
            {
              title: "Used",
              unit: "percentunit",
              expr: perFileSystem("1 - node_filesystem_avail_bytes / (node_filesystem_size_bytes > 0)"),
              thresholds: [diskPressure.threshold, diskFull.threshold],
            },
            {
              title: "Free",
              unit: "bytes",
              expr: perFileSystem("node_filesystem_avail_bytes"),
            },
          ],
        ),
        one(
          "Disk",
          "Bps",
          "Flat at a ceiling while Load rises: the disk is the limit; take a faster one, or find who writes.",
          [
            { expr: "sum by (node) (rate(node_disk_read_bytes_total[5m]))", legend: "{{node}} read" },
            { expr: "sum by (node) (rate(node_disk_written_bytes_total[5m]))", legend: "{{node}} written" },
          ],
        ),
      ],
    },
  ];
}

const network: Rows = [
  {
    height: 8,
    panels: [
      one(
        "Network of the nodes",
        "Bps",
        "Over all interfaces. Flat at the machine's bandwidth: Kubernetes workloads, Network, says which pod takes it.",
        [
          {
            expr: 'sum by (node) (rate(container_network_receive_bytes_total{id="/"}[5m]))',
            legend: "{{node}} in",
          },
          {
            expr: 'sum by (node) (rate(container_network_transmit_bytes_total{id="/"}[5m]))',
            legend: "{{node}} out",
          },
        ],
      ),
    ],
  },
];

const volumes = ({ settings }: Stack): Rows => [
  {
    title: "Volumes",
    height: 8,
    panels: [
      one(
        "Volumes in use",
        "percentunit",
        `Of those that the kubelet measures; kind's are directories of the node, which it does not. DiskPressure fires above ${settings.alerting.rules.diskPressure.threshold * 100} %: raise the storage's size.`,
        {
          expr: "max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes / (kubelet_volume_stats_capacity_bytes > 0))",
          legend: "{{namespace}}/{{persistentvolumeclaim}}",
        },
      ),
      table(
        "Claims",
        "Size asked for. Of one that is nearly full raise the storage's size in the settings, or shorten the retention.",
        [
          {
            title: "Size",
            unit: "bytes",
            expr: "max by (namespace, persistentvolumeclaim) (kube_persistentvolumeclaim_resource_requests_storage_bytes)",
          },
        ],
      ),
    ],
  },
];

const postgres: Rows = [
  {
    title: "PostgreSQL",
    height: 8,
    panels: [
      stat(
        "PostgreSQL answers",
        "short",
        "0: PostgreSQLDown fires; see whether it runs and the role may log in.",
        'min by (instance) (pg_up{job="postgres"})',
        [],
        "{{instance}}",
      ),
      one("Connections", "short", "Against the most there may be. Close: a pool that does not give back.", [
        { expr: "sum by (instance) (pg_stat_database_numbackends)", legend: "{{instance}}" },
        { expr: "max by (instance) (pg_settings_max_connections)", legend: "{{instance}} most" },
      ]),
      one("Transactions", "ops", "Rolled back ones are errors of the applications or conflicts.", [
        {
          expr: "sum by (instance) (rate(pg_stat_database_xact_commit[5m]))",
          legend: "{{instance}} committed",
        },
        {
          expr: "sum by (instance) (rate(pg_stat_database_xact_rollback[5m]))",
          legend: "{{instance}} rolled back",
        },
      ]),
      one(
        "Size",
        "bytes",
        "A jump, or growth without an end: look at that database's largest tables, and whether vacuum keeps up.",
        {
          expr: "max by (instance, datname) (pg_database_size_bytes)",
          legend: "{{instance}} {{datname}}",
        },
      ),
    ],
  },
];

const redis: Rows = [
  {
    title: "Redis",
    height: 8,
    panels: [
      stat(
        "Redis answers",
        "short",
        "0: RedisDown fires; see whether it runs and the password is right.",
        'min by (instance) (redis_up{job="redis"})',
        [],
        "{{instance}}",
      ),
      one("Clients", "short", "Connected ones. What only rises is not closed.", {
        expr: "max by (instance) (redis_connected_clients)",
        legend: "{{instance}}",
      }),
      one(
        "Commands",
        "ops",
        "A second. A fall while clients stay: look at the errors of those who call it; a jump: their traces say who asks so often.",
        {
          expr: "sum by (instance) (rate(redis_commands_processed_total[5m]))",
          legend: "{{instance}}",
        },
      ),
      one(
        "Memory of Redis",
        "bytes",
        "At maxmemory keys are evicted or writes refused: raise it, or give keys an end. At 0 nothing is set, and the container's limit ends it.",
        [
          { expr: "max by (instance) (redis_memory_used_bytes)", legend: "{{instance}}" },
          { expr: "max by (instance) (redis_memory_max_bytes)", legend: "{{instance}} maxmemory" },
        ],
      ),
    ],
  },
];
