import { yaml } from "../../config/yaml";
import { trustOf } from "../addresses";
import { PASSWORD } from "../elasticsearch/access";
import { logsBackend } from "../backends";
import { type Program, type Stack, watch } from "../program";
import { FILEBEAT_PORT, FILEBEAT_STORAGE, filebeatArgs, filebeatConfig, toLogstash } from "./config";
import { normalising } from "./rules";
import { FILES, setupFiles } from "./store";

function destinationOf(stack: Stack) {
  const { name, logs } = logsBackend(stack);
  return toLogstash(stack) ? { to: "logstash", port: "beats" } : { to: name, port: logs.port };
}

/** A pod on every node that reads the containers' logs. */
export const filebeat: Program = {
  name: "filebeat",
  component: "logs",
  workload: "DaemonSet",
  image: "filebeat",
  go: true,
  // The log files belong to root and nobody else may read them.
  user: 0,
  enabled: ({ logs }) => logs.collector === "filebeat",
  ports: () => ({ http: FILEBEAT_PORT }),
  calls: (stack) => {
    const { to, port } = destinationOf(stack);
    return [{ to, ports: [port], why: "sends what it reads" }];
  },
  // Pods for their labels; the others are waited for by 7.17, though nothing of them is asked for.
  kubernetesApi: [watch("", ["pods", "nodes", "namespaces"])],
  podEnv: () => ({ NODE_NAME: "spec.nodeName" }),
  command: ["/usr/share/filebeat/filebeat"],
  args: () => filebeatArgs(),
  // components/logs-stack.ts makes the password.
  secrets: (stack) => [
    ...(toLogstash(stack) ? [] : [{ name: "writer", env: { [PASSWORD]: "password" } }]),
    ...trustOf(stack, destinationOf(stack).to),
  ],
  files: (stack) => [
    {
      name: "config",
      path: FILES,
      files: {
        "filebeat.yml": yaml(filebeatConfig(stack)),
        ...(toLogstash(stack)
          ? {}
          : { ...setupFiles(stack), "normalise.js": normalising(stack.settings.logs.maskIps) }),
      },
    },
  ],
  host: ({ name }) => [
    { name: "logs", path: "/var/log/pods", source: "/var/log/pods", type: "Directory", readOnly: true },
    {
      name: "positions",
      path: FILEBEAT_STORAGE,
      source: `/var/lib/observability/${name}/filebeat`,
      type: "DirectoryOrCreate",
    },
  ],
  probes: () => ({
    ready: { path: "/", port: "http", delay: 2, period: 5 },
    live: { path: "/", port: "http", delay: 15, period: 10 },
  }),
  resources: ({ logs }) => logs.agent.resources,
};
