// A test makes each stack with a fresh Pulumi, and each of them listens for the end of the process.
process.setMaxListeners(0);
// Fresh Pulumis take seconds, and many on a machine that does other things as well.
jest.setTimeout(120_000);
