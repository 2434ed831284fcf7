/*
 * The level of a line, and its trace, from the forms that programs write; in Go's dialect of expressions (RE2).
 */
const text = JSON.stringify;

/** The closed list, and what programs write for it; anything else is no level. */
export const LEVELS = {
  trace: ["trace", "trce", "10", "levelno 5"],
  // D1 to D5 are MongoDB's; a dot is Redis'; 7 and below are syslog's, 10 and above pino's and bunyan's.
  debug: ["debug", "dbug", "20", "7", "levelno 10", "d1", "d2", "d3", "d4", "d5", "."],
  info: ["info", "information", "notice", "log", "30", "6", "5", "levelno 20", "i", "-", "*"],
  warn: ["warn", "warning", "40", "4", "levelno 30", "w", "#"],
  error: ["error", "err", "fail", "50", "3", "levelno 40", "e"],
  fatal: [
    ...["fatal", "critical", "crit", "panic", "alert", "emergency", "emerg"],
    ...["60", "2", "1", "0", "levelno 50", "f"],
  ],
};

const WORDS =
  "trace|debug|information|info|notice|warning|warn|error|err|critical|crit|fatal|alert|emergency|emerg";
const CAPITALS = `${WORDS}|panic`.toUpperCase();
const ANY = `(?i:${WORDS}|panic)`;

/** Colours of a terminal: programs write them in containers as well. */
const COLOUR = "(?:\\x1b\\[[0-9;]*m)*";

const DATE = "\\d{4}[-/]\\d\\d[-/]\\d\\d[T ]";
const CLOCK = "\\d\\d:\\d\\d:\\d\\d[\\d.,]*";
const ZONE = "(?: ?(?:Z|[+-]\\d\\d:?\\d\\d|UTC|GMT|[A-Z]{1,3}T))?";
/** What stands first: a time, or what counts as one. */
const TIME = `${COLOUR}(?:\\[?(?:${DATE})?${CLOCK}${ZONE}\\]?|\\[\\d\\d-\\w{3}-\\d{4} ${CLOCK}\\]|\\[\\w{3} \\w{3} [\\d ]\\d ${CLOCK} \\d{4}\\]|\\[[\\d.]+s\\]|[A-Z], \\[${DATE}${CLOCK} #\\d+\\]|\\d+(?:\\.\\d+e\\+\\d+| +\\[[^\\]]*\\]))${COLOUR}`;
/** What may stand between it and the level: a thread, a name between dashes, a number, PostgreSQL's user and client. */
const BETWEEN =
  "(?:[ \\t]*\\[[^\\]]*\\]|[ \\t]+- [\\w.$]+|[ \\t]+-|[ \\t]+\\d+|[ \\t]+[^\\s@]+@\\S+|[ \\t]+\\S+\\(\\d+\\)){0,5}?";

/** In each the group is the level. */
export const FORMS = [
  // INFO, or shop.INFO of monolog
  `${TIME}${BETWEEN}[ \\t]+${COLOUR} ?(?:[\\w-]+\\.)?(${CAPITALS})${COLOUR}(?:[ \\t:\\]]|$)`,
  `${TIME}${BETWEEN}[ \\t]*\\[${COLOUR}(?:\\w*:)?(${ANY}) *${COLOUR}\\]`,
  `${TIME}${BETWEEN}[ \\t]+(LOG|${WORDS}):`,
  `${TIME}\\t(${WORDS})\\t`,
  `${COLOUR}(LOG|${CAPITALS}|${WORDS}|dbug|fail|trce)${COLOUR}:`,
  ` *(${CAPITALS}) +\\[`,
  `\\[(${ANY})\\]`,
  // logfmt
  '(?:[\\w.]+=(?:"(?:[^"\\\\]|\\\\.)*"|[^ "]*) +)*?(?:level|lvl|severity)="?([a-zA-Z]+)',
  // klog, systemd, Redis
  `([IWEF])\\d{4} ${CLOCK} +\\d+ \\S+:\\d+\\]`,
  "<([0-7])>",
  `\\d+:[A-Z] \\d\\d \\w{3} \\d{4} ${CLOCK} ([.*#-]) `,
];

