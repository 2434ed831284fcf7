/** What a stack file says at `key`, whatever else it may hold there. */
export const valueAt = (object: unknown, key: string): unknown =>
  key
    .split(".")
    .reduce(
      (value, part) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined,
      object,
    );

/** null and {} ask for nothing. */
export const isSaid = (value: unknown): boolean =>
  value !== undefined && value !== null && !(typeof value === "object" && Object.keys(value).length === 0);
