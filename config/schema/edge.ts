import { z } from "zod";
import { nodePort, origin, resources, rotation } from "./common";

export const edge = z
  .strictObject({
    enabled: z
      .boolean()
      .optional()
      .describe(
        "Whether there is a proxy; default: where it has a NodePort. With it Grafana, Prometheus and Alertmanager live under their paths.",
      ),
    nodePort: nodePort().describe("Port of the proxy on every node; kind: 30080, elsewhere null: none."),
    url: origin()
      .prefault("http://localhost:8080")
      .describe("Address users type; default http://localhost:8080, where kind maps 30080."),
    anonymous: z
      .boolean()
      .default(false)
      .describe(
        "Whether the pages that ask nobody for a login themselves (Prometheus, Alertmanager) are open to whoever reaches the proxy; kind: true, elsewhere false: the proxy asks for the user admin and a generated password, the stack's output edgePassword.",
      ),
    login: z
      .strictObject({
        rotation: rotation().describe(
          "Id of the generated password. Another id makes a new one, and the old one ends; default 1.",
        ),
      })
      .prefault({})
      .describe("The login that the proxy asks for, unless edge.anonymous is true."),
    resources: resources("10m 24Mi", "100m 64Mi"),
  })
  .transform((edge) => ({ ...edge, enabled: edge.enabled ?? edge.nodePort !== null }))
  .prefault({})
  .describe(
    "The proxy in front of the user interfaces: a start page at /, and each under /api/monitoring/<program>.",
  );
