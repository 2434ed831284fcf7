/** Keys that not every backend of traces reads, with those that do. */
const READ_BY: Record<string, string[]> = {
  "tracing.retention": ["tempo", "jaeger"],
  "tracing.storage": ["tempo", "jaeger"],
  "tracing.s3": ["tempo"],
  "tracing.resources": ["tempo"],
  "tracing.jaeger": ["jaeger"],
  "tracing.zipkin": ["zipkin"],
  "overrides.tempo": ["tempo"],
  "overrides.jaeger": ["jaeger"],
};
const BACKENDS = [...new Set(Object.values(READ_BY).flat())];

/** What to say instead, by the chosen backend. */
const INSTEAD: Record<string, Record<string, string>> = {
  zipkin: {
    "tracing.retention":
      "Zipkin keeps the newest tracing.zipkin.maxSpans spans in memory, however old they are: set that.",
    "tracing.storage": "Zipkin keeps traces in memory.",
    "tracing.s3": "Zipkin keeps traces in memory.",
    "tracing.resources": "Those of Zipkin are tracing.zipkin.resources.",
  },
  jaeger: {
    "tracing.s3": "Jaeger keeps traces on a volume: see tracing.storage.",
    "tracing.resources": "Those of Jaeger are tracing.jaeger.resources.",
  },
};

/**
 * Settings of a backend that is not the chosen one: without any effect they would be a mistake that nobody notices.
 *
 * @param given what the stack file itself says: defaults and what the platform changes are said of every backend
 * @returns a line for each, which begins with the key
 */
export function settingsOfOtherBackends(given: object): string[] {
  const chosen = valueAt(given, "tracing.backend") ?? "tempo";
  // The schema says what is wrong with any other.
  if (typeof chosen !== "string" || !BACKENDS.includes(chosen)) return [];
  return Object.entries(READ_BY)
    .filter(([key, backends]) => !backends.includes(chosen) && isSaid(valueAt(given, key)))
    .map(([key, backends]) =>
      [
        `${key} belongs to ${backends.join(" and ")}, and tracing.backend is ${chosen}; allowed: only with tracing.backend: ${backends.join(" or ")}. Remove the one or change the other.`,
        INSTEAD[chosen]?.[key] ?? [],
      ]
        .flat()
        .join(" "),
    );
}

/** null and {} ask for nothing. */
const isSaid = (value: unknown): boolean =>
  value !== undefined && value !== null && !(typeof value === "object" && Object.keys(value).length === 0);

const valueAt = (object: unknown, key: string): unknown =>
  key
    .split(".")
    .reduce(
      (value, part) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined,
      object,
    );
