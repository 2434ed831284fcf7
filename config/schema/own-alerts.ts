import { z } from "zod";
import { seconds } from "../units";
import { allowed, count, duration, httpUrl, text } from "./common";
import { queries, refuseMistakes } from "./languages";
import { rules } from "./rules";

/** Prometheus and Loki refuse all of a file for one bad template, and these are what messages need. */
const FILLED_IN = /\{\{ *(\$labels\.[a-zA-Z_]\w*|\$value(?: *\| *humanize(?:Duration|Percentage)?)?) *\}\}/g;

const words = (what: string) =>
  text(/\S/, what).refine((value) => !value.replace(FILLED_IN, "").includes("{{"), {
    error: allowed("{{ $labels.NAME }}, {{ $value }} and {{ $value | humanize }} in braces, nothing else"),
  });

const query = (mistakeIn: (query: string) => string | undefined, what: string) =>
  z.string({ error: allowed(what) }).superRefine(refuseMistakes(mistakeIn, what));

/** Alerts whose key in alerting.rules is another word than their name. */
const NAMES: Record<string, string> = {
  redisMemory: "RedisMemoryNearLimit",
  postgresDown: "PostgreSQLDown",
  postgresConnections: "PostgreSQLConnectionsNearLimit",
};

/** Keys and names are written in another case. */
const plain = (name: string) => name.toLowerCase();

const taken = () =>
  [
    ...Object.keys(rules.unwrap().shape).map((key) => NAMES[key] ?? key),
    // Without a key of their own.
    ...["StackProgramDown", "Watchdog"],
  ].map(plain);

/** So many places for rules Grafana has: it forgets what is in none (programs/grafana/alerting.ts). */
export const LUCENE_ALERTS = 100;

export const ownAlerts = () => z.array(ownAlert);

const ownAlert = z
  .strictObject({
    name: text(/^[a-zA-Z]\w{0,99}$/, "letters, digits and _ after a letter, such as OrdersStuck")
      .refine((name) => !taken().includes(plain(name)), allowed("a name that no alert of the stack has"))
      .describe("Name of the alert."),
    metrics: query(
      (value) => queries().mistakeInPromQL(value),
      "an expression such as sum by (namespace) (orders_waiting) > 100",
    )
      .optional()
      .describe("Expression in PromQL: an alert for each series that it gives."),
    logs: query(
      (value) => queries().mistakeInLogQL(value),
      'an expression that counts lines, such as sum by (namespace, app) (count_over_time({app="shop"} |= "refused" [5m])) > 0',
    )
      .optional()
      .describe("Instead of metrics: expression in LogQL that counts lines, for Loki to ask."),
    lucene: z
      .strictObject({
        query: text(
          /\S/,
          'a query in Lucene\'s language, such as app:"shop" AND message:"card refused"',
        ).describe("Which lines, in Lucene's language."),
        count: count("a whole number of lines")
          .default(1)
          .describe("Fires at this many lines of one application; default 1."),
        within: duration({ least: "1m", why: "since Grafana asks every 30 seconds" })
          .default("5m")
          .describe("Within this time; default 5m, at least 1m."),
      })
      .optional()
      .describe("The same where lines are in Elasticsearch: which lines, and how many, for Grafana to ask."),
    for: duration()
      .optional()
      .describe(
        "How long it is so before the alert fires; default 5m. With lucene less than lucene.within, default: at once.",
      ),
    severity: z.enum(["critical", "warning"]).default("warning").describe("Severity; default warning."),
    summary: words("a sentence that says what is wrong").describe(
      "What is wrong, in a sentence; {{ $labels.NAME }} and {{ $value }} are filled in.",
    ),
    description: words("what else one should know").optional().describe("What else one should know."),
    runbookUrl: httpUrl().optional().describe("Page that says what to do."),
  })
  .refine(
    ({ metrics, logs, lucene }) =>
      [metrics, logs, lucene].filter((asked) => asked !== undefined).length === 1,
    { error: allowed("one of metrics, logs and lucene") },
  )
  // Lines that came all at once are counted for that long.
  .superRefine(({ lucene, for: time }, context) => {
    if (!lucene || !time || seconds(time) < seconds(lucene.within)) return;
    const message = `${time} is no shorter than lucene.within, after which lines are not counted any more; allowed: less than ${lucene.within}. Or leave it out.`;
    context.addIssue({ code: "custom", path: ["for"], message });
  });
