import type { Settings } from "../../config/schema";
import { bytes } from "../../config/units";
import { yaml } from "../../config/yaml";
import { urlOf } from "../addresses";
import { uidOf } from "../backends";
import type { Program } from "../program";
import { PASSWORD, READER, READS, rolesOf, usersRoles } from "./access";
import { CERTIFICATE, CONFIG, elasticsearchConfig, HOME, NODE, ports, TRANSPORT } from "./config";
import { count, show } from "./queries";
import { authority, certificate } from "./tls";

const OURS = "/etc/stack";

/** Share of the memory limit that is Java's heap: Lucene's files are read through the other half. */
const HEAP = 0.5;

const several = ({ logs }: Settings): boolean => logs.elasticsearch.replicas > 1;

/** Keeps lines, and searches them by word and field. */
export const elasticsearch: Program = {
  name: "elasticsearch",
  component: "logs",
  workload: "StatefulSet",
  image: "elasticsearch",
  user: 1000,
  enabled: ({ logs }) => logs.backend === "elasticsearch",
  ports: (settings) => ({ ...ports, ...(several(settings) ? { transport: TRANSPORT } : {}) }),
  calls: ({ settings }) =>
    several(settings) ? [{ to: "elasticsearch", ports: ["transport"], why: "its other nodes" }] : [],
  replicas: ({ logs }) => logs.elasticsearch.replicas,
  // What was written while it was away is copied to it: else the next one would often be the only one that has it.
  settles: 30,
  podEnv: (settings) => (several(settings) ? NODE : {}),
  authority,
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
  files: (stack) => [
    {
      name: "config",
      path: `${OURS}/files`,
      files: {
        "elasticsearch.yml": yaml(elasticsearchConfig(stack)),
        "roles.yml": yaml(rolesOf(stack.settings)),
        users_roles: usersRoles(stack.settings),
      },
    },
  ],
  // components/logs-stack.ts makes the passwords; here are their hashes.
  secrets: ({ settings }) => [
    { name: "users", path: `${OURS}/users` },
    ...certificate(settings, CERTIFICATE),
  ],
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
    search: { words: 'words, "a phrase" or "an-id", * for any', any: "*" },
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
