import { z } from "zod";
import { merge } from "./merge";
import { settingsOfOtherBackends } from "./other-backends";
import { eks } from "./platforms/eks";
import { kind } from "./platforms/kind";
import { type Settings, settingsSchema } from "./schema";
import { keyOf, keysAt, mayBeSecret, nameMayBeSecret } from "./schema-tree";
import { LABEL_VALUE } from "./schema/kubernetes";
import { settingsOfWhatIsOff } from "./switched-off";

const platforms = new Map<unknown, object>(Object.entries({ kind, eks }));

/** Settings that cannot be used; the message names every wrong key, what is wrong and what is allowed. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/**
 * What a stack file says -> complete settings: the platform's patch below it, the defaults below both.
 *
 * @param given keys under `observability:`, without that prefix
 * @param stack name of the stack
 * @param file what the message calls the stack file; default: Pulumi's own name for it
 * @throws SettingsError that lists every wrong key at once
 */
export function settingsOf(
  given: Record<string, unknown>,
  stack: string,
  file = `Pulumi.${stack}.yaml`,
): Settings {
  if (!LABEL_VALUE.test(stack))
    throw new SettingsError(
      `The stack's name ${stack} cannot be used, since every object has it as a label.\nAllowed: letters, digits, -, _ and ., with a letter or digit at both ends, at most 63 of them. Nothing was changed.\nMake a stack of another name: pulumi stack init NAME`,
    );
  const platform = platforms.get(given.platform ?? "kind") ?? {};
  const all = merge(platform, given);
  const result = settingsSchema.safeParse(all, { reportInput: true, error: allowed });
  const lines = [
    ...(result.error?.issues ?? []).flatMap(describe).map(onOneLine),
    ...settingsOfOtherBackends(given),
    ...settingsOfWhatIsOff(given, all),
  ];
  if (result.success && lines.length === 0) return result.data;
  throw new SettingsError(
    [
      `${file} has ${lines.length === 1 ? "a setting" : `${lines.length} settings`} that cannot be used:`,
      ...lines.map((line) => `  observability:${line}`),
      "Nothing was changed. Every key is described in docs/settings.md and completed by editors that read YAML schemas.",
    ].join("\n"),
  );
}

const KINDS: Record<string, string> = {
  boolean: "true or false",
  string: "text, in quotes where it could be read as something else",
  array: "a list",
  object: "a map of the keys that docs/settings.md lists",
  record: "a map",
};

/** What is allowed, where the schema has no words of its own for it. */
function allowed(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `allowed: ${KINDS[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `allowed: ${issue.values.join(", ")}`;
  }
}

function describe(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => `${unknown(path, key)}; allowed here: ${keysAt(path).join(", ")}`);
    case "invalid_key":
      return issue.issues.map(({ message }) => `${keyOf(path)} is not usable as a key; ${message}`);
    default:
      return [`${keyOf(path)} ${shown(issue)}${issue.message}${nextStep(path, issue)}`];
  }
}

/** Only what may be left out as a whole has keys that must be there. */
const nextStep = (path: string[], issue: z.core.$ZodIssue): string =>
  issue.code !== "custom" && issue.input === undefined && path.length > 1
    ? `. Set it, or remove ${keyOf(path.slice(0, -1))}.`
    : "";

/** A name that the user wrote may hold a line break. */
function onOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function unknown(path: string[], key: string): string {
  if (!nameMayBeSecret(path, key)) return `${keyOf([...path, key])} is no setting`;
  return `${keyOf(path)} has a key that is no setting (not shown, since secrets belong here)`;
}

/** Nobody reads more of a value, and who pastes the wrong file must not find a private key in a log. */
const LONGEST = 100;

/** What was given, unless it is an object, long or may be a secret. A missing value says so, and null is no secret. */
function shown(issue: z.core.$ZodIssue): string {
  if (issue.code === "custom" && !issue.message.startsWith("allowed")) return "";
  if (issue.input === undefined) return "is missing; ";
  if (issue.input === null) return "is null; ";
  if (typeof issue.input === "object") return "is not usable; ";
  if (mayBeSecret(issue.path.map(String))) return "is not usable; ";
  if (typeof issue.input === "string" && issue.input.length > LONGEST)
    return `is not usable, a text of ${issue.input.length} characters; `;
  return `is ${JSON.stringify(issue.input)}; `;
}
