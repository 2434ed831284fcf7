import "./state";

// Jest reports a file's tests when the whole file is done, which here takes a quarter of an hour.
beforeEach(() => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${expect.getState().currentTestName}\n`);
});
