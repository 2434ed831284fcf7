import { apart, type LogCase, one } from "./case";

const POSTGRES = "https://www.postgresql.org/docs/current/runtime-config-logging.html";
const MYSQL = "https://dev.mysql.com/doc/refman/8.0/en/error-log-format.html";
const REDIS = "redis/redis src/server.c";
const RABBITMQ = "rabbitmq/rabbitmq-server deps/rabbitmq_prelaunch/src/rabbit_logger_text_fmt.erl";
const MONGODB = "https://www.mongodb.com/docs/manual/reference/log-messages/";

const mongo = (severity: string, id: number, message: string) =>
  `{"t":{"$date":"2024-01-02T15:04:05.123+00:00"},"s":"${severity}",  "c":"STORAGE",  "id":${id},   "ctx":"initandlisten","msg":"${message}"}`;

export const DATABASE_CASES: LogCase[] = [
  apart(
    "PostgreSQL",
    POSTGRES,
    [
      [
        "2024-01-02 15:04:05.123 UTC [1] LOG:  database system is ready to accept connections",
        { level: "info" },
      ],
      [
        '2024-01-02 15:04:05.124 UTC [77] ERROR:  relation "orders" does not exist at character 15',
        { level: "error" },
      ],
      ["2024-01-02 15:04:05.124 UTC [77] STATEMENT:  select * from orders"],
      ['2024-01-02 15:04:05.125 UTC [78] FATAL:  role "shop" does not exist', { level: "fatal" }],
      ["2024-01-02 15:04:05.126 UTC [1] PANIC:  could not write to file", { level: "fatal" }],
      ["2024-01-02 15:04:05.127 UTC [79] WARNING:  there is no transaction in progress", { level: "warn" }],
      [
        '2024-01-02 15:04:05.128 UTC [79] NOTICE:  table "orders" does not exist, skipping',
        { level: "info" },
      ],
      ["2024-01-02 15:04:05.129 UTC [79] DEBUG:  autovacuum: processing database", { level: "debug" }],
    ],
    "STATEMENT, DETAIL, HINT and CONTEXT are lines of their own with a time in front, but no level.",
  ),
  apart("PostgreSQL, more about an error", POSTGRES, [
    [
      "2024-01-02 15:04:05.123 UTC [77] ERROR:  duplicate key value violates unique constraint",
      { level: "error" },
    ],
    ["2024-01-02 15:04:05.123 UTC [77] DETAIL:  Key (id)=(7) already exists."],
    ["2024-01-02 15:04:05.123 UTC [77] HINT:  Use another key."],
    ["2024-01-02 15:04:05.123 UTC [77] CONTEXT:  COPY orders, line 3"],
  ]),
  one(
    "PostgreSQL, addresses",
    POSTGRES,
    '2024-01-02 15:04:05.123 UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432',
    { level: "info" },
    { text: '2024-01-02 15:04:05.123 UTC [1] LOG:  listening on IPv4 address "0.0.0.x", port 5432' },
  ),
  one(
    "PostgreSQL, IPv6",
    POSTGRES,
    '2024-01-02 15:04:05.123 UTC [1] LOG:  listening on IPv6 address "::", port 5432',
    { level: "info" },
    { note: "Nothing follows the two colons, so nothing is hidden." },
  ),
  one(
    "PostgreSQL with %r in the prefix",
    POSTGRES,
    "2024-01-02 15:04:05.123 UTC [77] shop@shop 10.1.2.3(51234) LOG:  disconnection: session time: 0:00:01.234",
    { level: "info" },
    {
      text: "2024-01-02 15:04:05.123 UTC [77] shop@shop 10.1.2.x(51234) LOG:  disconnection: session time: 0:00:01.234",
    },
  ),
  apart(
    "PostgreSQL, jsonlog",
    "https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-JSONLOG",
    [
      [
        '{"timestamp":"2024-01-02 15:04:05.123 UTC","pid":1,"error_severity":"LOG","message":"ready","backend_type":"postmaster"}',
        { level: "info" },
      ],
      [
        '{"timestamp":"2024-01-02 15:04:05.124 UTC","pid":77,"error_severity":"PANIC","message":"disk full"}',
        { level: "fatal" },
      ],
    ],
  ),
  apart(
    "MySQL 8",
    MYSQL,
    [
      [
        "2024-01-02T15:04:05.123456Z 0 [Warning] [MY-010068] [Server] CA certificate is self signed.",
        { level: "warn" },
      ],
      ["2024-01-02T15:04:05.123457Z 0 [ERROR] [MY-010119] [Server] Aborting", { level: "error" }],
      [
        "2024-01-02T15:04:05.123458Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections.",
      ],
      ["2024-01-02T15:04:05.123459Z 0 [Note] [MY-010253] [Server] IPv6 is available."],
    ],
    "System and Note are in no list, so there is no level.",
  ),
  one(
    "MySQL 8, access denied",
    MYSQL,
    "2024-01-02T15:04:05.123456Z 9 [Note] [MY-010926] [Server] Access denied for user 'shop'@'10.1.2.3' (using password: YES)",
    {},
    {
      text: "2024-01-02T15:04:05.123456Z 9 [Note] [MY-010926] [Server] Access denied for user 'shop'@'10.1.2.x' (using password: YES)",
    },
  ),
  apart(
    "Redis 7",
    REDIS,
    [
      ["1:C 02 Jan 2024 15:04:05.120 * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo", { level: "info" }],
      ["1:C 02 Jan 2024 15:04:05.121 # WARNING: no configuration file", { level: "warn" }],
      ["1:M 02 Jan 2024 15:04:05.122 * Ready to accept connections tcp", { level: "info" }],
      ["1:M 02 Jan 2024 15:04:05.123 . 3 clients connected", { level: "debug" }],
      ["7:S 02 Jan 2024 15:04:05.124 # Connection with master lost.", { level: "warn" }],
    ],
    ". debug, - verbose, * notice, # warning.",
  ),
  one(
    "Redis 7, verbose",
    REDIS,
    "1:M 02 Jan 2024 15:04:05.123 - Accepted 10.1.2.3:51234",
    { level: "info" },
    {
      text: "1:M 02 Jan 2024 15:04:05.123 - Accepted 10.1.2.x:51234",
      note: "Redis itself sends what is verbose to syslog as info (syslogLevelMap).",
    },
  ),
  apart(
    "RabbitMQ",
    RABBITMQ,
    [
      ["2024-01-02 15:04:05.123456+00:00 [info] <0.229.0>", { level: "info" }],
      [
        "2024-01-02 15:04:05.123456+00:00 [info] <0.229.0>  Starting RabbitMQ 3.12.1 on Erlang 25.3",
        { level: "info" },
      ],
      ["2024-01-02 15:04:05.123457+00:00 [warning] <0.512.0> a queue is long", { level: "warn" }],
      ["2024-01-02 15:04:05.123458+00:00 [critical] <0.512.0> no room left", { level: "fatal" }],
      ["2024-01-02 15:04:05.123459+00:00 [notice] <0.45.0> logging is configured", { level: "info" }],
    ],
    "Each line of a longer message has the time in front: they are entries of their own.",
  ),
  one(
    "RabbitMQ, a connection",
    RABBITMQ,
    "2024-01-02 15:04:05.123456+00:00 [error] <0.733.0> closing AMQP connection <0.733.0> (10.1.2.3:51234 -> 10.1.3.4:5672):",
    { level: "error" },
    {
      text: "2024-01-02 15:04:05.123456+00:00 [error] <0.733.0> closing AMQP connection <0.733.0> (10.1.2.x:51234 -> 10.1.3.x:5672):",
    },
  ),
  one(
    "RabbitMQ, JSON",
    "https://www.rabbitmq.com/docs/logging#json",
    '{"time":"2024-01-02 15:04:05.123456+00:00","level":"warning","msg":"a queue is long","pid":"<0.512.0>","domain":"rabbitmq"}',
    { level: "warn" },
  ),
  apart(
    "MongoDB",
    MONGODB,
    [
      [mongo("I", 23016, "Waiting for connections"), { level: "info" }],
      [mongo("W", 22120, "Access control is not enabled"), { level: "warn" }],
      [mongo("E", 22435, "WiredTiger error"), { level: "error" }],
      [mongo("F", 23093, "Fatal assertion"), { level: "fatal" }],
      [mongo("D1", 22416, "WiredTigerUtil message"), { level: "debug" }],
      [mongo("D5", 22417, "WiredTigerUtil message"), { level: "debug" }],
    ],
    "D1 to D5 are how much was asked for; all are debug.",
  ),
  one(
    "MongoDB, a connection",
    MONGODB,
    '{"t":{"$date":"2024-01-02T15:04:05.123+00:00"},"s":"I",  "c":"NETWORK",  "id":22943,   "ctx":"listener","msg":"Connection accepted","attr":{"remote":"10.1.2.3:51234","connectionId":7,"connectionCount":3}}',
    { level: "info" },
    {
      text: '{"t":{"$date":"2024-01-02T15:04:05.123+00:00"},"s":"I",  "c":"NETWORK",  "id":22943,   "ctx":"listener","msg":"Connection accepted","attr":{"remote":"10.1.2.x:51234","connectionId":7,"connectionCount":3}}',
    },
  ),
];
