import { createHash } from "node:crypto";
import { isSecret } from "../config/schema-tree";
import { settingsOf } from "../config/settings";
import type { Manifest } from "./render";
import { ownSettings, PREFIX, standIn, type StackConfig } from "./stack-config";

/*
 * A rendering shows that a Secret is another one, and nothing of its text: before the program runs, each secret setting
 * is replaced by a stand-in, so that a Secret holds nothing that is not public, and then its values by their hash.
 */

const letters = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/**
 * Settings with a stand-in for each secret in plain text. All are alike: what is made of one must not tell it from
 * another. Settings that are refused stay as they are, so that the program refuses them in its own words.
 */
export function withoutPlainSecrets(stack: string, config: StackConfig): StackConfig {
  const own = ownSettings(config);
  try {
    settingsOf(own, stack);
  } catch {
    return config;
  }
  const open = Object.entries(own).map(([key, value]) => [PREFIX + key, withoutPlain(value, [key])]);
  return { ...config, ...Object.fromEntries(open) };
}

function withoutPlain(value: unknown, path: string[]): unknown {
  if (typeof value === "string")
    return isSecret(path) && !value.startsWith("https://secret.invalid/") ? standIn({}) : value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutPlain(inner, [...path, key])]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

/** Pulumi's mark of a secret value, which wraps it on the wire. */
const WRAPPED = "4dabf18193072939515e22adb298388d";

/** A Secret with the hashes of its values. */
export function hidden(manifest: Manifest): Manifest {
  if (manifest.kind !== "Secret") return manifest;
  const given = manifest.stringData as Record<string, unknown>;
  const values = Object.entries((WRAPPED in given ? given.value : given) as Record<string, unknown>);
  return {
    ...manifest,
    stringData: Object.fromEntries(
      values.map(([name, value]) => [name, `[secret ${letters(String(value))}]`]),
    ),
  };
}
