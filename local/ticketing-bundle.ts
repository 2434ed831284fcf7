import { join } from "node:path";
import execa, { type ExecaError } from "execa";
import { UserError } from "./errors";
import { repoDir } from "./paths";

/** The sample workload; its Dockerfile takes what {@link bundleTicketing} leaves in dist/. */
export const ticketingDirectory = join(repoDir, "examples/ticketing");

export async function bundleTicketing(): Promise<void> {
  for (const args of [
    ["ci", "--no-audit", "--no-fund"],
    ["run", "build"],
  ])
    await execa("npm", args, { cwd: ticketingDirectory }).catch((error: ExecaError) => {
      throw new UserError(
        `The sample workload: npm ${args.join(" ")} failed in ${ticketingDirectory}:\n${error.stderr}`,
      );
    });
}
