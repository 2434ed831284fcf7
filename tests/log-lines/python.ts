import { apart, IDS, type LogCase, one, SPAN, TRACE } from "./case";

const LOGGING = "https://docs.python.org/3/howto/logging.html";
const BASIC = "python/cpython Lib/logging/__init__.py";
const OTEL =
  "open-telemetry/opentelemetry-python-contrib instrumentation/opentelemetry-instrumentation-logging/src/opentelemetry/instrumentation/logging/constants.py";
const JSON_LOGGER = "madzak/python-json-logger README.md";
const STRUCTLOG = "hynek/structlog docs/getting-started.md";
const GUNICORN = "benoitc/gunicorn gunicorn/glogging.py";
const UVICORN = "encode/uvicorn uvicorn/logging.py";
const DJANGO = "django/django django/utils/log.py";

export const PYTHON_CASES: LogCase[] = [
  apart("Python's logging, basicConfig", BASIC, [
    ["WARNING:root:answer was slow", { level: "warn" }],
    ["CRITICAL:shop.orders:shop burns", { level: "fatal" }],
    ["INFO:shop:ERROR was expected", { level: "info" }],
    ["DEBUG:urllib3.connectionpool:Starting new HTTPS connection (1): example.org:443", { level: "debug" }],
  ]),
  apart("Python's logging with name and level", LOGGING, [
    ["2024-01-02 15:04:05,123 - shop.orders - WARNING - answer was slow", { level: "warn" }],
    ["2024-01-02 15:04:05,124 - shop.orders - ERROR - order refused - no seat", { level: "error" }],
    ["2024-01-02 15:04:05,125 - shop - INFO - listening", { level: "info" }],
  ]),
  apart("Python's logging with time and level", LOGGING, [
    ["2024-01-02 15:04:05,123 INFO listening", { level: "info" }],
    ["2024-01-02 15:04:05,124 CRITICAL shop burns", { level: "fatal" }],
  ]),
  one(
    "Python's logging without a configuration",
    LOGGING,
    "answer was slow",
    {},
    {
      note: "The handler of last resort writes the message alone.",
    },
  ),
  one(
    "Python's logging with a level of one's own",
    LOGGING,
    "Level 25:shop:price changed",
    {},
    { note: "A number without a name is written so; it is in no list." },
  ),
  one(
    "Python with OpenTelemetry",
    OTEL,
    `2024-01-02 15:04:05,123 INFO [shop.orders] [orders.py:42] [trace_id=${TRACE} span_id=${SPAN} resource.service.name=shop trace_sampled=True] - order placed`,
    { level: "info", ...IDS },
  ),
  one(
    "Python with OpenTelemetry, outside a trace",
    OTEL,
    "2024-01-02 15:04:05,123 WARNING [shop] [main.py:7] [trace_id=0 span_id=0 resource.service.name=shop trace_sampled=False] - slow",
    { level: "warn" },
    { note: "0 stands for no identifier." },
  ),
  apart("python-json-logger", JSON_LOGGER, [
    [
      '{"asctime": "2024-01-02 15:04:05,123", "levelname": "WARNING", "name": "shop", "message": "slow"}',
      { level: "warn" },
    ],
    ['{"message": "shop burns", "levelname": "CRITICAL"}', { level: "fatal" }],
    [
      '{"message": "order refused", "levelname": "ERROR", "exc_info": "Traceback (most recent call last):\\n  File \\"/app/orders.py\\", line 42, in place\\nValueError: no seat"}',
      { level: "error" },
    ],
    ['{"message": "the default has no level"}'],
  ]),
  one(
    "python-json-logger with OpenTelemetry",
    OTEL,
    `{"asctime": "2024-01-02 15:04:05,123", "levelname": "INFO", "message": "order placed", "otelTraceID": "${TRACE}", "otelSpanID": "${SPAN}", "otelServiceName": "shop"}`,
    { level: "info", ...IDS },
    { note: "The instrumentation's own names of the record's fields." },
  ),
  apart("structlog, console", STRUCTLOG, [
    ["2024-01-02 15:04:05 [info     ] order placed                   order=7 seats=3", { level: "info" }],
    ["2024-01-02 15:04:05 [warning  ] slow                           took=0.9", { level: "warn" }],
    ["2024-01-02 15:04:05 [critical ] shop burns", { level: "fatal" }],
  ]),
  one(
    "structlog, console in colours",
    "hynek/structlog src/structlog/dev.py",
    "\u001b[2m2024-01-02 15:04:05\u001b[0m [\u001b[32m\u001b[1minfo     \u001b[0m] \u001b[1morder placed                  \u001b[0m \u001b[36morder\u001b[0m=\u001b[35m7\u001b[0m",
    { level: "info" },
    { note: "The default, in containers as well; the colours stay in the text." },
  ),
  apart("structlog, JSON", "https://www.structlog.org/en/stable/api.html#structlog.processors.JSONRenderer", [
    [
      '{"order": 7, "event": "order placed", "level": "info", "timestamp": "2024-01-02T15:04:05.123456Z"}',
      { level: "info" },
    ],
    [
      '{"event": "shop burns", "level": "critical", "timestamp": "2024-01-02T15:04:05.123456Z"}',
      { level: "fatal" },
    ],
  ]),
  one("structlog, key and value", STRUCTLOG, "event='order placed' order=7", {}),
  apart("gunicorn", GUNICORN, [
    ["[2024-01-02 15:04:05 +0000] [1] [INFO] Starting gunicorn 21.2.0", { level: "info" }],
    ["[2024-01-02 15:04:05 +0000] [1] [INFO] Listening at: http://[::]:8000 (1)", { level: "info" }],
    ["[2024-01-02 15:04:35 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:7)", { level: "fatal" }],
    [
      "[2024-01-02 15:04:36 +0000] [1] [WARNING] Worker with pid 7 was terminated due to signal 6",
      { level: "warn" },
    ],
  ]),
  one(
    "gunicorn's address",
    GUNICORN,
    "[2024-01-02 15:04:05 +0000] [1] [INFO] Listening at: http://0.0.0.0:8000 (1)",
    { level: "info" },
    {
      text: "[2024-01-02 15:04:05 +0000] [1] [INFO] Listening at: http://0.0.0.x:8000 (1)",
      note: "Nothing is hidden here that matters; the rule makes no exception.",
    },
  ),
  one(
    "gunicorn, access",
    GUNICORN,
    '10.1.2.3 - - [02/Jan/2024:15:04:05 +0000] "GET /orders HTTP/1.1" 200 12 "-" "curl/8.4.0"',
    {},
    { text: '10.1.2.x - - [02/Jan/2024:15:04:05 +0000] "GET /orders HTTP/1.1" 200 12 "-" "curl/8.4.0"' },
  ),
  apart("uvicorn", UVICORN, [
    ["INFO:     Started server process [1]", { level: "info" }],
    ["INFO:     Waiting for application startup.", { level: "info" }],
    ["WARNING:  Invalid HTTP request received.", { level: "warn" }],
  ]),
  one(
    "uvicorn, access",
    UVICORN,
    'INFO:     10.1.2.3:51234 - "GET /orders HTTP/1.1" 500 Internal Server Error',
    { level: "info" },
    {
      text: 'INFO:     10.1.2.x:51234 - "GET /orders HTTP/1.1" 500 Internal Server Error',
      note: "An access line, but it states a level.",
    },
  ),
  apart("Django", DJANGO, [
    ['[02/Jan/2024 15:04:05] "GET /orders/ HTTP/1.1" 200 12'],
    ["Not Found: /favicon.ico"],
    ["Watching for file changes with StatReloader"],
  ]),
];
