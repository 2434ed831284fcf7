import { isSecret, keyOf } from "../config/schema-tree";
import { UserError } from "./errors";
import { PREFIX } from "./stack-config";

/** Hosts that belong to nobody, the account and the workspace of AWS' own examples, and the password of Pulumi.prod.yaml. */
const NOBODYS = /(^|[/@.])example\.(com|net|org)([:/]|$)|:123456789012:|\/ws-0{8}\b|^not-a-password$/;

/**
 * Refuses a stack of a cloud that was copied from Pulumi.prod.yaml and still says what stands there for values of the user's:
 * its pods would look for a database that there is not, for ten minutes.
 */
export function refuseExamples(stack: string, given: Record<string, unknown>): void {
  const left = examplesIn(given);
  if (left.length === 0) return;
  throw new UserError(
    [
      `The stack ${stack} still has values that are examples:`,
      ...left.map((line) => `  ${PREFIX}${line}`),
      "Set those of yours, or remove the keys. Nothing was changed.",
    ].join("\n"),
  );
}

function examplesIn(value: unknown, path: string[] = []): string[] {
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => examplesIn(inner, [...path, key]));
  if (typeof value !== "string" || !NOBODYS.test(value)) return [];
  return [isSecret(path) ? keyOf(path) : `${keyOf(path)}: ${value}`];
}
