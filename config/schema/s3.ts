import { z } from "zod";
import { region, roleArn } from "./aws";
import { allowed, origin, secret, text } from "./common";

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** A bucket that keeps data instead of the volume. It must exist; the program does not make it. */
export const s3 = (what: string) =>
  z
    .strictObject({
      bucket: text(
        BUCKET,
        "the name of a bucket: 3 to 63 lower-case letters, digits, . and -, a letter or digit at both ends",
      ).describe("Bucket. It must exist and belong to this stack alone."),
      region: region("bucket"),
      endpoint: origin()
        .optional()
        .describe("Address of an S3 that is not AWS's, such as http://minio.minio.svc:9000; default: AWS's."),
      roleArn: roleArn("the program's ServiceAccount"),
      accessKeyId: text(/^\S{3,128}$/, "an access key id")
        .optional()
        .describe("Access key, where neither Pod Identity nor a role can be had; default none."),
      secretAccessKey: secret(text(/^\S{8,}$/, "the access key's secret"))
        .optional()
        .describe("Its secret. Set it with --secret."),
    })
    .superRefine(({ roleArn: role, accessKeyId, secretAccessKey }, context) => {
      const refuse = (path: string, message: string) =>
        context.addIssue({ code: "custom", path: [path], message });
      if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
        refuse(
          accessKeyId === undefined ? "accessKeyId" : "secretAccessKey",
          `is missing; ${allowed("accessKeyId and secretAccessKey, or neither")}`,
        );
      if (role && accessKeyId)
        refuse("roleArn", `is set beside accessKeyId; ${allowed("one of them")}. Remove the other.`);
    })
    .nullable()
    .default(null)
    .describe(
      `S3 bucket that keeps ${what}; default null: the volume. What is on the volume is not moved: it is found again once this is null again.`,
    );
