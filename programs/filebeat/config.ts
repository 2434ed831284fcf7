import { addressOf, authorityOf } from "../addresses";
import { isDeployed, type Stack } from "../program";
import { JOINED } from "./rules";
import { FIELDS, FILES, toElasticsearch, trustedBy } from "./store";

export const FILEBEAT_PORT = 5066;

/** Where it keeps positions and what waits; a hostPath, so that a restart neither loses nor repeats lines. */
export const FILEBEAT_STORAGE = "/var/lib/filebeat";

/** What waits on a node's disk while Elasticsearch is away; beyond it lines wait in the containers' own logs. */
const QUEUE = "1GB";

export const filebeatArgs = (storage = FILEBEAT_STORAGE): string[] => [
  "-e",
  // Files of a ConfigMap belong to root, whoever reads them.
  "--strict.perms=false",
  `--c=${FILES}/filebeat.yml`,
  `--path.data=${storage}`,
];

/** Whether lines go to Logstash, which then does all that could be done to them here: nothing is masked or parsed twice. */
export const toLogstash = (stack: Stack): boolean => isDeployed(stack, "logstash");

/**
 * Every container's log on its node, parsed, masked and sent to Elasticsearch; what 7.17 and 8.19 both take. Text in
 * braces after a $ is Filebeat's, which reads it from its environment.
 */
export function filebeatConfig(stack: Stack): object {
  const { environment, region } = stack.settings;
  const raw = toLogstash(stack);
  return {
    filebeat: { inputs: [input] },
    processors: [
      {
        dissect: {
          field: "log.file.path",
          tokenizer: "/var/log/pods/%{namespace}_%{pod}_%{}/%{container}/%{}",
          target_prefix: "",
        },
      },
      kubernetes,
      ...(raw ? [] : [{ script: { lang: "javascript", id: "normalise", file: `${FILES}/normalise.js` } }]),
      { add_fields: { target: "", fields: { env: environment, region } } },
      // What is sent twice, as after a restart, is there once. Of a line's text it would tell what is masked.
      {
        fingerprint: {
          fields: ["@timestamp", "namespace", "pod", "container", "log.offset"],
          target_field: "@metadata._id",
        },
      },
      { include_fields: { fields: [...Object.keys(FIELDS), ...(raw ? ["kubernetes.labels"] : [])] } },
    ],
    // A place for each kind: without Logstash again, what waits for it would go to Elasticsearch unmasked.
    queue: { disk: { max_size: QUEUE, ...(raw ? { path: "${path.data}/for-logstash" } : {}) } },
    ...(raw ? destination(stack) : toElasticsearch(stack)),
    http: { enabled: true, host: "0.0.0.0", port: FILEBEAT_PORT },
    logging: { level: "warning", metrics: { enabled: false } },
  };
}

/** Which says that it has a line when that is on its volume. */
const destination = (stack: Stack) => ({
  output: {
    logstash: {
      hosts: [addressOf(stack, "logstash", "beats")],
      ...trustedBy(authorityOf(stack, "logstash")),
      backoff: { max: "10s" },
    },
  },
});

const input = {
  type: "filestream",
  id: "pods",
  // The kubelet renames a log that is full: what is not read of it is read under the new name.
  paths: ["/var/log/pods/*/*/*.log", "/var/log/pods/*/*/*.log.*"],
  prospector: { scanner: { check_interval: "5s", exclude_files: ["\\.gz$", "\\.tmp$"] } },
  // By its place on the disk. By its content, short ones would wait for more.
  file_identity: { native: null },
  parsers: [
    { container: { stream: "all", format: "auto" } },
    joining(JOINED.lines, "700ms"),
    // Waits longer: what it is to join comes as late as the first one waits.
    joining(JOINED.traces, "1300ms"),
  ],
};

function joining(pattern: string, timeout: string) {
  return { multiline: { type: "pattern", pattern, negate: false, match: "after", max_lines: 500, timeout } };
}

/** The labels of the pod, found by its name: the directory of a static pod's log has another uid than the pod. */
const kubernetes = {
  add_kubernetes_metadata: {
    host: "${NODE_NAME}",
    node: "${NODE_NAME}",
    default_indexers: { enabled: false },
    default_matchers: { enabled: false },
    indexers: [{ pod_name: null }],
    matchers: [{ field_format: { format: "%{[namespace]}/%{[pod]}" } }],
    add_resource_metadata: {
      namespace: { enabled: false },
      node: { enabled: false },
      deployment: false,
      cronjob: false,
    },
  },
};
