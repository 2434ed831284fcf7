import { yaml } from "../../config/yaml";
import { trustOf } from "../addresses";
import { PASSWORD } from "../elasticsearch/access";
import type { Program } from "../program";
import { filebeatArgs } from "./config";
import { FILES, setupFiles, toElasticsearch } from "./store";

const DATA = "/var/lib/filebeat";

const amount = { cpu: "10m", memory: "64Mi" };

/**
 * Where Logstash writes the lines, nobody but this says how Elasticsearch keeps them: Filebeat does so only for an output of
 * its own, and Logstash makes no policy of index lifecycle. The same settings as without Logstash, so that either finds
 * what the other has written. A Job, made anew with another retention or number of nodes.
 */
export const filebeatSetup: Program = {
  name: "filebeat-setup",
  component: "logs",
  workload: "Job",
  image: "filebeat",
  go: true,
  user: 1000,
  enabled: ({ logs }) => logs.backend === "elasticsearch" && logs.elasticsearch.logstash.enabled,
  after: ["elasticsearch"],
  ports: () => ({}),
  calls: () => [{ to: "elasticsearch", ports: ["http"], why: "says how lines are kept" }],
  command: ["/usr/share/filebeat/filebeat"],
  args: () => ["setup", "--index-management", ...filebeatArgs(DATA)],
  // components/logs-stack.ts makes the password.
  secrets: (stack) => [
    { name: "writer", env: { [PASSWORD]: "password" } },
    ...trustOf(stack, "elasticsearch"),
  ],
  files: (stack) => [
    {
      name: "config",
      path: FILES,
      files: { "filebeat.yml": yaml(toElasticsearch(stack)), ...setupFiles(stack) },
    },
  ],
  scratch: { data: { path: DATA } },
  resources: () => ({ requests: amount, limits: { cpu: "500m", memory: "128Mi" } }),
};
