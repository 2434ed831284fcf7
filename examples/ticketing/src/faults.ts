/**
 * What can be broken on purpose, and where. The generator sets the key `fault:<name>` in Redis with an end; the service
 * looks for it every second. So it ends by itself, whatever becomes of who began it, and outlives a service that crashes.
 */
export const faults = {
  latency: { service: "ticket-service", does: "every other purchase waits 3 s in the database" },
  errors: { service: "auth-service", does: "each login is answered with 500" },
  memory: { service: "auth-service", does: "fills 92 % of its memory limit" },
  "crash-loop": { service: "gateway-service", does: "ends with an exception 10 s after each start" },
  "queue-wait": { service: "queue-service", does: "lets nobody in before 40 s" },
  "payment-failures": { service: "payment-service", does: "declines every other card" },
  "seat-conflicts": { service: "ticket-service", does: "everybody gets the same seat, which is taken" },
  breaker: { service: "payment-service", does: "the bank fails, so that the circuit breaker opens" },
} satisfies Record<string, { service: string; does: string }>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];

/** In Redis; expires when the fault ends. */
export const faultKey = (name: FaultName): string => `fault:${name}`;
