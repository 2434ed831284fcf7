import fc from "fast-check";
import { throughAlloy } from "../support/alloy";
import { describeWith } from "../support/programs";
import { type Entry, javaStack, jsonLine, loggerOf, springLine } from "../../examples/ticketing/src/format";

const created: Entry = {
  level: "INFO",
  service: "ticket-service",
  traceId: "6a3b8c9d2e1f0a4b6a3b8c9d2e1f0a4b",
  spanId: "3c5d7e9f1a2b4c6d",
  logger: loggerOf("ticket"),
  message: "Ticket created",
};
describe("Spring pattern", () => {
  test("is Spring's line, with the trace and the span in brackets", () => {
    expect(springLine(created)).toBe(
      " INFO [ticket-service,6a3b8c9d2e1f0a4b6a3b8c9d2e1f0a4b,3c5d7e9f1a2b4c6d] c.t.t.service.TicketService : Ticket created",
    );
  });

  test("leaves the ids empty outside a trace", () => {
    const line = springLine({ ...created, level: "WARN", traceId: undefined, spanId: undefined });
    expect(line).toMatch(/^ WARN \[ticket-service,,\] /);
  });
});

describeWith(["alloy", "alloy"])("Spring's lines through the agent", () => {
  test("each is an entry with its level, trace and service; a stack trace belongs to its line", async () => {
    const stack = javaStack("ticket", "reserve", "Unknown seat Z99", "No seat Z99 in the plan");
    const lines = (["INFO", "WARN", "ERROR"] as const).map((level) =>
      springLine({ ...created, level, stack: level === "ERROR" ? stack : undefined }),
    );
    const [entries] = await throughAlloy([lines.join("\n").split("\n")]);
    expect(entries.map(({ line }) => line)).toEqual(lines);
    expect(entries.map(({ labels }) => labels.level)).toEqual(["info", "warn", "error"]);
    const { service, traceId, spanId } = created;
    for (const { metadata } of entries)
      expect(metadata).toMatchObject({ service_name: service, trace_id: traceId, span_id: spanId });
  });
});

describe("JSON", () => {
  test("has the common fields, and the status as a number", () => {
    const line = jsonLine({ ...created, level: "WARN", fields: { status: 401 } }, new Date(0));
    expect(JSON.parse(line)).toEqual({
      timestamp: "1970-01-01T00:00:00.000Z",
      level: "WARN",
      "service-name": "ticket-service",
      "trace-id": created.traceId,
      "span-id": created.spanId,
      logger: "c.t.t.service.TicketService",
      message: "Ticket created",
      status: 401,
    });
  });

  test("stays on one line whatever the message", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (message, stack) => {
        const line = jsonLine({ ...created, message, stack });
        expect(line).not.toContain("\n");
        expect(JSON.parse(line)).toMatchObject({ message, stack_trace: stack });
      }),
    );
  });
});
