/**
 * What can be broken on purpose, and where. The generator sets the key `fault:<name>` in Redis with an end; the service
 * looks for it every second. So it ends by itself, whatever becomes of who began it, and outlives a service that crashes.
 */
export const faults = {
  latency: { service: "ticket-service", does: "waits 3 s in the database at every other purchase" },
  errors: { service: "auth-service", does: "answers each login with 500" },
  memory: { service: "auth-service", does: "fills 92 % of its memory limit" },
  "crash-loop": { service: "gateway-service", does: "ends with an exception 10 s after each start" },
  "queue-wait": { service: "queue-service", does: "lets nobody in before 40 s" },
  "payment-failures": {
    service: "ticket-service",
    does: "sends every other card as one that the bank declines",
  },
  "seat-conflicts": { service: "ticket-service", does: "gives everybody the same seat, which is taken" },
  breaker: {
    service: "ticket-service",
    does: "sends cards for which the bank of payment-service does not answer",
  },
} satisfies Record<string, { service: string; does: string }>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];

/** In Redis; expires when the fault ends. */
export const faultKey = (name: FaultName): string => `fault:${name}`;
