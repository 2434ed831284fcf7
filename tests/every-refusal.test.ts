/**
 * For every key of a stack file: values that it does not take, each refused with the words that say what it takes, and
 * values that it just takes. A key without a row fails.
 */
import { settingsOf } from "../config/settings";
import { AUTHORITY } from "./support/certificate";
import { baseline } from "./support/every-setting";
import { keys } from "./support/keys";

interface Row {
  of: RegExp;
  allowed: string;
  wrong: unknown[];
  right?: unknown[];
}

const DNS = "lower-case letters, digits and -, a letter or digit at both ends, at most 63 of them";
const LONG_DNS = "lower-case letters, digits, - and ., a letter or digit at both ends, at most 253 of them";
const LABEL = "letters, digits, -, _ and ., with a letter or digit at both ends, at most 63 of them";
const DURATION = "a whole number above zero and one of s, m, h, d, w, such as 30s, 5m, 7d";
const URL = "an http:// or https:// URL";
const noNames = [7, "", "A", "a_b", "-a", "a-", "a.b", "a b", "x".repeat(64)];
const names = ["a", "a-b", "9a", "x".repeat(63)];
const noLongNames = [7, "", "A", "a_b", "-a", "a-", "a.-b", "a.b-", "x".repeat(254)];
const noLabels = [7, "", " ", "-a", "a.", "a b", 'a"b {{ x }}', "{{ x }}", "$HOME", "x".repeat(64)];
const labels = ["a", "A.b_c-9", "x".repeat(63)];
const noDurations = [30, "", "30", "s", "0s", "1.5h", "7 days", "1d12h", "-1m", "30S"];
const noUrls = [7, "", "a.org", "ftp://a.org", "//a.org", "https://"];
const noEmails = [7, "", "a", "a@", "@b.org", "a b@c.org"];

