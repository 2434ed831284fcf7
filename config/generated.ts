import { join } from "node:path";
import { stackFileSchema } from "./json-schema";
import { settingsReference } from "./reference";
import { json } from "./yaml";

/** The files that are made from the schema: path -> text. */
export const generatedFiles = (): Record<string, string> => ({
  [join(__dirname, "stack.schema.json")]: json(stackFileSchema()),
  [join(__dirname, "..", "docs", "settings.md")]: settingsReference(),
});
