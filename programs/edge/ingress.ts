import type { Settings } from "../../config/schema";
import type { Ingress } from "../program";

/** What AWS offers browsers of the last ten years; its default still takes TLS 1.0. */
const SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/** What the AWS Load Balancer Controller makes a load balancer of. */
export function ingressOf({ edge }: Settings): Ingress | undefined {
  if (!edge.ingress) return undefined;
  const { className, scheme, certificateArn } = edge.ingress;
  const alb = {
    scheme,
    // Straight to the pods: the Service needs no port on the nodes.
    "target-type": "ip",
    "listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]',
    "ssl-redirect": "443",
    "ssl-policy": SSL_POLICY,
    "certificate-arn": certificateArn,
    "backend-protocol": edge.tls ? "HTTPS" : "HTTP",
    "healthcheck-protocol": edge.tls ? "HTTPS" : "HTTP",
    "healthcheck-path": "/healthz",
  };
  const annotations = Object.entries(alb).map(([name, value]) => [
    `alb.ingress.kubernetes.io/${name}`,
    value,
  ]);
  return {
    className,
    host: new URL(edge.url).hostname,
    annotations: Object.fromEntries(annotations) as Record<string, string>,
  };
}
