import { RUNBOOK_PATH } from "../../alerts/alert";
import { json } from "../../config/yaml";
import { addressOf, edgeAsks, edgeHasLogin, pagesUnderEdge, pathOf } from "../addresses";
import { ADMIN } from "../grafana/server";
import type { Pages, Program, Stack } from "../program";
import { contentSecurityPolicy, notFoundPage, startPage } from "./page";
import { runbookPage } from "./runbook";

const ports = { http: 8080 };
const PAGE = "/srv/page";
const RUNBOOK = "/srv/runbook";
const PASSWORD_HASH = "EDGE_PASSWORD_HASH";

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
  // components/grafana-stack.ts makes the password.
  secrets: ({ settings }) =>
    edgeHasLogin(settings) ? [{ name: "login", env: { [PASSWORD_HASH]: "hash" } }] : [],
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

/** What answers these paths, and nothing after it. */
const on = (path: string[], ...handle: object[]) => ({ match: [{ path }], handle, terminal: true });

const login = {
  handler: "authentication",
  providers: {
    http_basic: {
      accounts: [{ username: ADMIN, password: `{env.${PASSWORD_HASH}}` }],
      // The hash is slow on purpose, and a page makes dozens of requests.
      hash_cache: {},
    },
  },
};

/** Caddy's configuration. */
function edgeConfig(stack: Stack): object {
  const served = (program: Program & { pages: Pages }) => {
    const { name } = program;
    const path = pathOf(stack, name);
    const upstreams = [{ dial: addressOf(stack, name, "http") }];
    if (!edgeAsks(stack, program)) return [on([path, `${path}/*`], { handler: "reverse_proxy", upstreams })];
    return [
      // A browser sends its login to whatever lies beside the page that asked for it. Asked here, that were Grafana, which
      // would take it for its own, and lock its administrator out after five wrong ones.
      on([path], { handler: "static_response", status_code: 308, headers: { Location: [`${path}/`] } }),
      on([`${path}/*`], login, {
        handler: "reverse_proxy",
        upstreams,
        headers: { request: { delete: ["Authorization"] } },
      }),
    ];
  };
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
              ...pagesUnderEdge(stack).flatMap(served),
              {
                match: [{ path: [RUNBOOK_PATH] }],
                handle: [{ handler: "rewrite", uri: "/runbook.html" }, ...filesOf(RUNBOOK)],
              },
              // It holds nothing but what is where: a login here would be sent to Grafana as well, as above.
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
