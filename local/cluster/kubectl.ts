/** A kubectl: the user's, else ours. */
import { join } from "node:path";
import { build } from "../offline";
import type { Report } from "./cluster";
import { run } from "./run";

export async function findKubectl(report: Report): Promise<string> {
  const installed = await run("kubectl", ["version", "--client"]);
  return !installed.failed ? "kubectl" : join(await build("kubernetes", report), "kubectl");
}
