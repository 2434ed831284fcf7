import { isKnown, isSecret, keyOf } from "../../config/schema-tree";
import { PREFIX, type StackConfig } from "../stack-config";

/** A value in a stack file that holds no others. */
export interface Leaf {
  text: string;
  /** What stands for a text that may be a secret. */
  instead?: string;
}

/** Where a value is: in the schema, and in words in which an element of a list keeps its place whatever its number. */
interface Place {
  prefix: string;
  path: string[];
  words: string[];
}

type Element = Record<string, unknown>;

/** Each value by its key, such as `observability:alerting.receivers["name=team"].slack.url`. */
export function leavesOf(config: StackConfig): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  for (const [key, value] of Object.entries(config)) {
    const prefix = key.startsWith(PREFIX) ? PREFIX : "";
    const path = [key.slice(prefix.length)];
    walk(value, { prefix, path, words: path }, found);
  }
  return found;
}

function walk(value: unknown, place: Place, found: Map<string, Leaf>): void {
  const { prefix, path, words } = place;
  const isOpen = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  const encrypted = isOpen && "secure" in value;
  const add = (leaf: unknown) =>
    found.set(prefix + keyOf(words), {
      text: JSON.stringify(leaf),
      instead: instead(place, encrypted),
    });
  if (!isOpen || encrypted) return void add(value);
  const names = namesIn(value, place);
  // The order may matter: the first receiver gets what no route takes.
  if (names) add(names);
  for (const [i, [key, inner]] of Object.entries(value).entries())
    walk(inner, { prefix, path: [...path, key], words: [...words, names?.[i] ?? key] }, found);
}

/** Another schema may have marked as a secret what this one does not know. */
function instead({ prefix, path }: Place, encrypted: boolean): string | undefined {
  if (encrypted || (prefix && isSecret(path))) return "[secret]";
  return prefix && isKnown(path) ? undefined : "[not shown]";
}

/** What tells elements of a list from each other, where they have no name of their own. */
const SELECTS = ["namespace", "service", "severity", "team", "group", "organisation", "job_name", "key"];

/** Names of the elements of a list of maps; none where two are alike, or one has none: they are numbered then. */
function namesIn(list: unknown, { prefix, path }: Place): string[] | undefined {
  if (!Array.isArray(list) || !list.every(isMap)) return undefined;
  const isShown = (key: string) => prefix && isKnown([...path, "0", key]) && !isSecret([...path, "0", key]);
  const names = list.map((element) =>
    // Services of two namespaces may have one name.
    ["name", ...SELECTS]
      .filter((key) => typeof element[key] === "string" && isShown(key))
      .map((key) => `${key}=${element[key]}`)
      .join(", "),
  );
  return names.every(Boolean) && new Set(names).size === names.length ? names : undefined;
}

const isMap = (value: unknown): value is Element =>
  typeof value === "object" && value !== null && !Array.isArray(value);
