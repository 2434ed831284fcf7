import type { Settings } from "../../config/schema";
import { tracesKeeper } from "../../config/schema/elasticsearch";
import { headless, namespaceOf, replicasOf } from "../addresses";
import { programOf, type Stack } from "../program";

/** Where it looks for its files. It writes there as well, so that nothing can be mounted in their place: they are copied. */
export const CONFIG = "/etc/elasticsearch";
export const HOME = "/usr/share/elasticsearch";

/** Beside those files, where it looks again every few seconds: a renewed certificate takes effect by itself. */
export const CERTIFICATE = `${CONFIG}/certificate`;

export const ports = { http: 9200, readiness: 9399 };
/** Where nodes talk to each other. */
export const TRANSPORT = 9300;

/** Environment variables of a node that is one of several. */
export const NODE = { NODE_NAME: "metadata.name", POD_IP: "status.podIP" };

/** Of an index, besides itself: one node has no place for one. Of several, one may be lost. */
export const copies = ({ logs }: Settings): number => (logs.elasticsearch.replicas > 1 ? 1 : 0);

/** One node, or several that know each other by their certificate. */
export function elasticsearchConfig(stack: Stack): object {
  const { tls } = stack.settings.logs.elasticsearch;
  return {
    "cluster.name": "logs",
    ...nodes(stack),
    "network.host": "0.0.0.0",
    "http.port": ports.http,
    ...plain(stack.settings),
    "readiness.port": ports.readiness,
    "path.data": `${HOME}/data`,
    "path.logs": `${HOME}/logs`,
    // With mapped files it wants a kernel setting of the node (vm.max_map_count), which is not ours to change.
    "node.store.allow_mmap": false,
    "xpack.security.enabled": true,
    "xpack.security.autoconfiguration.enabled": false,
    ...encryption(tls !== null),
    // Its own users, such as elastic: nobody knows their passwords, and nobody shall set them.
    "xpack.security.authc.reserved_realm.enabled": false,
    // Its processes would need memory beside the heap.
    "xpack.ml.enabled": false,
  };
}

/** Zipkin says that it reads several kinds of compression, and of those Elasticsearch takes one that it does not: Snappy. */
const plain = ({ tracing }: Settings) =>
  tracesKeeper(tracing) === "zipkin" ? { "http.compression": false } : {};

const fromEnvironment = (name: keyof typeof NODE) => `\${${name}}`;

function nodes(stack: Stack): object {
  const program = programOf(stack, "elasticsearch");
  const { name } = program;
  const count = replicasOf(stack, program);
  if (count === 1)
    return {
      "node.name": name,
      "discovery.type": "single-node",
      // Nodes talk to each other there, and there is one.
      "transport.host": "127.0.0.1",
    };
  return {
    "node.name": fromEnvironment("NODE_NAME"),
    // Every pod's address, ready or not.
    "discovery.seed_hosts": [`${headless(name)}.${namespaceOf(stack.settings, program)}.svc:${TRANSPORT}`],
    /*
     * Who may begin a cluster. A node with data ignores it, and one whose volume is empty begins nothing unless it sees a
     * second of the three that is empty too: with one volume lost it joins the others. With two lost at once the cluster has
     * lost its majority for ever; the third keeps its data, joins no other cluster, and is not ready.
     */
    "cluster.initial_master_nodes": Array.from({ length: count }, (_, index) => `${name}-${index}`),
    "transport.host": fromEnvironment("POD_IP"),
    "transport.port": TRANSPORT,
  };
}

function encryption(enabled: boolean): object {
  const layer = {
    enabled,
    ...(enabled
      ? {
          certificate: `${CERTIFICATE}/tls.crt`,
          key: `${CERTIFICATE}/tls.key`,
          certificate_authorities: `${CERTIFICATE}/ca.crt`,
        }
      : {}),
  };
  return {
    "xpack.security.http.ssl": layer,
    "xpack.security.transport.ssl": {
      ...layer,
      // Nodes find each other by the addresses of pods, which are in no certificate: whoever has one of that authority is a node.
      ...(enabled ? { verification_mode: "certificate" } : {}),
    },
  };
}
