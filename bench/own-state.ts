import { homedir } from "node:os";
import { join } from "node:path";

// Pulumi state and cluster apart from the user's. To be imported before anything of local/.
process.env.XDG_STATE_HOME = join(homedir(), ".local", "state", "observability-stack-bench");
delete process.env.PULUMI_BACKEND_URL;
delete process.env.PULUMI_ACCESS_TOKEN;
