import { z } from "zod";
import { nodePort, origin, resources, rotation, text } from "./common";
import { objectName } from "./kubernetes";

const CERTIFICATE_ARN = /^arn:aws(-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9A-Za-z-]+$/;

/** What an Ingress takes: a name with a dot, no address, and the port of https. */
const PUBLIC_HOST = /^https:\/\/([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/;

/** Where kind maps the proxy's port: on any other cluster the address of nobody. */
export const LAPTOPS_URL = "http://localhost:8080";

interface Address {
  url: string;
  anonymous: boolean;
  tls: object | null;
  ingress: object | null;
}

/** Where there is https, links say so; and on a load balancer nothing is open. */
function checkAddress({ url, anonymous, tls, ingress }: Address, context: z.core.$RefinementCtx): void {
  const refuse = (key: keyof Address, message: string) =>
    context.addIssue({ code: "custom", path: [key], message });
  if (ingress && !PUBLIC_HOST.test(url))
    refuse(
      "url",
      `${url} is no address of a load balancer; allowed beside edge.ingress: https:// and a host name in lower-case letters without a port, such as https://observability.example.org`,
    );
  else if (tls && !url.startsWith("https://"))
    refuse(
      "url",
      `${url} is no address of a proxy that has edge.tls; allowed: one that begins with https://. Set it, or remove edge.tls.`,
    );
  if (ingress && anonymous)
    refuse(
      "anonymous",
      "would open Prometheus and Alertmanager to whoever reaches the load balancer; allowed beside edge.ingress: false",
    );
}

export const edge = z
  .strictObject({
    enabled: z
      .boolean()
      .optional()
      .describe(
        "Whether there is a proxy; default: where it has a NodePort or an Ingress. With it Grafana, Prometheus and Alertmanager live under their paths.",
      ),
    nodePort: nodePort().describe("Port of the proxy on every node; kind: 30080, elsewhere null: none."),
    url: origin()
      .prefault(LAPTOPS_URL)
      .describe(`Address users type; default ${LAPTOPS_URL}, where kind maps 30080.`),
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
          "Name of a Secret of type kubernetes.io/tls in the stack's namespace, which must exist. A renewed certificate is shown within two minutes, without a restart.",
        ),
      })
      .nullable()
      .default(null)
      .describe("Certificate with which the proxy itself serves https; default null: it serves http."),
    ingress: z
      .strictObject({
        className: objectName("the name of an IngressClass")
          .default("alb")
          .describe("IngressClass of the AWS Load Balancer Controller, which must exist; default alb."),
        scheme: z
          .enum(["internal", "internet-facing"])
          .default("internal")
          .describe(
            "Who reaches the load balancer: the VPC, or everybody, and then the edge leaves out Prometheus; default internal.",
          ),
        certificateArn: text(
          CERTIFICATE_ARN,
          "the ARN of a certificate in ACM, such as arn:aws:acm:us-east-1:123456789012:certificate/ID",
        ).describe("Certificate of edge.url's host, in ACM, in the cluster's region."),
      })
      .nullable()
      .default(null)
      .describe(
        "An Ingress that has AWS make a load balancer with https for the host of edge.url; default null: none.",
      ),
    resources: resources("10m 24Mi", "100m 64Mi"),
  })
  .superRefine(checkAddress)
  .transform((edge) => ({
    ...edge,
    enabled: edge.enabled ?? (edge.nodePort !== null || edge.ingress !== null),
  }))
  .prefault({})
  .describe(
    "The proxy in front of the user interfaces: a start page at /, and each under /api/monitoring/<program>.",
  );