const table: Row[] = [
  { of: /^platform$/, allowed: "kind, eks", wrong: [1, "", "gke", "Kind"], right: ["eks"] },
  { of: /^(environment|region)$/, allowed: LABEL, wrong: noLabels, right: labels },
  {
    of: /^protect$|\.(anonymous|create|createApplications|createGp3|enabled|keepErrors|maskIps|requireTls|unattended)$/,
    allowed: "true or false",
    wrong: ["true", 1, null],
    right: [true, false],
  },
  {
    of: /^(namespaces\.(stack|agents)|metrics\.istio\.namespace)$/,
    allowed: `a namespace: ${DNS}`,
    wrong: noNames,
    right: names,
  },
  {
    of: /registry$/,
    allowed:
      "host[:port][/path] with a dot or a port in the host, such as mirror.example.org/team, without https:// and without a slash at the end",
    wrong: [
      7,
      "",
      "mirror",
      "mirror/team",
      "https://a.org",
      "a.org/",
      "a.org/Team",
      "a.org:port",
      "a..org",
      "a.org/a___b",
      "a.org/a-",
    ],
    right: ["a.org", "a.b.cd-e", "mirror:5000", "a.org:5000/team/sub", "a.org/a--b/c_d/e.f/g__h"],
  },
  {
    of: /\.(imagePullSecrets|annotatedNamespaces|alike)$/,
    allowed: "a list",
    wrong: ["a", { a: "b" }, 7, null],
    right: [["a"], []],
  },
  {
    of: /tolerations\[\]\.key$/,
    allowed: "a name of at most 63 letters, digits, -, _ and ., with a domain and / before it or without",
    wrong: [7, "", "-a", "a b", "A.org/b/c", "/a", "x".repeat(64), `${"x".repeat(254)}/a`],
    right: ["a", "ab/c", "a.b/c", "example.org/a_b.C", `${"x".repeat(253)}/a`],
  },
  {
    of: /tolerations\[\]\.operator$/,
    allowed: "Exists, Equal",
    wrong: [7, "", "In", "equal"],
    right: ["Equal"],
  },
  {
    of: /tolerations\[\]\.value$/,
    allowed: `text in quotes where it is a number or true: ${LABEL}`,
    wrong: [7, true, "-a", "a b", "x".repeat(64)],
    right: ["true", "7", ...labels],
  },
  {
    of: /tolerations\[\]\.effect$/,
    allowed: "NoSchedule, PreferNoSchedule, NoExecute",
    wrong: [7, "", "Never"],
    right: ["NoExecute"],
  },
  { of: /tolerationSeconds$/, allowed: "whole seconds", wrong: ["60", "60s", 1.5, null], right: [0, 60] },
  {
    of: /^placement\.(nodeSelector|labels|annotations)$|^overrides\./,
    allowed: "a map",
    wrong: ["a", 7, null],
    right: [{}],
  },
  {
    of: /priorityClassName$/,
    allowed: `the name of a PriorityClass, or null: ${LONG_DNS}`,
    wrong: noLongNames,
    right: ["a.b", "a.bc-d.e", null, "x".repeat(253)],
  },
  {
    of: /^services\[\]\.name$/,
    allowed: `a service name: ${DNS}`,
    wrong: noNames,
    right: names,
  },
  {
    of: /^services\[\]\.namespace$/,
    allowed: `the namespace the service lives in: ${DNS}`,
    wrong: noNames,
    right: names,
  },
  {
    of: /^(?!grafana\.port$).*\.port$/,
    allowed: "a port from 1 to 65535",
    wrong: ["80", 0, -1, 1.5, 65536, null],
    right: [1, 65535],
  },
  {
    of: /^grafana\.port$/,
    allowed: "a port from 1024 to 65535",
    wrong: ["3000", 0, 1023, 3000.5, 65536],
    right: [1024, 65535],
  },
  {
    of: /\.nodePort$/,
    allowed: "a NodePort from 30000 to 32767, or null for none",
    wrong: ["30000", 80, 29999, 32768, 30000.5],
    right: [30000, 32767, null],
  },
  {
    of: /^services\[\]\.path$/,
    allowed: "a path that begins with /, such as /metrics or /actuator/prometheus",
    wrong: [7, "", "metrics", "a/b", "/a b", "/a\n", '/"', "/{{a}}", "/$a"],
    right: ["/", "/a/b-c_d.e"],
  },
  {
    of: /^(services\[\]\.interval|metrics\.scrapeInterval)$/,
    allowed: `${DURATION}; at most 1m, since rules and dashboards take rates over 5m, which need four samples or more`,
    wrong: [...noDurations, "61s", "2m", "1h"],
    right: ["1s", "60s", "1m"],
  },
  {
    of: /evaluationInterval$/,
    allowed: `${DURATION}; at most 1m, since alerts read what the recording rules wrote last`,
    wrong: [...noDurations, "61s", "2m"],
    right: ["1s", "1m"],
  },
  {
    of: /limits\.samples$/,
    allowed: "a whole number of series, 1 or more",
    wrong: ["7", 0, -1, 1.5],
    right: [1, 1e6],
  },
  {
    of: /limits\.labels$/,
    allowed: "a whole number of labels, 1 or more",
    wrong: ["7", 0, 1.5],
    right: [1, 99],
  },
  {
    of: /limits\.targets$/,
    allowed: "a whole number of pods, 1 or more",
    wrong: ["7", 0, 1.5],
    right: [1, 999],
  },
  {
    of: /^(metrics|tracing)\.retention\.time$/,
    allowed: `${DURATION}; at least 2h, the time that one block holds`,
    wrong: noDurations,
    right: ["2h", "120m", "520w"],
  },
  {
    of: /^logs\.retention\.time$/,
    allowed: `${DURATION}; at least 24h, the period of Loki's index`,
    wrong: noDurations,
    right: ["24h", "1d", "520w"],
  },
  {
    of: /\.(size|memory|queue)$/,
    allowed: "a size such as 512Mi or 4Gi (Ki, Mi, Gi, Ti), a whole number of bytes from 8Mi to 1024Ti",
    wrong: [7, "", "4", "4GB", "0Gi", "-4Gi", "4 Gi", "7Mi", "8191Ki", "1025Ti", "8.0000001Mi"],
  },
  {
    of: /\.cpu$/,
    allowed: "thousandths of a core such as 250m, or cores such as 2 or 0.5; from 1m to 1000 cores",
    wrong: [true, "", "0m", "0", "-1", "1e3", "0.0001", "250M", "1001", "1000001m"],
  },
  {
    of: /job_name$/,
    allowed: "the name of the job",
    wrong: [7, "", null],
    right: ["a"],
  },
  {
    of: /storage\.class$/,
    allowed: `the name of a StorageClass, or null: ${LONG_DNS}`,
    wrong: noLongNames,
    right: ["gp3", "a.b", null],
  },
  { of: /targets\[\]\.name$/, allowed: `a name: ${DNS}`, wrong: noNames, right: names },
  {
    of: /targets\[\]\.host$/,
    allowed: "a host name or IPv4 address, without a port",
    wrong: [7, "", "a:80", "a b", "-a", "a-", "http://a", "a/b", "fd00::1", "[fd00::1]"],
    right: ["a", "redis.shop.svc", "10.0.0.1", "A-b_c"],
  },
  {
    of: /redis\.targets\[\]\.username$/,
    allowed: "letters, digits, _, . and -",
    wrong: [7, "", "a b", "a:b", "a@b"],
    right: ["a", "A.b_c-9"],
  },
  {
    of: /targets\[\]\.database$/,
    allowed: "letters, digits, _ and -",
    wrong: [7, "", "a.b", "a b", "a?b"],
    right: ["a", "A_b-9"],
  },
  {
    of: /sslmode$/,
    allowed: "disable, require, verify-full",
    wrong: [7, "", "prefer"],
    right: ["disable", "require", "verify-full"],
  },
  {
    of: /postgres\.targets\[\]\.username$/,
    allowed: "the name of a role that may read pg_monitor's views",
    wrong: [7, "", " "],
    right: ["a", "a b"],
  },
  {
    of: /redis\.targets\[\]\.password$/,
    allowed: "the server's password",
    wrong: [7, "", " "],
    right: ["a b"],
  },
  {
    of: /postgres\.targets\[\]\.password$/,
    allowed: "the role's password",
    wrong: [7, "", " "],
    right: ["a b"],
  },
  {
    of: /receivers\[\]\.name$/,
    allowed: "a name that routes can refer to",
    wrong: [7, "", " "],
  },
  {
    of: /slack\.url$/,
    allowed: "the URL of a Slack incoming webhook",
    wrong: noUrls,
    right: ["https://hooks.slack.com/services/A/B/c"],
  },
  {
    of: /slack\.channel$/,
    allowed: 'a channel in quotes such as "#alerts", a person such as "@anna", or an id such as C0123456789',
    wrong: [7, null, "", "alerts", "#", "# a", "@", "#a b", "a #b"],
    right: ["#alerts", "@anna", "C0123456789"],
  },
  {
    of: /(email\.to|smtp\.from)$/,
    allowed: "an e-mail address",
    wrong: noEmails,
    right: ["a.b+c@d.example.org"],
  },
  {
    of: /(webhook|heartbeat)\.url$|extraAlerts\[\]\.runbookUrl$/,
    allowed: URL,
    wrong: noUrls,
    right: ["http://a.org", "https://a.org:8443/b?c=d"],
  },
  {
    of: /^alerting\.runbookUrl$/,
    allowed: URL,
    wrong: noUrls.filter((one) => one !== null),
    right: ["http://a.org", "https://a.org:8443/b?c=d", null],
  },
  {
    of: /routingKey$/,
    allowed: "the integration key of a PagerDuty service",
    wrong: [7, "", "two words"],
  },
  {
    of: /routes\[\]\.namespace$/,
    allowed: `a namespace: ${DNS}`,
    wrong: noNames,
    right: names,
  },
  {
    of: /^alerting\.teams\[\]\.name$/,
    allowed: "letters, digits, - and _, at most 63 of them",
    wrong: [7, "", "a b", "a.b", 'a"', "$1", "x".repeat(64)],
    right: ["a", "Team_9-b", "x".repeat(63)],
  },
  {
    of: /^alerting\.teams\[\]\.(namespaces|services)$/,
    allowed: "a list",
    wrong: ["a", { a: "b" }, 7, null],
    right: [["a", "b-9"]],
  },
  { of: /routes\[\]\.service$/, allowed: `a service name: ${DNS}`, wrong: noNames, right: names },
  { of: /muteTimings\[\]\.name$/, allowed: "a name that routes can refer to", wrong: [7, "", " "] },
  {
    of: /muteTimings\[\]\.times\[\]\.(start|end)$/,
    allowed: "a time in quotes from 00:00 to 24:00",
    wrong: [1320, "", "24:01", "9:00", "22:60", "22.00", "noon"],
    right: ["22:30"],
  },
  {
    of: /muteTimings\[\]\.weekdays$/,
    allowed: "one day or more",
    wrong: [[]],
    right: [["monday", "sunday"]],
  },
  {
    of: /muteTimings\[\]\.timeZone$/,
    allowed: "the name of a time zone, such as Asia/Seoul or UTC",
    wrong: [9, "", "Seoul", "UTC+25", "+09:00", "asia/seoul", "Asia/SEOUL"],
    right: ["Asia/Seoul", "UTC"],
  },
  {
    of: /(routes|extraAlerts)\[\]\.severity$/,
    allowed: "critical, warning",
    wrong: [7, "", "page"],
    right: ["critical"],
  },
  {
    of: /(heartbeat\.interval|groupWait|\.for)$/,
    allowed: DURATION,
    wrong: noDurations,
    right: ["1s", "10m", "520w"],
  },
  { of: /groupInterval$/, allowed: DURATION, wrong: noDurations, right: ["1s", "4h"] },
  { of: /repeatInterval$/, allowed: DURATION, wrong: noDurations, right: ["5m", "520w"] },
  {
    of: /smarthost$/,
    allowed: "host:port with a port from 1 to 65535, such as smtp.example.org:587",
    wrong: [7, "", "a.org", "a.org:", ":587", "a.org:0", "a.org:65536", "a.org:smtp", "a b:25", "a.org:25x"],
    right: ["a:25", "a.org:1", "smtp.example.org:65535", "[::1]:25"],
  },
  { of: /smtp\.username$/, allowed: "the user name at the mail server", wrong: [7, "", " "], right: ["a@b"] },
  {
    of: /registryLogin\.username$/,
    allowed: "the name of a user at the registry",
    wrong: [7, "", " "],
    right: ["AWS", "robot$team+pull"],
  },
  {
    of: /registryLogin\.password$/,
    allowed: "the password or token at the registry",
    wrong: [7, "", " "],
    right: ["a b"],
  },
  { of: /smtp\.password$/, allowed: "the mail server's password", wrong: [7, "", " "], right: ["a b"] },
  {
    of: /rules\..*\.threshold$/,
    allowed: "a fraction above 0 and up to 1, such as 0.05 for 5 %",
    wrong: ["5%", 0, -1, 1.01, 5],
    right: [0.001, 1],
  },
  { of: /highLatency\.seconds$/, allowed: "seconds above 0", wrong: ["2s", 0, -1], right: [0.1, 30] },
  {
    of: /(volumeFilling\.within|certificateAboutToEnd\.within|retentionNotApplied\.after)$/,
    allowed: DURATION,
    wrong: noDurations,
  },
  {
    of: /sloErrorBudgetBurn\.events$/,
    allowed: "a whole number of events, 1 or more",
    wrong: ["5", 0, 1.5],
    right: [1, 50],
  },
  {
    of: /podCrashLooping\.restarts$/,
    allowed: "a whole number of restarts, 1 or more",
    wrong: ["5", 0, 1.5],
    right: [1, 50],
  },
  {
    of: /podCrashLooping\.window$/,
    allowed: `${DURATION}; at least 5m, within which there are four scrapes or more`,
    wrong: noDurations,
    right: ["5m", "1h"],
  },
  {
    of: /(manyServerErrors\.count|highErrorRate\.errors)$/,
    allowed: "a whole number of answers, 1 or more",
    wrong: ["100", 0, 1.5],
    right: [1, 5000],
  },
  {
    of: /highLatency\.requests$/,
    allowed: "a whole number of requests, 1 or more",
    wrong: ["20", 0, 1.5],
    right: [1, 5000],
  },
  {
    of: /pendingPods\.count$/,
    allowed: "a whole number of pods, 0 or more",
    wrong: ["5", -1, 1.5],
    right: [0, 50],
  },
  {
    of: /\.s3\.bucket$/,
    allowed:
      "the name of a bucket: 3 to 63 lower-case letters, digits, . and -, a letter or digit at both ends",
    wrong: [7, "", "ab", "Bucket", "a_b", "-ab", "ab-", "s3://lines", "x".repeat(64)],
    right: ["abc", "my.lines-2", "x".repeat(63)],
  },
  {
    of: /\.(s3|amp)\.region$/,
    allowed: "an AWS region such as ap-northeast-2",
    wrong: [7, "", "seoul", "ap-northeast", "AP-northeast-2", "ap_northeast_2"],
    right: ["us-gov-west-1", "ap-northeast-2"],
  },
  {
    of: /\.s3\.endpoint$/,
    allowed: "scheme, host and port alone, such as https://observability.example.org",
    wrong: [7, "minio.minio.svc:9000", "http://minio/lines", "s3://minio"],
    right: ["https://s3.example.org", "http://minio.minio.svc:9000"],
  },
  {
    of: /\.(s3|amp)\.roleArn$/,
    allowed: "the ARN of a role, such as arn:aws:iam::123456789012:role/loki",
    wrong: [7, "", "loki", "arn:aws:iam::1:role/loki", "arn:aws:iam::123456789012:user/loki"],
  },
  { of: /\.s3\.accessKeyId$/, allowed: "an access key id", wrong: [7, "", "a b c"] },
  { of: /\.s3\.secretAccessKey$/, allowed: "the access key's secret", wrong: [7, "", "short"] },
  {
    of: /^metrics\.amp\.url$/,
    allowed:
      "the workspace's https:// address up to its id, such as https://aps-workspaces.ap-northeast-2.amazonaws.com/workspaces/ws-1a2b3c4d",
    wrong: [
      ...[7, "", "ws-1", "http://aps.example.org/workspaces/ws-1", "https://aps.example.org"],
      ...["https://aps.example.org/workspaces/ws-1/api/v1/remote_write", "https://a b/workspaces/ws-1"],
      "https://aps.example.org:200000/workspaces/ws-1",
    ],
    right: ["https://aps.example.org/workspaces/ws-1", "https://aps.example.org:8443/workspaces/ws-1/"],
  },
  {
    of: /^metrics\.amp\.shards$/,
    allowed: "a whole number of requests, 1 or more",
    wrong: ["5", 0, 1.5],
    right: [1, 50],
  },
  { of: /^(metrics|grafana)\.replicas$/, allowed: "1 or 2", wrong: [0, 3, "2"], right: [2] },
  { of: /^(logs|alerting)\.replicas$/, allowed: "1 or 3", wrong: [0, 2, 4, "3"], right: [3] },
  {
    of: /^logs\.elasticsearch\.replicas$/,
    allowed: "1 or 3: of two, the loss of either would stop both",
    wrong: [0, 2, 4, "3"],
    right: [1],
  },
  {
    of: /^slo\.window$/,
    allowed: `${DURATION}; at least 7d, at most 90d`,
    wrong: [...noDurations, "6d", "91d"],
    right: ["7d", "90d"],
  },
  {
    of: /^slo\..*objective$/,
    allowed: "a share above 0 and below 1, such as 0.999 for 99.9 %",
    wrong: ["0.9", 0, 1, 99.9, -1, null],
    right: [0.5, 0.9999],
  },
  {
    of: /^alerting\.extraAlerts\[\]\.name$/,
    allowed: "letters, digits and _ after a letter, such as OrdersStuck",
    wrong: [7, "", "7up", "a b", "a-b", "x".repeat(101)],
    right: ["a", "A_7", "x".repeat(100)],
  },
  {
    of: /^alerting\.extraAlerts\[\]\.metrics$/,
    allowed: "an expression such as sum by (namespace) (orders_waiting) > 100",
    wrong: [7, "", "a >", "sum by (a", "nothing(a)", "a > 1 )", "a[5m]", "rate(a)"],
    right: ["a > 1\nor\nb", 'absent(up{job="a"})'],
  },
  {
    of: /^alerting\.extraAlerts\[\]\.logs$/,
    allowed:
      'an expression that counts lines, such as sum by (namespace, app) (count_over_time({app="shop"} |= "refused" [5m])) > 0',
    wrong: [7, "", "a > 1", 'rate({app="a"}[5m]'],
  },
  {
    of: /^alerting\.extraAlerts\[\]\.lucene\.query$/,
    allowed: 'a query in Lucene\'s language, such as app:"shop" AND message:"card refused"',
    wrong: [7, "", " "],
    right: ["level:(error OR fatal)", "*"],
  },
  {
    of: /^alerting\.extraAlerts\[\]\.lucene\.count$/,
    allowed: "a whole number of lines, 1 or more",
    wrong: ["1", 0, 1.5],
    right: [1, 1000],
  },
  {
    of: /^alerting\.extraAlerts\[\]\.lucene\.within$/,
    allowed: `${DURATION}; at least 1m, since Grafana asks every 30 seconds`,
    wrong: noDurations,
    right: ["1m"],
  },
  {
    of: /^alerting\.extraAlerts\[\]\.summary$/,
    allowed: "a sentence that says what is wrong",
    wrong: [7, "", " "],
    right: ["{{ $labels.a }}: {{$value|humanize}}", "{ }"],
  },
  {
    of: /^alerting\.extraAlerts\[\]\.description$/,
    allowed: "what else one should know",
    wrong: [7, "", " "],
    right: ["a"],
  },
  { of: /^slo\..*seconds$/, allowed: "seconds above 0", wrong: ["1", 0, -1], right: [0.25, 30] },
  { of: /^slo\.objectives\[\]\.name$/, allowed: `a name: ${DNS}`, wrong: noNames, right: names },
  { of: /^slo\.objectives\[\]\.service$/, allowed: `a service name: ${DNS}`, wrong: noNames },
  {
    of: /^slo\.objectives\[\]\.namespace$/,
    allowed: `the namespace the service lives in: ${DNS}`,
    wrong: noNames,
  },
  {
    of: /^slo\.objectives\[\]\.histogram$/,
    allowed: "a histogram without _bucket, such as queue_wait_seconds",
    wrong: [7, "", "a b", 'a{b="c"}'],
    right: ["a:b_c"],
  },
  {
    of: /^slo\.objectives\[\]\.(bad|total)$/,
    allowed:
      'a counter, with matchers or without, such as payments_total or payments_total{outcome="declined"}',
    wrong: [
      7,
      "",
      "a b",
      "rate(a[5m])",
      "a{b",
      "a{}",
      "a{b}",
      "a{b=c}",
      'a{b="c}',
      'a{b="c",}',
      'a{b="c"\n}',
      'a{b="\n"}',
    ],
  },
  {
    of: /^logs\.backend$/,
    allowed: "loki, elasticsearch",
    wrong: [7, "", "lokki"],
    right: ["loki", "elasticsearch"],
  },
  {
    of: /^logs\.collector$/,
    allowed: "alloy, promtail, filebeat",
    wrong: [7, "", "aloy"],
    right: ["alloy", "promtail", "filebeat"],
  },
  {
    of: /^tracing\.backend$/,
    allowed: "tempo, jaeger, zipkin",
    wrong: [7, "", "temp"],
    right: ["tempo", "jaeger", "zipkin"],
  },
  {
    of: /^tracing\.jaeger\.storage$/,
    allowed: "badger, elasticsearch",
    wrong: [7, "", "memory"],
    right: ["badger", "elasticsearch"],
  },
  {
    of: /^tracing\.zipkin\.storage$/,
    allowed: "memory, elasticsearch",
    wrong: [7, "", "badger"],
    right: ["memory", "elasticsearch"],
  },
  {
    of: /^tracing\.zipkin\.maxSpans$/,
    allowed: "a whole number of spans, 1 or more",
    wrong: ["9", 0, 1.5, null],
    right: [1, 32_768],
  },
  {
    of: /^tracing\.tailSampling\.slowerThan$/,
    allowed: `${DURATION}; at most 5m`,
    wrong: [...noDurations, "301s"],
    right: ["59s", "1s", null],
  },
  {
    of: /^tracing\.tailSampling\.percent$/,
    allowed: "a number from 0 to 100, such as 10 for one in ten",
    wrong: ["10", -1, 100.1, null],
    right: [0, 0.5, 100],
  },
  {
    of: /^tracing\.tailSampling\.(decisionWait|longestTrace)$/,
    allowed: `${DURATION}; at most 5m, since all traces are in memory meanwhile`,
    wrong: [...noDurations, "301s"],
    right: ["11s", "59s"],
  },
  {
    of: /^tracing\.tailSampling\.replicas$/,
    allowed: "a whole number of pods, 1 or more",
    wrong: ["2", 0, 1.5, null],
    right: [1, 7],
  },
  {
    of: /probability$/,
    allowed: "a number from 0 to 1, such as 0.1 for one trace in ten",
    wrong: ["0.1", -0.1, 1.1, 10],
    // Less is refused with tail sampling, which the baseline has.
    right: [1],
  },
  {
    of: /rotation$/,
    allowed:
      "any text that is not empty, such as a date; a number with a dot in quotes; another text makes a new password",
    wrong: ["", " ", 1.5, true],
    right: ["1", "2026-01-01", 2],
  },
  {
    of: /^grafana\.database\.host$/,
    allowed: "a host name or IPv4 address, without a port",
    wrong: [7, "", "pg:5432", "postgres://pg", "pg.", "a b", "fd00::1"],
    right: ["pg.shop.svc", "10.0.0.1", "a"],
  },
  ...Object.entries({ name: "the name of a database", username: "the name of a role" }).map(
    ([key, what]): Row => ({
      of: new RegExp(`^grafana\\.database\\.${key}$`),
      allowed: `${what}: letters, digits, _, . and -`,
      wrong: [7, "", "a b", "a$b", "a'", "100%"],
      right: ["a", "grafana_prod-1.b"],
    }),
  ),
  {
    of: /^grafana\.oidc\.ca$/,
    allowed: "certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
    wrong: [7, "", "/etc/ssl/ca.pem", AUTHORITY.slice(0, 400), AUTHORITY + AUTHORITY.slice(0, 400)],
    right: [AUTHORITY, `# Of the platform\n${AUTHORITY}${AUTHORITY}`],
  },
  {
    of: /^(grafana\.database|metrics\.postgres\.targets\[\])\.ca$/,
    allowed: "certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
    wrong: [7, "", AUTHORITY.slice(0, 400)],
    // Without sslmode: verify-full, which the baseline has not, any is refused.
    right: [],
  },
  {
    of: /^grafana\.database\.password$/,
    allowed:
      "the role's password, without spaces, quotes, \\, $ and %, which Grafana does not hand on as they are",
    wrong: [7, "", "a b", "a$b", "a'b", 'a"b', "a\\b", "100%", "a\n"],
    right: ["p#w;d:/?@=&!~{}", "팀"],
  },
  ...Object.entries({
    name: "the text of the button",
    clientId: "the client's id",
    clientSecret: "the client's secret",
  }).map(([key, what]): Row => ({
    of: new RegExp(`^grafana\\.oidc\\.${key}$`),
    allowed: `${what}, without $ and %`,
    wrong: [7, "", " ", " a", "a\n", "a$b", "100%"],
    right: ["a", "A b-c_9~.", "팀"],
  })),
  {
    of: /^grafana\.oidc\.(auth|token|api)Url$/,
    allowed: "an https:// URL",
    wrong: [...noUrls, "http://a.org/token", "http://localhost/token"],
    right: ["https://a.org", "https://a.org:8443/realms/a/protocol/openid-connect/token?b=c"],
  },
  { of: /^grafana\.oidc\.scopes$/, allowed: "a list", wrong: ["openid", 7, null], right: [["openid"]] },
  {
    of: /^grafana\.oidc\.groupsClaim$/,
    allowed: "the name of a claim",
    wrong: [7, "", " ", "a\n", "x".repeat(256)],
    right: ["a", "cognito:groups", "https://a.org/groups"],
  },
  {
    of: /^grafana\.oidc\.roles\[\]\.group$/,
    allowed: "the name of a group, as the provider spells it",
    wrong: [7, "", " ", "a\n", "x".repeat(256)],
    right: ["a", "/team/a", "CN=a,OU=b", "x".repeat(255)],
  },
  {
    of: /^grafana\.oidc\.roles\[\]\.role$/,
    allowed: "Admin, Editor, Viewer",
    wrong: [7, "", "admin", "GrafanaAdmin", "None"],
    right: ["Viewer"],
  },
  {
    of: /^grafana\.oidc\.roles\[\]\.organisation$/,
    allowed:
      'the name of an organisation of Grafana, or its number in quotes such as "2": letters, digits, spaces, ., _ and -',
    wrong: [2, "", " ", "*", "a:b", "a,b", "-a", "x".repeat(101)],
    right: ["2", "Shop floor", "a"],
  },
  {
    of: /^grafana\.folders\./,
    allowed: "any text that is not empty, of at most 100 characters, without $, and not General",
    wrong: [7, "", " ", "General", "general", "$x", "a\tb", "x".repeat(101)],
    right: ["a", "Über uns", "Generals", "x".repeat(100)],
  },
  {
    of: /^edge\.url$/,
    allowed: "scheme, host and port alone, such as https://observability.example.org",
    wrong: [...noUrls, "https://a.org/b", "https://a.org?b"],
    right: ["http://localhost:8080", "https://a.org/"],
  },
  {
    of: /^(edge|logs\.elasticsearch)\.tls\.secretName$/,
    allowed: `the name of a Secret: ${LONG_DNS}`,
    wrong: noLongNames,
    right: ["a", "a.b-c"],
  },
  {
    of: /^edge\.ingress\.className$/,
    allowed: `the name of an IngressClass: ${LONG_DNS}`,
    wrong: noLongNames,
    right: ["a", "a.b-c"],
  },
  {
    of: /^edge\.ingress\.scheme$/,
    allowed: "internal, internet-facing",
    wrong: [7, "", "public", "Internal"],
    right: ["internal", "internet-facing"],
  },
  {
    of: /^edge\.ingress\.certificateArn$/,
    allowed: "the ARN of a certificate in ACM, such as arn:aws:acm:us-east-1:123456789012:certificate/ID",
    wrong: [
      ...[
        7,
        "",
        "certificate/a",
        "arn:aws:acm:us-east-1:1234:certificate/a",
        "arn:aws:acm:us-east-1:123456789012:a/b",
      ],
      "arn:aws:iam::123456789012:server-certificate/a",
    ],
    right: ["arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/0a-1b"],
  },
];

