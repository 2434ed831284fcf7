import fc from "fast-check";
import { FIRST_LINE, IPV4, IPV6, SPRING } from "../programs/alloy/config";

/** Alloy's expressions are RE2; these features of it are JavaScript's too, written a little differently. */
const expression = (text: string, flags = ""): RegExp =>
  new RegExp(
    text.replace(/^\(\?i\)/, "").replaceAll("(?P<", "(?<"),
    text.startsWith("(?i)") ? `${flags}i` : flags,
  );

/** As stage.replace does: what a group has matched becomes x. */
const masked = (line: string): string =>
  [IPV4, IPV6].reduce((text, pattern) => {
    let end = 0;
    let result = "";
    for (const match of text.matchAll(expression(pattern, "gd"))) {
      const [start, stop] = match.indices!.slice(1).find((range) => range !== undefined)!;
      result += `${text.slice(end, start)}x`;
      end = stop;
    }
    return result + text.slice(end);
  }, line);

/** As stage.multiline does: a line that begins no entry belongs to the one before it. */
function entries(lines: string[]): string[] {
  const first = expression(FIRST_LINE);
  return lines.reduce<string[]>((all, line) => {
    if (all.length === 0 || first.test(line)) return [...all, line];
    return [...all.slice(0, -1), `${all.at(-1)}\n${line}`];
  }, []);
}

describe("the Spring pattern", () => {
  const parsed = (line: string) => ({ ...expression(SPRING).exec(line)?.groups });
  const trace = "6a3b8c9d2e1f0a4b6a3b8c9d2e1f0a4b";
  const span = "3c5d7e9f1a2b4c6d";

  test.each([
    ["16 digits", ` INFO [ticket-service,${span},${span}] c.t.T : Ticket created`, "INFO", span, span],
    ["32 digits", `ERROR [ticket-service,${trace},${span}] c.t.T : failed`, "ERROR", trace, span],
    ["no trace", " WARN [ticket-service,,] o.a.c.C : Starting", "WARN", "", ""],
  ])("%s", (_, line, level, trace_id, span_id) => {
    expect(parsed(line)).toEqual({ level, service_name: "ticket-service", trace_id, span_id });
  });

  test.each([
    ["ids of another length", " INFO [ticket-service,abc,def] c.t.T : x"],
    ["no ids", " INFO [main] c.t.T : x"],
    ["a level inside a word", "INFORMATION [a,,] x"],
    ["JSON", '{"level":"INFO","service-name":"a"}'],
  ])("is not seen in %s", (_, line) => expect(parsed(line)).toEqual({}));

  const hex = (length: number) =>
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });

  test("every level, name and id comes out as it went in", () => {
    const level = fc.constantFrom("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");
    const id = fc.oneof(hex(16), hex(32), fc.constant(""));
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
    fc.assert(
      fc.property(level, name, id, id, fc.string(), (level, service_name, trace_id, span_id, message) => {
        const line = `${level.padStart(5)} [${service_name},${trace_id},${span_id}] c.t.T : ${message}`;
        expect(parsed(line)).toEqual({ level, service_name, trace_id, span_id });
      }),
    );
  });
});

describe("entries", () => {
  const stack = [
    "ERROR [payment-service,6a3b8c9d2e1f0a4b,8e0f2a4b6c8d0e2f] c.t.p.PaymentService : Payment failed",
    "java.lang.IllegalStateException: card was declined",
    "\tat com.tiketi.payment.PaymentService.pay(PaymentService.java:88)",
    "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
    "\tSuppressed: java.io.IOException: closed",
    "Caused by: java.net.SocketTimeoutException: Read timed out",
    "\tat com.tiketi.payment.Client.call(Client.java:31)",
    "\t... 2 more",
    "",
    "com.tiketi.payment.DeclinedException: card was declined",
  ];
  const ordinary = [
    " INFO [payment-service,,] c.t.p.PaymentService : Payment started",
    "10.0.0.7 - - [21/Nov/2026:05:12:44 +0000] GET / 200",
    "2001:db8::7 GET /",
    "2026-11-21T05:12:44Z listening on 8080",
    '{"level":"info","message":"JSON"}',
    "[Nest] 17 - LOG",
    "level=info msg=logfmt",
    "listening on 8080",
    "started",
    "redis: connected",
    "Connected to the database",
    "Called /tickets",
    "Could not connect",
    "Cache miss",
    "Caution: hot",
    "GET /tickets 200",
    "<html>",
    "*** stopped",
    "example.com refused the connection",
    "done.",
    "redis.2 is gone",
    "가 시작됨",
  ];

  test("a stack trace with its cause is one entry", () => {
    expect(entries(stack)).toEqual([stack.join("\n")]);
    expect(entries([...stack, ordinary[0], ...stack])).toHaveLength(3);
  });

  test.each(ordinary)("an ordinary line begins one, even after a stack trace: %s", (line) => {
    expect(entries([...stack, line])).toEqual([stack.join("\n"), line]);
  });

  test("no line is lost or changed, whatever comes", () => {
    const line = fc.oneof(
      fc.constantFrom(...stack, ...ordinary),
      fc.string().map((text) => text.replace(/\s/g, " ")),
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), (lines) =>
        expect(entries(lines).join("\n")).toBe(lines.join("\n")),
      ),
    );
  });
});

describe("masking", () => {
  test.each([
    ["10.1.2.3", "10.1.2.x"],
    ["from 192.168.10.254:8080 to 10.0.0.1", "from 192.168.10.x:8080 to 10.0.0.x"],
    ['{"ip":"10.1.2.3"}', '{"ip":"10.1.2.x"}'],
    ["2001:db8:1:2:a:b:c:d", "2001:db8:1:2:x"],
    ["2001:DB8:1:2:A:B:C:D", "2001:DB8:1:2:x"],
    ["fe80::1ff:fe23:4567:890a", "fe80::x"],
    ["client [2001:db8::7]:443 and fe80::1", "client [2001:db8::x]:443 and fe80::x"],
    ["::ffff:10.1.2.3", "::ffff:10.1.2.x"],
  ])("%s -> %s", (line, expected) => expect(masked(line)).toBe(expected));

  test.each([
    "at 12:34:56 or 2026-11-21T12:34:56.789Z",
    "trace 6a3b8c9d2e1f0a4b6a3b8c9d2e1f0a4b",
    "version 1.19.0",
    "mac 00:1a:2b:3c:4d:5e",
    "std::vector and Foo::bar",
    "at com.a.B.c(B.java:88)",
    '{"a":1,"b":"c:d"}',
    "image sha256:abcdef0123456789",
    "uuid 123e4567-e89b-12d3-a456-426614174000",
  ])("is no address: %s", (line) => expect(masked(line)).toBe(line));

  test("no IPv4 address keeps its last part, and what stands around it stays", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom("", " ", '"', "(", "=", "/"), (address, mark) => {
        const kept = address.slice(0, address.lastIndexOf("."));
        expect(masked(`a${mark || " "}${address}${mark} b`)).toBe(`a${mark || " "}${kept}.x${mark} b`);
      }),
    );
  });

  test("no IPv6 address keeps its interface part", () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((number) => number.toString(16));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        expect(masked(`from ${groups.join(":")} port`)).toBe(`from ${groups.slice(0, 4).join(":")}:x port`);
      }),
    );
  });

  test("masking twice is masking once", () => {
    const text = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())).map((parts) => parts.join(" "));
    fc.assert(fc.property(text, (line) => expect(masked(masked(line))).toBe(masked(line))));
  });
});
