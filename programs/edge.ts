import { json } from "../config/yaml";
import { addressOf, paths } from "./addresses";
import type { Program, Stack } from "./program";

const ports = { http: 8080 };

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
  calls: () => [
    { to: "grafana", ports: ["http"], why: "its pages" },
    { to: "prometheus", ports: ["http"], why: "its pages" },
  ],
  command: ["/usr/bin/caddy", "run", "--config=/etc/edge/caddy.json"],
  // Caddy keeps state under these; there is none worth keeping.
  env: () => ({ XDG_DATA_HOME: "/tmp", XDG_CONFIG_HOME: "/tmp" }),
  // The image's binary carries this one as a file capability and does not start where it is denied.
  capabilities: ["NET_BIND_SERVICE"],
  files: (stack) => [{ name: "config", path: "/etc/edge", files: { "caddy.json": json(edgeConfig(stack)) } }],
  scratch: { tmp: { path: "/tmp" } },
  probes: () => ({
    ready: { path: "/healthz", port: "http", delay: 1, period: 5 },
    live: { path: "/healthz", port: "http", delay: 10, period: 10 },
  }),
  resources: ({ edge }) => edge.resources,
};

/** Caddy's configuration. */
function edgeConfig(stack: Stack): object {
  const proxy = (program: string) => ({
    handler: "reverse_proxy",
    upstreams: [{ dial: addressOf(stack, program, "http") }],
  });
  const under = (path: string, handle: object[]) => ({
    match: [{ path: [path, `${path}/*`] }],
    handle,
    terminal: true,
  });
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
              // Both serve their path themselves.
              under(paths.grafana, [proxy("grafana")]),
              under(paths.prometheus, [proxy("prometheus")]),
              {
                match: [{ path: ["/"] }],
                handle: [
                  {
                    handler: "static_response",
                    status_code: 302,
                    headers: { Location: [`${paths.grafana}/`] },
                  },
                ],
              },
              // Caddy's own answer would be an empty page.
              {
                handle: [
                  {
                    handler: "static_response",
                    status_code: 404,
                    body: `Nothing is here. Grafana: ${paths.grafana}/`,
                  },
                ],
              },
            ],
          },
        },
      },
    },
  };
}
