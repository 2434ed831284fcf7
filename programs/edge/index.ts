import { RUNBOOK_PATH } from "../../alerts/alert";
import { json } from "../../config/yaml";
import { addressOf, pagesUnderEdge, pathOf } from "../addresses";
import type { Program, Stack } from "../program";
import { contentSecurityPolicy, notFoundPage, startPage } from "./page";
import { runbookPage } from "./runbook";

const ports = { http: 8080 };
const PAGE = "/srv/page";
const RUNBOOK = "/srv/runbook";

/** Caddy in front of the user interfaces, so that they share one address. */
export const edge: Program = {
  name: "edge",
  component: "grafana",
  workload: "Deployment",
  image: "caddy",
  go: true,
  user: 1000,
  enabled: ({ edge }) => edge.enabled,
  ports: () => ports,
  exposed: ({ edge }) => ({ port: "http", nodePort: edge.nodePort, ingress: true }),
  calls: (stack) =>
    pagesUnderEdge(stack).map(({ name }) => ({ to: name, ports: ["http"], why: "its pages" })),
  command: ["/usr/bin/caddy", "run", "--config=/etc/edge/caddy.json"],
  // Caddy keeps state under these; there is none worth keeping.
  env: () => ({ XDG_DATA_HOME: "/tmp", XDG_CONFIG_HOME: "/tmp" }),
  // The image's binary carries this one as a file capability and does not start where it is denied.
  capabilities: ["NET_BIND_SERVICE"],
  files: (stack) => [
    {
      name: "config",
      // Apart, so that what is served holds nothing but what people may read.
      path: { "caddy.json": "/etc/edge", "index.html": PAGE, "runbook.html": RUNBOOK },
      files: {
        "caddy.json": json(edgeConfig(stack)),
        "index.html": startPage(stack),
        "runbook.html": runbookPage(),
      },
    },
  ],
  scratch: { tmp: { path: "/tmp" } },
  probes: () => ({
    ready: { path: "/healthz", port: "http", delay: 1, period: 5 },
    live: { path: "/healthz", port: "http", delay: 10, period: 10 },
  }),
  resources: ({ edge }) => edge.resources,
};

/** Caddy's configuration. */
function edgeConfig(stack: Stack): object {
  const under = (path: string, program: string) => ({
    match: [{ path: [path, `${path}/*`] }],
    handle: [{ handler: "reverse_proxy", upstreams: [{ dial: addressOf(stack, program, "http") }] }],
    terminal: true,
  });
  const ownPage = {
    handler: "headers",
    response: {
      set: {
        "Content-Security-Policy": [contentSecurityPolicy],
        "Content-Type": ["text/html; charset=utf-8"],
        "X-Content-Type-Options": ["nosniff"],
        // The same address says something else after the next `up`.
        "Cache-Control": ["no-cache"],
      },
    },
  };
  const filesOf = (root: string) => [ownPage, { handler: "file_server", root }];
  return {
    admin: { disabled: true },
    logging: { logs: { default: { level: "WARN" } } },
    apps: {
      http: {
        servers: {
          edge: {
            listen: [`:${ports.http}`],
            automatic_https: { disable: true },
            routes: [
              { match: [{ path: ["/healthz"] }], handle: [{ handler: "static_response", status_code: 200 }] },
              // Each serves its path itself.
              ...pagesUnderEdge(stack).map(({ name }) => under(pathOf(stack, name), name)),
              {
                match: [{ path: [RUNBOOK_PATH] }],
                handle: [{ handler: "rewrite", uri: "/runbook.html" }, ...filesOf(RUNBOOK)],
              },
              { match: [{ path: ["/"] }], handle: filesOf(PAGE) },
              // Caddy's own answer would be an empty page.
              { handle: [ownPage, { handler: "static_response", status_code: 404, body: notFoundPage }] },
            ],
          },
        },
      },
    },
  };
}
