import { apart, type LogCase, one, TRACE } from "./case";

const PROMLOG = "prometheus/common promlog/log.go";
const PROMSLOG = "prometheus/common promslog/slog.go";
const LOKI = "grafana/loki pkg/logql/metrics.go";
const GRAFANA = "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#log";
const ETCD = "etcd-io/etcd client/pkg/logutil/zap.go";
const COREDNS = "coredns/coredns plugin/pkg/log/log.go";
const CONTAINERD = "containerd/log context.go";
const ENVOY = "envoyproxy/envoy source/common/common/logger.h";
const ENVOY_ACCESS =
  "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#default-format-string";
const ISTIO = "istio/pkg log/config.go";
const ISTIO_ACCESS = "https://istio.io/latest/docs/tasks/observability/logs/access-log/";

export const PLATFORM_CASES: LogCase[] = [
  apart("Prometheus 2", PROMLOG, [
    [
      'ts=2024-01-02T15:04:05.123Z caller=main.go:585 level=info msg="Server is ready to receive web requests."',
      { level: "info" },
    ],
    [
      'ts=2024-01-02T15:04:05.124Z caller=scrape.go:1400 level=warn component="scrape manager" msg="append failed"',
      { level: "warn" },
    ],
    [
      'ts=2024-01-02T15:04:05.125Z caller=main.go:535 level=error msg="cannot load" err="no such file"',
      { level: "error" },
    ],
  ]),
  apart("Prometheus 3", PROMSLOG, [
    [
      'time=2024-12-02T15:04:05.123Z level=INFO source=main.go:642 msg="No retention was set"',
      { level: "info" },
    ],
    [
      'time=2024-12-02T15:04:05.124Z level=DEBUG source=manager.go:300 msg=Starting component="discovery manager"',
      { level: "debug" },
    ],
  ]),
  one(
    "Prometheus 2, a target that does not answer",
    PROMLOG,
    'ts=2024-01-02T15:04:05.123Z caller=scrape.go:1331 level=debug component="scrape manager" scrape_pool=shop target=http://10.1.2.3:8080/metrics msg="Scrape failed" err="dial tcp 10.1.2.3:8080: connect: connection refused"',
    { level: "debug" },
    {
      text: 'ts=2024-01-02T15:04:05.123Z caller=scrape.go:1331 level=debug component="scrape manager" scrape_pool=shop target=http://10.1.2.x:8080/metrics msg="Scrape failed" err="dial tcp 10.1.2.x:8080: connect: connection refused"',
    },
  ),
  apart("Loki", "grafana/loki pkg/util/log/log.go", [
    [
      'level=info ts=2024-01-02T15:04:05.123456789Z caller=main.go:126 msg="Starting Loki" version="(version=3.0.0, branch=HEAD, revision=b4f7181)"',
      { level: "info" },
    ],
    [
      'level=error ts=2024-01-02T15:04:05.123456789Z caller=flush.go:143 org_id=fake msg="failed to flush"',
      { level: "error" },
    ],
  ]),
  one(
    "Loki, a query",
    LOKI,
    `level=info ts=2024-01-02T15:04:05.123456789Z caller=metrics.go:217 component=querier org_id=fake traceID=${TRACE} latency=fast query="{app=\\"shop\\"} |= \\"level=error\\"" status=200`,
    { level: "info", traceId: TRACE },
    { note: "The query holds another level." },
  ),
  one(
    "Tempo",
    "grafana/tempo cmd/tempo/main.go",
    'level=info ts=2024-01-02T15:04:05.123456789Z caller=main.go:225 msg="initialising tracer"',
    { level: "info" },
  ),
  one(
    "Tempo, received span",
    "https://grafana.com/docs/tempo/latest/troubleshooting/",
    `level=info ts=2024-01-02T15:04:05.123456789Z caller=distributor.go:851 msg=received spanid=00f067aa0ba902b7 traceid=${TRACE}`,
    { level: "info", traceId: TRACE, spanId: "00f067aa0ba902b7" },
    {
      note: "log_received_spans: these identifiers belong to what was received, and are written in lower case.",
    },
  ),
  apart("Grafana", GRAFANA, [
    [
      'logger=settings t=2024-01-02T15:04:05.123456789Z level=info msg="Starting Grafana" version=10.2.3 branch=HEAD',
      { level: "info" },
    ],
    [
      'logger=http.server t=2024-01-02T15:04:05.124456789Z level=info msg="HTTP Server Listen" address=[::]:3000 protocol=http subUrl= socket=',
      { level: "info" },
    ],
  ]),
  one(
    "Grafana, a request",
    GRAFANA,
    `logger=context userId=1 orgId=1 uname=admin t=2024-01-02T15:04:05.123456789Z level=error msg="Request Completed" method=GET path=/api/ds/query status=500 remote_addr=10.1.2.3 time_ms=12 duration=12.3ms size=42 traceID=${TRACE}`,
    { level: "error", traceId: TRACE },
    {
      text: `logger=context userId=1 orgId=1 uname=admin t=2024-01-02T15:04:05.123456789Z level=error msg="Request Completed" method=GET path=/api/ds/query status=500 remote_addr=10.1.2.x time_ms=12 duration=12.3ms size=42 traceID=${TRACE}`,
    },
  ),
  apart("Alloy", "https://grafana.com/docs/alloy/latest/reference/config-blocks/logging/", [
    [
      'ts=2024-01-02T15:04:05.123456789Z level=info msg="now listening for http traffic" service=http',
      { level: "info" },
    ],
    [
      'ts=2024-01-02T15:04:05.124456789Z level=warn msg="could not read file" component_path=/ component_id=loki.source.file.pods',
      { level: "warn" },
    ],
  ]),
  apart("etcd", ETCD, [
    [
      '{"level":"info","ts":"2024-01-02T15:04:05.123Z","caller":"etcdmain/etcd.go:73","msg":"Running: ","args":["etcd"]}',
      { level: "info" },
    ],
    [
      '{"level":"warn","ts":"2024-01-02T15:04:05.124Z","caller":"etcdserver/util.go:170","msg":"apply request took too long","took":"120ms"}',
      { level: "warn" },
    ],
  ]),
  one(
    "etcd, a peer",
    ETCD,
    '{"level":"warn","ts":"2024-01-02T15:04:05.123456Z","caller":"embed/config_logging.go:160","msg":"rejected connection","remote-addr":"10.1.2.3:40112","server-name":"","error":"EOF"}',
    { level: "warn" },
    {
      text: '{"level":"warn","ts":"2024-01-02T15:04:05.123456Z","caller":"embed/config_logging.go:160","msg":"rejected connection","remote-addr":"10.1.2.x:40112","server-name":"","error":"EOF"}',
    },
  ),
  apart("CoreDNS", COREDNS, [
    [".:53"],
    [
      "[INFO] plugin/reload: Running configuration SHA512 = 591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908",
      { level: "info" },
    ],
    ["CoreDNS-1.11.1"],
    ["linux/amd64, go1.20.7, ae2bbc2"],
    ["[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API", { level: "warn" }],
    ["[FATAL] plugin/loop: Loop detected", { level: "fatal" }],
  ]),
  one(
    "CoreDNS, a query",
    "coredns/coredns plugin/log/README.md",
    '[INFO] [::1]:50759 - 29008 "A IN example.org. udp 41 false 4096" NOERROR qr,rd,ra,ad 68 0.037990251s',
    { level: "info" },
    {
      text: '[INFO] [::x]:50759 - 29008 "A IN example.org. udp 41 false 4096" NOERROR qr,rd,ra,ad 68 0.037990251s',
    },
  ),
  one(
    "CoreDNS, an error",
    "https://coredns.io/plugins/errors/",
    "[ERROR] plugin/errors: 2 example.org. A: read udp 10.244.0.2:57313->10.96.0.10:53: i/o timeout",
    { level: "error" },
    { text: "[ERROR] plugin/errors: 2 example.org. A: read udp 10.244.0.x:57313->10.96.0.x:53: i/o timeout" },
  ),
  apart("containerd", CONTAINERD, [
    [
      'time="2024-01-02T15:04:05.123456789Z" level=info msg="StartContainer for \\"4f2a\\" returns successfully"',
      { level: "info" },
    ],
    [
      'time="2024-01-02T15:04:05.123456789Z" level=warning msg="cleanup warnings" namespace=k8s.io',
      { level: "warn" },
    ],
    [
      'time="2024-01-02T15:04:05.123456789Z" level=trace msg="event forwarded" topic=/tasks/start',
      { level: "trace" },
    ],
  ]),
  apart("Envoy", ENVOY, [
    [
      "[2024-01-02 15:04:05.123][1][info][main] [source/server/server.cc:404] initializing epoch 0",
      { level: "info" },
    ],
    [
      "[2024-01-02 15:04:05.124][1][warning][main] [source/server/server.cc:854] no overload manager",
      { level: "warn" },
    ],
    [
      "[2024-01-02 15:04:05.125][1][critical][assert] [source/common/http/codec.cc:9] assert failure",
      { level: "fatal" },
    ],
    ["[2024-01-02 15:04:05.126][17][trace][http] [source/common/http/conn.cc:9] parsing", { level: "trace" }],
  ]),
  one(
    "Envoy, access",
    ENVOY_ACCESS,
    '[2024-01-02T15:04:05.123Z] "GET /orders HTTP/1.1" 200 - 0 135 5 3 "10.1.2.3" "curl/8.4.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop:8080" "10.1.3.4:8080"',
    {},
    {
      text: '[2024-01-02T15:04:05.123Z] "GET /orders HTTP/1.1" 200 - 0 135 5 3 "10.1.2.x" "curl/8.4.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop:8080" "10.1.3.x:8080"',
    },
  ),
  one(
    "Envoy, access as JSON",
    ENVOY_ACCESS,
    '{"start_time":"2024-01-02T15:04:05.123Z","method":"GET","path":"/orders?level=error","protocol":"HTTP/1.1","response_code":200,"response_flags":"-","duration":5,"downstream_remote_address":"[2001:db8::7]:40112","upstream_host":"10.1.3.4:8080"}',
    {},
    {
      text: '{"start_time":"2024-01-02T15:04:05.123Z","method":"GET","path":"/orders?level=error","protocol":"HTTP/1.1","response_code":200,"response_flags":"-","duration":5,"downstream_remote_address":"[2001:db8::x]:40112","upstream_host":"10.1.3.x:8080"}',
      note: "An access line has no level, whatever the path says.",
    },
  ),
  apart("Istio", ISTIO, [
    ["2024-01-02T15:04:05.123456Z\tinfo\tads\tPush debounce stable[4] 1 for config", { level: "info" }],
    ["2024-01-02T15:04:05.123457Z\terror\tklog\tcannot list", { level: "error" }],
    [
      "2024-01-02T15:04:05.123458Z\twarning\tenvoy config external/envoy/source/common/config/grpc_stream.h:152\tstream closed\tthread=18",
      { level: "warn" },
    ],
  ]),
  one(
    "Istio, JSON",
    ISTIO,
    '{"level":"debug","time":"2024-01-02T15:04:05.123456Z","scope":"ads","msg":"pushed"}',
    { level: "debug" },
  ),
  one(
    "Istio, access",
    ISTIO_ACCESS,
    '[2024-01-02T15:04:05.123Z] "GET /orders HTTP/1.1" 200 - via_upstream - "-" 0 135 5 3 "-" "curl/8.4.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop:8080" "10.1.3.4:8080" inbound|8080|| 127.0.0.6:41993 10.1.3.4:8080 10.1.2.3:51234 outbound_.8080_._.shop.default.svc.cluster.local default',
    {},
    {
      text: '[2024-01-02T15:04:05.123Z] "GET /orders HTTP/1.1" 200 - via_upstream - "-" 0 135 5 3 "-" "curl/8.4.0" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "shop:8080" "10.1.3.x:8080" inbound|8080|| 127.0.0.x:41993 10.1.3.x:8080 10.1.2.x:51234 outbound_.8080_._.shop.default.svc.cluster.local default',
    },
  ),
];
