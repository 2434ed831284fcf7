import { homedir } from "node:os";
import { join } from "node:path";

/*
 * Pulumi state and clusters of the tests lie apart from the user's, always in the same place: what a run that was
 * killed left behind is found and taken away by the next one.
 */
process.env.XDG_STATE_HOME = join(homedir(), ".local", "state", "observability-stack-tests");
delete process.env.PULUMI_BACKEND_URL;
delete process.env.PULUMI_ACCESS_TOKEN;

// Jest reports a file's tests when the whole file is done, which here takes a quarter of an hour.
beforeEach(() => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${expect.getState().currentTestName}\n`);
});
