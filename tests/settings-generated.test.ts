import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generatedFiles } from "../config/generated";
import { stackFileSchema } from "../config/json-schema";
import { type Node, schemaTree, secretPaths } from "../config/schema-tree";

test.each(Object.entries(generatedFiles()))("%s is up to date (npm run generate)", (file, text) => {
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("every key is described", () => {
  const undescribed: string[] = [];
  const visit = (
    schema: { properties?: object; items?: object; anyOf?: object[]; description?: string },
    path: string,
  ) => {
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      if (!value.description && !value.anyOf) undescribed.push(`${path}.${key}`);
      visit(value, `${path}.${key}`);
    }
    for (const option of schema.anyOf ?? []) visit(option, path);
    if (schema.items) visit(schema.items, `${path}[]`);
  };
  const root = stackFileSchema() as { properties: { config: object } };
  visit(root.properties.config, "");
  expect(undescribed).toEqual([]);
});

test("the reference page has every key of the schema with what it means, and marks the secrets", () => {
  const page = readFileSync(join(__dirname, "../docs/settings.md"), "utf8");
  const keys: [key: string, description: string][] = [];
  const visit = (node: Node, path: string) => {
    const { properties, items } =
      [node, ...(node.anyOf ?? [])].find((one) => one.properties ?? one.items) ?? {};
    for (const [name, value] of Object.entries(properties ?? {})) {
      const key = path ? `${path}.${name}` : name;
      // What a topic is stands above its table.
      if (path || !value.properties) keys.push([key, value.description ?? ""]);
      visit(value, key);
    }
    if (Object.keys(items?.properties ?? {}).length > 0) visit(items!, `${path}[]`);
  };
  visit(schemaTree(), "");
  expect(keys.length).toBeGreaterThan(100);
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const row = (key: string) => rows.find((line) => line.startsWith(`| \`${key}\` | `));
  expect(
    keys.filter(([key, description]) => !row(key)?.includes(` | ${description.replaceAll("|", "\\|")}`)),
  ).toEqual([]);
  const secrets = secretPaths().map((path) => path.join(".").replaceAll(".[]", "[]"));
  for (const key of secrets) expect(row(key)).toContain(" | **secret**: ");
});
