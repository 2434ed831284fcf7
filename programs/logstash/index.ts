import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bytes } from "../../config/units";
import { json, yaml } from "../../config/yaml";
import { authorityOf, trustOf } from "../addresses";
import { logsBackend } from "../backends";
import { LOGSTASH, PASSWORD, READS } from "../elasticsearch/access";
import { authority, certificate } from "../elasticsearch/tls";
import type { Program, Stack } from "../program";
import { rules } from "./rules";

const HOME = "/usr/share/logstash";
/** Beside the directory of the image, where the options of Java and the form of log lines stay. */
const CONFIG = "/etc/logstash";
const CERTIFICATE = "/etc/logstash-certificate";

const ports = { beats: 5044, http: 9600 };

/** Share of the memory limit that is Java's heap: beside it are what Netty reads into, and Ruby's compiled code. */
const HEAP = 0.5;

/** Between Filebeat and Elasticsearch: parses and masks lines, and keeps them on its volume until they are stored. */
export const logstash: Program = {
  name: "logstash",
  component: "logs",
  workload: "StatefulSet",
  image: "logstash",
  user: 1000,
  enabled: ({ logs }) => logs.backend === "elasticsearch" && logs.elasticsearch.logstash.enabled,
  ports: () => ports,
  authority,
  calls: () => [{ to: "elasticsearch", ports: ["http"], why: "lines" }],
  // A line that came before the types of its fields would decide on them.
  after: ["filebeat-setup"],
  // The image's own start script would write into its file of settings.
  command: [`${HOME}/bin/logstash`, `--path.settings=${CONFIG}`],
  env: ({ settings: { logs } }) => {
    const heap = Math.floor((HEAP * bytes(logs.elasticsearch.logstash.resources.limits.memory)) / 2 ** 20);
    return {
      LS_JAVA_OPTS: `-Xms${heap}m -Xmx${heap}m -Dlog4j.configurationFile=${HOME}/config/log4j2.properties`,
    };
  },
  files: (stack) => [
    {
      name: "config",
      path: CONFIG,
      files: {
        "logstash.yml": yaml(logstashConfig(stack)),
        "lines.conf": pipeline(stack),
        "normalise.rb": readFileSync(join(__dirname, "normalise.rb"), "utf8"),
        "rules.json": json(rules(stack.settings.logs.maskIps)),
      },
    },
  ],
  // components/logs-stack.ts makes the password.
  secrets: (stack) => [
    { name: "login", env: { [PASSWORD]: "password" } },
    ...trustOf(stack, "elasticsearch"),
    ...certificate(stack.settings, CERTIFICATE),
  ],
  scratch: { logs: { path: `${HOME}/logs` }, tmp: { path: "/tmp" } },
  data: ({ logs }) => ({
    path: `${HOME}/data`,
    setting: "logs.elasticsearch.logstash.storage",
    ...logs.elasticsearch.logstash.storage,
  }),
  probes: () => ({
    startup: { path: "/", port: "http", minutes: 10 },
    // Whose pipeline does not run does not listen there.
    ready: { port: "beats", delay: 5, period: 10 },
    // A connection alone: while Elasticsearch is away a restart would help nobody.
    live: { port: "http", delay: 30, period: 10 },
  }),
  resources: ({ logs }) => logs.elasticsearch.logstash.resources,
};

export const logstashConfig = ({ settings }: Stack): object => ({
  "node.name": "logstash",
  "path.config": `${CONFIG}/lines.conf`,
  "api.http.host": "0.0.0.0",
  "api.http.port": ports.http,
  "queue.type": "persisted",
  "queue.max_bytes": bytes(settings.logs.elasticsearch.logstash.queue),
  // Fields keep the names that Filebeat gave them.
  "pipeline.ecs_compatibility": "disabled",
  "log.level": "warn",
  // Nothing of it leaves the cluster, and no network policy would let it.
  "xpack.monitoring.enabled": false,
  "xpack.geoip.downloader.enabled": false,
});

/**
 * What Elasticsearch has under a line's id already it answers so, and that is no fault. There is no queue of dead letters:
 * all fields are text, so that Elasticsearch refuses none for its form, and nobody would read it.
 */
export const pipeline = (stack: Stack): string => `input {
  beats {
    port => ${ports.beats}${shown(stack)}
  }
}
filter {
  ruby {
    path => "${CONFIG}/normalise.rb"
    script_params => { "rules" => "${CONFIG}/rules.json" }
  }
}
output {
  elasticsearch {
    hosts => ["${logsBackend(stack).logs.pushUrl(stack)}"]${trust(stack)}
    user => "${LOGSTASH}"
    password => "\${${PASSWORD}}"
    index => "${READS}"
    action => "create"
    document_id => "%{[@metadata][_id]}"
    data_stream => false
    manage_template => false
    ilm_enabled => false
    retry_max_interval => 10
    silence_errors_in_log => ["version_conflict_engine_exception"]
  }
}
`;

/** What it shows Filebeat, where lines come by TLS. It reads the files at its start alone. */
function shown(stack: Stack): string {
  return authorityOf(stack, "logstash")
    ? `
    ssl_enabled => true
    ssl_certificate => "${CERTIFICATE}/tls.crt"
    ssl_key => "${CERTIFICATE}/tls.key"`
    : "";
}

/** By what it knows Elasticsearch, where that speaks TLS. */
function trust(stack: Stack): string {
  const authority = authorityOf(stack, "elasticsearch");
  return authority
    ? `
    ssl_enabled => true
    ssl_certificate_authorities => ["${authority.file}"]`
    : "";
}
