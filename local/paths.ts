import { homedir } from "node:os";
import { join } from "node:path";

export const home = process.env.HOME || homedir();

/** Everything that can be made again: toolchain, server binaries, images, Debian packages. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(home, ".cache"), "observability-stack");

/** Plugins of a Pulumi that was built here: the user's own stay untouched. */
export const ownPulumiHome = join(cacheDir, "pulumi-home");

/** What must outlive a run: Pulumi state of those without a backend of their own, the local clusters. */
export const stateDir = join(
  process.env.XDG_STATE_HOME || join(home, ".local", "state"),
  "observability-stack",
);

/** The checkout. */
export const repoDir = join(__dirname, "..");
