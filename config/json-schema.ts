import { type Node, schemaTree } from "./schema-tree";

/** JSON Schema of a stack file, for editors: every key with its description, default and allowed values. */
export function stackFileSchema(): object {
  const keys = Object.entries(schemaTree().properties!).map(([key, value]) => [
    `observability:${key}`,
    encryptable(value),
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

/** What `pulumi config set --secret` writes in the place of a text. */
const SECURE = {
  type: "object",
  properties: { secure: { type: "string", description: "The encrypted text." } },
  required: ["secure"],
  additionalProperties: false,
};

/** The same with secrets that may be encrypted. */
function encryptable(node: Node): object {
  if (node.secret) return { description: node.description, anyOf: [node, SECURE] };
  const { properties, items, anyOf } = node;
  return {
    ...node,
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, value]) => [key, encryptable(value)]),
          ),
        }
      : {}),
    ...(items ? { items: encryptable(items) } : {}),
    ...(anyOf ? { anyOf: anyOf.map(encryptable) } : {}),
  };
}
