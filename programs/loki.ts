import { logRuleFiles } from "../alerts";
import { teamRules } from "../alerts/teams";
import type { Settings } from "../config/schema";
import { bytes, goDuration, seconds } from "../config/units";
import { addressesOf, headless, namespaceOf, pathOf, urlOf, userUrl } from "./addresses";
import { range, selector } from "./logql";
import { evaluates, lokiAlerts } from "./loki-alerts";
import { configFile } from "./overrides";
import { uidOf } from "./backends";
import type { Program, Stack } from "./program";
import { callsOf, endpointOf, inBucket, isPlain, type S3 } from "./s3";

const ports = { http: 3100, grpc: 9096 };
/** Where replicas tell each other who is there. */
const GOSSIP = 7946;
/** Loki looks there every minute. */
const RULES = "/etc/loki/rules";
/** Whose lines they are where nobody names a tenant. */
const TENANT = "fake";
const several = ({ logs }: Settings): boolean => logs.replicas > 1;

/** Keeps logs. */
export const loki: Program = {
  name: "loki",
  component: "logs",
  workload: "StatefulSet",
  image: "loki",
  go: true,
  user: 10001,
  enabled: ({ logs }) => logs.backend === "loki",
  ports: (settings) => (several(settings) ? { ...ports, gossip: GOSSIP } : ports),
  telemetry: () => [{ port: "http" }],
  replicas: ({ logs }) => logs.replicas,
  ...inBucket(({ logs }) => logs.s3),
  calls: ({ settings }) => [
    ...callsOf(settings.logs.s3),
    ...(several(settings)
      ? [{ to: "loki", ports: ["http", "grpc", "gossip"], why: "its other replicas" }]
      : []),
    ...(evaluates(settings) ? [{ to: "alertmanager", ports: ["http"], why: "alerts on lines" }] : []),
  ],
  args: () => ["-config.file=/etc/loki/loki.yaml", "-target=all"],
  files: (stack) => [
    {
      name: "config",
      path: "/etc/loki",
      files: { "loki.yaml": configFile(stack, "loki", lokiConfig(stack)) },
    },
    ...(evaluates(stack.settings)
      ? [{ name: "rules", path: `${RULES}/${TENANT}`, reloaded: true, files: logRuleFiles(stack) }]
      : []),
  ],
  data: ({ logs }) => ({ path: "/loki", setting: "logs.storage", ...logs.storage }),
  probes: () => ({
    // It answers 503 while it replays its log.
    startup: { path: "/ready", port: "http", minutes: 15 },
    ready: { path: "/ready", port: "http", delay: 30, period: 5 },
    live: { path: "/ready", port: "http", delay: 45, period: 10 },
  }),
  resources: ({ logs }) => logs.resources,
  alerts: (stack) => [lokiAlerts(stack)],
  logs: {
    port: "http",
    pushUrl: (stack) => `${urlOf(stack, "loki", "http")}/loki/api/v1/push`,
    linesOfTrace: '{$${__tags}} | trace_id = "$${__trace.traceId}"',
    show: (which) => range(selector(which)),
    count: (which, by, what) =>
      range(
        `sum by (${by}) (${what === "bytes" ? "bytes_rate" : "rate"}(${selector(which)}[5m]))`,
        `{{${by}}}`,
      ),
    per: "second",
    search: { words: "regular expression", any: "" },
  },
  datasource: {
    signal: "logs",
    name: "Loki",
    type: "loki",
    port: "http",
    jsonData: (stack) => ({
      derivedFields: [
        {
          name: "TraceID",
          matcherType: "label",
          matcherRegex: "trace_id",
          url: "$${__value.raw}",
          datasourceUid: uidOf(stack, "traces"),
          urlDisplayLabel: "Trace",
        },
      ],
    }),
  },
};

/** A share of the memory limit, in MiB. */
const memory = ({ settings }: Stack, share: number): number =>
  Math.floor((bytes(settings.logs.resources.limits.memory) * share) / 2 ** 20);

/**
 * Bytes of the memory limit for each stream, which is what a container says at one level and is held for half an hour.
 * 13 KiB were measured; the rest is for searches. Loki's own limit is 5,000 streams, which some 1,500 pods have: an agent
 * with lines of one more cannot send any of its lines.
 */
const STREAM = 32 * 2 ** 10;

