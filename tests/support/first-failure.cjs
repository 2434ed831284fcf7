const { TestEnvironment } = require("jest-environment-node");

/** After a test that failed the others are skipped, for `npm run mutate`: Jest's own --bail looks at whole files. */
module.exports = class extends TestEnvironment {
  handleTestEvent({ name, test, describeBlock }) {
    if (name === "test_fn_failure" || name === "hook_failure") this.failed = true;
    if (!this.failed) return;
    // Those that a hook failed for have failed, which skipping them would hide.
    if (name === "test_start" && test.errors.length === 0) test.mode = "skip";
    if (name === "run_describe_start") describeBlock.mode = "skip";
  }
};
