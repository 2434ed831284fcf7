import { type LogCase, one } from "./case";

/* True addresses in many surroundings: the last part becomes x. Two of them are IPv6 as Java writes it. */

const INET = "openjdk/jdk src/java.base/share/classes/java/net/InetSocketAddress.java";
const INET6 = "openjdk/jdk src/java.base/share/classes/java/net/Inet6Address.java";
const REDIS = "https://redis.io/docs/latest/commands/client-list/";
const NGINX = "https://nginx.org/en/docs/http/ngx_http_log_module.html";
const GO_NET = "https://pkg.go.dev/net#OpError";
const LOGRUS = "sirupsen/logrus README.md";
const PRINTED = "https://docs.python.org/3/library/functions.html#print";

const masked = (program: string, source: string, line: string, text: string, note?: string) =>
  one(program, source, line, {}, { text, note });

export const ADDRESS_CASES: LogCase[] = [
  masked(
    "the address alone",
    PRINTED,
    "1.2.3.4",
    "1.2.3.x",
    "It may as well be a version; nothing tells. Privacy first: an address kept by mistake is worse than a version cut.",
  ),
  masked(
    "with a port",
    GO_NET,
    "dial tcp 10.1.2.3:5432: connect: refused",
    "dial tcp 10.1.2.x:5432: connect: refused",
  ),
  masked(
    "from one to another",
    GO_NET,
    "read udp 10.244.0.2:57313->10.96.0.10:53: i/o timeout",
    "read udp 10.244.0.x:57313->10.96.0.x:53: i/o timeout",
  ),
  masked(
    "at the end of a sentence",
    PRINTED,
    "refused by 10.1.2.3.",
    "refused by 10.1.2.x.",
    "The dot behind is no fifth part: no number follows.",
  ),
  masked("with a comma", PRINTED, "client: 10.0.0.1, server: shop", "client: 10.0.0.x, server: shop"),
  masked(
    "a list without spaces",
    PRINTED,
    "peers=10.1.2.3,10.1.2.4;10.1.2.5",
    "peers=10.1.2.x,10.1.2.x;10.1.2.x",
  ),
  masked("a range", PRINTED, "pool 10.1.2.3-10.1.2.9", "pool 10.1.2.x-10.1.2.x"),
  masked(
    "the header of proxies",
    "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For",
    "X-Forwarded-For: 203.0.113.7, 10.1.2.3, 2001:db8::7",
    "X-Forwarded-For: 203.0.113.x, 10.1.2.x, 2001:db8::x",
  ),
  masked("as a member of JSON", PRINTED, '{"ip":"10.1.2.3","port":5432}', '{"ip":"10.1.2.x","port":5432}'),
  masked(
    "in logfmt",
    REDIS,
    "id=7 addr=10.1.2.3:51234 laddr=10.1.3.4:6379 fd=8",
    "id=7 addr=10.1.2.x:51234 laddr=10.1.3.x:6379 fd=8",
  ),
  masked(
    "behind an underline",
    PRINTED,
    "ip_10.1.2.3 joined",
    "ip_10.1.2.x joined",
    "An underline is part of a word for \\b.",
  ),
  masked("behind an at sign", PRINTED, "shop@10.1.2.3 logged in", "shop@10.1.2.x logged in"),
  masked(
    "in brackets of every kind",
    PRINTED,
    "(10.1.2.3) [10.1.2.4] <10.1.2.5> {10.1.2.6}",
    "(10.1.2.x) [10.1.2.x] <10.1.2.x> {10.1.2.x}",
  ),
  masked("in a URL", PRINTED, "GET http://10.1.2.3:8080/health 200", "GET http://10.1.2.x:8080/health 200"),
  masked(
    "in a gRPC target",
    "https://github.com/grpc/grpc/blob/master/doc/naming.md",
    "ipv4:10.1.2.3:443 ready",
    "ipv4:10.1.2.x:443 ready",
  ),
  masked(
    "a network",
    "https://www.rfc-editor.org/rfc/rfc4632",
    "route 10.0.0.0/8 via 10.1.2.1",
    "route 10.0.0.x/8 via 10.1.2.x",
    "A network is no person's, but the rule makes no exception.",
  ),
  masked("every interface", PRINTED, "listening on 0.0.0.0:8080", "listening on 0.0.0.x:8080", "As above."),
  masked("Java, without a name", INET, "connected to /10.1.2.3:9092", "connected to /10.1.2.x:9092"),
  masked(
    "Java, with a name",
    INET,
    "connected to shop-db/10.1.2.3:5432",
    "connected to shop-db/10.1.2.x:5432",
  ),
  masked(
    "Java, InetAddress with a name",
    "openjdk/jdk src/java.base/share/classes/java/net/InetAddress.java",
    "resolved shop-db/10.1.2.3",
    "resolved shop-db/10.1.2.x",
    "The same shape as Chrome/120.0.0.0; masked, because only versions known as such may stay.",
  ),
  masked(
    "Java, IPv6",
    INET6,
    "connected to /[0:0:0:0:0:0:0:1]:51234",
    "connected to /[0:0:0:0:x]:51234",
    "Java never shortens zeros.",
  ),
  masked(
    "Java, IPv6 with an interface",
    INET6,
    "bound to /[fe80:0:0:0:1ff:fe23:4567:890a%eth0]:51234",
    "bound to /[fe80:0:0:0:x%eth0]:51234",
  ),
  masked(
    "AWS, a host's name",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hostname-types.html",
    "node ip-10-0-1-23 ready",
    "node ip-10-0-1-x ready",
  ),
  masked(
    "AWS, a host's full name",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/hostname-types.html",
    "node ip-10-0-1-23.eu-central-1.compute.internal, ec2-203-0-113-25.compute-1.amazonaws.com",
    "node ip-10-0-1-x.eu-central-1.compute.internal, ec2-203-0-113-x.compute-1.amazonaws.com",
  ),
  masked(
    "Kubernetes, a pod's name in DNS",
    "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#a-aaaa-records-1",
    "asked for 10-244-1-23.shop.pod.cluster.local",
    "asked for 10-244-1-x.shop.pod.cluster.local",
    "Four numbers with dashes count where ip-, ec2- or .pod. says so; 2024-01-02-15 is a date.",
  ),
  masked(
    "a name that is an address",
    "https://nip.io/",
    "host app.10.1.2.3.nip.io",
    "host app.10.1.2.x.nip.io",
  ),
  masked(
    "the name for the way back",
    "https://www.rfc-editor.org/rfc/rfc1035#section-3.5",
    "PTR 3.2.1.10.in-addr.arpa. udp 43",
    "PTR x.2.1.10.in-addr.arpa. udp 43",
    "The parts stand in reverse: the last part of 10.1.2.3 is the first here. To mask the 10 would show the host.",
  ),
  masked(
    "percent signs before it",
    NGINX,
    'unix: - - [02/Jan/2024:15:04:05 +0000] "GET /go?to=http%3A%2F%2F10.1.2.3%2Forders HTTP/1.1" 302 0 "-" "curl/8.4.0"',
    'unix: - - [02/Jan/2024:15:04:05 +0000] "GET /go?to=http%3A%2F%2F10.1.2.x%2Forders HTTP/1.1" 302 0 "-" "curl/8.4.0"',
    "The F of %2F touches the address: no boundary of a word.",
  ),
  masked(
    "a port with a percent sign",
    NGINX,
    'unix: - - [02/Jan/2024:15:04:05 +0000] "GET /go?to=10.1.2.3%3A8080 HTTP/1.1" 302 0 "-" "curl/8.4.0"',
    'unix: - - [02/Jan/2024:15:04:05 +0000] "GET /go?to=10.1.2.x%3A8080 HTTP/1.1" 302 0 "-" "curl/8.4.0"',
  ),
  masked(
    "after an escaped new line",
    "https://www.rfc-editor.org/rfc/rfc8259#section-7",
    '{"msg":"peers:\\n10.1.2.3\\n\\t10.1.2.4"}',
    '{"msg":"peers:\\n10.1.2.x\\n\\t10.1.2.x"}',
    "The n of \\n and the t of \\t touch the address.",
  ),
  one(
    "after an escaped bracket",
    LOGRUS,
    '{"level":"info","msg":"peer \\u003c10.1.2.3\\u003e joined","time":"2024-01-02T15:04:05Z"}',
    { level: "info" },
    {
      text: '{"level":"info","msg":"peer \\u003c10.1.2.x\\u003e joined","time":"2024-01-02T15:04:05Z"}',
      note: "Go's encoding/json writes < as \\u003c: a letter touches the address.",
    },
  ),
  masked(
    "behind a colour",
    "https://github.com/gin-gonic/gin/blob/master/logger.go",
    "\u001b[36m10.1.2.3\u001b[0m | GET /orders",
    "\u001b[36m10.1.2.x\u001b[0m | GET /orders",
    "The m that ends the colour touches the address.",
  ),
  masked(
    "tcpdump, the port behind a dot",
    "https://www.tcpdump.org/manpages/tcpdump.1.html",
    "IP 10.0.0.1.443 > 10.0.0.2.51234: Flags [S.]",
    "IP 10.0.0.x.443 > 10.0.0.x.51234: Flags [S.]",
  ),
  masked(
    "before what a version could end with",
    PRINTED,
    "10.0.0.1-prefix and 10.0.0.1-devbox, conversion 10.0.0.1",
    "10.0.0.x-prefix and 10.0.0.x-devbox, conversion 10.0.0.x",
  ),
  masked(
    "a tag of an image",
    "https://docs.docker.com/reference/cli/docker/image/tag/",
    "pulled registry:5000/shop:1.2.3.4",
    "pulled registry:5000/shop:1.2.3.x",
    "shop:1.2.3.4 is written as client:10.1.2.3 is: ambiguous, so masked.",
  ),
];
