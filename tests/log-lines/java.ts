import { apart, IDS, joined, type LogCase, one, SPAN, TRACE } from "./case";

const LOGBACK = "https://logback.qos.ch/manual/layouts.html";
const LOGSTASH = "logfellow/logstash-logback-encoder README.md";
const LOG4J = "https://logging.apache.org/log4j/2.x/manual/pattern-layout.html";
const TEMPLATE = "apache/logging-log4j2 log4j-layout-template-json/src/main/resources/EcsLayout.json";
const JUL = "openjdk/jdk src/java.logging/share/classes/java/util/logging/SimpleFormatter.java";
const ECS = "elastic/ecs-logging-java README.md";
const KAFKA = "apache/kafka config/log4j.properties";
const ZOOKEEPER = "apache/zookeeper conf/logback.xml";
const ELASTICSEARCH = "elastic/elasticsearch distribution/docker/src/docker/config/log4j2.properties";

export const JAVA_CASES: LogCase[] = [
  one(
    "logback without configuration",
    "qos-ch/logback logback-classic/src/main/java/ch/qos/logback/classic/layout/TTLLLayout.java",
    "15:04:05.123 [main] INFO com.example.shop.Shop -- shop opened",
    { level: "info" },
  ),
  one("logback, the manual's pattern", LOGBACK, "15:04:05.123 [main] WARN  c.example.shop.Shop - slow", {
    level: "warn",
  }),
  one(
    "logback with relative time",
    LOGBACK,
    "176  [main] DEBUG com.example.shop.Shop - shop opens",
    { level: "debug" },
    { note: "%-4relative: the line begins with milliseconds since the start." },
  ),
  one(
    "logstash-logback-encoder",
    LOGSTASH,
    `{"@timestamp":"2024-01-02T15:04:05.123Z","@version":"1","message":"order placed","logger_name":"com.example.shop.Orders","thread_name":"http-nio-8080-exec-1","level":"INFO","level_value":20000,"traceId":"${TRACE}","spanId":"${SPAN}"}`,
    { level: "info", ...IDS },
  ),
  one(
    "logstash-logback-encoder with OpenTelemetry's MDC",
    "https://github.com/open-telemetry/opentelemetry-java-instrumentation/blob/main/docs/logger-mdc-instrumentation.md",
    `{"@timestamp":"2024-01-02T15:04:05.123Z","@version":"1","message":"order refused","logger_name":"com.example.shop.Orders","thread_name":"main","level":"ERROR","level_value":40000,"trace_id":"${TRACE}","span_id":"${SPAN}","trace_flags":"01"}`,
    { level: "error", ...IDS },
  ),
  one(
    "logstash-logback-encoder with a stack trace",
    LOGSTASH,
    '{"@timestamp":"2024-01-02T15:04:05.123Z","@version":"1","message":"slow","logger_name":"com.example.shop.Orders","thread_name":"main","level":"WARN","level_value":30000,"stack_trace":"java.io.IOException: closed\\n\\tat com.example.shop.Orders.place(Orders.java:42)\\nCaused by: java.lang.Error: ERROR\\n"}',
    { level: "warn" },
  ),
  one(
    "logstash-logback-encoder, Sleuth's composite pattern",
    "https://docs.spring.io/spring-cloud-sleuth/docs/current/reference/html/",
    `{"@timestamp":"2022-01-02T15:04:05.123Z","severity":"TRACE","service":"shop","trace":"${TRACE}","span":"${SPAN}","pid":"1","thread":"main","class":"c.e.shop.Orders","rest":"entering"}`,
    { level: "trace", ...IDS },
    { note: "The identifiers are called trace and span, without id." },
  ),
  one(
    "log4j2, the configuration it has by itself",
    "https://logging.apache.org/log4j/2.x/manual/configuration.html",
    "15:04:05.123 [main] ERROR com.example.shop.Shop - order refused",
    { level: "error" },
  ),
  apart("log4j2 with date first", LOG4J, [
    ["2024-01-02 15:04:05,123 INFO c.e.s.Shop [main] shop opened", { level: "info" }],
    ["2024-01-02 15:04:05,124 FATAL c.e.s.Shop [main] shop burns", { level: "fatal" }],
    ["2024-01-02 15:04:05,125 TRACE c.e.s.Shop [main] entering", { level: "trace" }],
  ]),
  one(
    "log4j2, JSON template of ECS",
    TEMPLATE,
    '{"@timestamp":"2024-01-02T15:04:05.123Z","ecs.version":"1.2.0","log.level":"INFO","message":"order placed","process.thread.name":"main","log.logger":"com.example.shop.Orders"}',
    { level: "info" },
  ),
  one(
    "log4j2, JSON template of ECS with a trace and an exception",
    TEMPLATE,
    `{"@timestamp":"2024-01-02T15:04:05.123Z","ecs.version":"1.2.0","log.level":"FATAL","message":"shop burns","process.thread.name":"main","log.logger":"com.example.shop.Shop","trace.id":"${TRACE}","span.id":"${SPAN}","error.type":"java.lang.Error","error.message":"fire","error.stack_trace":"java.lang.Error: fire\\n\\tat com.example.shop.Shop.run(Shop.java:9)\\n"}`,
    { level: "fatal", ...IDS },
  ),
  one(
    "log4j2, JSON template of GELF",
    "apache/logging-log4j2 log4j-layout-template-json/src/main/resources/GelfLayout.json",
    '{"version":"1.1","host":"shop-6d9f","short_message":"no room left","timestamp":1704207845.123,"level":2,"_logger":"com.example.shop.Shop","_thread":"main"}',
    { level: "fatal" },
    { note: "Syslog's 2 is critical; 0, 1 and 2 become fatal." },
  ),
  joined(
    "java.util.logging",
    JUL,
    ["Jan 02, 2024 3:04:05 PM com.example.shop.Shop open", "INFO: shop opened"],
    { level: "info" },
    {
      note: "Hard: one record, two lines; the second begins with a level, as records of other programs do.",
    },
  ),
  joined(
    "java.util.logging, a warning with an exception",
    JUL,
    [
      "Jan 02, 2024 3:04:05 PM com.example.shop.Orders place",
      "WARNING: order refused",
      "java.lang.IllegalStateException: no seat",
      "\tat com.example.shop.Orders.place(Orders.java:42)",
      "\tat com.example.shop.Shop.main(Shop.java:7)",
      "",
    ],
    { level: "warn" },
    { note: "Hard: as above. An empty line follows the trace." },
  ),
  joined(
    "java.util.logging, severe",
    JUL,
    ["Jan 02, 2024 3:04:05 PM com.example.shop.Shop run", "SEVERE: shop burns"],
    {},
    {
      note: "Hard: as above. SEVERE, CONFIG, FINE, FINER and FINEST are in no list of levels, so there is none; error would be its sense.",
    },
  ),
  one(
    "ecs-logging-java",
    ECS,
    `{"@timestamp":"2024-01-02T15:04:05.123Z", "log.level": "WARN", "message":"slow", "ecs.version": "1.2.0","service.name":"shop","process.thread.name":"main","log.logger":"com.example.shop.Orders","transaction.id":"28b7fb8d5aba51f1","trace.id":"${TRACE}"}`,
    { level: "warn", traceId: TRACE },
  ),
  joined(
    "ecs-logging-java with stackTraceAsArray",
    ECS,
    [
      '{"@timestamp":"2024-01-02T15:04:05.123Z", "log.level":"ERROR", "message":"order refused","log.logger":"com.example.shop.Orders","error.type":"java.lang.RuntimeException","error.message":"no seat","error.stack_trace":[',
      '\t"java.lang.RuntimeException: no seat",',
      '\t"\\tat com.example.shop.Orders.place(Orders.java:42)",',
      '\t"\\tat java.lang.Thread.run(Thread.java:748)"]}',
    ],
    { level: "error" },
    { note: "One JSON object over several lines, the further ones indented." },
  ),
  apart("Kafka", KAFKA, [
    [
      "[2024-01-02 15:04:05,123] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)",
      { level: "info" },
    ],
    [
      "[2024-01-02 15:04:05,124] WARN [ReplicaManager broker=1] slow disk (kafka.server.ReplicaManager)",
      { level: "warn" },
    ],
    [
      "[2024-01-02 15:04:05,125] TRACE [Controller id=1 epoch=4] partition moved (state.change.logger)",
      { level: "trace" },
    ],
    ["[2024-01-02 15:04:05,126] FATAL cannot start (kafka.Kafka$)", { level: "fatal" }],
  ]),
  one(
    "Kafka's network client",
    KAFKA,
    "[2024-01-02 15:04:05,123] WARN [Consumer clientId=c-1, groupId=shop] Connection to node 1 (broker-1/10.1.2.3:9092) could not be established. (org.apache.kafka.clients.NetworkClient)",
    { level: "warn" },
    {
      text: "[2024-01-02 15:04:05,123] WARN [Consumer clientId=c-1, groupId=shop] Connection to node 1 (broker-1/10.1.2.x:9092) could not be established. (org.apache.kafka.clients.NetworkClient)",
      note: "Java's InetSocketAddress: name, slash, address, port. A product's version, as Chrome/120.0.0.0, has no port.",
    },
  ),
  apart("Zookeeper", ZOOKEEPER, [
    [
      "2024-01-02 15:04:05,123 [myid:1] - INFO  [main:o.a.z.s.q.QuorumPeerConfig@177] - Reading configuration",
      { level: "info" },
    ],
    [
      "2024-01-02 15:04:05,124 [myid:] - WARN  [NIOWorkerThread-1:o.a.z.s.NIOServerCnxn@380] - session ended",
      { level: "warn" },
    ],
  ]),
  one(
    "Zookeeper, a client",
    ZOOKEEPER,
    "2024-01-02 15:04:05,123 [myid:1] - DEBUG [NIOWorkerThread-1:o.a.z.s.NIOServerCnxn@341] - Accepted from /10.1.2.3:40112",
    { level: "debug" },
    {
      text: "2024-01-02 15:04:05,123 [myid:1] - DEBUG [NIOWorkerThread-1:o.a.z.s.NIOServerCnxn@341] - Accepted from /10.1.2.x:40112",
    },
  ),
  one(
    "Elasticsearch 8",
    ELASTICSEARCH,
    '{"@timestamp":"2024-01-02T15:04:05.123Z", "log.level": "INFO", "message":"node started", "ecs.version": "1.2.0","service.name":"ES_ECS","event.dataset":"elasticsearch.server","process.thread.name":"main","log.logger":"org.elasticsearch.node.Node","elasticsearch.node.name":"es-0","elasticsearch.cluster.name":"logs"}',
    { level: "info" },
  ),
  one(
    "Elasticsearch 8, deprecation",
    "elastic/elasticsearch server/src/main/java/org/elasticsearch/common/logging/DeprecationLogger.java",
    '{"@timestamp":"2024-01-02T15:04:05.123Z", "log.level":"CRITICAL", "data_stream.dataset":"deprecation.elasticsearch","elasticsearch.event.category":"settings","message":"setting goes away","ecs.version": "1.2.0"}',
    { level: "fatal" },
    {
      note: "A level of Elasticsearch's own for what the next version refuses; by its name alone it counts as Python's CRITICAL.",
    },
  ),
  one(
    "Elasticsearch 7",
    "https://github.com/elastic/elasticsearch/issues/66806",
    '{"type": "server", "timestamp": "2024-01-02T15:04:05,123Z", "level": "WARN", "component": "o.e.m.j.JvmGcMonitorService", "cluster.name": "logs", "node.name": "es-0", "message": "[gc][42] overhead", "cluster.uuid": "u1", "node.id": "n1"  }',
    { level: "warn" },
  ),
  joined(
    "Elasticsearch 7 with a stack trace",
    "elastic/elasticsearch server/src/main/java/org/elasticsearch/common/logging/JsonThrowablePatternConverter.java",
    [
      '{"type": "server", "timestamp": "2024-01-02T15:04:05,123Z", "level": "ERROR", "component": "o.e.b.Elasticsearch", "cluster.name": "logs", "node.name": "es-0", "message": "cannot join", "cluster.uuid": "u1", "node.id": "n1" , ',
      '"stacktrace": ["org.elasticsearch.transport.ConnectTransportException: [es-1] connect_exception",',
      '"at org.elasticsearch.transport.TcpTransport.onFailure(TcpTransport.java:966) ~[elasticsearch-7.9.1.jar:7.9.1]",',
      '"at java.lang.Thread.run(Thread.java:834) [?:?]"] }',
    ],
    { level: "error" },
    { note: "Hard: one JSON object over several lines, the further ones begin with a quotation mark." },
  ),
  apart("OpenJDK's unified logging", "https://openjdk.org/jeps/158", [
    ["[0.005s][info][gc] Using G1", { level: "info" }],
    ["[12.345s][warning][os,thread] Failed to start thread", { level: "warn" }],
    ["[12.346s][debug][gc,heap] Heap before GC", { level: "debug" }],
  ]),
];
