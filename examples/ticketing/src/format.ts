/** The two log formats of the workload. Pure functions; `log.ts` writes what they return. */
export type LogFormat = "spring" | "json";
export type Level = "INFO" | "WARN" | "ERROR";

export interface Entry {
  level: Level;
  service: string;
  /** 32 and 16 hexadecimal digits; absent outside a trace. */
  traceId?: string;
  spanId?: string;
  /** Shortened class name, for instance `c.t.t.service.TicketService`. */
  logger: string;
  message: string;
  /** Further fields: JSON shows them all, the Spring pattern has no place for them. */
  fields?: Record<string, string | number>;
  /** A stack trace of several lines, printed under the message. */
  stack?: string;
}

/** ` INFO [ticket-service,<traceId>,<spanId>] c.t.t.service.TicketService : Ticket created`, as logback's `%5p` pads it. */
export function springLine({
  level,
  service,
  traceId = "",
  spanId = "",
  logger,
  message,
  stack,
}: Entry): string {
  const line = `${level.padStart(5)} [${service},${traceId},${spanId}] ${logger} : ${message}`;
  return stack ? `${line}\n${stack}` : line;
}

/** One JSON object on one line; ids are left out where there is no trace. */
export function jsonLine(entry: Entry, now = new Date()): string {
  return JSON.stringify({
    timestamp: now.toISOString(),
    level: entry.level,
    "service-name": entry.service,
    "trace-id": entry.traceId,
    "span-id": entry.spanId,
    logger: entry.logger,
    message: entry.message,
    ...entry.fields,
    stack_trace: entry.stack,
  });
}

/** `ticket` -> `c.t.t.service.TicketService`. */
export const loggerOf = (role: string): string =>
  `c.t.${role.charAt(0)}.service.${role.charAt(0).toUpperCase()}${role.slice(1)}Service`;

/** What a JVM prints for an exception with a cause: the sample's way to produce an entry of several lines. */
export function javaStack(role: string, method: string, message: string, cause: string): string {
  const type = `${role.charAt(0).toUpperCase()}${role.slice(1)}`;
  const at = (layer: string, kind: string, line: number) =>
    `\tat com.tiketi.${role}service.${layer}.${type}${kind}.${method}(${type}${kind}.java:${line})`;
  return [
    `java.lang.IllegalStateException: ${message}`,
    at("service", "Service", 88),
    at("controller", "Controller", 41),
    "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
    `Caused by: java.util.NoSuchElementException: ${cause}`,
    at("repository", "Repository", 27),
    "\t... 3 more",
  ].join("\n");
}
