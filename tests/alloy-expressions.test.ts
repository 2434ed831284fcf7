import fc from "fast-check";
import { SLEUTH } from "../programs/alloy/levels";
import { IPV4, IPV6 } from "../programs/alloy/masking";

/* Alloy's expressions on many random texts; the real Alloy reads them in log-lines.test.ts. */

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
      const group = match.indices!.slice(1).find((range) => range !== undefined);
      if (!group) continue;
      result += `${text.slice(end, group[0])}x`;
      end = group[1];
    }
    return result + text.slice(end);
  }, line);

describe("the Spring pattern", () => {
  const parsed = (line: string) => ({ ...expression(SLEUTH).exec(line)?.groups });
  const hex = (length: number) =>
    fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });

  test("every name and id comes out as it went in", () => {
    const level = fc.constantFrom("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");
    const id = fc.oneof(hex(16), hex(32), fc.constant(""));
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
    fc.assert(
      fc.property(level, name, id, id, fc.string(), (level, service_name, trace_id, span_id, message) => {
        const line = `${level.padStart(5)} [${service_name},${trace_id},${span_id}] c.t.T : ${message}`;
        expect(parsed(line)).toEqual({ service_name, trace_id, span_id });
      }),
    );
  });
});

describe("masking", () => {
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
