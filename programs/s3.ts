import type { Settings } from "../config/schema";
import type { Call, Program, Secrets } from "./program";

/** How a program reaches a bucket. AWS' library, which all of them use, finds the credentials by itself. */

export type S3 = NonNullable<Settings["logs"]["s3"]>;

/** host[:port] of the bucket's server. */
export const endpointOf = ({ endpoint, region }: S3): string =>
  endpoint ? new URL(endpoint).host : `s3.${region}.amazonaws.com`;

export const isPlain = ({ endpoint }: S3): boolean => endpoint?.startsWith("http://") ?? false;

const portOf = ({ endpoint }: S3): number => {
  const { port, protocol } = new URL(endpoint ?? "https://s3");
  return Number(port || (protocol === "http:" ? 80 : 443));
};

/** Port 80 is that of the node's agent which hands out credentials (EKS Pod Identity), 443 that of roles (IRSA). */
export const callsOf = (s3: S3 | null): Call[] =>
  s3
    ? [
        { to: "elsewhere", ports: [portOf(s3)], why: "its bucket" },
        ...(s3.accessKeyId ? [] : [{ to: "elsewhere", ports: [80, 443], why: "credentials for its bucket" }]),
      ]
    : [];

/** Pod Identity finds a role by the ServiceAccount's name, IRSA by its annotation. */
const accountOf = (s3: S3 | null): Record<string, string> | undefined => {
  if (!s3 || s3.accessKeyId) return undefined;
  return s3.roleArn ? { "eks.amazonaws.com/role-arn": s3.roleArn } : {};
};

const secretsOf = (s3: S3 | null): Secrets[] =>
  s3?.accessKeyId
    ? [
        {
          name: "bucket",
          values: { id: s3.accessKeyId, secret: s3.secretAccessKey! },
          env: { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" },
        },
      ]
    : [];

/** What a program says of itself that keeps its data in a bucket. */
export const inBucket = (
  bucket: (settings: Settings) => S3 | null,
): Pick<Program, "accountAnnotations" | "secrets"> => ({
  accountAnnotations: (settings) => accountOf(bucket(settings)),
  secrets: ({ settings }) => secretsOf(bucket(settings)),
});
