import { groups, joined, type LogCase } from "./case";

const NODE = "https://nodejs.org/api/errors.html";
const RUBY = "https://docs.ruby-lang.org/en/master/Exception.html#method-i-full_message";
const DOTNET =
  "dotnet/runtime src/libraries/Microsoft.Extensions.Logging.Console/src/SimpleConsoleFormatter.cs";
const POSTGRES = "postgres/postgres src/backend/utils/error/elog.c";
const MONOLOG = "Seldaek/monolog src/Monolog/Formatter/LineFormatter.php";

export const OTHER_TRACE_CASES: LogCase[] = [
  joined("Node, an error printed", NODE, [
    "Error: no seat",
    "    at place (/app/orders.js:42:11)",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
  ]),
  joined(
    "Node, an error with a cause and fields",
    NODE,
    [
      "Error: order refused",
      "    at place (/app/orders.js:42:11) {",
      "  code: 'NO_SEAT',",
      "  [cause]: TypeError: seats is not iterable",
      "      at list (/app/seats.js:3:9)",
      "}",
    ],
    {},
    { note: "Hard: the closing bracket alone on its line; it begins with no space." },
  ),
  joined(
    "Node, uncaught",
    NODE,
    [
      "/app/orders.js:42",
      "    throw new Error('no seat');",
      "    ^",
      "",
      "Error: no seat",
      "    at place (/app/orders.js:42:11)",
      "    at Object.<anonymous> (/app/shop.js:7:3)",
      "",
      "Node.js v20.11.0",
    ],
    {},
    {
      note: "Hard: path, error and version are three beginnings by their looks; the process writes them as one.",
    },
  ),
  joined(
    "Node, an error of the network",
    NODE,
    [
      "Error: connect ECONNREFUSED 10.1.2.3:5432",
      "    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16) {",
      "  errno: -111,",
      "  address: '10.1.2.3',",
      "  port: 5432",
      "}",
    ],
    {},
    {
      text: "Error: connect ECONNREFUSED 10.1.2.x:5432\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16) {\n  errno: -111,\n  address: '10.1.2.x',\n  port: 5432\n}",
      note: "Hard: the closing bracket, as above.",
    },
  ),
  groups(
    "Node, a type error after another line",
    NODE,
    [[["listening on 3000"]], [["TypeError: seats is not iterable", "    at list (/app/seats.js:3:9)"]]],
    "Hard: the last line of a Python traceback looks the same, and must be joined.",
  ),
  joined("Ruby, uncaught", RUBY, [
    "/app/shop.rb:12:in `order': card declined (RuntimeError)",
    "\tfrom /app/shop.rb:7:in `each'",
    "\tfrom /app/main.rb:3:in `<main>'",
  ]),
  joined(
    "Rails, an error in a request",
    "rails/rails actionpack/lib/action_dispatch/middleware/debug_exceptions.rb",
    [
      "F, [2024-01-02T15:04:05.123456 #1] FATAL -- :   ",
      "RuntimeError (card declined):",
      "  ",
      "app/models/order.rb:12:in `place'",
      "app/controllers/orders_controller.rb:7:in `create'",
    ],
    { level: "fatal" },
    { note: "Hard: the frames begin with a path, as access lines and others do." },
  ),
  joined(
    ".NET, console with an exception",
    DOTNET,
    [
      "fail: Shop.Orders[7]",
      "      order refused",
      "      System.InvalidOperationException: no seat",
      "       ---> System.TimeoutException: too late",
      "         at Shop.Client.Call() in /src/Client.cs:line 31",
      "         --- End of inner exception stack trace ---",
      "         at Shop.Orders.Place(Int32 seat) in /src/Orders.cs:line 42",
    ],
    { level: "error" },
  ),
  joined(".NET, uncaught", "https://learn.microsoft.com/en-us/dotnet/api/system.exception.tostring", [
    "Unhandled exception. System.InvalidOperationException: no seat",
    " ---> System.TimeoutException: too late",
    "   at Shop.Client.Call() in /src/Client.cs:line 31",
    "   --- End of inner exception stack trace ---",
    "   at Program.<Main>$(String[] args) in /src/Program.cs:line 3",
  ]),
  groups(
    "PostgreSQL, a statement of several lines",
    POSTGRES,
    [
      [
        ['2024-01-02 15:04:05.123 UTC [77] ERROR:  column "seat" does not exist at character 8'],
        { level: "error" },
      ],
      [
        [
          "2024-01-02 15:04:05.123 UTC [77] STATEMENT:  select seat",
          "\t  from orders",
          "\t",
          "\t where id = 7",
        ],
      ],
      [["2024-01-02 15:04:05.124 UTC [1] LOG:  checkpoint starting: time"], { level: "info" }],
    ],
    "Continued lines begin with a tab, empty ones as well.",
  ),
  joined(
    "Rust, a panic",
    "https://doc.rust-lang.org/book/ch09-01-unrecoverable-errors-with-panic.html",
    [
      "thread 'main' panicked at src/main.rs:4:5:",
      "index out of bounds: the len is 3 but the index is 99",
      "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
    ],
    {},
    { note: "Hard: three lines that each look like ordinary ones." },
  ),
  joined("Rust, anyhow", "https://docs.rs/anyhow/latest/anyhow/struct.Error.html#display-representations", [
    "Error: shop cannot open",
    "",
    "Caused by:",
    "    0: no database",
    "    1: Connection refused (os error 111)",
    "",
    "Stack backtrace:",
    "   0: shop::db::add",
    "             at ./src/db.rs:42:9",
  ]),
  joined("PHP, uncaught", "https://www.php.net/manual/en/language.exceptions.php", [
    "PHP Fatal error:  Uncaught RuntimeException: no seat in /app/src/Orders.php:42",
    "Stack trace:",
    "#0 /app/src/Kernel.php(20): Orders->place()",
    "#1 {main}",
    "  thrown in /app/src/Orders.php on line 42",
  ]),
  joined(
    "monolog with stack traces",
    MONOLOG,
    [
      '[2024-01-02T15:04:05.123456+00:00] shop.ERROR: order refused {"exception":"[object] (RuntimeException(code: 0): no seat at /app/src/Orders.php:42)',
      "[stacktrace]",
      "#0 /app/src/Kernel.php(20): Orders->place()",
      "#1 {main}",
      '"} []',
    ],
    { level: "error" },
    {
      note: "Hard: [stacktrace] begins with a bracket, as times do, and the last line with a quotation mark.",
    },
  ),
];
