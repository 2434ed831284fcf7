/** Keys that one backend of traces alone reads. */
const OWN: Record<string, string[]> = {
  tempo: ["tracing.retention", "tracing.storage", "tracing.s3", "tracing.resources", "overrides.tempo"],
  zipkin: ["tracing.zipkin"],
};

/** What to say instead. */
const INSTEAD: Record<string, string> = {
  "tracing.retention":
    "Zipkin keeps the newest tracing.zipkin.maxSpans spans in memory, however old they are: set that.",
  "tracing.storage": "Zipkin keeps traces in memory.",
  "tracing.s3": "Zipkin keeps traces in memory.",
  "tracing.resources": "Those of Zipkin are tracing.zipkin.resources.",
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
  if (typeof chosen !== "string" || !Object.hasOwn(OWN, chosen)) return [];
  return Object.entries(OWN)
    .filter(([backend]) => backend !== chosen)
    .flatMap(([backend, keys]) =>
      keys
        .filter((key) => isSaid(valueAt(given, key)))
        .map((key) =>
          [
            `${key} belongs to ${backend}, and tracing.backend is ${chosen}; allowed: only with tracing.backend: ${backend}. Remove the one or change the other.`,
            ...(INSTEAD[key] ? [INSTEAD[key]] : []),
          ].join(" "),
        ),
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
