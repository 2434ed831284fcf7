import { join } from "node:path";
import execa from "execa";
import { repoDir } from "./paths";

/** The sample workload; its Dockerfile takes what {@link bundleTicketing} leaves in dist/. */
export const ticketingDirectory = join(repoDir, "examples/ticketing");

export async function bundleTicketing(): Promise<void> {
  await execa("npm", ["ci", "--no-audit", "--no-fund"], { cwd: ticketingDirectory });
  await execa("npm", ["run", "build"], { cwd: ticketingDirectory });
}
