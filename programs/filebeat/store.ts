import { json, yaml } from "../../config/yaml";
import { authorityOf } from "../addresses";
import { logsBackend } from "../backends";
import type { Authority, Stack } from "../program";
import { PASSWORD, READS, WRITER } from "../elasticsearch/access";
import { copies } from "../elasticsearch/config";
import { retention } from "./retention";

export const FILES = "/etc/filebeat";

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

/** By what an output knows whom it sends to, where that speaks TLS. */
export const trustedBy = (authority: Authority | undefined) =>
  authority ? { ssl: { certificate_authorities: [authority.file] } } : {};

/** How Filebeat writes to Elasticsearch, and what it says there of the lines: of which types they are, how long they stay. */
export function toElasticsearch(stack: Stack) {
  const { name, logs } = logsBackend(stack);
  return {
    output: {
      elasticsearch: {
        hosts: [logs.pushUrl(stack)],
        ...trustedBy(authorityOf(stack, name)),
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
        settings: { index: { number_of_shards: 1, number_of_replicas: copies(stack.settings) } },
      },
      ilm: { enabled: true, policy_name: READS, policy_file: `${FILES}/retention.json`, overwrite: true },
    },
  };
}

/** The files that it names. */
export const setupFiles = ({ settings }: Stack): Record<string, string> => ({
  "fields.yml": yaml([
    {
      key: "logs",
      title: "Logs",
      description: "Lines of containers.",
      fields: [
        { name: "@timestamp", type: "date" },
        ...Object.entries(FIELDS).map(([name, type]) => ({ name, type })),
      ],
    },
  ]),
  "retention.json": json(retention(settings)),
});
