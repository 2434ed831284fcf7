import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** To be imported before anything of local/: what that makes then goes into a directory of the test's own. */
export const scratch = mkdtempSync(join(tmpdir(), "observability-cache-"));
process.env.XDG_CACHE_HOME = scratch;
