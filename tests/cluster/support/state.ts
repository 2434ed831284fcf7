import { homedir } from "node:os";
import { join } from "node:path";

/*
 * Pulumi state, clusters and checkout of the tests lie apart from the user's, always in the same place: what a run that
 * was killed left behind is found and taken away by the next one. To be imported before anything of local/.
 */
export const ownState = join(homedir(), ".local", "state", "observability-stack-tests");
process.env.XDG_STATE_HOME = ownState;
delete process.env.PULUMI_BACKEND_URL;
delete process.env.PULUMI_ACCESS_TOKEN;
// Nobody has logged in there.
process.env.PULUMI_CREDENTIALS_PATH = ownState;
