import type { Settings } from "../../config/schema";
import { json } from "../../config/yaml";
import { edgeHasLogin, pagesUnderEdge } from "../addresses";
import type { Program, Secrets } from "../program";
import { edgeConfig, PAGE, PASSWORD_HASH, PORT, RUNBOOK, TLS } from "./config";
import { ingressOf } from "./ingress";
import { startPage } from "./page";
import { runbookPage } from "./runbook";

/** Name of its port, which says what is spoken there. */
const port = ({ edge }: Settings) => (edge.tls ? "https" : "http");

const certificate = ({ edge }: Settings): Secrets[] => {
  const { secretName: name } = edge.tls ?? {};
  const keys = ["tls.crt", "tls.key"];
  return name ? [{ name: "tls", path: TLS, existing: { name, keys, setting: "edge.tls.secretName" } }] : [];
};

/** Caddy in front of the user interfaces, so that they share one address. */
export const edge: Program = {
  name: "edge",
  component: "grafana",
  workload: "Deployment",
  image: "caddy",
  go: true,
  user: 1000,
  enabled: ({ edge }) => edge.enabled,
  ports: (settings) => ({ [port(settings)]: PORT }),
  exposed: (settings) => ({ port: port(settings), nodePort: settings.edge.nodePort, ingress: true }),
  ingress: ingressOf,
  calls: (stack) =>
    pagesUnderEdge(stack).map(({ name }) => ({ to: name, ports: ["http"], why: "its pages" })),
  command: ["/usr/bin/caddy", "run", "--config=/etc/edge/caddy.json"],
  // Caddy keeps state under these; there is none worth keeping.
  env: () => ({ XDG_DATA_HOME: "/tmp", XDG_CONFIG_HOME: "/tmp" }),
  // The image's binary carries this one as a file capability and does not start where it is denied.
  capabilities: ["NET_BIND_SERVICE"],
  secrets: ({ settings }) => [
    // components/grafana-stack.ts makes the password.
    ...(edgeHasLogin(settings) ? [{ name: "login", env: { [PASSWORD_HASH]: "hash" } }] : []),
    ...certificate(settings),
  ],
  files: (stack) => [
    {
      name: "config",
      // Apart, so that what is served holds nothing but what people may read.
      path: { "caddy.json": "/etc/edge", "index.html": PAGE, "runbook.html": RUNBOOK },
      files: {
        "caddy.json": json(edgeConfig(stack)),
        "index.html": startPage(stack),
        "runbook.html": runbookPage(stack),
      },
    },
  ],
  scratch: { tmp: { path: "/tmp" } },
  probes: ({ settings }) => {
    const health = { path: "/healthz", port: port(settings), tls: settings.edge.tls !== null };
    return { ready: { ...health, delay: 1, period: 5 }, live: { ...health, delay: 10, period: 10 } };
  },
  resources: ({ edge }) => edge.resources,
};
