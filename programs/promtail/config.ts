import { goDuration } from "../../config/units";
import { yaml } from "../../config/yaml";
import { logsBackend } from "../backends";
import { BEGINS, TRACE } from "../alloy/entries";
import {
  CORRELATION,
  FIELDS,
  IDENTIFIER,
  JSON_FIELDS,
  LEVEL_FORM,
  LEVEL_TEMPLATE,
  SLEUTH,
  SPAN_ID,
  TRACE_ID,
} from "../alloy/levels";
import { IPV4, IPV6, LOOKS_LIKE_IPV4, LOOKS_LIKE_IPV6 } from "../alloy/masking";
import type { Stack } from "../program";

/* The rules that Alloy follows as well, as stages of Promtail; entries.ts beside Alloy says how lines are joined. */

export const PROMTAIL_PORT = 9080;

/** Where it keeps its positions; a hostPath, so that a restart does not read all again. */
export const PROMTAIL_STORAGE = "/var/lib/promtail";

const MARK = "\u0001";
const MEBIBYTE = 2 ** 20;

export const promtailArgs = (file: string): string[] => [`-config.file=${file}`, "-config.expand-env=true"];

/** Bytes of the longest line that Loki takes; what it says at its end when more was cut off. */
const LIMIT = 256 * 1024;
const CUT = " [cut at 256 KiB]";

const regex = (expression: string) => ({ regex: { expression } });
const replace = (expression: string, by: string) => ({ replace: { expression, replace: by } });
const template = (source: string, text: string) => ({ template: { source, template: text } });
const joined = (wait: string) => ({
  multiline: { firstline: `^${MARK}`, max_wait_time: wait, max_lines: 500 },
});
const names = (values: string[]) => Object.fromEntries(values.map((name) => [name, null]));

const mask = (looksLikeOne: string, expression: string) => ({
  match: {
    selector: `{namespace=~".*"} |~ ${JSON.stringify(looksLikeOne)}`,
    stages: [replace(expression, "x")],
  },
});

const label = (meta: string, target: string) => ({
  source_labels: [`__meta_kubernetes_${meta}`],
  regex: "(.+)",
  target_label: target,
});

const path = (directory: string) => ({
  source_labels: [`__meta_kubernetes_pod_${directory}`, "__meta_kubernetes_pod_container_name"],
  regex: "(.+);(.+)",
  replacement: "/var/log/pods/*$1/$2/*.log",
  target_label: "__path__",
});

/** The file as Promtail reads it: it puts in variables, for which a dollar and a backslash of its own are written twice. */
export const promtailFile = (config: object): string =>
  yaml(
    JSON.parse(JSON.stringify(config), (_, value: unknown) =>
      typeof value === "string" ? value.replaceAll(/\\|\$(?!\{)/g, "$&$&") : value,
    ) as object,
  );

/** Every container's log on its node, parsed, masked and sent to Loki. */
export function promtailConfig(stack: Stack): object {
  return {
    server: { http_listen_port: PROMTAIL_PORT, grpc_listen_port: 0, log_level: "warn" },
    positions: { filename: `${PROMTAIL_STORAGE}/positions.yaml` },
    target_config: { sync_period: "5s" },
    clients: [
      {
        url: logsBackend(stack).logs.pushUrl(stack),
        // For ever: meanwhile it reads no further, and lines wait in the containers' own logs.
        backoff_config: { max_period: "10s", max_retries: 0 },
      },
    ],
    scrape_configs: [
      {
        job_name: "pods",
        // Pods of this node only.
        kubernetes_sd_configs: [
          { role: "pod", selectors: [{ role: "pod", field: "spec.nodeName=${NODE_NAME}" }] },
        ],
        relabel_configs: [
          path("uid"),
          // A static pod: its directory is named by the hash of its file, not by the uid of its mirror.
          path("annotation_kubernetes_io_config_hash"),
          label("namespace", "namespace"),
          label("pod_name", "pod"),
          label("pod_container_name", "container"),
          label("pod_label_app_kubernetes_io_name", "app"),
          label("pod_label_app", "app"),
        ],
        pipeline_stages: stages(stack),
      },
    ],
  };
}

function stages({ settings: { logs, environment, region } }: Stack): object[] {
  return [
    { cri: { max_partial_line_size: MEBIBYTE, max_partial_line_size_truncate: true } },
    { drop: { older_than: goDuration(logs.retention.time) } },
    replace(BEGINS, MARK),
    joined("700ms"),
    replace(`^(${MARK})(?:${TRACE.join("|")})`, ""),
    joined("1300ms"),
    replace(`^(${MARK})`, ""),
    ...(logs.maskIps ? [mask(LOOKS_LIKE_IPV4, IPV4), mask(LOOKS_LIKE_IPV6, IPV6)] : []),
    ...[LEVEL_FORM, SLEUTH, CORRELATION, TRACE_ID, SPAN_ID].map(regex),
    // The last: in a line of JSON, what its fields say counts, and not what its message holds.
    { json: { expressions: JSON_FIELDS } },
    template("trace_id", IDENTIFIER),
    template("span_id", IDENTIFIER),
    template("service_name", "{{ with .Value }}{{ trunc 1024 . }}{{ end }}"),
    template("level", LEVEL_TEMPLATE),
    // It has no stage that cuts a line.
    template("truncated", `{{ if gt (len .Entry) ${LIMIT} }}line{{ end }}`),
    template("cut", `{{ if .truncated }}{{ trunc ${LIMIT - CUT.length} .Entry }}${CUT}{{ end }}`),
    { output: { source: "cut" } },
    { labels: names(["level"]) },
    { static_labels: { env: environment, region } },
    { structured_metadata: names([...FIELDS, "env", "region", "truncated"]) },
    // No other labels: every further one multiplies Loki's streams.
    { labelallow: ["namespace", "pod", "container", "app", "level"] },
  ];
}
