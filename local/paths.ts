import { homedir } from "node:os";
import { join } from "node:path";

const home = process.env.HOME || homedir();

/** Everything that can be made again: toolchain, server binaries, images, Debian packages. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(home, ".cache"), "observability-stack");

/** What must outlive a run: Pulumi state of those without a backend of their own, the local clusters. */
export const stateDir = join(
  process.env.XDG_STATE_HOME || join(home, ".local", "state"),
  "observability-stack",
);

/** The checkout. */
export const repoDir = join(__dirname, "..");
