import "./parsed-once";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./schema";
import { SettingsError, settingsOf } from "./settings";

const PREFIX = "observability:";

/**
 * Reads every key under `observability:` of the stack's configuration.
 *
 * Pulumi decrypts secrets first. They are put into Kubernetes Secrets only, which Pulumi encrypts in its state and hides
 * in previews.
 *
 * @throws RunError, which Pulumi shows without a stack trace, with the text of the SettingsError, before any resource is
 * made
 */
export function loadSettings(): Settings {
  const given: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    if (key.startsWith(PREFIX)) given[key.slice(PREFIX.length)] = valueOf(value);
    // What `pulumi config set logs.backend ...` makes of a name without a prefix.
    const [project, name] = key.split(":");
    if (project === pulumi.getProject())
      throw new pulumi.RunError(
        `Pulumi.${pulumi.getStack()}.yaml has a setting that is not read: ${key}. Nothing was changed.\nAllowed: ${PREFIX}${name}; remove the other one (pulumi config rm ${key}).`,
      );
  }
  try {
    return settingsOf(given, pulumi.getStack());
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/** Pulumi hands structured values over as JSON, plain ones as text: an environment 2026 is no number. */
function valueOf(text: string): unknown {
  try {
    const value = JSON.parse(text);
    return typeof value === "number" ? text : value;
  } catch {
    return text;
  }
}
