import { apart, groups, type LogCase } from "./case";

/* Lines that follow one another and stay apart, however much they look like the rest of a stack trace. */

const LOGBACK = "https://logback.qos.ch/manual/layouts.html";
const GO = "https://pkg.go.dev/fmt#Println";
const JAVA = "https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Object.html#toString()";
const CONSOLE = "https://nodejs.org/api/console.html";
const PYTHON = "https://docs.python.org/3/library/functions.html#print";
const trace = [
  "15:04:05.123 [main] ERROR com.example.shop.Shop - order refused",
  "java.lang.IllegalStateException: no seat",
  "\tat com.example.shop.Orders.place(Orders.java:42)",
  "Caused by: java.net.SocketTimeoutException: Read timed out",
  "\t... 23 more",
];

/** An ordinary line right after a stack trace. */
const after = (program: string, source: string, line: string, note?: string) =>
  groups(program, source, [[trace, { level: "error" }], [[line]]], note);

export const SEPARATE_CASES: LogCase[] = [
  apart(
    "logback with the logger first",
    LOGBACK,
    [
      ["org.apache.kafka.clients.NetworkClient - Disconnected"],
      ["org.apache.kafka.clients.NetworkClient - Connected"],
      ["com.example.shop.Orders - java.lang.IllegalStateException: no seat"],
    ],
    "%logger - %msg: a class name, but a space and a dash follow, not a colon or the line's end.",
  ),
  apart(
    "Java, objects printed",
    JAVA,
    [
      ["shop opened"],
      ["com.example.shop.Order@1f32e575"],
      ["com.example.shop.Order"],
      ["java.util.concurrent.ThreadPoolExecutor@6d06d69c[Running, pool size = 3]"],
      ["com.example.shop.Order:7"],
    ],
    "Class names without spaces that are no exceptions: no Exception, Error or Throwable at the end, and no frames.",
  ),
  apart(
    "Go, an error printed",
    GO,
    [["reading failed"], ["io.EOF"], ["net.ErrClosed"], ["EOF"], ["context deadline exceeded"]],
    "io.EOF has the shape of package.Class; frames would follow a trace.",
  ),
  apart("Cause and the like", GO, [
    ["order 7 failed"],
    ["Cause: card declined"],
    ["Causes: two"],
    ["caused trouble"],
    ["caused by the client"],
    ["Caused a restart"],
    ["Because of that: closed"],
  ]),
  apart(
    "a sentence that begins with Caused by",
    PYTHON,
    [["order 7 failed"], ["Caused by a full disk, trying again"]],
    "No colon and no class behind it. Java's, logback's and anyhow's all have the colon.",
  ),
  apart(
    "lower case",
    CONSOLE,
    [
      ["listening on 3000"],
      ["connected to the database"],
      ["error: card declined", { level: "error" }],
      ["warning: slow", { level: "warn" }],
      ["at noon the shop closes"],
      ["from here on nothing is sold"],
      ["created by hand"],
      ["panic buying began"],
      ["goroutines: 12"],
    ],
    "at, from, created by, panic and goroutine begin lines of traces too; there they are indented, or a colon or a number follows. A level's name with a colon is winston's simple form.",
  ),
  apart("calls", CONSOLE, [["db.query(select)"], ["order.created(42)"], ["1.5(ok)"], ["#1 in queue"]]),
  apart("digits", CONSOLE, [
    ["3 orders left"],
    ["200 GET /orders"],
    ["7"],
    ["0: first"],
    ["2024 was a good year"],
    ["1.5 seconds"],
  ]),
  apart(
    "brackets and other marks",
    CONSOLE,
    [
      ["[shop] ready"],
      ["[shop] [orders] 3 left"],
      ["(node:1) ExperimentalWarning: Fetch is experimental"],
      ["(Use `node --trace-warnings ...` to show where the warning was created)"],
      ["<orders count=3>"],
      ["*** stopped ***"],
      ["--- statistics ---"],
      ["# shop"],
      ["> shop@1.0.0 start"],
      ["> node shop.js"],
      ["... 3 more orders"],
      ["'quoted'"],
      ["=> done"],
      ["| a | b |"],
    ],
    "The two lines about a warning are two writes of node's. Dots at the line's beginning are no '\\t... 3 more'.",
  ),
  apart("tokens without spaces that look like classes", CONSOLE, [
    ["shop.Orders"],
    ["Shop.Orders.Place"],
    ["kube-system/coredns"],
    ["shop::orders"],
    ["orders.js"],
    ["example.org"],
    ["v1.Pod"],
    ["redis.2"],
    ["done."],
    ["Error"],
    ["ErrorHandler.ready"],
  ]),
  apart(
    "names that hold the word exception",
    JAVA,
    [
      ["shop opened"],
      ["com.example.shop.ExceptionHandler - ready"],
      ["com.example.shop.ExceptionMapper registered"],
      ["exceptions: none"],
      ["java.lang.Exception was thrown three times today"],
    ],
    "The last one begins with the name of an exception, but words follow without a colon.",
  ),
  apart("JSON among text", CONSOLE, [
    ["starting"],
    ['{"level":"warn","msg":"slow"}', { level: "warn" }],
    ["started"],
    ['{"not":"closed'],
    ["[1,2,3]"],
  ]),
  apart("letters beyond ASCII", CONSOLE, [["시작됨"], ["öffnet"], ["Ωmega"], ["→ ready"], ["✓ 3 orders"]]),
  apart(
    "words of level at the line's beginning",
    PYTHON,
    [["listening"], ["ERROR"], ["WARN nothing left"], ["INFO"], ["INFORMATION for all"], ["Errors: 3"]],
    "No known program's form, so none has a level here.",
  ),
  after("after a trace, a sentence", CONSOLE, "Connected again"),
  after("after a trace, lower case", CONSOLE, "connected again"),
  after("after a trace, a word and a colon", CONSOLE, "redis: connected"),
  after("after a trace, the logger first", LOGBACK, "org.apache.kafka.clients.NetworkClient - Disconnected"),
  after("after a trace, io.EOF", GO, "io.EOF"),
  after("after a trace, a digit", CONSOLE, "3 orders left"),
  after("after a trace, a bracket", CONSOLE, "[shop] ready"),
  after("after a trace, Cause", CONSOLE, "Cause: card declined"),
  after("after a trace, Calling", CONSOLE, "Calling the bank"),
  after(
    "after a trace, a thread that ends",
    "openjdk/jdk src/java.base/share/classes/java/lang/Throwable.java",
    'Exception in thread "worker-1" java.lang.OutOfMemoryError: Java heap space',
    "A class name stands in it, but the line begins an entry.",
  ),
  groups(
    "two traces printed one after the other",
    "openjdk/jdk src/java.base/share/classes/java/lang/Throwable.java",
    [
      [
        [
          'Exception in thread "worker-1" java.lang.IllegalStateException: a',
          "\tat com.example.shop.A.run(A.java:1)",
        ],
      ],
      [
        [
          'Exception in thread "worker-2" java.lang.IllegalStateException: b',
          "\tat com.example.shop.B.run(B.java:1)",
        ],
      ],
    ],
  ),
];
