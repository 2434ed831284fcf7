import { apart, IDS, type LogCase, one, SPAN, TRACE } from "./case";

const FORMAT =
  "https://docs.spring.io/spring-boot/reference/features/logging.html#features.logging.log-format";
const STRUCTURED =
  "https://docs.spring.io/spring-boot/reference/features/logging.html#features.logging.structured";
const DEFAULTS =
  "spring-projects/spring-boot spring-boot-project/spring-boot/src/main/resources/org/springframework/boot/logging/logback/defaults.xml";
const NESTED =
  "spring-projects/spring-boot spring-boot-project/spring-boot/src/main/java/org/springframework/boot/logging/logback/ElasticCommonSchemaStructuredLogFormatter.java";
const TRACING =
  "https://docs.spring.io/spring-boot/reference/actuator/tracing.html#actuator.micrometer-tracing.logging";
const SLEUTH = "spring-cloud/spring-cloud-sleuth docs/src/main/asciidoc/features.adoc";

export const SPRING_CASES: LogCase[] = [
  one(
    "Spring Boot 2",
    FORMAT,
    "2023-01-02 15:04:05.123  INFO 1 --- [           main] o.s.b.w.embedded.tomcat.TomcatWebServer  : Tomcat started on port(s): 8080 (http) with context path ''",
    { level: "info" },
  ),
  apart("Spring Boot 2, each level", FORMAT, [
    [
      "2023-01-02 15:04:05.124 TRACE 1 --- [nio-8080-exec-1] c.e.shop.Orders   : entering place()",
      { level: "trace" },
    ],
    [
      "2023-01-02 15:04:05.125 DEBUG 1 --- [nio-8080-exec-1] c.e.shop.Orders   : 3 seats asked for",
      { level: "debug" },
    ],
    [
      "2023-01-02 15:04:05.126  WARN 1 --- [nio-8080-exec-1] c.e.shop.Orders   : answer took 900 ms",
      { level: "warn" },
    ],
    [
      "2023-01-02 15:04:05.127 ERROR 1 --- [nio-8080-exec-1] c.e.shop.Orders   : INFO was expected",
      { level: "error" },
    ],
  ]),
  one(
    "Spring Boot 3.0",
    FORMAT,
    "2023-06-02T15:04:05.123Z  INFO 1 --- [           main] com.example.shop.ShopApplication         : Started ShopApplication in 2.345 seconds (process running for 2.9)",
    { level: "info" },
  ),
  one(
    "Spring Boot 3.2 with the application's name",
    DEFAULTS,
    "2024-01-02T15:04:05.123Z  WARN 1 --- [shop] [           main] c.e.shop.ShopApplication                 : no cache configured",
    { level: "warn" },
  ),
  one(
    "Spring Boot 3.4 with name and group",
    DEFAULTS,
    "2024-12-02T15:04:05.123+09:00 DEBUG 1 --- [shop] [tickets] [           main] c.e.shop.ShopApplication                 : 4 beans",
    { level: "debug" },
  ),
  one(
    "Spring Boot 3.2 with a correlation id",
    TRACING,
    `2024-01-02T15:04:05.123Z  INFO 1 --- [shop] [nio-8080-exec-1] [${TRACE}-${SPAN}] c.e.shop.OrderController                 : order placed`,
    { level: "info", ...IDS },
  ),
  one(
    "Spring Boot 3.2 with a correlation id in capitals",
    TRACING,
    "2024-01-02T15:04:05.123Z ERROR 1 --- [shop] [nio-8080-exec-1] [803B448A0489F84084905D3093480352-3425F23BB2432450] c.e.shop.OrderController                 : order refused",
    { level: "error", traceId: "803B448A0489F84084905D3093480352", spanId: "3425F23BB2432450" },
    { note: "The documentation shows identifiers in capitals; they are kept as written." },
  ),
  one(
    "Spring Boot 3.2 with a correlation id and no name",
    TRACING,
    `2024-01-02T15:04:05.123Z  WARN 1 --- [nio-8080-exec-1] [${TRACE}-${SPAN}] c.e.shop.OrderController                 : slow`,
    { level: "warn", ...IDS },
  ),
  one(
    "Spring Boot 3.2 traced, outside a trace",
    "https://docs.spring.io/spring-boot/api/java/org/springframework/boot/logging/CorrelationIdFormatter.html",
    `2024-01-02T15:04:05.123Z  INFO 1 --- [shop] [           main] [${" ".repeat(49)}] c.e.shop.ShopApplication                 : starting`,
    { level: "info" },
    { note: "The place of the identifiers is kept by spaces." },
  ),
  one(
    "Spring Boot 3.1 with logging.pattern.level",
    "https://github.com/spring-projects/spring-boot/issues/33280",
    `2023-08-02T15:04:05.123Z  INFO [shop,${TRACE},${SPAN}] 1 --- [nio-8080-exec-1] c.e.shop.OrderController                 : order placed`,
    { level: "info", ...IDS },
  ),
  one(
    "Spring Boot 3.2 with logging.pattern.correlation as Sleuth had it",
    TRACING,
    `2024-01-02T15:04:05.123Z  INFO 1 --- [nio-8080-exec-1] [shop,${TRACE},${SPAN}] c.e.shop.OrderController                 : order placed`,
    { level: "info", ...IDS },
    { note: "The brackets stand behind the thread, not behind the level." },
  ),
  one(
    "Spring Cloud Sleuth 3",
    SLEUTH,
    `2022-01-02 15:04:05.123  INFO [shop,${TRACE},${SPAN}] 1 --- [nio-8080-exec-1] c.e.shop.OrderController                 : order placed`,
    { level: "info", ...IDS },
  ),
  one(
    "Spring Cloud Sleuth 3 outside a trace",
    SLEUTH,
    "2022-01-02 15:04:05.123  INFO [shop,,] 1 --- [           main] c.e.shop.ShopApplication                 : starting",
    { level: "info" },
  ),
  one(
    "Spring Cloud Sleuth 2 with exportable",
    SLEUTH,
    "2020-04-09 17:45:40.516 ERROR [shop,5e8eeec48b08e26882aba313eb08f0a4,dcc1df555b5777b3,true] 97203 --- [nio-9000-exec-1] c.e.shop.OrderController                 : failed",
    { level: "error", traceId: "5e8eeec48b08e26882aba313eb08f0a4", spanId: "dcc1df555b5777b3" },
  ),
  one(
    "Spring Cloud Sleuth 2 with identifiers of 16 digits",
    SLEUTH,
    "2018-02-02 15:30:57.902  WARN [shop,6bfd228dc00d216b,6bfd228dc00d216b,false] 23030 --- [nio-8081-exec-3] c.e.shop.Orders : slow",
    { level: "warn", traceId: "6bfd228dc00d216b", spanId: "6bfd228dc00d216b" },
  ),
  one(
    "Spring Cloud Sleuth without spring.application.name",
    SLEUTH,
    `2022-01-02 15:04:05.123 DEBUG [,${TRACE},${SPAN}] 1 --- [nio-8080-exec-1] c.e.shop.OrderController                 : cart kept`,
    { level: "debug", ...IDS },
  ),
  one(
    "Sleuth's level pattern without a time",
    SLEUTH,
    ` INFO [shop,${TRACE},${SPAN}] c.e.s.Orders : order placed`,
    {
      level: "info",
      ...IDS,
    },
  ),
  one(
    "Spring Boot 3.4, ECS",
    STRUCTURED,
    '{"@timestamp":"2024-12-02T15:04:05.067462556Z","log.level":"INFO","process.pid":1,"process.thread.name":"main","service.name":"shop","log.logger":"com.example.shop.ShopApplication","message":"Profile \\"prod\\" is active","ecs.version":"8.11"}',
    { level: "info" },
  ),
  one(
    "Spring Boot 3.4, ECS with a trace",
    STRUCTURED,
    `{"@timestamp":"2024-12-02T15:04:05.067462556Z","log.level":"WARN","process.pid":1,"process.thread.name":"http-nio-8080-exec-1","service.name":"shop","log.logger":"com.example.shop.Orders","message":"slow","traceId":"${TRACE}","spanId":"${SPAN}","ecs.version":"8.11"}`,
    { level: "warn", ...IDS },
    { note: "Entries of the MDC stand beside the fields of ECS under their own names." },
  ),
  one(
    "Spring Boot 3.5, ECS nested",
    NESTED,
    `{"@timestamp":"2025-06-02T15:04:05.067462556Z","log":{"level":"ERROR","logger":"com.example.shop.Orders"},"process":{"pid":1,"thread":{"name":"http-nio-8080-exec-1"}},"service":{"name":"shop","node":{}},"message":"order refused","traceId":"${TRACE}","spanId":"${SPAN}","error":{"type":"java.lang.IllegalStateException","message":"no seat","stack_trace":"java.lang.IllegalStateException: no seat\\n\\tat com.example.shop.Orders.place(Orders.java:42)\\n"},"ecs":{"version":"8.11"}}`,
    { level: "error", ...IDS },
  ),
  one(
    "Spring Boot 3.4, Logstash",
    STRUCTURED,
    `{"@timestamp":"2024-12-02T15:04:05.111037681+02:00","@version":"1","message":"order placed","logger_name":"com.example.shop.Orders","thread_name":"http-nio-8080-exec-1","level":"INFO","level_value":20000,"traceId":"${TRACE}","spanId":"${SPAN}"}`,
    { level: "info", ...IDS },
  ),
  one(
    "Spring Boot 3.4, Logstash with markers",
    STRUCTURED,
    '{"@timestamp":"2024-12-02T15:04:05.111037681Z","@version":"1","message":"cart kept","logger_name":"com.example.shop.Carts","thread_name":"main","level":"DEBUG","level_value":10000,"tags":["AUDIT"]}',
    { level: "debug" },
  ),
  one(
    "Spring Boot 3.4, GELF",
    STRUCTURED,
    '{"version":"1.1","short_message":"Profile \\"prod\\" is active","timestamp":1733151845.857,"level":6,"_level_name":"INFO","_process_pid":1,"_process_thread_name":"main","_log_logger":"com.example.shop.ShopApplication"}',
    { level: "info" },
    { note: "level is syslog's number." },
  ),
  one(
    "Spring Boot 3.4, GELF with an error and a trace",
    STRUCTURED,
    `{"version":"1.1","short_message":"order refused","timestamp":1733151845.857,"level":3,"_level_name":"ERROR","_process_pid":1,"_process_thread_name":"http-nio-8080-exec-1","host":"shop","_log_logger":"com.example.shop.Orders","_traceId":"${TRACE}","_spanId":"${SPAN}","full_message":"order refused\\n\\njava.lang.IllegalStateException: no seat\\n","_error_type":"java.lang.IllegalStateException"}`,
    { level: "error", ...IDS },
    { note: "GELF puts an underline before the names of the MDC." },
  ),
  apart("Spring Boot 3.4, GELF, other numbers", STRUCTURED, [
    [
      '{"version":"1.1","short_message":"slow","timestamp":1733151845.858,"level":4,"_level_name":"WARN"}',
      { level: "warn" },
    ],
    [
      '{"version":"1.1","short_message":"3 seats","timestamp":1733151845.859,"level":7,"_level_name":"DEBUG"}',
      { level: "debug" },
    ],
  ]),
];
