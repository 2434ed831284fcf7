import type { Call } from "./program";

/** How a program shows AWS who it is. AWS' library, which all of them use, finds the credentials by itself. */

/** Port 80 is that of the node's agent which hands out credentials (EKS Pod Identity), 443 that of roles (IRSA). */
export const callForCredentials = (what: string): Call => ({
  to: "elsewhere",
  ports: [80, 443],
  why: `credentials for ${what}`,
});

/** AWS' services in China have a domain of their own. */
export const domainOf = (region: string): string =>
  region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";

/** Annotations of the ServiceAccount: Pod Identity finds a role by its name, IRSA by these. */
export const accountFor = (roleArn: string | undefined): Record<string, string> =>
  roleArn ? { "eks.amazonaws.com/role-arn": roleArn } : {};
