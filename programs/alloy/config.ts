import type { Settings } from "../../config/schema";
import { goDuration } from "../../config/units";
import { logsBackend } from "../backends";
import type { Stack } from "../program";
import { ENTRIES } from "./entries";
import { FIELDS, PARSING } from "./levels";
import { MASKING } from "./masking";

/*
 * Alloy has a language of its own and no library writes it: the files are templates, values go in by JSON.stringify,
 * whose strings are also Alloy's. `alloy fmt` and `alloy validate` read them in the tests.
 */
const text = JSON.stringify;

export const ALLOY_PORT = 12345;

const MEBIBYTE = 2 ** 20;

/** The longest line that Loki takes; what it says at its end when more was cut off. */
const LINE_LIMIT = "256KiB";
const CUT = " [cut at 256 KiB]";

/** Where the agent keeps its positions; a hostPath, so that a restart neither loses nor repeats lines. */
export const ALLOY_STORAGE = "/var/lib/alloy";

export const alloyArgs = (storage = ALLOY_STORAGE): string[] => [
  "run",
  "/etc/alloy/config.alloy",
  `--storage.path=${storage}`,
  `--server.http.listen-addr=0.0.0.0:${ALLOY_PORT}`,
  "--disable-reporting",
];

/** The node agent: every container's log on its node, parsed, masked and sent to Loki. */
export function alloyConfig(stack: Stack): string {
  const { settings } = stack;
  return `${common(stack)}
// Pods of this node only; NODE_NAME comes from the pod's spec.
discovery.kubernetes "pods" {
  role = "pod"
  selectors {
    role  = "pod"
    field = "spec.nodeName=" + sys.env("NODE_NAME")
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
  rule {
    source_labels = ["__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"]
    regex         = "(.+);(.+)"
    replacement   = "/var/log/pods/*$1/$2/*.log"
    target_label  = "__path__"
  }
  // A static pod, such as the API server on kind: its directory is named by the hash of its file, not by the uid of its mirror.
  rule {
    source_labels = ["__meta_kubernetes_pod_annotation_kubernetes_io_config_hash", "__meta_kubernetes_pod_container_name"]
    regex         = "(.+);(.+)"
    replacement   = "/var/log/pods/*$1/$2/*.log"
    target_label  = "__path__"
  }
${[
  ["namespace", "namespace"],
  ["pod_name", "pod"],
  ["pod_container_name", "container"],
  ["pod_label_app_kubernetes_io_name", "app"],
  ["pod_label_app", "app"],
]
  .map(([meta, label]) => rule(meta, label))
  .join("\n")}
}

local.file_match "pods" {
  path_targets = discovery.relabel.pods.output
  sync_period  = "5s"
}

loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.process.pods.receiver]
}

loki.process "pods" {
  forward_to = [loki.write.loki.receiver]

  // The container runtime writes long lines in parts; a line without end must not fill the memory.
  stage.cri {
    max_partial_line_size          = ${MEBIBYTE}
    max_partial_line_size_truncate = true
  }
  // At its first start there are logs from before. Loki would refuse these lines, and they would be told as lost.
  stage.drop {
    older_than = ${text(goDuration(settings.logs.retention.time))}
  }
${ENTRIES}${settings.logs.maskIps ? MASKING : ""}
${PARSING}${structured(settings, FIELDS)}}
`;
}

/** The one pod that turns Kubernetes events into logs: a DaemonSet would store each event once a node. */
export function alloyEventsConfig(stack: Stack): string {
  const { settings } = stack;
  return `${common(stack)}
loki.source.kubernetes_events "events" {
  log_format = "json"
  forward_to = [loki.process.events.receiver]
}

loki.process "events" {
  forward_to = [loki.write.loki.receiver]
${settings.logs.maskIps ? MASKING : ""}
  stage.json {
    expressions = { level = "type", pod = "name", kind = "kind" }
  }
  stage.template {
    source   = "level"
    template = "{{ if eq .Value \\"Normal\\" }}info{{ else }}warn{{ end }}"
  }
  // Events about pods only carry the label pod; the name of another object stays in the line.
  stage.template {
    source   = "pod"
    template = "{{ if eq .kind \\"Pod\\" }}{{ .Value }}{{ end }}"
  }
  stage.labels {
    values = { pod = "" }
  }
  stage.static_labels {
    values = { app = "kubernetes-events" }
  }
${structured(settings, [])}}
`;
}

const rule = (meta: string, label: string) => `  rule {
    source_labels = ["__meta_kubernetes_${meta}"]
    regex         = "(.+)"
    target_label  = ${text(label)}
  }`;

/**
 * The level as the one label from the line; ids, env and region as structured metadata. Loki refuses a line,
 * a label or metadata above its limits: they are cut before, and the line says so.
 */
function structured(settings: Settings, extracted: string[]): string {
  const constants = { env: settings.environment, region: settings.region };
  return `
  stage.truncate {
    rule {
      limit  = ${text(LINE_LIMIT)}
      suffix = ${text(CUT)}
    }${
      extracted.length > 0
        ? `
    rule {
      source_type = "extracted"
      sources     = ${text(extracted)}
      limit       = "1KiB"
    }`
        : ""
    }
  }
  stage.labels {
    values = { level = "" }
  }
  stage.static_labels {
    values = { ${Object.entries(constants)
      .map(([name, value]) => `${name} = ${text(value)}`)
      .join(", ")} }
  }
  // What is a label until here becomes metadata; "truncated" is there for lines that were cut.
  stage.structured_metadata {
    values = { ${[...extracted, ...Object.keys(constants), "truncated"].map((name) => `${name} = ""`).join(", ")} }
  }
  // No other labels: every further one multiplies Loki's streams.
  stage.label_keep {
    values = ["namespace", "pod", "container", "app", "level"]
  }
`;
}

/**
 * While Loki is away the lines wait in the log on the node's disk, and are tried again until it takes them: zero
 * retries means for ever. Ten, the default, drop them after a few minutes, with or without that log. The longest pause
 * between two tries is also how late they may come after its return.
 *
 * The log keeps what was read within the last hour, sent or not, and always its newest 128 MiB. Alloy 1.19 forgets what
 * waits in it when it is itself restarted while Loki is away (grafana/alloy 7112).
 */
function common(stack: Stack): string {
  return `logging {
  level = "warn"
}

loki.write "loki" {
  endpoint {
    url                 = ${text(logsBackend(stack).logs.pushUrl(stack))}
    max_backoff_period  = "10s"
    max_backoff_retries = 0
  }
  wal {
    enabled         = true
    max_segment_age = "1h"
  }
}
`;
}
