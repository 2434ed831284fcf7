import { z } from "zod";
import { settingsSchema } from "./schema";

/** The schema as a tree that can be walked by the path of a key. */
export interface Node {
  description?: string;
  default?: unknown;
  type?: string;
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  errorMessage?: string;
  /** The mark that secret() of config/schema/common.ts sets. */
  secret?: boolean;
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  additionalProperties?: Node | boolean;
  anyOf?: Node[];
}

let root: Node | undefined;
export const schemaTree = (): Node =>
  (root ??= z.toJSONSchema(settingsSchema, { io: "input", target: "draft-7" }) as Node);

/** The node and what it may be instead: an object that may be null is an object with that. */
export const forms = (node: Node): Node[] => [node, ...(node.anyOf ?? []).flatMap(forms)];

function child(node: Node, part: string): Node | undefined {
  for (const { properties = {}, items, additionalProperties } of forms(node)) {
    if (Object.hasOwn(properties, part)) return properties[part];
    if (items) return items;
    if (typeof additionalProperties === "object") return additionalProperties;
  }
}

/** The nodes from the root to the key, as far as the schema knows them. */
function nodesTo(path: string[]): Node[] {
  const nodes = [schemaTree()];
  for (const part of path) {
    const next = child(nodes.at(-1)!, part);
    if (!next) break;
    nodes.push(next);
  }
  return nodes;
}

/** Whether the schema says something of the key itself. */
export const isKnown = (path: string[]): boolean => nodesTo(path).length === path.length + 1;

const isMarked = (node: Node): boolean => forms(node).some(({ secret }) => secret);

const children = (node: Node): Node[] =>
  forms(node).flatMap(({ properties, items }) => [
    ...Object.values(properties ?? {}),
    ...(items ? [items] : []),
  ]);

const holdsMark = (node: Node): boolean => isMarked(node) || children(node).some(holdsMark);

/** Whether the key itself is marked, or one above it. */
export const isSecret = (path: string[]): boolean => nodesTo(path).some(isMarked);

/**
 * Whether what is written at the key may be a secret: the key or one above it is marked, or one below it, where a text
 * that was put in the place of an object may be the secret itself.
 */
export function mayBeSecret(path: string[]): boolean {
  return isSecret(path) || holdsMark(nodesTo(path).at(-1)!);
}

/**
 * Whether the name of an unknown key may be a secret: beside one always (`{password, hunter2}`), further above it only
 * where it does not look like a name (`{url:https://...}` is one key to YAML).
 */
export function nameMayBeSecret(path: string[], name: string): boolean {
  const object = nodesTo(path).at(-1)!;
  if (isSecret(path) || children(object).some(isMarked)) return true;
  return holdsMark(object) && !/^[A-Za-z]+$/.test(name);
}

/** Keys that an object may have. */
export const keysAt = (path: string[]): string[] =>
  forms(nodesTo(path).at(-1)!).flatMap(({ properties }) => Object.keys(properties ?? {}));

/** Path of every secret; `[]` stands for any place of a list. */
export function secretPaths(node = schemaTree(), path: string[] = []): string[][] {
  if (isMarked(node)) return [path];
  return forms(node).flatMap(({ properties = {}, items }) => [
    ...Object.entries(properties).flatMap(([key, value]) => secretPaths(value, [...path, key])),
    ...(items ? secretPaths(items, [...path, "[]"]) : []),
  ]);
}

/** metrics, retention, time -> metrics.retention.time; numbers become [n], keys with a dot or the like ["a.b"]. */
export function keyOf(path: string[]): string {
  return path.reduce((key, part) => {
    if (/^\d+$/.test(part)) return `${key}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${key}[${JSON.stringify(part)}]`;
    return key ? `${key}.${part}` : part;
  }, "");
}