/** What its own row of another test checks: it is compared with other keys. */
const elsewhere = ["alerting.routes[].team", "alerting.routes[].receiver", "alerting.routes[].mute"];

const rowsOf = (key: string) => table.filter(({ of }) => of.test(key));

test("every key has one row, and every row a key", () => {
  const missing = [...keys.keys()].filter((key) => rowsOf(key).length !== 1);
  expect(missing).toEqual(elsewhere);
  expect(table.filter(({ of }) => ![...keys.keys()].some((key) => of.test(key)))).toEqual([]);
});

/** The settings of the other tests, with this value in this place. */
function given(key: string, value: unknown): Record<string, unknown> {
  const settings = structuredClone(baseline) as Record<string, unknown>;
  const parts = key.replaceAll("[]", ".0").split(".");
  const last = parts.pop()!;
  const parent = parts.reduce((object, part) => (object[part] ??= {}) as Record<string, unknown>, settings);
  parent[last] = value;
  // Another backend with Tempo's bucket is refused.
  const [, backend] = /^(?:tracing|overrides)\.(backend|zipkin|jaeger)/.exec(key) ?? [];
  if (backend)
    Object.assign(settings.tracing as object, { s3: null, ...(backend === "backend" ? {} : { backend }) });
  // What is Loki's is refused with Elasticsearch, which Filebeat alone sends to.
  if (/^logs\.elasticsearch/.test(key) || ["elasticsearch", "filebeat"].includes(String(value)))
    settings.logs = {
      ...(settings.logs as object),
      ...{ s3: null, backend: "elasticsearch", collector: "filebeat" },
      ...(/^logs\.(backend|collector)$/.test(key) ? { [last]: value } : {}),
    };
  // What is off has no other settings.
  const [, kept, off] = /^(logs\.elasticsearch\.(kibana|logstash))\.(?!enabled)/.exec(key) ?? [];
  if (kept) {
    const { elasticsearch } = settings.logs as { elasticsearch: Record<string, object> };
    elasticsearch[off] = { enabled: true, ...elasticsearch[off] };
  }
  if (key.startsWith("alerting.extraAlerts[].lucene")) {
    const [own] = (settings.alerting as { extraAlerts: { lucene: object }[] }).extraAlerts;
    Object.assign(own, { metrics: undefined, for: undefined, lucene: { query: "*", ...own.lucene } });
    settings.logs = { backend: "elasticsearch" };
  }
  // Another service or none would have no objective.
  if (key.startsWith("services")) delete settings.slo;
  // Others of its keys allow fewer.
  if (["edge.url", "edge.anonymous"].includes(key)) settings.edge = { [last]: value };
  // Single sign-on needs the edge.
  if (/^(platform|edge\.)/.test(key)) delete settings.grafana;
  return settings;
}

function refusal(key: string, value: unknown): string {
  try {
    settingsOf(given(key, value), "kind");
  } catch (error) {
    return (error as Error).message;
  }
  return "taken";
}

const cases = [...keys.keys()].flatMap((key) => rowsOf(key).map((row) => [key, row] as const));

test.each(cases)("%s", (key, { allowed, wrong, right = [] }) => {
  const name = key.replaceAll("[]", "[0]");
  for (const value of wrong) {
    const lines = refusal(key, value).split("\n");
    const line = lines.find((one) => one.startsWith(`  observability:${name} `));
    expect([value, line?.split("; allowed: ").slice(1).join("; allowed: ")]).toEqual([value, allowed]);
  }
  for (const value of right) expect([value, refusal(key, value)]).toEqual([value, "taken"]);
});
