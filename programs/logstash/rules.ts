import { LIMIT, rulesOf } from "../filebeat/rules";
import { FIELDS } from "../filebeat/store";

/**
 * An expression in the words of Ruby, where ^ and $ are those of a line. And its engine tries from each character anew, the
 * square of a long word's length, where Go's does not: what begins with any number of some characters begins at the first.
 */
const ruby = (expression: string): string =>
  expression
    .replace(/\\.|\[(?:\\.|[^\]\\])*\]|[$^]/g, (part) => ({ "^": "\\A", $: "\\z" })[part] ?? part)
    .replace(/^(\[[^\]]*\]|\\w)\*/, "(?<!$1)$&");

/** The rules that Filebeat follows where there is no Logstash, and what of an entry is kept. */
export function rules(maskIps: boolean): object {
  const { masks, levelForms, identities, ...others } = rulesOf(maskIps);
  return {
    ...others,
    masks: masks.map(({ looksLikeOne, forms, flags }) => ({
      looksLikeOne: ruby(looksLikeOne),
      forms: forms.map((form) =>
        typeof form === "string" ? ruby(form) : form.map((part = "") => ruby(part)),
      ),
      flags,
    })),
    levelForms: ruby(levelForms),
    identities: identities.map(({ source, names }) => ({ source: ruby(source), names })),
    limit: LIMIT,
    kept: ["@timestamp", ...Object.keys(FIELDS)],
  };
}
