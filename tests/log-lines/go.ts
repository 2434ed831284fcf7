import { apart, IDS, type LogCase, one, SPAN, TRACE } from "./case";

const SLOG = "golang/go src/log/slog/level.go";
const SLOG_DOC = "https://pkg.go.dev/log/slog";
const ZAP = "uber-go/zap zapcore/level.go";
const ZAP_CONSOLE = "uber-go/zap zapcore/console_encoder.go";
const ZEROLOG = "rs/zerolog README.md";
const LOGRUS = "sirupsen/logrus README.md";
const KLOG = "https://kubernetes.io/docs/concepts/cluster-administration/system-logs/";

export const GO_CASES: LogCase[] = [
  apart("slog, text", SLOG_DOC, [
    ["time=2024-01-02T15:04:05.123Z level=INFO msg=listening port=8080", { level: "info" }],
    ['time=2024-01-02T15:04:05.124Z level=WARN msg="answer was slow" took=900ms', { level: "warn" }],
    ['time=2024-01-02T15:04:05.125Z level=ERROR msg="order refused" err="no seat"', { level: "error" }],
    ["time=2024-01-02T15:04:05.126Z level=DEBUG msg=seats count=3", { level: "debug" }],
  ]),
  apart(
    "slog, text, levels between the named ones",
    SLOG,
    [
      ['time=2024-01-02T15:04:05.123Z level=INFO+2 msg="price changed"', { level: "info" }],
      ["time=2024-01-02T15:04:05.124Z level=DEBUG-4 msg=entering", { level: "debug" }],
      ['time=2024-01-02T15:04:05.125Z level=ERROR+4 msg="shop burns"', { level: "error" }],
      ["time=2024-01-02T15:04:05.126Z level=WARN+1 msg=slow", { level: "warn" }],
    ],
    "The word counts, not the number behind it: what DEBUG-4 or ERROR+4 mean is each application's own.",
  ),
  apart("slog, JSON", SLOG_DOC, [
    [
      '{"time":"2024-01-02T15:04:05.123456789Z","level":"INFO","msg":"listening","port":8080}',
      { level: "info" },
    ],
    ['{"time":"2024-01-02T15:04:05.123456789Z","level":"INFO+2","msg":"price changed"}', { level: "info" }],
    ['{"time":"2024-01-02T15:04:05.123456789Z","level":"DEBUG-4","msg":"entering"}', { level: "debug" }],
    [
      '{"time":"2024-01-02T15:04:05.123456789Z","level":"ERROR","msg":"order refused","err":"no seat"}',
      { level: "error" },
    ],
  ]),
  one(
    "slog, JSON with a trace",
    "https://pkg.go.dev/go.opentelemetry.io/otel/trace",
    `{"time":"2024-01-02T15:04:05.123456789Z","level":"WARN","msg":"slow","trace_id":"${TRACE}","span_id":"${SPAN}"}`,
    { level: "warn", ...IDS },
    { note: "slog writes no identifiers by itself; these are the names that handlers in use give them." },
  ),
  one(
    "slog, JSON outside of a trace",
    "https://pkg.go.dev/go.opentelemetry.io/otel/trace",
    `{"time":"2024-01-02T15:04:05.123456789Z","level":"WARN","msg":"slow","trace_id":"${"0".repeat(32)}","span_id":"${"0".repeat(16)}"}`,
    { level: "warn" },
    { note: "What the identifiers of no span are as text: a link to them would lead nowhere." },
  ),
  one("slog's default handler", SLOG_DOC, "2024/01/02 15:04:05 INFO listening port=8080", { level: "info" }),
  apart("log", "https://pkg.go.dev/log", [
    ["2024/01/02 15:04:05 listening on :8080"],
    ["2024/01/02 15:04:05.123456 main.go:23: error while closing"],
    ["shop: order refused"],
  ]),
  one(
    "net/http through log",
    "https://pkg.go.dev/net/http#Server",
    "2024/01/02 15:04:05 http: TLS handshake error from 10.1.2.3:51234: EOF",
    {},
    { text: "2024/01/02 15:04:05 http: TLS handshake error from 10.1.2.x:51234: EOF" },
  ),
  apart("zap, JSON", ZAP, [
    [
      '{"level":"info","ts":1704207845.1234567,"caller":"shop/main.go:23","msg":"listening","port":8080}',
      { level: "info" },
    ],
    ['{"level":"warn","ts":1704207845.1234567,"caller":"shop/main.go:24","msg":"slow"}', { level: "warn" }],
    [
      '{"level":"error","ts":1704207845.1234567,"caller":"shop/main.go:25","msg":"order refused","stacktrace":"main.main\\n\\t/app/main.go:25"}',
      { level: "error" },
    ],
    [
      '{"level":"debug","ts":1704207845.1234567,"caller":"shop/main.go:26","msg":"3 seats"}',
      { level: "debug" },
    ],
    [
      '{"level":"fatal","ts":1704207845.1234567,"caller":"shop/main.go:27","msg":"shop burns"}',
      { level: "fatal" },
    ],
  ]),
  one(
    "zap, panic",
    ZAP,
    '{"level":"panic","ts":1704207845.1234567,"msg":"shop burns"}',
    { level: "fatal" },
    {
      note: "The name is PostgreSQL's as well, and ends the process here too.",
    },
  ),
  one(
    "zap, dpanic",
    ZAP,
    '{"level":"dpanic","ts":1704207845.1234567,"msg":"cannot be"}',
    {},
    {
      note: "In no list, so there is no level; in production zap treats it as an error.",
    },
  ),
  apart("zap, console", ZAP_CONSOLE, [
    ['2024-01-02T15:04:05.123Z\tINFO\tshop/main.go:23\tlistening\t{"port": 8080}', { level: "info" }],
    ["2024-01-02T15:04:05.124Z\twarn\torders\tshop/orders.go:9\tslow", { level: "warn" }],
    ["1.7042078451234567e+09\tDEBUG\t3 seats", { level: "debug" }],
  ]),
  apart("zerolog", ZEROLOG, [
    ['{"level":"info","port":8080,"time":"2024-01-02T15:04:05Z","message":"listening"}', { level: "info" }],
    ['{"level":"trace","time":1704207845,"message":"entering"}', { level: "trace" }],
    ['{"level":"error","error":"no seat","time":1704207845,"message":"order refused"}', { level: "error" }],
    ['{"time":1704207845,"message":"without a level"}'],
  ]),
  one(
    "zerolog with a trace",
    ZEROLOG,
    `{"level":"warn","traceID":"${TRACE}","spanID":"${SPAN}","time":1704207845,"message":"slow"}`,
    { level: "warn", ...IDS },
    { note: "Names are the application's; Grafana's programs and many in Go write ID in capitals." },
  ),
  one(
    "zerolog's console writer",
    "rs/zerolog console.go",
    "2024-01-02T15:04:05Z INF listening port=8080",
    {},
    {
      note: "TRC, DBG, INF, WRN, ERR, FTL and PNC are in no list, so there is no level; info would be its sense.",
    },
  ),
  apart("logrus, text", LOGRUS, [
    ['time="2024-01-02T15:04:05Z" level=info msg=listening port=8080', { level: "info" }],
    ['time="2024-01-02T15:04:05Z" level=warning msg="answer was slow"', { level: "warn" }],
    ['time="2024-01-02T15:04:05Z" level=panic msg="shop burns"', { level: "fatal" }],
    ['time="2024-01-02T15:04:05Z" level=error msg="asked for level=debug"', { level: "error" }],
  ]),
  apart("logrus, JSON", LOGRUS, [
    ['{"level":"info","msg":"listening","port":8080,"time":"2024-01-02T15:04:05Z"}', { level: "info" }],
    ['{"level":"warning","msg":"slow","time":"2024-01-02T15:04:05Z"}', { level: "warn" }],
  ]),
  apart("klog", KLOG, [
    ["I0102 15:04:05.123456       1 controller.go:116] started", { level: "info" }],
    ["W0102 15:04:05.123457       1 reflector.go:424] watch ended, listing again", { level: "warn" }],
    ["E0102 15:04:05.123458       1 controller.go:230] no such pod", { level: "error" }],
    ["F0102 15:04:05.123459       1 main.go:9] cannot start", { level: "fatal" }],
  ]),
  one(
    "klog, structured",
    KLOG,
    'E0102 15:04:05.123456       1 controller_utils.go:116] "Pod status updated" pod="shop/orders-6d9f" status="ready"',
    { level: "error" },
  ),
  one(
    "klog, an access line of the API server",
    KLOG,
    "I0102 15:04:05.123456       1 httplog.go:79] GET /api/v1/pods: (1.512ms) 200 [kubectl/v1.29.0 (linux/amd64) 10.1.2.3:51756]",
    { level: "info" },
    {
      text: "I0102 15:04:05.123456       1 httplog.go:79] GET /api/v1/pods: (1.512ms) 200 [kubectl/v1.29.0 (linux/amd64) 10.1.2.x:51756]",
    },
  ),
  apart(
    "klog, JSON",
    KLOG,
    [
      [
        '{"ts":1704207845123.456,"caller":"controller/controller.go:116","msg":"Pod status updated","v":0,"pod":{"name":"orders","namespace":"shop"}}',
      ],
      [
        '{"ts":1704207845123.456,"caller":"controller/controller.go:230","msg":"cannot sync","err":"no such pod"}',
      ],
    ],
    "No field states a level: v is how much was asked for, err says that it is an error.",
  ),
];
