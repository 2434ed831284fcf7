import type { StackConfig } from "../stack-config";
import { type Leaf, leavesOf } from "./leaves";

/** As many as somebody reads. */
const MOST = 100;

/** A line for each setting that differs between two stack files, secrets without their values. */
export function settingsChanged(before: StackConfig, after: StackConfig): string[] {
  const [old, wanted] = [leavesOf(before), leavesOf(after)];
  const lines = [...new Set([...old.keys(), ...wanted.keys()])].sort().flatMap((key) => {
    const [from, to] = [old.get(key), wanted.get(key)];
    if (from?.text === to?.text) return [];
    // Plain secrets are all alike to a rendering, lest it tells one from another.
    const plain = [from, to].every((leaf) => leaf?.instead === "[secret]" && !leaf.text.includes('"secure"'));
    const note = plain
      ? "; its Secret and the pods that read it are replaced, which is not listed below"
      : "";
    return [`${code(key)}: ${shown(from)} → ${shown(to)}${note}`];
  });
  if (lines.length <= MOST) return lines;
  return [
    ...lines.slice(0, MOST),
    `${lines.length - MOST} more settings differ; see the difference of the stack file itself.`,
  ];
}

const LONGEST = 200;

const shown = (leaf?: Leaf): string => (leaf ? code(leaf.instead ?? leaf.text) : "none");

/** Whatever a user has written: the keys of a map of labels, too. */
function code(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  // Markdown ends code at the same number of backticks.
  const ticks = short.includes("`") ? "`".repeat(longestRun(short) + 1) : "`";
  return ticks.length > 1 ? `${ticks} ${short} ${ticks}` : `\`${short}\``;
}

const longestRun = (text: string) => Math.max(...[...text.matchAll(/`+/g)].map(([run]) => run.length));
