import { merge } from "../config/merge";
import type { Settings } from "../config/schema";
import { yaml } from "../config/yaml";
import type { Stack } from "./program";

type Overridable = keyof Settings["overrides"];

/** Text of a program's configuration file: what the stack generates, with the user's `overrides` laid over it. */
export const configFile = (stack: Stack, program: Overridable, generated: object): string =>
  yaml(merge(generated, stack.settings.overrides[program]));

/** Whether the user's own words are in its configuration, which may name addresses that the stack does not know. */
export function hasOwnWords({ settings }: Stack, program: string): boolean {
  const { overrides, metrics } = settings;
  if (program === "prometheus" && metrics.extraScrapeConfigs.length > 0) return true;
  return Object.keys(overrides[program as Overridable] ?? {}).length > 0;
}
