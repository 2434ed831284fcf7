import { apart, groups, IDS, joined, type LogCase, one, SPAN, TRACE } from "./case";

const ENV_LOGGER = "rust-cli/env_logger README.md";
const TRACING = "tokio-rs/tracing tracing-subscriber/src/fmt/format/mod.rs";
const TRACING_JSON = "tokio-rs/tracing tracing-subscriber/src/fmt/format/json.rs";
const DOTNET =
  "dotnet/runtime src/libraries/Microsoft.Extensions.Logging.Console/src/SimpleConsoleFormatter.cs";
const DOTNET_JSON =
  "dotnet/runtime src/libraries/Microsoft.Extensions.Logging.Console/src/JsonConsoleFormatter.cs";
const SYSTEMD =
  "dotnet/runtime src/libraries/Microsoft.Extensions.Logging.Console/src/SystemdConsoleFormatter.cs";
const RUBY = "ruby/logger lib/logger/formatter.rb";
const RAILS = "rails/rails railties/lib/rails/rack/logger.rb";
const LOGRAGE = "roidrage/lograge README.md";
const FPM = "php/php-src sapi/fpm/fpm/zlog.c";
const MONOLOG = "Seldaek/monolog src/Monolog/Formatter/LineFormatter.php";

export const OTHER_CASES: LogCase[] = [
  apart("Rust, env_logger", ENV_LOGGER, [
    ["[2024-01-02T15:04:05Z INFO  shop] listening on 8080", { level: "info" }],
    ["[2024-01-02T15:04:05Z ERROR shop::orders] order refused", { level: "error" }],
    ["[2024-01-02T15:04:05Z TRACE shop::db] entering", { level: "trace" }],
  ]),
  apart("Rust, tracing", TRACING, [
    ["2024-01-02T15:04:05.123456Z  INFO shop: listening port=8080", { level: "info" }],
    ["2024-01-02T15:04:05.123457Z  WARN place{order=7}: shop::orders: slow", { level: "warn" }],
    ["2024-01-02T15:04:05.123458Z DEBUG shop::db: 3 seats", { level: "debug" }],
  ]),
  one(
    "Rust, tracing in colours",
    TRACING,
    "\u001b[2m2024-01-02T15:04:05.123456Z\u001b[0m \u001b[32m INFO\u001b[0m \u001b[2mshop\u001b[0m\u001b[2m:\u001b[0m listening \u001b[3mport\u001b[0m\u001b[2m=\u001b[0m8080",
    { level: "info" },
    { note: "The default, in containers as well, unless NO_COLOR is set; the colours stay in the text." },
  ),
  one(
    "Rust, tracing as JSON",
    TRACING_JSON,
    '{"timestamp":"2024-01-02T15:04:05.123456Z","level":"WARN","fields":{"message":"slow","took":900},"target":"shop::orders","span":{"order":7,"name":"place"}}',
    { level: "warn" },
  ),
  groups(
    ".NET, console",
    DOTNET,
    [
      [
        ["info: Microsoft.Hosting.Lifetime[14]", "      Now listening on: http://[::]:8080"],
        { level: "info" },
      ],
      [["dbug: Shop.Orders[0]", "      3 seats asked for"], { level: "debug" }],
      [["fail: Shop.Orders[7]", "      order refused"], { level: "error" }],
      [["crit: Shop.Program[0]", "      shop burns"], { level: "fatal" }],
      [["trce: Shop.Orders[0]", "      entering"], { level: "trace" }],
      [["warn: Shop.Orders[0]", "      => order:7", "      slow"], { level: "warn" }],
    ],
    "An entry has two lines at least; the further ones are indented. The last one has a scope.",
  ),
  one(".NET, console on a single line", DOTNET, "fail: Shop.Orders[7] order refused", { level: "error" }),
  apart(".NET, systemd's form", SYSTEMD, [
    ["<6>Microsoft.Hosting.Lifetime[14] Now listening on: http://[::]:8080", { level: "info" }],
    ["<4>Shop.Orders[0] slow", { level: "warn" }],
    ["<3>Shop.Orders[7] order refused", { level: "error" }],
    ["<2>Shop.Program[0] shop burns", { level: "fatal" }],
    ["<7>Shop.Orders[0] 3 seats asked for", { level: "debug" }],
  ]),
  apart(
    ".NET, JSON",
    DOTNET_JSON,
    [
      [
        '{"EventId":14,"LogLevel":"Information","Category":"Microsoft.Hosting.Lifetime","Message":"Now listening on: http://[::]:8080","State":{"Message":"Now listening on: http://[::]:8080","address":"http://[::]:8080","{OriginalFormat}":"Now listening on: {address}"}}',
        { level: "info" },
      ],
      [
        '{"EventId":7,"LogLevel":"Critical","Category":"Shop.Program","Message":"shop burns"}',
        { level: "fatal" },
      ],
      ['{"EventId":0,"LogLevel":"Warning","Category":"Shop.Orders","Message":"slow"}', { level: "warn" }],
    ],
    "LogLevel: Trace, Debug, Information, Warning, Error, Critical.",
  ),
  one(
    ".NET, JSON with a trace",
    "https://learn.microsoft.com/en-us/dotnet/core/extensions/console-log-formatter#json",
    `{"EventId":0,"LogLevel":"Error","Category":"Shop.Orders","Message":"order refused","State":{},"Scopes":[{"Message":"SpanId:${SPAN}, TraceId:${TRACE}, ParentId:0000000000000000","SpanId":"${SPAN}","TraceId":"${TRACE}","ParentId":"0000000000000000"}]}`,
    { level: "error" },
    {
      note: "IncludeScopes with ActivityTrackingOptions: the identifiers are inside a list of scopes, which no field rule reaches; none are expected.",
    },
  ),
  one(
    ".NET, JSON with a quoted address",
    DOTNET_JSON,
    '{"EventId":0,"LogLevel":"Debug","Category":"Shop.Db","Message":"connected to \\u002710.1.2.3\\u0027"}',
    { level: "debug" },
    {
      text: '{"EventId":0,"LogLevel":"Debug","Category":"Shop.Db","Message":"connected to \\u002710.1.2.x\\u0027"}',
      note: "System.Text.Json writes apostrophes as \\u0027: digits touch the address.",
    },
  ),
  apart("Ruby, Logger", RUBY, [
    ["I, [2024-01-02T15:04:05.123456 #1]  INFO -- : listening on 3000", { level: "info" }],
    ["E, [2024-01-02T15:04:05.123457 #1] ERROR -- shop: order refused", { level: "error" }],
    ["F, [2024-01-02T15:04:05.123458 #1] FATAL -- : shop burns", { level: "fatal" }],
    ["D, [2024-01-02T15:04:05.123459 #1] DEBUG -- : 3 seats", { level: "debug" }],
  ]),
  one(
    "Ruby, Logger without a level",
    RUBY,
    "A, [2024-01-02T15:04:05.123456 #1]   ANY -- : shop opened",
    {},
    {
      note: "ANY stands for an unknown severity.",
    },
  ),
  apart("Rails, with tags", RAILS, [
    [
      "I, [2024-01-02T15:04:05.123456 #1]  INFO -- : [0f4c1f7e-9d0e-4a57-8f33-7f8b0b3c1a2d] Processing by OrdersController#index as HTML",
      { level: "info" },
    ],
    [
      "I, [2024-01-02T15:04:05.123457 #1]  INFO -- : [0f4c1f7e-9d0e-4a57-8f33-7f8b0b3c1a2d] Completed 200 OK in 79ms",
      { level: "info" },
    ],
  ]),
  one(
    "Rails, development",
    RAILS,
    'Started GET "/orders" for 10.1.2.3 at 2024-01-02 15:04:05 +0000',
    {},
    {
      text: 'Started GET "/orders" for 10.1.2.x at 2024-01-02 15:04:05 +0000',
    },
  ),
  joined(
    "Rails, development, a request's parts",
    RAILS,
    ["Processing by OrdersController#index as HTML", "  Rendered orders/index.html.erb (Duration: 1.2ms)"],
    {},
    {
      note: "The indented line belongs to what it follows, though Rails logs it by itself: indentation is all there is to see.",
    },
  ),
  one(
    "lograge",
    LOGRAGE,
    "method=GET path=/orders format=json controller=OrdersController action=index status=200 duration=58.33 view=40.43 db=15.26",
  ),
  one(
    "lograge, JSON",
    LOGRAGE,
    '{"method":"GET","path":"/orders","format":"html","controller":"OrdersController","action":"index","status":200,"duration":4.92,"ip":"10.1.2.3"}',
    {},
    {
      text: '{"method":"GET","path":"/orders","format":"html","controller":"OrdersController","action":"index","status":200,"duration":4.92,"ip":"10.1.2.x"}',
    },
  ),
  apart("PHP-FPM", FPM, [
    ["[02-Jan-2024 15:04:05] NOTICE: fpm is running, pid 1", { level: "info" }],
    ['[02-Jan-2024 15:04:06] WARNING: [pool www] child 7 said into stderr: "no seat"', { level: "warn" }],
    ["[02-Jan-2024 15:04:07] ERROR: FPM initialization failed", { level: "error" }],
    ["[02-Jan-2024 15:04:08] ALERT: [pool www] no child left", { level: "fatal" }],
  ]),
  one(
    "PHP-FPM, access",
    "https://www.php.net/manual/en/install.fpm.configuration.php",
    '10.1.2.3 -  02/Jan/2024:15:04:05 +0000 "GET /index.php" 200',
    {},
    {
      text: '10.1.2.x -  02/Jan/2024:15:04:05 +0000 "GET /index.php" 200',
    },
  ),
  apart("monolog", MONOLOG, [
    ['[2024-01-02T15:04:05.123456+00:00] shop.INFO: order placed {"order":7} []', { level: "info" }],
    ["[2024-01-02T15:04:05.123457+00:00] shop.CRITICAL: shop burns [] []", { level: "fatal" }],
    ["[2024-01-02T15:04:05.123458+00:00] shop.NOTICE: price changed [] []", { level: "info" }],
    ["[2024-01-02T15:04:05.123459+00:00] shop.EMERGENCY: no shop left [] []", { level: "fatal" }],
  ]),
  one(
    "monolog, JSON",
    "Seldaek/monolog src/Monolog/Formatter/JsonFormatter.php",
    `{"message":"slow","context":{},"level":300,"level_name":"WARNING","channel":"shop","datetime":"2024-01-02T15:04:05.123456+00:00","extra":{"trace_id":"${TRACE}"}}`,
    { level: "warn" },
    {
      note: "level is a number of monolog's own, in no list; level_name says it. The trace is inside extra and not expected.",
    },
  ),
  one(
    "monolog with OpenTelemetry",
    "https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/",
    `{"message":"order placed","context":{},"level":200,"level_name":"INFO","channel":"shop","trace_id":"${TRACE}","span_id":"${SPAN}"}`,
    { level: "info", ...IDS },
    { note: "The names that OpenTelemetry asks for in formats that are not its own." },
  ),
];
