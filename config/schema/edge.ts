import { z } from "zod";
import { nodePort, origin, resources, rotation } from "./common";
import { objectName } from "./kubernetes";

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
    tls: z
      .strictObject({
        secretName: objectName("the name of a Secret").describe(
          "Name of a Secret of type kubernetes.io/tls in the stack's namespace, which must exist. A renewed certificate is read when the pod starts anew: kubectl rollout restart deployment/edge.",
        ),
      })
      .nullable()
      .default(null)
      .describe("Certificate with which the proxy itself serves https; default null: it serves http."),
    resources: resources("10m 24Mi", "100m 64Mi"),
  })
  .superRefine(({ url, tls }, context) => {
    if (tls && !url.startsWith("https://"))
      context.addIssue({
        code: "custom",
        path: ["url"],
        message: `${url} is no address of a proxy that has edge.tls; allowed: one that begins with https://. Set it, or remove edge.tls.`,
      });
  })
  .transform((edge) => ({ ...edge, enabled: edge.enabled ?? edge.nodePort !== null }))
  .prefault({})
  .describe(
    "The proxy in front of the user interfaces: a start page at /, and each under /api/monitoring/<program>.",
  );
