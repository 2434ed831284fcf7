import { trace } from "@opentelemetry/api";
import { type Entry, jsonLine, type Level, loggerOf, springLine } from "./format";
import { role } from "./role";
import { nodeServices } from "./services";

const { name: service, logFormat } = nodeServices[role];
const line = (process.env.LOG_FORMAT ?? logFormat) === "json" ? jsonLine : springLine;

/** Writes one entry to standard output, with the ids of the active span. One write, so that its lines stay together. */
export function log(level: Level, message: string, more: Pick<Entry, "fields" | "stack"> = {}): void {
  const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? {};
  process.stdout.write(
    `${line({ level, service, traceId, spanId, logger: loggerOf(role), message, ...more })}\n`,
  );
}
