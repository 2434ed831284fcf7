import type { Settings } from "../../config/schema";
import { tracesKeeper } from "../../config/schema/elasticsearch";
import { yaml } from "../../config/yaml";
import { bytes } from "../../config/units";
import { urlOf } from "../addresses";
import { uidOf } from "../backends";
import type { Program } from "../program";
import { count, show } from "./queries";
import { PASSWORD, READER, READS, rolesOf, usersRoles } from "./access";

/** Where it looks for its files. It writes there as well, so that nothing can be mounted in their place: they are copied. */
const CONFIG = "/etc/elasticsearch";
const OURS = "/etc/stack";
const HOME = "/usr/share/elasticsearch";

/** Share of the memory limit that is Java's heap: Lucene's files are read through the other half. */
const HEAP = 0.5;

const ports = { http: 9200, readiness: 9399 };

/** Keeps lines, and searches them by word and field. */
export const elasticsearch: Program = {
  name: "elasticsearch",
  component: "logs",
  workload: "StatefulSet",
  image: "elasticsearch",
  user: 1000,
  enabled: ({ logs }) => logs.backend === "elasticsearch",
  ports: () => ports,
  command: [`${HOME}/bin/elasticsearch`],
  before: {
    name: "copy-configuration",
    command: [
      "/bin/sh",
      "-c",
      `cp -L ${HOME}/config/jvm.options ${HOME}/config/log4j2.properties ${OURS}/files/* ${OURS}/users/* ${CONFIG}/`,
    ],
  },
  env: ({ settings: { logs } }) => {
    const heap = Math.floor((HEAP * bytes(logs.elasticsearch.resources.limits.memory)) / 2 ** 20);
    // Java's log of its garbage collection would fill 2 GiB of the node's disk.
    const log = "-Xlog:disable -Xlog:all=warning:stderr";
    return { ES_PATH_CONF: CONFIG, ES_JAVA_OPTS: `-Xms${heap}m -Xmx${heap}m ${log}` };
  },
  files: ({ settings }) => [
    {
      name: "config",
      path: `${OURS}/files`,
      files: {
        "elasticsearch.yml": yaml({ ...elasticsearchConfig, ...plain(settings) }),
        "roles.yml": yaml(rolesOf(settings)),
        users_roles: usersRoles(settings),
      },
    },
  ],
  // components/logs-stack.ts makes the passwords; here are their hashes.
  secrets: () => [{ name: "users", path: `${OURS}/users` }],
  scratch: {
    "config-of-this-start": { path: CONFIG },
    logs: { path: `${HOME}/logs` },
    tmp: { path: "/tmp" },
  },
  data: ({ logs }) => ({
    path: `${HOME}/data`,
    setting: "logs.elasticsearch.storage",
    ...logs.elasticsearch.storage,
  }),
  // By taking a connection: whoever asks by HTTP must log in.
  probes: () => ({
    startup: { port: "readiness", minutes: 15 },
    ready: { port: "readiness", delay: 5, period: 5 },
    live: { port: "http", delay: 30, period: 10 },
  }),
  resources: ({ logs }) => logs.elasticsearch.resources,
  logs: {
    port: "http",
    pushUrl: (stack) => urlOf(stack, "elasticsearch", "http"),
    linesOfTrace: '$${__tags} AND trace_id:"$${__trace.traceId}"',
    show,
    count,
    per: "minute",
    search: { words: 'words, "a phrase", * for any', any: "*" },
  },
  datasource: {
    signal: "logs",
    name: "Elasticsearch",
    type: "elasticsearch",
    port: "http",
    login: { user: READER, env: PASSWORD },
    jsonData: (stack) => ({
      index: `${READS}*`,
      timeField: "@timestamp",
      logMessageField: "message",
      logLevelField: "level",
      dataLinks: [
        {
          field: "trace_id",
          url: "$${__value.raw}",
          datasourceUid: uidOf(stack, "traces"),
          urlDisplayLabel: "Trace",
        },
      ],
    }),
  },
};

/** Zipkin says that it reads several kinds of compression, and of those Elasticsearch takes one that it does not: Snappy. */
const plain = ({ tracing }: Settings) =>
  tracesKeeper(tracing) === "zipkin" ? { "http.compression": false } : {};

/** One node. What goes over the network is not encrypted: the network policy says who may connect at all. */
export const elasticsearchConfig = {
  "cluster.name": "logs",
  "node.name": "elasticsearch",
  "discovery.type": "single-node",
  "network.host": "0.0.0.0",
  "http.port": ports.http,
  "readiness.port": ports.readiness,
  // Nodes talk to each other there, and there is one.
  "transport.host": "127.0.0.1",
  "path.data": `${HOME}/data`,
  "path.logs": `${HOME}/logs`,
  // With mapped files it wants a kernel setting of the node (vm.max_map_count), which is not ours to change.
  "node.store.allow_mmap": false,
  "xpack.security.enabled": true,
  "xpack.security.autoconfiguration.enabled": false,
  "xpack.security.http.ssl.enabled": false,
  "xpack.security.transport.ssl.enabled": false,
  // Its own users, such as elastic: nobody knows their passwords, and nobody shall set them.
  "xpack.security.authc.reserved_realm.enabled": false,
  // Its processes would need memory beside the heap.
  "xpack.ml.enabled": false,
};
