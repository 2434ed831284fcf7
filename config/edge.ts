import { addressOf, paths, ports } from "./addresses";
import type { Settings } from "./schema";

/** Caddy: one address for the user interfaces (seed 002). Kiali joins here when the mesh is there. */
export function edgeConfig(settings: Settings): object {
  const proxy = (dial: string) => ({ handler: "reverse_proxy", upstreams: [{ dial }] });
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
            listen: [`:${ports.edge.http}`],
            automatic_https: { disable: true },
            routes: [
              { match: [{ path: ["/healthz"] }], handle: [{ handler: "static_response", status_code: 200 }] },
              // Grafana serves the path itself.
              under(paths.grafana, [proxy(addressOf(settings, "grafana"))]),
              // Prometheus answers at its root, so that the NodePort works as well.
              under(paths.prometheus, [
                { handler: "rewrite", strip_path_prefix: paths.prometheus },
                proxy(addressOf(settings, "prometheus")),
              ]),
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
            ],
          },
        },
      },
    },
  };
}
