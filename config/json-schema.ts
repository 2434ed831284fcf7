import { schemaTree } from "./schema-tree";

/** JSON Schema of a stack file, for editors: every key with its description, default and allowed values. */
export function stackFileSchema(): object {
  const keys = Object.entries(schemaTree().properties!).map(([key, value]) => [
    `observability:${key}`,
    value,
  ]);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Stack file of observability-stack",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(keys),
        // Pulumi's providers read keys of their own, such as kubernetes:context.
        patternProperties: { "^(?!observability:)": {} },
        additionalProperties: false,
      },
      encryptionsalt: { type: "string" },
      secretsprovider: { type: "string" },
      encryptedkey: { type: "string" },
    },
  };
}
