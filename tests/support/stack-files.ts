import { join } from "node:path";
import fc from "fast-check";
import { forms, type Node, schemaTree } from "../../config/schema-tree";
import { repoDir } from "../../local/paths";
import { stackConfig } from "../../local/stack-config";

/** Random stack files: good ones of which a few values are replaced, by others that fit the key and by such that do not. */

type Path = (string | number)[];
export type Given = Record<string, unknown>;

/** Every place of the schema where a value can stand, with what the schema says of it. */
function places(node: Node, path: Path = []): { path: Path; node: Node }[] {
  const inner = forms(node).flatMap(({ properties = {}, items }) => [
    ...Object.entries(properties).flatMap(([key, value]) => places(value, [...path, key])),
    ...(items ? [0, 1].flatMap((index) => places(items, [...path, index])) : []),
  ]);
  return path.length > 0 ? [{ path, node }, ...inner] : inner;
}

/** What people write, one way or the other. Most fit some key, and break another. */
const WRITTEN: unknown[] = [
  ...[
    "15s",
    "10s",
    "1m",
    "2m",
    "5m",
    "24h",
    "7d",
    "520w",
    "521w",
    "0s",
    "1.5h",
    "99999999999999999999s",
    "1d12h",
  ],
  ...["250m", "0.5", "0.0", "2", "0.0001", "1e3", 0.25, 2, 0, -1, 1.5, 1e21, 65_536, 30_080, 30_006, 1023],
  ...["512Mi", "1.5Gi", "1.0005Gi", "0Mi", "4Gi", "5Gi", "1Ki", "1024Ti", "1e9Gi", "4GB", "4.5Gi"],
  ...[
    "observability",
    "kubelet",
    "observability-agents",
    "ticketing",
    "default",
    "prometheus",
    "nobody",
    "heartbeat",
    "a",
    "b",
  ],
  ...[
    "a.b",
    "A_b",
    "-a",
    "a-",
    "a/b",
    "example.org/a",
    "x".repeat(63),
    "x".repeat(64),
    "",
    " ",
    "ü",
    "a b",
    "#a",
    "@b",
  ],
  ...[
    "https://a.org",
    "https://a.org/",
    "http://a.org:80/x?y=z",
    "https://u:p@a.org/",
    "http://[::1]:8080",
    "a.org:587",
  ],
  ...[
    'a"b {{ x }}',
    "{{ .Labels }}",
    "${HOME}",
    "$(HOME)",
    "$x",
    "a\nb",
    "a\tb",
    "a'b",
    "`a`",
    "%zz",
    "\0",
    "__proto__",
  ],
  ...["a@b.org", "critical", "Exists", "NoExecute", "kind", "eks", "true", "null"],
  ...[
    true,
    false,
    null,
    [],
    {},
    [[]],
    [null],
    { a: "b" },
    { "a b": "c" },
    { app: "x" },
    [{}],
    { constructor: 1 },
  ],
];
const written = fc.constantFrom(...WRITTEN);

/** A value of the form that the schema says, which need not be one that it takes. */
function fitting(node: Node): fc.Arbitrary<unknown> {
  const all = forms(node).flatMap((form): fc.Arbitrary<unknown>[] => {
    if (form.enum) return [fc.constantFrom(...form.enum)];
    if (form.pattern) return matching(form.pattern);
    if (form.type === "boolean") return [fc.boolean()];
    if (form.type === "integer")
      return [fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 30_000, max: 32_767 })];
    if (form.type === "number")
      return [fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 100 })];
    if (form.type === "null") return [fc.constant(null)];
    return [];
  });
  return all.length > 0 ? fc.oneof(...all) : written;
}

const texts = new Map<string, fc.Arbitrary<unknown>[]>();

/** Those of the written texts that have the form, and any other. */
function matching(pattern: string): fc.Arbitrary<unknown>[] {
  const known = texts.get(pattern);
  if (known) return known;
  const form = new RegExp(pattern, "u");
  const fit = WRITTEN.filter((value) => typeof value === "string" && form.test(value));
  const made = fit.length > 0 ? [fc.constantFrom(...fit)] : [];
  try {
    made.push(fc.stringMatching(new RegExp(pattern), { size: "small" }));
  } catch {
    // fast-check knows no look-around: such keys get what people write.
  }
  texts.set(pattern, made);
  return made;
}

const isHolder = (node: Node) => forms(node).some(({ properties, items }) => properties ?? items);
const all = places(schemaTree()).map(({ path, node }) => ({
  path,
  holder: isHolder(node),
  fits: fitting(node),
}));
const anything = fc.oneof({ arbitrary: written, weight: 3 }, { arbitrary: fc.jsonValue(), weight: 1 });

const mutation: fc.Arbitrary<{ path: Path; value: unknown }> = fc
  .oneof(
    { arbitrary: fc.constantFrom(...all.filter(({ holder }) => !holder)), weight: 12 },
    { arbitrary: fc.constantFrom(...all.filter(({ holder }) => holder)), weight: 1 },
  )
  .chain(({ path, fits }) =>
    fc
      .oneof({ arbitrary: fits, weight: 5 }, { arbitrary: anything, weight: 1 })
      .map((value) => ({ path, value })),
  );

/** Sets it, and makes what is missing above it; whatever cannot hold it stays as it is. */
function set(given: unknown, [first, ...rest]: Path, value: unknown): unknown {
  const holder = typeof given === "object" && given !== null ? given : typeof first === "number" ? [] : {};
  const inner = rest.length === 0 ? value : set((holder as Given)[first], rest, value);
  if (Array.isArray(holder))
    return Object.assign([...holder], { [Math.min(Number(first) || 0, holder.length)]: inner });
  return { ...holder, [first]: inner };
}

/** The settings of a stack file of the repository. */
const baseOf = (file: string): Given =>
  Object.fromEntries(
    Object.entries(stackConfig(join(repoDir, file))).map(([key, value]) => [key.split(":")[1], value]),
  );

/** Of both platforms, with services. */
export const committed = ["examples/Pulumi.ticketing.yaml", "Pulumi.prod.yaml"].map(baseOf);

export const stackFiles = (bases: Given[]): fc.Arbitrary<Given> =>
  fc
    .tuple(fc.constantFrom(...bases), fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([base, mutations]) =>
      mutations.reduce<Given>((all, { path, value }) => set(all, path, value) as Given, base),
    );
