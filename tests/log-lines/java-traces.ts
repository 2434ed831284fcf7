import { groups, IDS, joined, type LogCase, SPAN, TRACE } from "./case";

const THROWABLE = "openjdk/jdk src/java.base/share/classes/java/lang/Throwable.java";
const LOGBACK =
  "qos-ch/logback logback-classic/src/main/java/ch/qos/logback/classic/spi/ThrowableProxyUtil.java";
const SPRING =
  "spring-projects/spring-boot spring-boot-project/spring-boot/src/main/java/org/springframework/boot/logging/logback/ExtendedWhitespaceThrowableProxyConverter.java";
const ROOT_FIRST = "https://logback.qos.ch/manual/layouts.html#rootException";
const KAFKA = "apache/kafka clients/src/main/java/org/apache/kafka/common/config/AbstractConfig.java";

const kafkaConfig = [
  "[2024-01-02 15:04:05,123] INFO KafkaConfig values: ",
  "\tadvertised.listeners = PLAINTEXT://10.1.2.3:9092",
  "\tauto.create.topics.enable = true",
  "\tbroker.rack = null",
  "\tinter.broker.protocol.version = 3.6-IV2",
  "\tlisteners = PLAINTEXT://0.0.0.0:9092",
  "\tsasl.jaas.config = [hidden]",
  " (kafka.server.KafkaConfig)",
];

const refused = [
  "java.net.ConnectException: Connection refused: shop-db/10.1.2.3:5432",
  "\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)",
  "\tat com.example.shop.Db.open(Db.java:9)",
];

