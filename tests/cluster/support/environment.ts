import "./state";

// By which ports are chosen (free-port.ts): .ci/run has the other tests run beside these, with workers 1 to 3.
process.env.JEST_WORKER_ID = "8";

// Jest reports a file's tests when the whole file is done, which here takes a quarter of an hour.
beforeEach(() => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${expect.getState().currentTestName}\n`);
});
