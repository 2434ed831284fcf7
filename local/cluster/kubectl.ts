/** A kubectl: the user's, else one that is there from before, else downloaded, else built. */
import { join } from "node:path";
import { download } from "../downloads";
import { type Build, build, built } from "../offline";
import type { Report } from "./cluster";
import { run } from "./run";

export async function findKubectl(report: Report, from: Build = build): Promise<string> {
  const installed = await run("kubectl", ["version", "--client"]);
  if (!installed.failed) return "kubectl";
  // Who built it once need not ask for a download every time.
  const before = built("kubernetes");
  if (before) return join(before, "kubectl");
  const downloaded = await download("kubectl", report);
  const directory = "directory" in downloaded ? downloaded.directory : await from("kubernetes", report);
  return join(directory, "kubectl");
}
