import { isSecret, keyOf } from "../../config/schema-tree";
import type { StackConfig } from "../render";

const PREFIX = "observability:";

/** A line for each setting that differs between two stack files, secrets without their values. */
export function settingsChanged(before: StackConfig, after: StackConfig): string[] {
  const [old, wanted] = [leaves(before), leaves(after)];
  return [...new Set([...old.keys(), ...wanted.keys()])].sort().flatMap((key) => {
    const [from, to] = [old.get(key), wanted.get(key)];
    return from?.text === to?.text ? [] : [`\`${key}\`: ${shown(from)} → ${shown(to)}`];
  });
}

interface Leaf {
  text: string;
  hidden: boolean;
}

const shown = (leaf?: Leaf) => (leaf ? `\`${leaf.hidden ? "[secret]" : leaf.text}\`` : "none");

function leaves(config: StackConfig): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  const walk = (value: unknown, path: string[], prefix: string) => {
    const isOpen = typeof value === "object" && value !== null && Object.keys(value).length > 0;
    const encrypted = isOpen && "secure" in value;
    if (isOpen && !encrypted)
      return Object.entries(value).forEach(([key, inner]) => walk(inner, [...path, key], prefix));
    found.set(prefix + keyOf(path), { text: JSON.stringify(value), hidden: encrypted || isSecret(path) });
  };
  for (const [key, value] of Object.entries(config)) {
    const prefix = key.startsWith(PREFIX) ? PREFIX : "";
    walk(value, [key.slice(prefix.length)], prefix);
  }
  return found;
}
