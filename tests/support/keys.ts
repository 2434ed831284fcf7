import { z } from "zod";
import { settingsSchema } from "../../config/schema";

export interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: string[];
}

/** Every key of a stack file that holds a value, with its schema; a list's element is `[]`. */
export const keys = new Map(leaves(z.toJSONSchema(settingsSchema, { io: "input" }) as JsonSchema));

function leaves(schema: JsonSchema, path = ""): [key: string, schema: JsonSchema][] {
  const object = [schema, ...(schema.anyOf ?? [])].find(({ properties, items }) => properties ?? items);
  if (object?.properties)
    return Object.entries(object.properties).flatMap(([key, value]) =>
      leaves(value, path ? `${path}.${key}` : key),
    );
  if (object?.items?.properties) return leaves(object.items, `${path}[]`);
  return [[path, schema]];
}
