import { joined, type LogCase, one } from "./case";

/* What looks like an IPv4 address and must stay as it is. */

const UA = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/User-Agent";
const MAVEN = "https://maven.apache.org/guides/introduction/introduction-to-the-pom.html";
const OID = "https://www.rfc-editor.org/rfc/rfc5280";

const kept = (program: string, source: string, line: string, note?: string) =>
  one(program, source, line, {}, { note });

export const LOOKALIKE_CASES: LogCase[] = [
  kept(
    "a browser's version",
    UA,
    'unix: - - [02/Jan/2024:15:04:05 +0000] "GET / HTTP/1.1" 200 12 "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0 OPR/106.0.0.0"',
    "Browsers write their number and three zeros.",
  ),
  kept(
    "a browser without a window",
    UA,
    'unix: - - [02/Jan/2024:15:04:05 +0000] "GET / HTTP/1.1" 200 12 "-" "HeadlessChrome/120.0.0.0 Safari/537.36"',
  ),
  kept(
    "a browser's full version",
    UA,
    'unix: - - [02/Jan/2024:15:04:05 +0000] "GET / HTTP/1.1" 200 12 "-" "Chrome/114.0.5735.199 Safari/537.36"',
    "5735 is no part of an address.",
  ),
  kept("a version with an addition", MAVEN, "shop 1.2.3.4-beta and 1.2.3.4-SNAPSHOT started"),
  kept("a version with a name behind a dot", MAVEN, "bom 1.2.3.4.RELEASE and 5.6.15.1.Final"),
  kept("a jar", MAVEN, "loaded /app/lib/jackson-databind-2.9.10.8.jar", "A dash in front, .jar behind."),
  kept("a jar of three numbers", MAVEN, "loaded netty-all-4.1.100.Final.jar and spring-web-6.1.2.jar"),
  joined(
    "a stack frame's jar",
    "qos-ch/logback logback-classic/src/main/java/ch/qos/logback/classic/spi/ThrowableProxyUtil.java",
    [
      "15:04:05.123 [main] ERROR com.example.shop.Shop - no JSON",
      "java.io.IOException: closed",
      "\tat com.fasterxml.jackson.databind.ObjectMapper.readValue(ObjectMapper.java:3011) ~[jackson-databind-2.9.10.8.jar!/:2.9.10.8]",
    ],
    { level: "error" },
    { note: "The version stands a second time behind the file's name." },
  ),
  kept(
    ".NET, an assembly",
    "https://learn.microsoft.com/en-us/dotnet/standard/assembly/names",
    "System.Private.CoreLib, Version=8.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e",
    "Version= says what it is.",
  ),
  kept(
    "a version of five numbers",
    "https://docs.aws.amazon.com/corretto/latest/corretto-17-ug/what-is-corretto-17.html",
    "OpenJDK Runtime Environment Corretto-17.0.9.8.1 (build 17.0.9+8-LTS)",
    "Five parts are no address.",
  ),
  kept(
    "a version with a v",
    "https://semver.org/",
    "shop v1.2.3.4 started",
    "A letter touches it; addresses have none there.",
  ),
  kept(
    "a version of Windows",
    "https://learn.microsoft.com/en-us/windows/release-health/",
    "Microsoft Windows 10.0.19045.3803",
    "Parts above 255.",
  ),
  kept(
    "a version of three numbers",
    "https://semver.org/",
    "nginx/1.25.3, go1.21.5, redis 7.2.3, PostgreSQL 16.1",
  ),
  kept(
    "a pseudo version of Go",
    "https://go.dev/ref/mod#pseudo-versions",
    "golang.org/x/net v0.0.0-20240102150405-abcdef123456",
  ),
  kept("an object identifier", OID, "extension 1.3.6.1.4.1.311.21.7 unknown"),
  kept(
    "an object identifier of six numbers",
    "https://www.rfc-editor.org/rfc/rfc2578",
    "trap .1.3.6.1.4.1 and 1.3.6.1.4.1.311 from the switch",
  ),
  one(
    "an object identifier of four numbers",
    OID,
    "subject OID.2.5.4.97=VATDE-123",
    {},
    {
      text: "subject OID.2.5.4.x=VATDE-123",
      note: "Ambiguous as app.10.1.2.3.nip.io is; masked, and nothing of worth is lost.",
    },
  ),
];
