import { bytes } from "../config/units";
import { yaml } from "../config/yaml";
import { authorityOf, hasEdge, pathOf, trustOf, urlOf, userUrl } from "./addresses";
import { KIBANA, PASSWORD } from "./elasticsearch/access";
import type { Program, Stack } from "./program";

const HOME = "/usr/share/kibana";
const CONFIG = "/etc/kibana";
const PORT = 5601;

/** Share of the memory limit that is for what JavaScript works with; beside it are Node's own and its buffers. */
const HEAP = 2 / 3;

/** The image says these in a file beside its own configuration, which is not read: Kibana would end at a mistake of its own. */
const NODE = ["--unhandled-rejections=warn", "--dns-result-order=ipv4first", "--openssl-legacy-provider"];

/** Environment variables of the keys that sessions and saved objects are encrypted with. */
const KEYS = { SESSION_KEY: "session-key", OBJECTS_KEY: "objects-key" };

/** Pages of Elasticsearch's own: searches and draws the lines, in Kibana's way. */
export const kibana: Program = {
  name: "kibana",
  component: "logs",
  workload: "Deployment",
  image: "kibana",
  user: 1000,
  enabled: ({ logs }) => logs.backend === "elasticsearch" && logs.elasticsearch.kibana.enabled,
  ports: () => ({ http: PORT }),
  pages: { title: "Kibana", what: "logs, in Elasticsearch's own pages", login: true },
  calls: () => [{ to: "elasticsearch", ports: ["http"], why: "lines, and what people save" }],
  // Without it this one waits for connections, and tells so each few seconds.
  after: ["elasticsearch"],
  // The image's own start script would turn the environment into arguments, which any process of the node can read.
  command: [`${HOME}/bin/kibana`],
  env: ({ settings: { logs } }) => {
    const heap = Math.floor((HEAP * bytes(logs.elasticsearch.kibana.resources.limits.memory)) / 2 ** 20);
    return { KBN_PATH_CONF: CONFIG, NODE_OPTIONS: [`--max-old-space-size=${heap}`, ...NODE].join(" ") };
  },
  files: (stack) => [{ name: "config", path: CONFIG, files: { "kibana.yml": yaml(kibanaConfig(stack)) } }],
  // components/logs-stack.ts makes them.
  secrets: (stack) => [
    { name: "kibana", env: { [PASSWORD]: "password", ...KEYS } },
    ...trustOf(stack, "elasticsearch"),
  ],
  scratch: { data: { path: `${HOME}/data` }, tmp: { path: "/tmp" } },
  probes: (stack) => {
    // Answers 503 until Elasticsearch has all that Kibana keeps there; the other pages ask for a login.
    const page = { path: `${pathOf(stack, "kibana")}/login`, port: "http" };
    return {
      startup: { ...page, minutes: 10 },
      ready: { ...page, delay: 5, period: 10 },
      // A connection alone: while Elasticsearch is away a restart would help nobody.
      live: { port: "http", delay: 30, period: 10 },
    };
  },
  resources: ({ logs }) => logs.elasticsearch.kibana.resources,
};

const fromEnvironment = (name: string) => `\${${name}}`;

export function kibanaConfig(stack: Stack): object {
  const path = pathOf(stack, "kibana");
  const authority = authorityOf(stack, "elasticsearch");
  return {
    "server.name": "kibana",
    "server.host": "0.0.0.0",
    "server.port": PORT,
    ...(path ? { "server.basePath": path, "server.rewriteBasePath": true } : {}),
    // Links in what people share.
    ...(hasEdge(stack) ? { "server.publicBaseUrl": userUrl(stack, "kibana") } : {}),
    "elasticsearch.hosts": [urlOf(stack, "elasticsearch", "http")],
    ...(authority ? { "elasticsearch.ssl.certificateAuthorities": authority.file } : {}),
    "elasticsearch.username": KIBANA,
    "elasticsearch.password": fromEnvironment(PASSWORD),
    "xpack.security.encryptionKey": fromEnvironment("SESSION_KEY"),
    "xpack.encryptedSavedObjects.encryptionKey": fromEnvironment("OBJECTS_KEY"),
    "xpack.security.secureCookies": userUrl(stack, "kibana").startsWith("https:"),
    "xpack.security.session.idleTimeout": "8h",
    "logging.appenders.output": { type: "console", layout: { type: "json" } },
    "logging.root": { level: "warn", appenders: ["output"] },
    // Nothing of it leaves the cluster, and no network policy would let it.
    "telemetry.optIn": false,
    "telemetry.allowChangingOptInStatus": false,
    "newsfeed.enabled": false,
    "map.includeElasticMapsService": false,
    "xpack.fleet.isAirGapped": true,
    // Pictures of pages take a browser of its own.
    "xpack.reporting.enabled": false,
  };
}
