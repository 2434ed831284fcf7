/** Texts in quotes as PromQL and LogQL read them, and the patterns that some of them are. */
import { RE2JS } from "re2js";

/** A backslash and what it stands in front of; `other` is what Go does not know there. */
const escapes = (quote: string) =>
  new RegExp(
    String.raw`\\(?:([abfnrtv\\${quote}])|([0-3][0-7]{2})|(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U00(?:0[\da-fA-F]|10)[\da-fA-F]{4})|(?<other>.))`,
    "gs",
  );
const LETTERS: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const isRaw = (quoted: string) => quoted.startsWith("`");

export function mistakeInQuotes(quoted: string): string | undefined {
  if (isRaw(quoted)) return undefined;
  const found = [...quoted.slice(1, -1).matchAll(escapes(quoted[0]))];
  const other = found.find(({ groups }) => groups!.other !== undefined)?.groups!.other;
  // The other quote needs none.
  return (
    other && `has \\${other} in quotes, which must be ${/["']/.test(other) ? other : `\\\\${other}`} there`
  );
}

/** What it says, of a text without mistakes. */
export function unquoted(quoted: string): string {
  const text = quoted.slice(1, -1);
  if (isRaw(quoted)) return text;
  return text.replaceAll(escapes(quoted[0]), (_, letter?: string, octal?: string, hex?: string) =>
    letter
      ? (LETTERS[letter] ?? letter)
      : String.fromCodePoint(parseInt(octal ?? hex!.slice(1), octal ? 8 : 16)),
  );
}

/** Why this is no regular expression as Go reads it; undefined where it is one. */
export function mistakeInRegex(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The same of `| regexp`, whose groups become labels. */
export const mistakeInRegexParser = (pattern: string): string | undefined =>
  mistakeInRegex(pattern) ??
  (Object.keys(RE2JS.compile(pattern).namedGroups()).length === 0
    ? "no group has a name, as in (?P<status>.*)"
    : undefined);

/** The same of `| pattern`, whose captures do. */
export function mistakeInPatternParser(pattern: string): string | undefined {
  const names = namesIn(pattern);
  if (names.length === 0) return "no capture has a name, as in <status>";
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return twice ? `two captures are called ${twice}` : neighboursIn(pattern);
}

/** The same of the filters |> and !>, which keep nothing of what they find. */
export function mistakeInLinePattern(pattern: string): string | undefined {
  const [name] = namesIn(pattern);
  return name ? `<${name}> has a name, and a filter has <_> only` : neighboursIn(pattern);
}

const namesIn = (pattern: string): string[] =>
  [...pattern.matchAll(/<([a-zA-Z_]\w*)>/g)].map(([, name]) => name).filter((name) => name !== "_");

function neighboursIn(pattern: string): string | undefined {
  const [found] = /<[a-zA-Z_]\w*><[a-zA-Z_]\w*>/.exec(pattern) ?? [];
  return found && `nothing is between the captures ${found}`;
}
