import { z } from "zod";
import { eks } from "./platforms/eks";
import { kind } from "./platforms/kind";
import { type Settings, settingsSchema } from "./schema";

const platforms: Record<string, object> = { kind, eks };

/** Settings that cannot be used; the message names every wrong key, what is wrong and what is allowed. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/**
 * What a stack file says -> complete settings: the platform's patch below it, the defaults below both.
 *
 * @param given keys under `observability:`, without that prefix
 * @param stack name of the stack, for the message only
 * @throws SettingsError that lists every wrong key at once
 */
export function settingsOf(given: Record<string, unknown>, stack: string): Settings {
  const platform = platforms[String(given.platform ?? "kind")] ?? {};
  const result = settingsSchema.safeParse(merge(platform, given), { reportInput: true, error: allowed });
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap(describe);
  throw new SettingsError(
    [
      `Pulumi.${stack}.yaml has ${lines.length === 1 ? "a setting" : `${lines.length} settings`} that cannot be used:`,
      ...lines.map((line) => `  observability:${line}`),
      "Nothing was changed. Every key is described in config/schema.ts and completed by editors that read YAML schemas.",
    ].join("\n"),
  );
}

/** What is allowed, where the schema has no words of its own for it. */
function allowed(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `allowed: ${issue.expected}`;
    case "invalid_value":
      return `allowed: ${issue.values.join(", ")}`;
    case "too_small":
      if (issue.origin === "string") return "allowed: any text that is not empty";
      return `allowed: ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
  }
}

function describe(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map(
      (key) => `${keyOf([...path, key])} is no setting; allowed here: ${keysAt(path).join(", ")}`,
    );
  return [`${keyOf(path)} ${shown(issue)}${issue.message}`];
}

/** Objects and secrets are never shown. A missing value says so. */
function shown(issue: z.core.$ZodIssue): string {
  if (issue.code === "custom") return "";
  if (issue.input === undefined) return "is missing; ";
  const secret = issue.path.some((part) => ["url", "password"].includes(String(part)));
  if (secret || typeof issue.input === "object") return "is not usable; ";
  return `is ${JSON.stringify(issue.input)}; `;
}

/** metrics, retention, time -> metrics.retention.time; numbers become [n]. */
function keyOf(path: string[]): string {
  return path.reduce(
    (key, part) => (/^\d+$/.test(part) ? `${key}[${part}]` : key ? `${key}.${part}` : part),
    "",
  );
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

function keysAt(path: string[]): string[] {
  let schema = z.toJSONSchema(settingsSchema, { io: "input" }) as JsonSchema;
  for (const part of path) {
    const object = schema.anyOf?.find((option) => option.properties) ?? schema;
    schema = object.properties?.[part] ?? object.items ?? {};
  }
  return Object.keys((schema.anyOf?.find((option) => option.properties) ?? schema).properties ?? {});
}

/** Objects key by key, everything else (lists too) as a whole: what `given` says wins. */
function merge(base: object, given: object): object {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(given))
    merged[key] = isObject(merged[key]) && isObject(value) ? merge(merged[key], value) : value;
  return merged;
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
