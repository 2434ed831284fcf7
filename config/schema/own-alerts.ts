import { parser as logql } from "@grafana/lezer-logql";
import { parser as promql } from "@prometheus-io/lezer-promql";
import { z } from "zod";
import { allowed, duration, httpUrl, text } from "./common";
import { rules } from "./rules";

/** Prometheus and Loki refuse all of a file for one bad template, and these are what messages need. */
const FILLED_IN = /\{\{ *(\$labels\.[a-zA-Z_]\w*|\$value(?: *\| *humanize(?:Duration|Percentage)?)?) *\}\}/g;

const words = (what: string) =>
  text(/\S/, what).refine((value) => !value.replace(FILLED_IN, "").includes("{{"), {
    error: allowed("{{ $labels.NAME }}, {{ $value }} and {{ $value | humanize }} in braces, nothing else"),
  });

/** Where the text stops to be of that language; undefined where it is. */
function mistakeIn(language: typeof promql, query: string): string | undefined {
  let at: number | undefined;
  language.parse(query).iterate({
    enter: ({ type, from }) => void (at ??= type.isError ? from : undefined),
  });
  if (at === undefined) return undefined;
  return at < query.length ? `at ${JSON.stringify(query.slice(at, at + 20))}` : "at its end";
}

const query = (language: typeof promql, name: string, what: string) =>
  z.string({ error: allowed(what) }).superRefine((value, context) => {
    const mistake = mistakeIn(language, value);
    if (mistake) context.addIssue({ code: "custom", message: `is no ${name} ${mistake}; allowed: ${what}` });
  });

/** An alert's name -> the first letters in one case, as keys have them. */
const plain = (name: string) => name.toLowerCase();

const taken = () => [...Object.keys(rules.unwrap().shape).map(plain), "watchdog"];

export const ownAlerts = () => z.array(ownAlert);

const ownAlert = z
  .strictObject({
    name: text(/^[a-zA-Z]\w{0,99}$/, "letters, digits and _ after a letter, such as OrdersStuck")
      .refine((name) => !taken().includes(plain(name)), allowed("a name that no alert of the stack has"))
      .describe("Name of the alert."),
    metrics: query(promql, "PromQL", "an expression such as sum by (namespace) (orders_waiting) > 100")
      .optional()
      .describe("Expression in PromQL: an alert for each series that it gives."),
    logs: query(
      logql,
      "LogQL",
      'an expression that counts lines, such as sum by (namespace, app) (count_over_time({app="shop"} |= "refused" [5m])) > 0',
    )
      .refine((value) => logql.parse(value).topNode.firstChild?.firstChild?.name !== "LogExpr", {
        error: allowed("an expression that counts lines, such as with count_over_time or rate"),
      })
      .optional()
      .describe("Instead of metrics: expression in LogQL that counts lines, for Loki to ask."),
    for: duration().default("5m").describe("How long it is so before the alert fires; default 5m."),
    severity: z.enum(["critical", "warning"]).default("warning").describe("Severity; default warning."),
    summary: words("a sentence that says what is wrong").describe(
      "What is wrong, in a sentence; {{ $labels.NAME }} and {{ $value }} are filled in.",
    ),
    description: words("what else one should know").optional().describe("What else one should know."),
    runbookUrl: httpUrl().optional().describe("Page that says what to do."),
  })
  .refine(({ metrics, logs }) => (metrics === undefined) !== (logs === undefined), {
    error: allowed("either metrics or logs"),
  });
