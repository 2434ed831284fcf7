import { apart, IDS, type LogCase, one, SPAN, TRACE } from "./case";

const PINO = "pinojs/pino docs/api.md";
const BUNYAN = "trentm/node-bunyan README.md";
const WINSTON = "https://github.com/winstonjs/winston#formats";
const SIMPLE = "winstonjs/logform simple.js";
const MORGAN = "expressjs/morgan README.md";

const pino = (level: number, message: string) =>
  `{"level":${level},"time":1704207845123,"pid":1,"hostname":"shop-6d9f","msg":"${message}"}`;

export const NODE_CASES: LogCase[] = [
  apart("pino, each level", PINO, [
    [pino(10, "entering"), { level: "trace" }],
    [pino(20, "3 seats asked for"), { level: "debug" }],
    [pino(30, "listening on 3000"), { level: "info" }],
    [pino(40, "slow"), { level: "warn" }],
    [pino(50, "order refused"), { level: "error" }],
    [pino(60, "shop burns"), { level: "fatal" }],
  ]),
  one(
    "pino with a level of the application's own",
    PINO,
    pino(35, "hi"),
    {},
    {
      note: "customLevels: 35 is in no list, so there is no level.",
    },
  ),
  one(
    "pino with level labels",
    "https://getpino.io/#/docs/api?id=formatters-object",
    '{"level":"fatal","time":1704207845123,"pid":1,"hostname":"shop-6d9f","msg":"shop burns"}',
    { level: "fatal" },
  ),
  one(
    "pino with OpenTelemetry",
    "open-telemetry/opentelemetry-js-contrib plugins/node/opentelemetry-instrumentation-pino/README.md",
    `{"level":30,"time":1704207845123,"pid":1,"hostname":"shop-6d9f","trace_id":"${TRACE}","span_id":"${SPAN}","trace_flags":"01","msg":"order placed"}`,
    { level: "info", ...IDS },
  ),
  one(
    "pino with a level further inside",
    PINO,
    '{"level":30,"time":1704207845123,"pid":1,"hostname":"shop-6d9f","upstream":{"level":"error","severity":"FATAL"},"msg":"tried again"}',
    { level: "info" },
    { note: "Only the outermost level is the line's." },
  ),
  one(
    "pino with JSON in the message",
    PINO,
    '{"level":40,"time":1704207845123,"pid":1,"hostname":"shop-6d9f","msg":"answer was {\\"level\\":\\"error\\"}"}',
    { level: "warn" },
  ),
  one(
    "pino with an error",
    PINO,
    '{"level":50,"time":1704207845123,"pid":1,"hostname":"shop-6d9f","err":{"type":"Error","message":"no seat","stack":"Error: no seat\\n    at place (/app/orders.js:42:11)\\n    at /app/shop.js:7:3"},"msg":"order refused"}',
    { level: "error" },
  ),
  one(
    "pino for Google's cloud",
    "https://getpino.io/#/docs/help?id=mapping-pino-log-levels-to-google-cloud-logging-stackdriver-severity-levels",
    '{"severity":"CRITICAL","level":60,"time":1704207845123,"pid":1,"hostname":"shop-6d9f","message":"shop burns"}',
    { level: "fatal" },
  ),
  apart("bunyan", BUNYAN, [
    [
      '{"name":"shop","hostname":"shop-6d9f","pid":1,"level":30,"msg":"listening","time":"2024-01-02T15:04:05.123Z","v":0}',
      { level: "info" },
    ],
    [
      '{"name":"shop","hostname":"shop-6d9f","pid":1,"level":40,"lang":"fr","msg":"slow","time":"2024-01-02T15:04:05.124Z","v":0}',
      { level: "warn" },
    ],
    [
      '{"name":"shop","hostname":"shop-6d9f","pid":1,"level":10,"msg":"entering","time":"2024-01-02T15:04:05.125Z","v":0}',
      { level: "trace" },
    ],
  ]),
  one(
    "bunyan with a request",
    BUNYAN,
    '{"name":"shop","hostname":"shop-6d9f","pid":1,"level":20,"req":{"method":"GET","url":"/orders","remoteAddress":"::ffff:10.1.2.3","remotePort":51234},"msg":"","time":"2024-01-02T15:04:05.123Z","v":0}',
    { level: "debug" },
    {
      text: '{"name":"shop","hostname":"shop-6d9f","pid":1,"level":20,"req":{"method":"GET","url":"/orders","remoteAddress":"::ffff:10.1.2.x","remotePort":51234},"msg":"","time":"2024-01-02T15:04:05.123Z","v":0}',
    },
  ),
  apart("winston, JSON", WINSTON, [
    ['{"level":"info","message":"listening on 3000","service":"shop"}', { level: "info" }],
    [
      '{"level":"error","message":"order refused","service":"shop","stack":"Error: no seat\\n    at /app/orders.js:42:11","timestamp":"2024-01-02T15:04:05.123Z"}',
      { level: "error" },
    ],
    ['{"level":"debug","message":"3 seats","service":"shop"}', { level: "debug" }],
  ]),
  apart(
    "winston, levels of npm that others do not have",
    "https://github.com/winstonjs/winston#logging-levels",
    [
      ['{"level":"http","message":"GET /orders"}'],
      ['{"level":"verbose","message":"3 seats"}'],
      ['{"level":"silly","message":"la la"}'],
    ],
    "http, verbose and silly are in no list, so there is no level.",
  ),
  apart("winston with syslog's levels", "https://github.com/winstonjs/winston#logging-levels", [
    ['{"level":"emerg","message":"shop burns"}', { level: "fatal" }],
    ['{"level":"alert","message":"smoke"}', { level: "fatal" }],
    ['{"level":"crit","message":"no room left"}', { level: "fatal" }],
    ['{"level":"err","message":"order refused"}', { level: "error" }],
    ['{"level":"warning","message":"slow"}', { level: "warn" }],
    ['{"level":"notice","message":"price changed"}', { level: "info" }],
  ]),
  apart("winston, simple", SIMPLE, [
    ['info: listening on 3000 {"service":"shop"}', { level: "info" }],
    ["warn: slow", { level: "warn" }],
    ['error: order refused {"order":7}', { level: "error" }],
  ]),
  one(
    "winston with OpenTelemetry",
    "https://www.npmjs.com/package/@opentelemetry/instrumentation-winston",
    `{"level":"info","message":"order placed","span_id":"${SPAN}","trace_flags":"01","trace_id":"${TRACE}"}`,
    { level: "info", ...IDS },
  ),
  one("morgan, tiny", MORGAN, "GET /orders 200 12 - 5.012 ms"),
  one(
    "morgan, dev",
    MORGAN,
    "\u001b[0mGET /orders \u001b[32m200\u001b[0m 5.012 ms - 12\u001b[0m",
    {},
    {
      note: "Colours of a terminal, written in containers as well.",
    },
  ),
  one(
    "morgan, combined",
    MORGAN,
    '::ffff:10.1.2.3 - - [02/Jan/2024:15:04:05 +0000] "GET /orders HTTP/1.1" 200 12 "-" "curl/8.4.0"',
    {},
    {
      text: '::ffff:10.1.2.x - - [02/Jan/2024:15:04:05 +0000] "GET /orders HTTP/1.1" 200 12 "-" "curl/8.4.0"',
    },
  ),
  one(
    "morgan, short, IPv6",
    MORGAN,
    "::1 - GET /orders HTTP/1.1 200 12 - 5.012 ms",
    {},
    { text: "::x - GET /orders HTTP/1.1 200 12 - 5.012 ms" },
  ),
];
