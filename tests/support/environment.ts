// A test makes each stack with a fresh Pulumi, and each of them listens for the end of the process.
process.setMaxListeners(0);
