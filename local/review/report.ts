import { styleText } from "node:util";
import type { Manifest } from "../render";
import type { StackConfig } from "../stack-config";
import type { Base } from "./base";
import {
  type Change,
  changesOf,
  diffOf,
  nameOf,
  objectOf,
  programOf,
  type Roll,
  rollsOf,
  valuesOf,
} from "./changes";
import { cut, FENCE } from "./cut";
import { lossesOf } from "./losses";
import { type Resources, resourcesOf } from "./resources";
import { settingsChanged } from "./settings";

/** What a pull request does to a stack. */
export interface Review {
  /** Markdown, for a terminal as for a comment. */
  text: string;
  /** Data that would be lost; the review fails. */
  losses: string[];
}

export interface Wanted {
  stack: string;
  /** As the user named the commit to compare with. */
  ref: string;
  manifests: Manifest[];
  config: StackConfig;
  /** Characters at most: the longest differences are left out. GitHub takes 65,536 in a comment. */
  limit: number;
}

export function reviewOf(base: Base, { stack, ref, manifests, config, limit }: Wanted): Review {
  const changes = changesOf(base.manifests, manifests);
  const rolls = rollsOf(changes, manifests);
  const losses = lossesOf(changes, manifests);
  const first = [
    `## Stack \`${stack}\` against \`${ref}\` (${base.commit})`,
    ...(base.note ? [`_${base.note}_`] : []),
    summary(changes, rolls),
    ...(losses.length > 0 ? [`### Data would be lost`, list(losses)] : []),
  ].join("\n\n");
  const lists = [
    ...part("Settings", settingsChanged(base.config, config)),
    ...part("Pods that are replaced", rolls.map(rolled)),
    ...part("What it asks for", asked(resourcesOf(base.manifests), resourcesOf(manifests))),
  ];
  const room = limit - first.length;
  const rest = [...lists, ...differences(changes, room - lists.join("").length)].join("\n\n");
  // Losses are said in full, whatever the limit.
  return { text: rest ? `${first}\n\n${cut(rest, room)}\n` : `${first}\n`, losses };
}

const list = (lines: string[]) => lines.map((line) => `- ${line}`).join("\n");
const part = (title: string, lines: string[]) => (lines.length > 0 ? [`### ${title}`, list(lines)] : []);

function summary(changes: Change[], rolls: Roll[]): string {
  if (changes.length === 0) return "No object changes.";
  const count = (wanted: Change["what"]) => changes.filter(({ what }) => what === wanted).length;
  return (
    `**${count("added")} added, ${count("changed")} changed in place, ${count("replaced")} replaced, ${count("removed")} removed; ` +
    `the pods of ${rolls.length} workloads are replaced.**`
  );
}

const rolled = ({ workload, because }: Roll) => `${nameOf(workload)}: ${because.join(", ")}`;

function asked(before: Resources, after: Resources): string[] {
  const rows: [string, keyof Resources, (amount: number) => string][] = [
    ["CPU", "cpu", cores],
    ["memory", "memory", mebibytes],
    ["CPU on each node", "cpuPerNode", cores],
    ["memory on each node", "memoryPerNode", mebibytes],
    ["storage", "storage", mebibytes],
  ];
  return rows
    .filter(([, key]) => before[key] !== after[key])
    .map(([name, key, unit]) => `${name}: ${unit(before[key])} → ${unit(after[key])}`);
}

const cores = (millicores: number) => `${millicores}m`;
const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)}Mi`;

/** By program, each object with what differs in it. Objects with the same difference share it. */
function differences(changes: Change[], room: number): string[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.what, valuesOf(change)]);
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const sections = [...groups.values()].map(section);
  const isShown = fitting(
    sections.map(({ diff }) => diff.length),
    room - sections.map(({ title }) => title.length).reduce((a, b) => a + b, 0),
  );
  return sections.map(({ title, diff }, i) =>
    isShown[i] ? `${title}\n\n${diff}` : `${title}\n\n_${diff.split("\n").length - 2} lines left out._`,
  );
}

function section(group: Change[]): { title: string; diff: string } {
  const [first] = group;
  const names = group.map((change) => nameOf(objectOf(change))).join(", ");
  const programs = [...new Set(group.map((change) => programOf(objectOf(change))))];
  const title = `### ${programs.length > 3 ? `${programs.length} programs` : programs.join(", ")}: ${names} ${first.what === "changed" ? "changed in place" : first.what}`;
  return { title, diff: `${FENCE}diff\n${diffOf(first)}\n${FENCE}` };
}

/** Short ones first, as long as there is room. */
function fitting(lengths: number[], room: number): boolean[] {
  const shown = lengths.map(() => false);
  let left = room;
  for (const { length, i } of lengths
    .map((length, i) => ({ length, i }))
    .sort((a, b) => a.length - b.length)) {
    left -= length;
    shown[i] = left >= 0;
  }
  return shown;
}

/** For a terminal: in the differences added lines are green and removed ones red. */
export const coloured = (text: string): string =>
  text.replace(/^````diff$[^]*?^````$/gm, (diff) =>
    diff.replace(/^[-+].*$/gm, (line) => styleText(line.startsWith("+") ? "green" : "red", line)),
  );
