import fc from "fast-check";
import { bytes, goDuration, millicores, prometheusSize, seconds, wholeDuration } from "../config/units";

const units = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const durations = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.constantFrom(...Object.keys(units)));

test("a duration is its number times its unit", () => {
  fc.assert(
    fc.property(durations, ([n, unit]) => seconds(`${n}${unit}`) === n * units[unit as keyof typeof units]),
  );
});

test("a Go duration means the same and uses only the units Go knows", () => {
  fc.assert(
    fc.property(durations, ([n, unit]) => {
      const go = goDuration(`${n}${unit}`);
      expect(go).toMatch(/^\d+[hms]$/);
      expect(seconds(go)).toBe(seconds(`${n}${unit}`));
    }),
  );
});

test.each([
  ["7d", "168h"],
  ["60m", "1h"],
  ["90m", "90m"],
  ["120s", "2m"],
  ["90s", "90s"],
])("%s is %s for Go: in the largest unit that fits", (text, go) => expect(goDuration(text)).toBe(go));

test.each([
  [0.5, "500ms"],
  [0.57, "570ms"],
  [30, "30000ms"],
  [0.0075, "7500us"],
  [0.0004, "400us"],
  [2.00005, "2000050us"],
  [0.0000125, "12500ns"],
])("%d seconds are %s for Spring: in the largest unit of which it is a whole number", (amount, spring) =>
  expect(wholeDuration(amount)).toBe(spring),
);

test.each(["7 days", "-1d", "0d", "1.5h", "7", "", "d", "7D", "7days"])("%j is no duration", (text) => {
  expect(() => seconds(text)).toThrow(text);
});

test.each([
  ["512Mi", 512 * 2 ** 20],
  ["1.5Gi", 1.5 * 2 ** 30],
  ["1Ki", 1024],
])("%s is %d bytes", (text, value) => expect(bytes(text)).toBe(value));

test.each(["4GB", "4", "-4Gi", "Gi", "4GiB"])("%j is no byte quantity", (text) =>
  expect(() => bytes(text)).toThrow(`not a byte quantity: ${text}`),
);

test.each([
  ["250m", 250],
  ["2", 2000],
  ["12", 12_000],
  ["0.5", 500],
  ["0.125", 125],
])("%s is %d thousandths of a core", (text, value) => expect(millicores(text)).toBe(value));

test.each(["0m", "-1", "250M", "1.0005", "2 cores", "m"])("%j is no CPU quantity", (text) =>
  expect(() => millicores(text)).toThrow(`not a CPU quantity: ${text}`),
);

test("Prometheus gets whole numbers and the same size", () => {
  expect(prometheusSize("4Gi")).toBe("4GB");
  expect(prometheusSize("1.5Gi")).toBe("1536MB");
  expect(prometheusSize("512Ki")).toBe("512KB");
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4096 }), fc.constantFrom("Mi", "Gi", "Ti"), (n, unit) => {
      const [, number, letter] = /^(\d+)([KMGT])B$/.exec(prometheusSize(`${n}${unit}`))!;
      expect(bytes(`${number}${letter}i`)).toBe(bytes(`${n}${unit}`));
    }),
  );
});
