import { authorityOf, replicasOf } from "../addresses";
import { logsBackend } from "../backends";
import type { Stack } from "../program";
import { PASSWORD, READS, WRITER } from "../elasticsearch/access";
import { JOINED } from "./rules";

export const FILEBEAT_PORT = 5066;

/** Where it keeps positions and what waits; a hostPath, so that a restart neither loses nor repeats lines. */
export const FILEBEAT_STORAGE = "/var/lib/filebeat";

export const FILES = "/etc/filebeat";

/** What waits on a node's disk while Elasticsearch is away; beyond it lines wait in the containers' own logs. */
const QUEUE = "1GB";

export const filebeatArgs = (storage = FILEBEAT_STORAGE): string[] => [
  "-e",
  // Files of a ConfigMap belong to root, whoever reads them.
  "--strict.perms=false",
  `--c=${FILES}/filebeat.yml`,
  `--path.data=${storage}`,
];

/** The fields of an entry; of every further one Elasticsearch would keep an index. */
export const FIELDS = {
  message: "text",
  ...Object.fromEntries(
    [
      ...["namespace", "pod", "container", "app", "level", "trace_id", "span_id", "service_name"],
      ...["env", "region", "truncated"],
    ].map((name) => [name, "keyword"]),
  ),
};

/**
 * Every container's log on its node, parsed, masked and sent to Elasticsearch; what 7.17 and 8.19 both take. Text in
 * braces after a $ is Filebeat's, which reads it from its environment.
 */
export function filebeatConfig(stack: Stack): object {
  const { environment, region } = stack.settings;
  const backend = logsBackend(stack);
  const authority = authorityOf(stack, backend.name);
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
      { script: { lang: "javascript", id: "normalise", file: `${FILES}/normalise.js` } },
      { add_fields: { target: "", fields: { env: environment, region } } },
      // What is sent twice, as after a restart, is there once.
      {
        fingerprint: {
          fields: ["@timestamp", "namespace", "pod", "container", "message"],
          target_field: "@metadata._id",
        },
      },
      { include_fields: { fields: Object.keys(FIELDS) } },
    ],
    queue: { disk: { max_size: QUEUE } },
    output: {
      elasticsearch: {
        hosts: [backend.logs.pushUrl(stack)],
        ...(authority ? { ssl: { certificate_authorities: [authority.file] } } : {}),
        username: WRITER,
        password: `\${${PASSWORD}}`,
        index: READS,
        // The longest pause between two tries: how late what has waited comes after its return.
        backoff: { max: "10s" },
      },
    },
    setup: {
      template: {
        ...{ name: READS, pattern: `${READS}*`, overwrite: true, fields: `${FILES}/fields.yml` },
        // One node has no place for a second copy. Of several, one may be lost.
        settings: {
          index: { number_of_shards: 1, number_of_replicas: replicasOf(stack, backend) > 1 ? 1 : 0 },
        },
      },
      ilm: { enabled: true, policy_name: READS, policy_file: `${FILES}/retention.json`, overwrite: true },
    },
    http: { enabled: true, host: "0.0.0.0", port: FILEBEAT_PORT },
    logging: { level: "warning", metrics: { enabled: false } },
  };
}

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
