import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import execa, { type ExecaError } from "execa";
import { cached, keyOf, type Report } from "../cache";
import { UserError } from "../errors";

/** Where {@link debianPackages} unpacks them, below the cache. */
export const debianDirectory = (set: string, packages: string[]): string =>
  `debian/${set}-${keyOf(...packages)}`;

/**
 * Unpacks Debian packages into the cache, once; nothing is installed on the host.
 *
 * @param set name of the directory
 * @param packages names, the libraries that they need and the host may lack among them
 * @returns the root of the unpacked tree
 */
export function debianPackages(set: string, packages: string[], report: Report): Promise<string> {
  return cached(debianDirectory(set, packages), report, async (directory) => {
    report(`Debian packages: ${packages.join(", ")}`);
    const downloads = mkdtempSync(`${directory}.download-`);
    try {
      const known = await execa("apt-cache", ["show", "--no-all-versions", ...packages], { reject: false });
      if (known.exitCode !== 0) await apt(["update"], downloads);
      await apt(["download", ...packages], downloads);
      for (const file of readdirSync(downloads))
        await execa("dpkg-deb", ["-x", join(downloads, file), directory]);
    } finally {
      rmSync(downloads, { recursive: true, force: true });
    }
  });
}

async function apt(args: string[], cwd: string): Promise<void> {
  await execa("apt-get", ["-q", "-o", "APT::Sandbox::User=root", ...args], { cwd }).catch(
    (error: ExecaError) => {
      throw new UserError(
        `${error.message}\nA cluster and images of our own need Debian packages. Name a cluster with --context NAME, start Docker, or mend apt-get and run the command again.`,
      );
    },
  );
}
