import { parser as logql } from "@grafana/lezer-logql";
import { parser as traceql } from "@grafana/lezer-traceql";
import { parser as promql } from "@prometheus-io/lezer-promql";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ruleGroups } from "../alerts";
import { dashboardFiles } from "../dashboards";
import { datasources } from "../programs/grafana/datasources";
import { prometheusConfig } from "../programs/prometheus/config";
import { settingsOf } from "../config/settings";
import { stackOf } from "../programs";
import { programOf } from "../programs/program";
import { metricNames } from "./support/metric-names";

type Language = "promql" | "logql" | "traceql";
type Query = [where: string, language: Language, text: string];

const parsers = { promql, logql, traceql };

/** What the grammar cannot read, with a piece of the text around it; nothing when the query is well-formed. */
function mistakes(language: Language, text: string): string[] {
  const found: string[] = [];
  parsers[language].parse(text).iterate({
    enter: ({ type, from }) => {
      if (type.isError) found.push(`at ${from}: ${text.slice(from, from + 20)}`);
    },
  });
  return found;
}

/** Grafana fills these in before it asks: `$$__tags` is `{a="b"}`, `{$$...}` has its braces written out. */
const filled = (text: string) =>
  text
    .replaceAll("{$${__tags}}", '{a="b"}')
    .replaceAll("$$__tags", 'a="b"')
    .replaceAll(/\$?\$\{[^}]+\}/g, "x")
    // A duration, such as the time that is shown.
    .replaceAll("[$__range]", "[1h]")
    .replaceAll(/\$[a-z_]+/g, "x");

interface Target {
  expr?: string;
  query?: string;
  datasource: { type: string };
}
interface Model {
  panels: { title: string; targets?: Target[] }[];
  templating: { list: { name: string; type: string; query: { query: string } }[] };
}
interface Link {
  name: string;
  jsonData: {
    tracesToLogsV2?: { query: string };
    tracesToMetrics?: { queries: { name: string; query: string }[] };
  };
}

const server = { name: "main", host: "db.example.org" };
const settings = settingsOf(
  {
    services: [{ name: "a", namespace: "shop", port: 80 }],
    metrics: {
      postgres: { targets: [{ ...server, username: "monitor", password: "secret" }] },
      redis: { targets: [server] },
      istio: { enabled: true },
      amp: { url: "https://aps.example.org/workspaces/ws-1", region: "us-east-1" },
    },
    edge: { url: "https://ops.example.org", tls: { secretName: "certificate" } },
    alerting: { extraAlerts: [{ name: "Own", logs: 'rate({app="a"}[5m]) > 1', summary: "Lines" }] },
  },
  "kind",
);
const stack = stackOf(settings, "kind");
const languages: Record<string, Language> = { prometheus: "promql", loki: "logql", tempo: "traceql" };

const rules = ruleGroups(stack).flatMap((group) => group.rules);
const fromDashboards: Query[] = Object.values(dashboardFiles(stack))
  .flatMap((files) => Object.values(files))
  .map((text) => JSON.parse(text) as Model)
  .flatMap(({ panels, templating }) => [
    ...panels.flatMap(({ title, targets }) =>
      (targets ?? []).map(({ expr, query, datasource }): Query => [
        title,
        languages[datasource.type],
        expr ?? query ?? "",
      ]),
    ),
    ...templating.list
      .filter(({ type }) => type === "query")
      .map(({ name, query }): Query => {
        const [, selector] = /^label_values\((.+), *\w+\)$/.exec(query.query) ?? [];
        return [`$${name}`, "promql", selector ?? query.query];
      }),
  ]);
