import { changed, type Made, madeWith } from "./support/components";
import { baseline, type Row, type Seen, table } from "./support/every-setting";
import { keys } from "./support/keys";

/*
 * Every key of a stack file takes effect, where it should and nowhere else: tests/support/every-setting.ts says what
 * changes. A key without a row fails.
 */
jest.setTimeout(60_000);

test("every key has a row, and every row a key", () => {
  const rows = table.map(({ key }) => key);
  expect([...keys.keys()].filter((key) => !rows.includes(key))).toEqual([]);
  expect(rows.filter((key) => !keys.has(key))).toEqual([]);
});

type Objects = Map<string, Made>;

let onKind: Objects;
beforeAll(async () => {
  onKind = await madeWith(baseline);
});

test.each(table.map((row) => [row.key, JSON.stringify(row.to), row] as const))(
  "%s: %s",
  async (_, __, row) => {
    const before = row.platform ? await madeWith(onPlatform(row)) : onKind;
    const after = await madeWith(given(row));
    const expected = typeof row.changes === "function" ? row.changes([...before.values()]) : row.changes;
    expect(changed(before, after)).toEqual(Object.keys(expected).sort());
    for (const [name, seen] of Object.entries(expected)) expectSeen(name, seen, before, after);
  },
);

const onPlatform = ({ platform }: Row): Record<string, unknown> =>
  structuredClone({ ...baseline, ...(platform ? { platform } : {}) });

/** The baseline with the row's value in its place. */
function given(row: Row): Record<string, unknown> {
  const settings = onPlatform(row);
  for (const [path, value] of Object.entries({ [row.key]: row.to, ...row.also })) {
    const parts = path.replaceAll("[]", ".0").split(".");
    const last = parts.pop()!;
    const parent = parts.reduce((object, part) => (object[part] ??= {}) as Record<string, unknown>, settings);
    expect([path, parent[last]]).not.toEqual([path, value]);
    parent[last] = value;
  }
  return settings;
}

function expectSeen(name: string, seen: Seen, before: Objects, after: Objects): void {
  const [was, is] = [before, after].map((made) => textOf(name, made));
  if (seen === "NEW" || seen === "GONE")
    expect([name, was === undefined, is === undefined]).toEqual([name, seen === "NEW", seen === "GONE"]);
  else if (seen === "FOLLOWS") expect(is).toBe(was);
  else if (typeof seen === "object" && "without" in seen) {
    expect(was).toContain(seen.without);
    expect(is).not.toContain(seen.without);
  } else
    for (const text of [seen].flat()) {
      expect(is).toContain(text);
      expect(was ?? "").not.toContain(text);
    }
}

/** A resource as lines of `path: value`; what refers to names and passwords that Pulumi makes up says whose they are. */
function textOf(name: string, made: Objects): string | undefined {
  const found = [...made.values()].find((one) => one.name === name);
  if (!found) return undefined;
  const { inputs, protect, existing } = found;
  const lines = [...linesOf({ ...inputs, protect, existing }), ""].join("\n");
  return [...made.values()].reduce(
    (text, { name, called }) =>
      called && called !== name && called.startsWith(`${name}-`)
        ? text.replaceAll(called, `NAME OF ${name}`)
        : text,
    lines.replaceAll(/(?:made-by|hash-of)-([\w-]+)-[0-9a-f]{8}/g, "PASSWORD OF $1"),
  );
}

function linesOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${path}: ${value}`];
  return Object.entries(value).flatMap(([key, inner]) => linesOf(inner, path ? `${path}.${key}` : key));
}
