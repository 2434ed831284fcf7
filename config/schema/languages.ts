import type { z } from "zod";
import { allowed } from "./common";

/**
 * The query languages and patterns. Only a stack with queries of the user's own waits until they are loaded (a tenth of a second).
 */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load them for every stack
export const queries = () => require("./queries") as typeof import("./queries");

/** Refuses, beside what is allowed, a text in which there is a mistake. */
export const refuseMistakes =
  (mistakeIn: (text: string) => string | undefined, what: string) =>
  (value: string, context: z.core.$RefinementCtx): void => {
    const mistake = mistakeIn(value);
    if (mistake) context.addIssue({ code: "custom", message: `${mistake}; ${allowed(what)}` });
  };
