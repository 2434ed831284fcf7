import { z } from "zod";
import { allowed, count, httpUrl, text } from "./common";

/** What AWS wants to know, whichever service of its is used. */

const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d$/;
const ROLE = /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

export const region = (of: string) =>
  text(REGION, "an AWS region such as ap-northeast-2").describe(
    `Region of the ${of}, such as ap-northeast-2.`,
  );

export const roleArn = (whose: string) =>
  text(ROLE, "the ARN of a role, such as arn:aws:iam::123456789012:role/loki")
    .optional()
    .describe(`Role for ${whose} (IRSA); default none: EKS Pod Identity, or the node's own role.`);

const WORKSPACE = /^https:\/\/[\w.-]+(?::\d+)?\/workspaces\/[\w-]+\/?$/;
const workspace =
  "the workspace's https:// address up to its id, such as https://aps-workspaces.ap-northeast-2.amazonaws.com/workspaces/ws-1a2b3c4d";

/** A workspace of Amazon Managed Prometheus. It must exist; the program does not make it. */
export const amp = z
  .strictObject({
    url: httpUrl(workspace)
      .regex(WORKSPACE, { error: allowed(workspace), abort: true })
      .transform((url) => url.replace(/\/$/, ""))
      .describe("The workspace's https:// address, up to its id."),
    region: region("workspace"),
    roleArn: roleArn("the ServiceAccounts prometheus and grafana"),
    shards: count("a whole number of requests")
      .default(10)
      .describe(
        "Requests at once, at most; default 10. Each has up to 11,000 samples in memory, about 5 MiB.",
      ),
  })
  .nullable()
  .default(null)
  .describe(
    "Workspace of Amazon Managed Prometheus that gets all samples besides the volume, by remote write with SigV4; default null: none. Grafana has it as datasource AMP.",
  );
