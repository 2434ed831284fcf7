/*
 * Addresses in log lines, in Go's dialect of expressions (RE2, which has no look-around). A mask replaces what a group
 * has matched. The alternatives without a group come first: they take what only looks like an address, so that it stays.
 */

const OCTET = "\\d{1,3}";
const FOUR = `${OCTET}\\.${OCTET}\\.${OCTET}\\.`;

/** What may touch an address in front though it ends in a letter: an escape of JSON or of a URL, a terminal's colour. */
const ESCAPE = "(?:\\\\u[0-9a-fA-F]{4}|\\\\[bfnrt]|%[0-9a-fA-F]{2}|\\x1b\\[[0-9;]*m)";

/** What says that a number with dots is a version: an ending, or a word or mark in front. */
const VERSION_END =
  "(?:\\.(?:jar|war|zip|tar|tgz|RELEASE|Final|GA|SNAPSHOT)|-(?:alpha|beta|rc|RC|SNAPSHOT|RELEASE|Final|GA|dev|pre|build))\\d*\\b";
const VERSION_START = '(?:(?:\\bv|_v|V)ersion(?:\\W{0,3}[= :"])|!/:)';

/** What looks like an address and is none; or one: what stands before the part that is masked, that part, what follows. */
export type Form = string | [before: string, masked: string, after?: string];

/** IPv4, also in the names of hosts and of the way back. The last part is masked. */
export const IPV4_FORMS: Form[] = [
  "(?:\\d+\\.){5,}\\d+",
  // tcpdump puts the port behind a dot.
  [FOUR, OCTET, "\\.\\d{2,5}\\b"],
  "(?:\\d+\\.){4}\\d+",
  "\\d{4,}(?:\\.\\d+)*",
  "\\d+\\.\\d+\\.\\d+\\.\\d{4,}",
  `${VERSION_START}\\d+(?:\\.\\d+)+`,
  `\\d+(?:\\.\\d+){2,3}${VERSION_END}`,
  // Browsers write their number and three zeros.
  "[a-zA-Z]/\\d+\\.0\\.0\\.0",
  ["", OCTET, `\\.${OCTET}\\.${OCTET}\\.${OCTET}\\.in-addr\\.arpa`],
  [`${ESCAPE}${FOUR}`, OCTET],
  "[a-zA-Z]\\d+(?:\\.\\d+){3}",
  [FOUR, OCTET],
  [`(?:ip|ec2)-${OCTET}-${OCTET}-${OCTET}-`, OCTET],
  [`${OCTET}-${OCTET}-${OCTET}-`, OCTET, "\\.[a-z0-9-]+\\.pod\\b"],
];

const GROUP = "[0-9a-f]{1,4}";
const EDGE = `(?:\\b|_|${ESCAPE})`;

/** IPv6, in capitals or not: four groups of eight stay, or what stands before the two colons. */
export const IPV6_FORMS: Form[] = [
  // Serial numbers, fingerprints and hardware addresses: pairs of digits.
  "\\b(?:[0-9a-f]{2}:){7,}[0-9a-f]{2}\\b",
  // Its last part is an IPv4 address, masked already.
  "[0-9a-f:]*:(?:\\d+\\.){3}x",
  // Behind a name, where it can be no name itself: a network that is in use.
  ["\\w*_(?:fe[89ab][0-9a-f]|f[cd][0-9a-f]{2}|[23][0-9a-f]{3})::", `(?:${GROUP}:){0,6}${GROUP}`, "\\b"],
  // Names in programs: std::vec, ::std::io, db::add.
  "\\b[0-9a-f]*[g-z_]\\w*(?:::\\w+)+",
  "::\\w*[g-z_]\\w*(?:::\\w+)*",
  "\\b[a-f]+(?:::[a-z]\\w*)+\\b",
  ":{3,}\\d*",
  [`${EDGE}(?:${GROUP}:){4}`, `${GROUP}(?::${GROUP}){3}`, "\\b"],
  [`${EDGE}(?:${GROUP}:){1,7}:`, `(?:${GROUP}:){0,6}${GROUP}`, "\\b"],
  ["::", `(?:${GROUP}:){0,6}${GROUP}`, "\\b"],
];

/** What a line has that may hold an address: the long expressions are for those lines. */
export const LOOKS_LIKE_IPV4 = "\\d[.-]\\d{1,3}[.-]\\d{1,3}[.-]\\d";
export const LOOKS_LIKE_IPV6 = "::|(?::[0-9a-fA-F]{1,4}){3}:";

const expression = (forms: Form[]): string =>
  forms.map((form) => (typeof form === "string" ? form : `${form[0]}(${form[1]})${form[2] ?? ""}`)).join("|");
export const IPV4 = expression(IPV4_FORMS);
export const IPV6 = `(?i)${expression(IPV6_FORMS)}`;

const text = JSON.stringify;

const mask = (looksLikeOne: string, expression: string) => `
  stage.match {
    selector = ${text(`{namespace=~".*"} |~ ${text(looksLikeOne)}`)}
    stage.replace {
      expression = ${text(expression)}
      replace    = "x"
    }
  }
`;

/** Masks before anything is extracted, so that no parsed field keeps an address. The last part becomes x. */
export const MASKING = mask(LOOKS_LIKE_IPV4, IPV4) + mask(LOOKS_LIKE_IPV6, IPV6);