const named = FORMS.map((form, index) => form.replace(/(?<!\\)\((?!\?)/, `(?P<level_${index}>`));

/** A group of its own for each form. */
export const LEVEL_FORM = `^(?:${named.join("|")})`;

/** The fields of JSON that hold it, those of one program only before those of many; MongoDB's is the last. */
export const LEVEL_FIELDS = [
  ["log.level"],
  ["log", "level"],
  ...[
    "level_name",
    "_level_name",
    "levelname",
    "severity",
    "error_severity",
    "level",
    "LogLevel",
    "lvl",
    "s",
  ].map((name) => [name]),
];
/** Python's, a number of its own scale. */
export const LEVEL_NUMBER = "levelno";

/** What is known of an entry besides its level: its trace, and the service that says it; and the fields of JSON that hold it. */
export const FIELD_PATHS: Record<string, string[][]> = {
  trace_id: [
    ...[
      "trace-id",
      "trace_id",
      "traceId",
      "traceID",
      "traceid",
      "trace.id",
      "otelTraceID",
      "_traceId",
      "trace",
    ].map((name) => [name]),
  ],
  span_id: [
    ...["span-id", "span_id", "spanId", "spanID", "spanid", "span.id", "otelSpanID", "_spanId", "span"].map(
      (name) => [name],
    ),
  ],
  service_name: [
    ["service-name"],
    ["service_name"],
    ["service.name"],
    ["service", "name"],
    ["otelServiceName"],
    ["service"],
  ],
};
export const FIELDS = Object.keys(FIELD_PATHS);

/** In JMESPath: the first of them that says something. */
const firstOf = (paths: string[][], ...more: string[]): string =>
  [
    ...paths.map((path) => path.map((part) => (/^[a-zA-Z]\w*$/.test(part) ? part : text(part))).join(".")),
    ...more,
  ].join(" || ");

/** Of 16 or 32 digits. */
export const ID = "[0-9a-fA-F]{32}|[0-9a-fA-F]{16}";

/** Sleuth's: level [app,traceId,spanId], each of them empty outside a trace. */
export const SLEUTH = `^(?:${DATE}${CLOCK}${ZONE})? *(?:${CAPITALS}) +\\[(?P<service_name>[^\\[\\],]*),(?P<trace_id>${ID}|),(?P<span_id>${ID}|)(?:,\\w*)?\\]`;
/** Spring's in brackets of their own: [traceId-spanId], or Sleuth's behind the thread. */
export const CORRELATION = `^(?:[^{].*?)?\\[(?:(?P<service_name>[^\\[\\],]*),)?(?P<trace_id>${ID})[,-](?P<span_id>${ID})(?:,\\w*)?\\]`;

/** logfmt's. */
export const TRACE_ID = `trace_?[iI][dD]=(?P<trace_id>${ID})(?:[^0-9a-fA-F]|$)`;
export const SPAN_ID = `span_?[iI][dD]=(?P<span_id>${ID})(?:[^0-9a-fA-F]|$)`;

/** Where a line of JSON says it, in JMESPath. */
export const JSON_FIELDS: Record<string, string> = {
  level: firstOf(LEVEL_FIELDS, `join(' ', ['${LEVEL_NUMBER}', to_string(${LEVEL_NUMBER})])`),
  ...Object.fromEntries(FIELDS.map((name) => [name, firstOf(FIELD_PATHS[name])])),
};

/** An identifier that is one: of zeros is what programs write outside of a trace. */
export const IDENTIFIER =
  '{{ with .Value }}{{ if and (or (eq (len .) 16) (eq (len .) 32)) (trimAll "0" .) }}{{ . }}{{ end }}{{ end }}';

const keep = (name: string, template: string) => `  stage.template {
    source   = ${text(name)}
    template = ${text(template)}
  }`;

const found = [...FORMS.keys()].map((index) => `.level_${index}`).join(" ");
const choices = Object.entries(LEVELS).map(
  ([level, words]) => `if eq $l ${words.map((word) => `"${word}"`).join(" ")} }}${level}{{ `,
);
/** Go's slog writes INFO+2 between its levels. */
export const LEVEL_TEMPLATE = `{{ $l := or ${found} .level "" | ToLower }}{{ if gt (len $l) 2 }}{{ $l = $l | splitList "+" | first | splitList "-" | first }}{{ end }}{{ ${choices.join("else ")}end }}`;

export const PARSING = `
  stage.regex {
    expression = ${text(LEVEL_FORM)}
  }
  stage.regex {
    expression = ${text(SLEUTH)}
  }
  stage.regex {
    expression = ${text(CORRELATION)}
  }
  stage.regex {
    expression = ${text(TRACE_ID)}
  }
  stage.regex {
    expression = ${text(SPAN_ID)}
  }
  // The last: in a line of JSON, what its fields say counts, and not what its message holds.
  stage.json {
    expressions = {
      level        = ${text(JSON_FIELDS.level)},
      trace_id     = ${text(JSON_FIELDS.trace_id)},
      span_id      = ${text(JSON_FIELDS.span_id)},
      service_name = ${text(JSON_FIELDS.service_name)},
    }
  }
${FIELDS.slice(0, 2)
  .map((name) => keep(name, IDENTIFIER))
  .join("\n")}
${keep("service_name", "{{ with .Value }}{{ if true }}{{ . }}{{ end }}{{ end }}")}
  stage.template {
    source   = "level"
    template = ${text(LEVEL_TEMPLATE)}
  }
`;
