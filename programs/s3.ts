import type { Settings } from "../config/schema";
import { accountFor, callForCredentials, domainOf } from "./aws";
import type { Call, Program, Secrets } from "./program";

/** How a program reaches a bucket. */

export type S3 = NonNullable<Settings["logs"]["s3"]>;

/** host[:port] of the bucket's server. */
export const endpointOf = ({ endpoint, region }: S3): string =>
  endpoint ? new URL(endpoint).host : `s3.${region}.${domainOf(region)}`;

export const isPlain = ({ endpoint }: S3): boolean => endpoint?.startsWith("http://") ?? false;

const hostOf = (s3: S3): string => new URL(`https://${endpointOf(s3)}`).hostname;

const portOf = ({ endpoint }: S3): number => {
  const { port, protocol } = new URL(endpoint ?? "https://s3");
  return Number(port || (protocol === "http:" ? 80 : 443));
};

export const callsOf = (s3: S3 | null): Call[] =>
  s3
    ? [
        { to: "elsewhere", hosts: [hostOf(s3)], ports: [portOf(s3)], why: "its bucket" },
        ...(s3.accessKeyId ? [] : [callForCredentials("its bucket")]),
      ]
    : [];

const accountOf = (s3: S3 | null): Record<string, string> | undefined =>
  s3 && !s3.accessKeyId ? accountFor(s3.roleArn) : undefined;

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
