/**
 * Objects key by key, everything else (lists too) as a whole: what `given` says wins. A null is a value like any
 * other: it takes the place of what was there.
 */
export function merge(base: object, given: object): object {
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(given)) {
    const known = merged.get(key);
    merged.set(key, isObject(known) && isObject(value) ? merge(known, value) : value);
  }
  // Every key becomes the object's own, `__proto__` too: nothing that was given vanishes unnoticed.
  return Object.fromEntries(merged);
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
