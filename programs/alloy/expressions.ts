/** Expressions of Alloy's stages, in Go's dialect (RE2): no look-ahead, groups are named `?P<name>`. */

const LEVELS = "TRACE|DEBUG|INFO|WARN|ERROR|FATAL";
const HEX = "[0-9a-fA-F]{32}|[0-9a-fA-F]{16}|";
const TIMESTAMP = "(?:\\d{4}-\\d\\d-\\d\\d[T ]\\S+\\s+)?";
export const SPRING = `^${TIMESTAMP}\\s*(?P<level>${LEVELS})\\s+\\[(?P<service_name>[^,\\]]*),(?P<trace_id>${HEX}),(?P<span_id>${HEX})\\]`;

/**
 * What begins an entry: a line with a level in front, or one that does not look like the rest of a stack trace. The
 * rest is indented, empty, begins with `Caused by` or with a class name such as `java.lang.Error`; RE2 has no negation,
 * so the complement is spelled out.
 */
export const FIRST_LINE = `^\\s*(?:${LEVELS})\\b|^(?:[^\\sa-zC]|[a-z]\\w*(?:\\.+[a-z0-9_]\\w*)*\\.*(?:[^\\w.]|$)|C(?:[^a]|a(?:[^u]|u(?:[^s]|s[^e]))))`;

/** Addresses; the group is what a mask replaces. */
export const IPV4 = "\\b\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.(\\d{1,3})\\b";
export const IPV6 =
  "(?i)\\b[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){3}:([0-9a-f]{1,4}(?::[0-9a-f]{1,4}){3})\\b|\\b(?:[0-9a-f]{1,4}:){1,6}:((?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4})\\b";
