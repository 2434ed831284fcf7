import { forms, type Node, schemaTree } from "./schema-tree";

/** docs/settings.md: every setting, a table a topic, from the schema alone. */
export function settingsReference(): string {
  const topics = Object.entries(schemaTree().properties!);
  const isTopic = ([, node]: [string, Node]) => "properties" in node || "items" in node;
  const general = topics.filter((topic) => !isTopic(topic));
  return [
    "# Settings",
    "",
    "<!-- Made from config/schema.ts by npm run generate; edit that. -->",
    "",
    "Keys of `Pulumi.<stack>.yaml` under `config:`, each with the prefix `observability:`. A setting that is not there has its",
    "default; one that cannot be used is refused before anything is changed. `[]` stands for any entry of a list. Defaults of",
    "the platforms `kind` and `eks`, where they differ, are in [config/platforms](../config/platforms).",
    "",
    "Where a value is marked **secret**, encrypt it (and it alone), as in",
    "`pulumi config set --secret --path 'observability:alerting.smtp.password' ...`; it is kept in a Kubernetes Secret.",
    "",
    ...section(
      "General",
      "What all parts share.",
      general.flatMap(([key, node]) => rows(key, node)),
    ),
    ...topics
      .filter(isTopic)
      .flatMap(([key, node]) =>
        section(`\`${key}\``, node.description!, node.items ? rows(key, node) : inside(key, node)),
      ),
  ].join("\n");
}

const section = (title: string, description: string, lines: string[]): string[] => [
  `## ${title}`,
  "",
  description,
  "",
  "| key | allowed | default | what it is |",
  "| --- | --- | --- | --- |",
  ...lines,
  "",
];

/** One line for a key, then those of the keys below it. */
function rows(key: string, node: Node, required = true): string[] {
  const items = forms(node).find((form) => form.items)?.items;
  const below = [...inside(key, node), ...(items ? inside(`${key}[]`, items) : [])];
  // An object that is always there is its keys; one that may be missing has a default of its own.
  const value =
    below.length > 0 && isEmpty(node.default) ? ["", ""] : [allowedIn(node), defaultOf(node, required)];
  const cells = [`\`${key}\``, ...value, node.description ?? ""];
  return [`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`, ...below];
}

function inside(key: string, node: Node): string[] {
  const { properties = {}, required = [] } = forms(node).find((form) => form.properties) ?? {};
  return Object.entries(properties).flatMap(([name, value]) =>
    rows(`${key}.${name}`, value, required.includes(name)),
  );
}

const isEmpty = (value: unknown) => JSON.stringify(value) === "{}";

function defaultOf(node: Node, required: boolean): string {
  if (node.default === null) return "none (`null`)";
  if (node.default !== undefined) return `\`${JSON.stringify(node.default).replace(/^"(.*)"$/, "$1")}\``;
  return required ? "must be set" : "none";
}

function allowedIn(node: Node): string {
  const all = forms(node);
  const items = all.find((form) => form.items)?.items;
  if (items?.errorMessage) return `a list; each: ${allowedIn(items)}`;
  const words = all.find(({ errorMessage }) => errorMessage)?.errorMessage?.replace("allowed: ", "");
  const values = all.find((form) => form.enum)?.enum?.map((value) => `\`${value}\``);
  const text =
    words ?? values?.join(", ") ?? KINDS[all.find(({ type }) => type && type !== "null")?.type ?? ""];
  return all.some(({ secret }) => secret) ? `**secret**: ${text}` : text;
}

const KINDS: Record<string, string> = {
  array: "a list",
  boolean: "`true` or `false`",
  integer: "a whole number",
  number: "a number",
  object: "keys and values",
  string: "text",
};
