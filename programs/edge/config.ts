import { RUNBOOK_PATH } from "../../alerts/alert";
import { addressOf, edgeAsks, pagesUnderEdge, pathOf } from "../addresses";
import { ADMIN } from "../grafana/server";
import type { Pages, Program, Stack } from "../program";
import { contentSecurityPolicy, notFoundPage } from "./page";

export const PORT = 8080;
/** Directory of the start page. */
export const PAGE = "/srv/page";
export const RUNBOOK = "/srv/runbook";
/** Directory of the certificate: apart from the other files, since nothing can be mounted inside of a ConfigMap. */
export const TLS = "/etc/edge-tls";
/** Environment variable. */
export const PASSWORD_HASH = "EDGE_PASSWORD_HASH";

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

/**
 * Where Caddy asks itself for the certificate, at each handshake: files that are named in its configuration it reads at its
 * start alone, and a renewed certificate would expire unseen. Nobody else gets there: outside of the pod no loopback address
 * answers, and `kubectl port-forward` leads to 127.0.0.1 and ::1.
 */
export const CERTIFICATE = "127.0.0.2:8081";

const certificate = {
  listen: [CERTIFICATE],
  automatic_https: { disable: true },
  protocols: ["h1"],
  routes: [
    {
      handle: [{ handler: "static_response", body: `{file.${TLS}/tls.crt}\n{file.${TLS}/tls.key}\n` }],
    },
  ],
};
const asked = { get_certificate: [{ via: "http", url: `http://${CERTIFICATE}/` }] };
const encrypted = {
  // The one certificate whoever is asked for: probes and load balancers name no host.
  tls_connection_policies: [{}],
  // The third one is spoken by UDP, which the Service does not carry.
  protocols: ["h1", "h2"],
};

/** Caddy's configuration. */
export function edgeConfig(stack: Stack): object {
  const { tls } = stack.settings.edge;
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
      ...(tls ? { tls: { automation: { policies: [asked] } } } : {}),
      http: {
        servers: {
          ...(tls ? { certificate } : {}),
          edge: {
            listen: [`:${PORT}`],
            automatic_https: { disable: true },
            ...(tls ? encrypted : {}),
            routes: [
              { match: [{ path: ["/healthz"] }], handle: [{ handler: "static_response", status_code: 200 }] },
              // Each serves its path itself.
              ...pagesUnderEdge(stack).flatMap(served),
              // These two hold no data: a login here would be sent to Grafana as well, as above.
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