const fromLinks: Query[] = (datasources(stack) as { datasources: Link[] }).datasources.flatMap(
  ({ name, jsonData: { tracesToLogsV2: logs, tracesToMetrics: metrics } }) => [
    ...(logs ? [[`${name} to logs`, "logql", logs.query] as Query] : []),
    ...(metrics?.queries ?? []).map(({ name: link, query }): Query => [`${name} ${link}`, "promql", query]),
  ],
);
/** What people on call are told to ask; names in capitals stand for those of the alert. */
const fromRunbook = [
  ...readFileSync(join(__dirname, "../alerts/RUNBOOK.md"), "utf8").matchAll(/`([^`]+)`/g),
].flatMap(([, text]): Query[] => {
  if (/^\{\w+(=|!)/.test(text)) return [["the runbook", "logql", text]];
  return /^[a-z_:0-9]*[a-z_0-9][({[]|^[a-z]+ by \(|^\(/.test(text) ? [["the runbook", "promql", text]] : [];
});
const queries: Query[] = [
  ...rules.map(({ alert, record, expr }): Query => [alert ?? record ?? "", "promql", expr]),
  ...fromDashboards,
  ...fromLinks,
  ...fromRunbook,
];

test.each(queries)("%s is well-formed %s", (_, language, text) => {
  expect(text).not.toBe("");
  expect(mistakes(language, filled(text))).toEqual([]);
});

test("each language is asked by something", () => {
  expect(new Set(queries.map(([, language]) => language))).toEqual(new Set(["promql", "logql", "traceql"]));
  expect(fromLinks.map(([, language]) => language)).toEqual(["logql", ...Array<string>(4).fill("promql")]);
  for (const language of ["promql", "logql"])
    expect(fromRunbook.filter(([, of]) => of === language).length).toBeGreaterThan(9);
});

test.each<[Language, string]>([
  ["promql", "sum(rate(up[5m])"],
  ["promql", "up{a=b}"],
  ["logql", '{app="a"} | trace_id ='],
  ["logql", '{app="a" |= "error"'],
  ["traceql", "{resource.service.name=}"],
])("a broken %s query is noticed: %s", (language, text) => {
  expect(mistakes(language, text)).not.toEqual([]);
});

const [allowList] = programOf(stack, "kube-state-metrics").args!(stack).filter((arg) =>
  /allowlist/.test(arg),
);

/** Names that come from outside the stack's own rules, by what provides them. */
const provided = [
  // Prometheus' own of each scrape.
  /^(up|scrape_samples_post_metric_relabeling)$/,
  /^prometheus_config_last_reload_successful$/,
  ...allowList
    .split("=")[1]
    .split(",")
    .map((name) => new RegExp(name)),
  /^ALERTS(_FOR_STATE)?$/,
  /^prometheus_target_scrape_pool_target(s|_limit)$/,
  /^alertmanager_(notifications_failed_total|cluster_members)$/,
  /^prometheus_remote_storage_samples_(failed|retried)_total$/,
  /^node_filesystem_((avail|size)_bytes|readonly)$/,
  /^node_(cpu_seconds_total|load5|memory_Mem(Available|Total)_bytes|disk_(read|written)_bytes_total)$/,
  /^pg_(up|settings_max_connections|database_size_bytes)$/,
  /^pg_stat_database_(numbackends|xact_(commit|rollback))$/,
  /^probe_ssl_earliest_cert_expiry$/,
  /^redis_(up|connected_clients|commands_processed_total|memory_(used|max)_bytes|instance_info)$/,
  /^prometheus_tsdb_(compactions_failed_total|head_(series|samples_appended_total)|storage_blocks_bytes|wal_storage_size_bytes|retention_limit_bytes)$/,
  /^prometheus_(rule_(evaluation_failures_total|group_(last_duration_seconds|iterations_missed_total))|notifications_dropped_total)$/,
  /^loki_(write_(sent|dropped)_entries_total|distributor_lines_received_total|discarded_samples_total)$/,
  /^promtail_(sent|dropped)_entries_total$/,
  /^loki_ingester_(memory_streams|chunks_flush_failures_total)$/,
  /^loki_prometheus_rule_(evaluation_failures_total|group_rules)$/,
  /^grafana_alerting_rule_evaluation_failures_total$/,
  /^loki_compactor_apply_retention_last_successful_run_timestamp_seconds$/,
  /^otelcol_(receiver_(accepted|refused)_spans|exporter_(queue_(size|capacity)|send_failed_spans))$/,
  /^tempo(_(distributor_spans_received|discarded_spans|ingester_failed_flushes)_total|db_(retention_(deleted|errors)|compaction_errors)_total)$/,
  // prom-client's defaults.
  /^process_(cpu_seconds_total|resident_memory_bytes)$/,
  /^nodejs_(version_info|eventloop_lag_p99_seconds|heap_size_used_bytes|gc_duration_seconds_sum|active_(handles|requests)_total)$/,
  // Micrometer's and Resilience4j's.
  /^process_cpu_usage$/,
  /^jvm_(info|memory_(used|max)_bytes|gc_pause_seconds_sum|threads_live_threads)$/,
  /^resilience4j_circuitbreaker_(calls_seconds_count|not_permitted_calls_total|state|slow_call_rate)$/,
  /^resilience4j_retry_calls_total$/,
  /^http_server_requests_seconds_(count|sum|bucket)$/,
  /^http_request(s_total|_duration_seconds_(count|bucket))$/,
  /^traces_spanmetrics_(calls_total|latency_bucket)$/,
  /^traces_service_graph_request_(failed_)?total$/,
];

interface Job {
  job_name: string;
  metric_relabel_configs?: { action: string; regex: string }[];
}
const { scrape_configs: jobs } = prometheusConfig(stack) as { scrape_configs: Job[] };
const kept = jobs.flatMap(({ metric_relabel_configs: keeps = [] }) =>
  keeps.filter(({ action }) => action === "keep").map(({ regex }) => new RegExp(`^(?:${regex})$`)),
);

test("every metric that is asked for is made by something", () => {
  const recorded = new Set(rules.map(({ record }) => record));
  const missing = new Set<string>();
  for (const [, , text] of queries.filter(([, of]) => of === "promql"))
    for (const name of metricNames(filled(text))) {
      const known = recorded.has(name) || [...provided, ...kept].some((names) => names.test(name));
      if (!known) missing.add(name);
    }
  expect([...missing]).toEqual([]);
});

/** One that reads every series takes the memory of a Prometheus that is asked because it has none left. */
test("each query of the runbook names the metrics that it reads", () => {
  const unnamed: string[] = [];
  for (const [, language, text] of fromRunbook.filter(([, of]) => of === "promql"))
    parsers[language].parse(text).iterate({
      enter: ({ type, node }) => {
        if (type.name === "VectorSelector" && !node.getChild("Identifier")) unnamed.push(text);
      },
    });
  expect(unnamed).toEqual([]);
});

test("lines of errors are asked for as the links of alerts do: the fatal ones too, of a service those of its namespace", () => {
  const lines = readFileSync(join(__dirname, "../alerts/RUNBOOK.md"), "utf8")
    .split("## ManyServerErrors")[1]
    .split("\n## ")[0];
  expect(lines).toContain('`{namespace="NAMESPACE", app="SERVICE", level=~"error|fatal"}`');
});

test("what rules and dashboards read of cAdvisor and kubelet is kept by the scrape", () => {
  const asked = new Set(
    queries.flatMap(([, , text]) => text.match(/\b(container|kubelet)_[a-z_]+(?=[{ [])/g) ?? []),
  );
  expect(asked.size).toBeGreaterThanOrEqual(4);
  expect([...asked].filter((name) => !kept.some((names) => names.test(name)))).toEqual([]);
});

test("whoever reads metrics of spans adds up what each sampler has counted", () => {
  const apart: string[] = [];
  let found = 0;
  for (const [where, language, text] of queries.filter(([, of]) => of === "promql")) {
    const query = filled(text);
    parsers[language].parse(query).iterate({
      enter: ({ type, from, to, node }) => {
        if (type.name !== "Identifier" || !/^traces_(spanmetrics|service_graph)_/.test(query.slice(from, to)))
          return;
        found++;
        let around = node.parent;
        while (around && around.type.name !== "AggregateExpr") around = around.parent;
        const sum = around ? query.slice(around.from, around.to) : "";
        if (!/^sum by \([^)]*\)/.test(sum) || /^[^)]*\b(replica|instance)\b/.test(sum)) apart.push(where);
      },
    });
  }
  expect(found).toBeGreaterThan(5);
  expect(apart).toEqual([]);
});
