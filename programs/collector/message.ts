/** The largest message that the gateway takes, in MiB; by HTTP it is the Collector's default. */
export const MESSAGE_MIB = 20;

/** The largest batch that it sends on: a message, and what the attributes of pods add to it. */
export const BATCH_MIB = 24;

/** A server behind it, which has to take such a batch whole; by default 4 MiB. */
export const takesBatches = (endpoint: string) => ({
  grpc: { endpoint, max_recv_msg_size_mib: BATCH_MIB + 1 },
});
