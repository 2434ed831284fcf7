import type { Settings } from "../../config/schema";

/** Selectors never hold a version: they cannot be changed later. */
export const selectorLabels = (stack: string, program: string): Record<string, string> => ({
  "app.kubernetes.io/name": program,
  "app.kubernetes.io/instance": stack,
});

/** Labels of every object; `app` is what logs are found by. */
export const objectLabels = (
  settings: Settings,
  stack: string,
  program?: string,
): Record<string, string> => ({
  ...settings.placement.labels,
  "app.kubernetes.io/part-of": "observability-stack",
  "app.kubernetes.io/instance": stack,
  ...(program ? { ...selectorLabels(stack, program), app: program } : {}),
});
