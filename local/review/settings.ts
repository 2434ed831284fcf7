import { isKnown, isSecret, keyOf } from "../../config/schema-tree";
import { PREFIX, type StackConfig } from "../stack-config";

/** A line for each setting that differs between two stack files, secrets without their values. */
export function settingsChanged(before: StackConfig, after: StackConfig): string[] {
  const [old, wanted] = [leaves(before), leaves(after)];
  return [...new Set([...old.keys(), ...wanted.keys()])].sort().flatMap((key) => {
    const [from, to] = [old.get(key), wanted.get(key)];
    if (from?.text === to?.text) return [];
    // Plain secrets are all alike to a rendering, lest it tells one from another.
    const plain = [from, to].every((leaf) => leaf?.instead === "[secret]" && !leaf.text.includes('"secure"'));
    const note = plain
      ? "; its Secret and the pods that read it are replaced, which is not listed below"
      : "";
    return [`\`${key}\`: ${shown(from)} → ${shown(to)}${note}`];
  });
}

interface Leaf {
  text: string;
  /** What stands for a text that may be a secret. */
  instead?: string;
}

const LONGEST = 200;

function shown(leaf?: Leaf): string {
  if (!leaf) return "none";
  const text = leaf.instead ?? leaf.text;
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  // Markdown ends code at the same number of backticks.
  const ticks = short.includes("`") ? "`".repeat(longestRun(short) + 1) : "`";
  return ticks.length > 1 ? `${ticks} ${short} ${ticks}` : `\`${short}\``;
}

const longestRun = (text: string) => Math.max(...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** Another schema may have marked as a secret what this one does not know. */
function instead(path: string[], prefix: string, encrypted: boolean): string | undefined {
  if (encrypted || (prefix && isSecret(path))) return "[secret]";
  return prefix && isKnown(path) ? undefined : "[not shown]";
}

function leaves(config: StackConfig): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  const walk = (value: unknown, path: string[], prefix: string) => {
    const isOpen = typeof value === "object" && value !== null && Object.keys(value).length > 0;
    const encrypted = isOpen && "secure" in value;
    if (isOpen && !encrypted)
      return Object.entries(value).forEach(([key, inner]) => walk(inner, [...path, key], prefix));
    found.set(prefix + keyOf(path), {
      text: JSON.stringify(value),
      instead: instead(path, prefix, encrypted),
    });
  };
  for (const [key, value] of Object.entries(config)) {
    const prefix = key.startsWith(PREFIX) ? PREFIX : "";
    walk(value, [key.slice(prefix.length)], prefix);
  }
  return found;
}
