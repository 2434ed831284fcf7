/** A kubectl: the user's, else one that is there from before, else downloaded; `offline`, built. */
import { join } from "node:path";
import { download } from "../downloads";
import { built, obtain } from "../offline";
import type { Report } from "./cluster";
import { run } from "./run";

export async function findKubectl(report: Report, offline = false): Promise<string> {
  const installed = await run("kubectl", ["version", "--client"]);
  if (!installed.failed) return "kubectl";
  // Who built it once need not ask for a download every time.
  const before = built("kubernetes");
  if (before) return join(before, "kubectl");
  const downloaded = offline ? { reason: "" } : await download("kubectl", report);
  if ("directory" in downloaded) return join(downloaded.directory, "kubectl");
  const why = `There is no \`kubectl\`, and it cannot be downloaded: ${downloaded.reason}`;
  return join(await obtain("kubernetes", { offline, why }, report), "kubectl");
}
