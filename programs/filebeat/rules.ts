import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CONTINUED, FIRST_LEVELS, TRACE } from "../alloy/entries";
import {
  CORRELATION,
  FIELD_PATHS,
  FORMS,
  LEVEL_FIELDS,
  LEVEL_NUMBER,
  LEVELS,
  SLEUTH,
  SPAN_ID,
  TRACE_ID,
} from "../alloy/levels";
import { IPV4_FORMS, IPV6_FORMS, LOOKS_LIKE_IPV4, LOOKS_LIKE_IPV6 } from "../alloy/masking";

/* The rules that Alloy follows as well, in the words of Filebeat. */

/** An expression that finds what does not begin with one of the words. RE2 has no look-ahead: letter by letter, another one. */
function without(words: string[]): string {
  const first = [...new Set(words.map(([letter]) => letter))];
  const branches = first.map((letter) => {
    const rest = words.filter((word) => word.startsWith(letter)).map((word) => word.slice(1));
    // A word ends where no letter follows.
    return `${letter}${rest.includes("") ? "\\w" : without(rest)}`;
  });
  return `(?:[^${first.join("")}]|$|${branches.join("|")})`;
}

/** Space in front of a line continues an entry, save where a level follows two at most: Spring fills short ones up. */
const INDENTED = `[\\t\\f\\r]| ${without([...FIRST_LEVELS, ...FIRST_LEVELS.map((level) => ` ${level}`)])}`;

/** What continues an entry; and the head of a trace, which belongs to the line before it. */
export const JOINED = {
  lines: `^(?:${[INDENTED, ...CONTINUED.filter((form) => form !== "\\s")].join("|")})`,
  traces: `^(?:${TRACE.join("|")})`,
};

/** What Filebeat's JavaScript does not know: names of groups, and a part of an expression in any case. */
const plain = (expression: string): string =>
  expression
    .replace(/\(\?P<\w+>/g, "(")
    .replace(
      /\(\?i:([\w|]+)\)/g,
      (_, words: string) =>
        `(?:${words.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)})`,
    );

const named = (expression: string) => ({
  source: plain(expression),
  names: [...expression.matchAll(/\(\?P<(\w+)>/g)].map(([, name]) => name),
});

/** The longest line, as with Alloy, and what it says at its end when more was cut off. */
export const LIMIT = { length: 256 * 1024, says: " [cut at 256 KiB]" };

/** What the scripts of Filebeat and Logstash do to lines. */
export const rulesOf = (maskIps: boolean) => ({
  masks: maskIps
    ? [
        { looksLikeOne: LOOKS_LIKE_IPV4, forms: IPV4_FORMS, flags: "g" },
        { looksLikeOne: LOOKS_LIKE_IPV6, forms: IPV6_FORMS, flags: "gi" },
      ]
    : [],
  levelForms: plain(`^(?:${FORMS.join("|")})`),
  levels: LEVELS,
  levelFields: LEVEL_FIELDS,
  levelNumber: LEVEL_NUMBER,
  identities: [SLEUTH, CORRELATION, TRACE_ID, SPAN_ID].map(named),
  fields: FIELD_PATHS,
});

/** Text of the script for the processor of that name. */
export const normalising = (maskIps: boolean): string =>
  [
    `var RULES = ${JSON.stringify(rulesOf(maskIps))};`,
    `var LIMIT = ${JSON.stringify(LIMIT)};`,
    readFileSync(join(__dirname, "normalise.js"), "utf8"),
  ].join("\n");