export const JAVA_TRACE_CASES: LogCase[] = [
  groups(
    "Spring Boot, two errors",
    SPRING,
    [
      [
        [
          `2024-01-02T15:04:05.123Z ERROR 1 --- [shop] [nio-8080-exec-1] [${TRACE}-${SPAN}] c.e.shop.OrderController                 : order refused`,
          "",
          "java.lang.IllegalStateException: no seat",
          "\tat com.example.shop.Orders.place(Orders.java:42) ~[classes!/:1.0.0]",
          "\tat org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:897) ~[spring-webmvc-6.1.2.jar!/:6.1.2]",
          "\tat java.base/java.lang.Thread.run(Thread.java:1583) ~[na:na]",
          "Caused by: java.net.SocketTimeoutException: Read timed out",
          "\tat com.example.shop.Client.call(Client.java:31) ~[classes!/:1.0.0]",
          "\t... 23 common frames omitted",
          "",
        ],
        { level: "error", ...IDS },
      ],
      [
        [
          "2024-01-02T15:04:06.123Z  WARN 1 --- [shop] [nio-8080-exec-2] c.e.shop.OrderController                 : tried again",
          "",
          "com.example.shop.SeatTakenException: seat 7",
          "\tat com.example.shop.Seats.take(Seats.java:12) ~[classes!/:1.0.0]",
          "",
        ],
        { level: "warn" },
      ],
    ],
    "Spring Boot writes an empty line before and after a stack trace; the entry ends with it.",
  ),
  joined("Java, uncaught", THROWABLE, [
    'Exception in thread "main" java.lang.IllegalStateException: shop is closed',
    "\tat com.example.shop.Shop.open(Shop.java:17)",
    "\tat com.example.shop.Shop.main(Shop.java:7)",
    "Caused by: java.io.FileNotFoundException: shop.conf (No such file or directory)",
    "\tat java.base/java.io.FileInputStream.open0(Native Method)",
    "\t... 23 more",
  ]),
  joined(
    "Java, printStackTrace, at the very start",
    THROWABLE,
    [
      "java.lang.IllegalStateException: no seat",
      "\tat com.example.shop.Orders.place(Orders.java:42)",
      "\tat com.example.shop.Shop.main(Shop.java:7)",
    ],
    {},
    {
      note: "Hard: the first line is a bare class name and nothing stands before it. Alloy's stage.multiline passes lines on one by one until the first that begins an entry.",
    },
  ),
  joined(
    "Java, printStackTrace after a line of the log",
    THROWABLE,
    [
      "15:04:05.123 [main] ERROR com.example.shop.Shop - order refused",
      "java.lang.IllegalStateException: no seat",
      "\tat com.example.shop.Orders.place(Orders.java:42)",
    ],
    { level: "error" },
    {
      note: "logback and log4j2 write the same after the message, so a bare class name joins what is before it.",
    },
  ),
  joined(
    "Java, an exception without a message",
    THROWABLE,
    [
      "15:04:05.123 [main] ERROR com.example.shop.Shop - order refused",
      "java.lang.NullPointerException",
      "\tat com.example.shop.Orders.place(Orders.java:42)",
    ],
    { level: "error" },
    { note: "A class name alone: it ends with Exception, and frames follow." },
  ),
  joined(
    "Java, an inner class, a message of two lines",
    THROWABLE,
    [
      "15:04:05.123 [main] ERROR com.example.shop.Shop - order refused",
      "com.example.shop.Orders$RefusedException: no seat",
      "  asked for: 3",
      "\tat com.example.shop.Orders.lambda$place$0(Orders.java:42)",
      "\tat com.example.shop.Orders$$Lambda/0x00007f.run(Unknown Source)",
      "\tat java.base@21.0.1/java.lang.VirtualThread.run(VirtualThread.java:309)",
    ],
    { level: "error" },
  ),
  joined(
    "Java, suppressed and nested",
    THROWABLE,
    [
      "15:04:05.123 [main] ERROR com.example.shop.Shop - order refused",
      "java.lang.Exception: Something happened",
      "\tat com.example.shop.Shop.bar(Shop.java:10)",
      "\tat com.example.shop.Shop.main(Shop.java:5)",
      "\tSuppressed: java.io.IOException: not closed",
      "\t\tat com.example.shop.Res.close(Res.java:26)",
      "\t\t... 2 more",
      "\tCaused by: java.lang.Error: inside what was suppressed",
      "\t\tat com.example.shop.Res.flush(Res.java:29)",
      "\t\t... 3 more",
      "Caused by: com.example.shop.Low: deep",
      "\tat com.example.shop.Shop.low(Shop.java:20)",
      "\t... 1 more",
      "Caused by: [CIRCULAR REFERENCE: java.lang.Exception: Something happened]",
    ],
    { level: "error" },
  ),
  joined(
    "logback, suppressed",
    LOGBACK,
    [
      "15:04:05.123 [main] WARN  com.example.shop.Shop - not closed",
      "java.io.IOException: full",
      "\tat com.example.shop.Res.write(Res.java:9)",
      "\tSuppressed: java.io.IOException: not closed",
      "\t\tat com.example.shop.Res.close(Res.java:26)",
      "\t\t... 4 common frames omitted",
    ],
    { level: "warn" },
  ),
  joined(
    "logback, root cause first",
    ROOT_FIRST,
    [
      "15:04:05.123 [main] ERROR com.example.shop.Shop - order refused",
      "java.net.SocketTimeoutException: Read timed out",
      "\tat com.example.shop.Client.call(Client.java:31)",
      "\t... 23 common frames omitted",
      "Wrapped by: java.lang.IllegalStateException: no seat",
      "\tat com.example.shop.Orders.place(Orders.java:42)",
    ],
    { level: "error" },
  ),
  joined(
    "Java, addresses in a trace",
    "openjdk/jdk src/java.base/share/classes/java/net/InetSocketAddress.java",
    ["15:04:05.123 [main] ERROR com.example.shop.Db - no database", ...refused],
    { level: "error" },
    {
      text: ["15:04:05.123 [main] ERROR com.example.shop.Db - no database", ...refused]
        .join("\n")
        .replace("10.1.2.3", "10.1.2.x"),
    },
  ),
  joined(
    "Java, jars whose versions have four numbers",
    SPRING,
    [
      "2024-01-02T15:04:05.123Z ERROR 1 --- [           main] c.e.shop.Shop                            : no JSON",
      "",
      "com.fasterxml.jackson.core.JsonParseException: Unexpected character",
      "\tat com.fasterxml.jackson.databind.ObjectMapper.readValue(ObjectMapper.java:3011) ~[jackson-databind-2.9.10.8.jar!/:2.9.10.8]",
      "\tat com.example.shop.Shop.read(Shop.java:9) ~[classes!/:1.0.0]",
      "",
    ],
    { level: "error" },
    {
      note: "jackson-databind 2.9.10.8 is a true version; it stands before .jar, and again behind !/: and before a bracket.",
    },
  ),
  joined(
    "Kafka's configuration",
    KAFKA,
    kafkaConfig,
    { level: "info" },
    {
      text: kafkaConfig.join("\n").replace("10.1.2.3", "10.1.2.x").replace("0.0.0.0", "0.0.0.x"),
      note: "%m (%c): the logger's name stands on a line of its own behind a space.",
    },
  ),
  groups(
    "Kafka's configuration through logback",
    KAFKA,
    [
      [
        [
          "2024-01-02T15:04:05.123Z  INFO 1 --- [shop] [           main] o.a.k.clients.producer.ProducerConfig     : ProducerConfig values: ",
          "\tacks = -1",
          "\tbootstrap.servers = [kafka:9092]",
          "",
        ],
        { level: "info" },
      ],
      [
        [
          "2024-01-02T15:04:05.124Z  INFO 1 --- [shop] [           main] o.a.kafka.common.utils.AppInfoParser     : Kafka version: 3.6.1",
        ],
        { level: "info" },
      ],
    ],
    "The message itself ends with a new line, so an empty one follows.",
  ),
  joined(
    "Spring Boot, a failed start",
    "https://docs.spring.io/spring-boot/reference/features/spring-application.html#features.spring-application.startup-failure",
    [
      "2024-01-02T15:04:05.123Z ERROR 1 --- [shop] [           main] o.s.b.d.LoggingFailureAnalysisReporter   : ",
      "",
      "***************************",
      "APPLICATION FAILED TO START",
      "***************************",
      "",
      "Description:",
      "",
      "Port 8080 was taken.",
      "",
      "Action:",
      "",
      "Take another port.",
      "",
    ],
    { level: "error" },
    { note: "Hard: one record whose lines look like ordinary ones." },
  ),
];