/** Loki 3 as one binary, with retention that is enforced: the compactor deletes. */
export function lokiConfig(stack: Stack): object {
  const { settings } = stack;
  const { s3 } = settings.logs;
  const store = s3 ? "s3" : "filesystem";
  return {
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: { http_listen_port: ports.http, grpc_listen_port: ports.grpc, log_level: "warn" },
    common: {
      path_prefix: "/loki",
      ...ring(settings),
      storage: s3
        ? { s3: bucketConfig(s3) }
        : { filesystem: { chunks_directory: "/loki/chunks", rules_directory: "/loki/rules" } },
    },
    ...(several(settings) ? { memberlist: memberlist(stack) } : {}),
    ...(evaluates(settings) ? { ruler: rulerConfig(stack) } : {}),
    schema_config: {
      configs: [
        {
          // In the past, so that lines older than the installation are taken as well.
          from: "2024-01-01",
          store: "tsdb",
          object_store: store,
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    limits_config: {
      retention_period: settings.logs.retention.time,
      // Labels are namespace, pod, container, app and level; Loki must not add its own guesses.
      discover_service_name: [],
      discover_log_levels: false,
      allow_structured_metadata: true,
      max_global_streams_per_user: Math.floor(bytes(settings.logs.resources.limits.memory) / STREAM),
      // Agents leave out what is deleted anyway. An hour more: what they read at its limit may wait until Loki is there.
      reject_old_samples_max_age: goDuration(`${seconds(settings.logs.retention.time) + 3600}s`),
      // What is kept can be asked for, and a range before that is no error; the default is a month.
      max_query_length: 0,
      // By default 500: an alert or a panel on a thousand applications would be an error.
      max_query_series: 5000,
      // A longer line is kept and says that it was cut; the default refuses it, and nobody hears of it.
      max_line_size: "256KB",
      max_line_size_truncate: true,
      max_line_size_truncate_identifier: " [cut at 256 KiB]",
    },
    compactor: {
      working_directory: "/loki/compactor",
      retention_enabled: true,
      delete_request_store: store,
    },
    ingester: {
      wal: {
        dir: "/loki/wal",
        flush_on_shutdown: true,
        // At its start the log is read back; above this size it is written out before more is read. Default 4 GB.
        replay_memory_ceiling: `${memory(stack, 0.25)}MB`,
      },
    },
    // The defaults are 100 MB for chunks, and again for each of four kinds of results.
    chunk_store_config: { chunk_cache_config: cache(memory(stack, 0.06)) },
    query_range: { results_cache: { cache: cache(memory(stack, 0.02)) } },
  };
}

/** A replica alone asks itself; several find each other, and each line goes to all three. */
const ring = (settings: Settings) =>
  several(settings)
    ? { replication_factor: settings.logs.replicas, ring: { kvstore: { store: "memberlist" } } }
    : {
        instance_addr: "127.0.0.1",
        replication_factor: 1,
        ring: { kvstore: { store: "inmemory" } },
      };

/** Asks the lines as rules say, each rule by one replica. */
const rulerConfig = (stack: Stack) => ({
  storage: { type: "local", local: { directory: RULES } },
  rule_path: "/loki/rules",
  enable_sharding: several(stack.settings),
  alertmanager_url: addressesOf(stack, "alertmanager", "http")
    .map((address) => `http://${address}${pathOf(stack, "alertmanager")}`)
    .join(","),
  ...alertRelabel(teamRules(stack.settings)),
  // What messages link to as the query.
  external_url: userUrl(stack, "grafana"),
  datasource_uid: uidOf(stack, "logs"),
});

const alertRelabel = (rules: object[]) => (rules.length > 0 ? { alert_relabel_configs: rules } : {});

const memberlist = ({ settings }: Stack) => ({
  join_members: [`${headless("loki")}.${namespaceOf(settings, loki)}.svc:${GOSSIP}`],
  bind_port: GOSSIP,
  // The first one that starts is alone, and nothing is wrong about that.
  abort_if_cluster_join_fails: false,
  // Whoever started before the others were known by name asks again; by default never.
  rejoin_interval: "10s",
});

const bucketConfig = (s3: S3) => ({
  bucketnames: s3.bucket,
  region: s3.region,
  endpoint: endpointOf(s3),
  insecure: isPlain(s3),
  s3forcepathstyle: s3.endpoint !== undefined,
});

const cache = (max_size_mb: number) => ({ embedded_cache: { enabled: true, max_size_mb } });
