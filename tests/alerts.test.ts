import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ruleFiles, ruleGroups } from "../alerts";
import { settingsOf } from "../config/settings";
import { stackOf } from "../programs";

const services = [{ name: "board-service", namespace: "shop", port: 8000 }];
const metrics = {
  amp: { url: "https://aps.example.org/workspaces/ws-1", region: "us-east-1" },
  redis: { targets: [{ name: "queue", host: "redis" }] },
  postgres: { targets: [{ name: "orders", host: "postgres", username: "u", password: "p" }] },
};
const edge = { url: "https://ops.example.org", tls: { secretName: "certificate" } };
/** Everything that brings alerts of its own is on. */
const settingsWith = (rules: object = {}, more: object = {}) =>
  settingsOf({ services, metrics, edge, alerting: { rules, replicas: 3 }, ...more }, "kind");
const alertsOf = (settings = settingsWith()) =>
  ruleGroups(stackOf(settings, "kind"))
    .flatMap(({ rules }) => rules)
    .filter((rule) => rule.alert);
const alertNamed = (name: string, settings = settingsWith()) =>
  alertsOf(settings).find(({ alert }) => alert === name)!;

test("the alerts that there are, the watchdog last", () => {
  expect(alertsOf().map(({ alert, labels }) => `${alert} ${labels?.severity}`)).toEqual([
    "ServiceDown critical",
    "ServiceDown critical",
    "HighErrorRate critical",
    "ManyServerErrors warning",
    "CircuitBreakerOpen warning",
    "HighLatency critical",
    "SLOErrorBudgetBurn critical",
    "SLOErrorBudgetBurn warning",
    "PodCrashLooping critical",
    "HighMemory warning",
    "HighCPU warning",
    "DiskPressure warning",
    "DiskFull critical",
    "PendingPods warning",
    "NodeNotReady critical",
    "ReplicasMissing warning",
    "JobFailed warning",
    "VolumeFilling warning",
    "StackTargetDown critical",
    "StackProgramDown critical",
    "ConfigReloadFailed critical",
    "RulesFailing critical",
    "RulesLate warning",
    "CompactionFailing warning",
    "RemoteWriteFailing warning",
    "TargetLimitNear warning",
    "ScrapedTwice warning",
    "NotificationsFailing critical",
    "AlertmanagerMembersInconsistent warning",
    "RedisDown critical",
    "RedisMemoryNearLimit warning",
    "PostgreSQLDown critical",
    "PostgreSQLConnectionsNearLimit warning",
    "CertificateAboutToEnd warning",
    "LinesLost warning",
    "RetentionNotApplied warning",
    "StoreWritesFailing warning",
    "SpansLost warning",
    "SpanQueueFilling warning",
    "SpansLost warning",
    "CompactionFailing warning",
    "StoreWritesFailing warning",
    "RetentionNotApplied warning",
    "Watchdog none",
  ]);
});

test.each([
  [0.05, "More than 5 % for 5m"],
  [0.125, "More than 12.5 % for 5m"],
])("a share of %d is said in percent", (threshold, text) => {
  const settings = settingsWith({ highErrorRate: { threshold } });
  expect(alertNamed("HighErrorRate", settings).annotations?.description).toContain(text);
});

test("the runbook is where the settings say, else where the edge serves it, else nowhere", () => {
  const runbook = (given: object) =>
    alertNamed("ServiceDown", settingsWith({}, given)).annotations?.runbook_url;
  expect(runbook({ alerting: { runbookUrl: "https://wiki.example.org/runbook" } })).toBe(
    "https://wiki.example.org/runbook#servicedown",
  );
  expect(runbook({ edge: { url: "https://ops.example.org:8443" } })).toBe(
    "https://ops.example.org:8443/runbook#servicedown",
  );
  expect(runbook({ edge: { enabled: false } })).toBeUndefined();
});

test("each says what is wrong, how bad, where it comes from, and leads to a heading of the runbook", () => {
  const runbook = readFileSync(join(__dirname, "../alerts/RUNBOOK.md"), "utf8");
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  const settings = settingsWith({}, { environment: "test", region: "here" });
  for (const { alert, labels, annotations } of alertsOf(settings)) {
    expect(labels).toMatchObject({ env: "test", region: "here" });
    expect(annotations?.runbook_url).toBe(`https://ops.example.org/runbook#${alert!.toLowerCase()}`);
    expect([alert, labels?.severity]).toEqual([alert, expect.stringMatching(/^(critical|warning|none)$/)]);
    // A sentence each.
    for (const text of [annotations?.summary, annotations?.description])
      expect([alert, text]).toEqual([alert, expect.stringMatching(/\w.* \w+/)]);
    expect(annotations?.description).not.toBe(annotations?.summary);
  }
  expect(headings).toEqual([...new Set(alertsOf().map(({ alert }) => alert))]);
});

const changes: [name: string, rules: object, file: string, expected: object][] = [
  ["ServiceDown", { serviceDown: { for: "7m" } }, "services", { for: "7m" }],
  ["HighErrorRate", { highErrorRate: { threshold: 0.21 } }, "services", { expr: "> 0.21" }],
  ["HighErrorRate", { highErrorRate: { for: "7m" } }, "services", { for: "7m" }],
  ["ManyServerErrors", { manyServerErrors: { count: 42 } }, "services", { expr: ">= 42" }],
  ["HighErrorRate", { highErrorRate: { errors: 42 } }, "services", { expr: ">= 42" }],
  ["HighLatency", { highLatency: { requests: 42 } }, "services", { expr: ">= 42" }],
  ["HighLatency", { highLatency: { seconds: 3.5 } }, "services", { expr: "> 3.5" }],
  ["HighLatency", { highLatency: { for: "7m" } }, "services", { for: "7m" }],
  ["SLOErrorBudgetBurn", { sloErrorBudgetBurn: { events: 42 } }, "slo-windows", { expr: ">= 42" }],
  ["PodCrashLooping", { podCrashLooping: { restarts: 9 } }, "kubernetes", { expr: "> 9" }],
  ["PodCrashLooping", { podCrashLooping: { window: "45m" } }, "kubernetes", { expr: "[45m]" }],
  ["HighMemory", { highMemory: { threshold: 0.71 } }, "kubernetes", { expr: "> 0.71" }],
  ["HighMemory", { highMemory: { for: "7m" } }, "kubernetes", { for: "7m" }],
  ["HighCPU", { highCpu: { threshold: 0.71 } }, "kubernetes", { expr: "> 0.71" }],
  ["HighCPU", { highCpu: { for: "7m" } }, "kubernetes", { for: "7m" }],
  ["DiskPressure", { diskPressure: { threshold: 0.71 } }, "kubernetes", { expr: "> 0.71" }],
  ["DiskPressure", { diskPressure: { for: "7m" } }, "kubernetes", { for: "7m" }],
  ["DiskFull", { diskFull: { threshold: 0.97 } }, "kubernetes", { expr: "> 0.97" }],
  ["DiskFull", { diskFull: { for: "7m" } }, "kubernetes", { for: "7m" }],
  ["PendingPods", { pendingPods: { count: 4 } }, "kubernetes", { expr: "> 4" }],
  ["PendingPods", { pendingPods: { for: "7m" } }, "kubernetes", { expr: ">= 420," }],
  ["CircuitBreakerOpen", { circuitBreakerOpen: { for: "7m" } }, "services", { for: "7m" }],
  ["NodeNotReady", { nodeNotReady: { for: "7m" } }, "kubernetes", { for: "7m" }],
  ["ReplicasMissing", { replicasMissing: { for: "7m" } }, "kubernetes", { for: "7m" }],
  ["JobFailed", { jobFailed: { for: "7m" } }, "kubernetes", { for: "7m" }],
  ["VolumeFilling", { volumeFilling: { for: "7m" } }, "kubernetes", { for: "7m" }],
  ["VolumeFilling", { volumeFilling: { within: "2d" } }, "kubernetes", { expr: ", 172800)" }],
  ["VolumeFilling", { volumeFilling: { threshold: 0.97 } }, "kubernetes", { expr: "> 0) > 0.97" }],
  ["RulesFailing", { rulesFailing: { for: "7m" } }, "prometheus", { for: "7m" }],
  ["RemoteWriteFailing", { remoteWriteFailing: { for: "7m" } }, "prometheus", { for: "7m" }],
  ["TargetLimitNear", { targetLimitNear: { for: "7m" } }, "prometheus", { for: "7m" }],
  ["TargetLimitNear", { targetLimitNear: { threshold: 0.97 } }, "prometheus", { expr: "> 0.97" }],
  ["ScrapedTwice", { scrapedTwice: { for: "7m" } }, "prometheus", { for: "7m" }],
  ["NotificationsFailing", { notificationsFailing: { for: "7m" } }, "alertmanager", { for: "7m" }],
  [
    "AlertmanagerMembersInconsistent",
    { alertmanagerMembersInconsistent: { for: "7m" } },
    "alertmanager",
    { for: "7m" },
  ],
  ["LinesLost", { linesLost: { for: "7m" } }, "loki", { for: "7m" }],
  ["RetentionNotApplied", { retentionNotApplied: { for: "7m" } }, "loki, tempo", { for: "7m" }],
  ["RetentionNotApplied", { retentionNotApplied: { after: "2h" } }, "loki", { expr: "> 7200" }],
  ["SpanQueueFilling", { spanQueueFilling: { for: "7m" } }, "collector", { for: "7m" }],
  ["SpanQueueFilling", { spanQueueFilling: { threshold: 0.97 } }, "collector", { expr: "> 0.97" }],
  ["SpansLost", { spansLost: { for: "7m" } }, "collector, tempo", { for: "7m" }],
  ["RulesLate", { rulesLate: { for: "7m" } }, "prometheus", { for: "7m" }],
  ["CompactionFailing", { compactionFailing: { for: "7m" } }, "prometheus, tempo", { for: "7m" }],
  ["StoreWritesFailing", { storeWritesFailing: { for: "7m" } }, "loki, tempo", { for: "7m" }],
  ["StackTargetDown", { stackTargetDown: { for: "7m" } }, "stack", { for: "7m" }],
  ["ConfigReloadFailed", { configReloadFailed: { for: "7m" } }, "stack", { for: "7m" }],
  ["RedisDown", { redisDown: { for: "7m" } }, "redis", { for: "7m" }],
  ["PostgreSQLDown", { postgresDown: { for: "7m" } }, "postgres", { for: "7m" }],
  ["RedisMemoryNearLimit", { redisMemory: { for: "7m" } }, "redis", { for: "7m" }],
  ["RedisMemoryNearLimit", { redisMemory: { threshold: 0.97 } }, "redis", { expr: "> 0.97" }],
  ["PostgreSQLConnectionsNearLimit", { postgresConnections: { for: "7m" } }, "postgres", { for: "7m" }],
  [
    "PostgreSQLConnectionsNearLimit",
    { postgresConnections: { threshold: 0.97 } },
    "postgres",
    { expr: "> 0.97" },
  ],
  ["CertificateAboutToEnd", { certificateAboutToEnd: { for: "7m" } }, "certificates", { for: "7m" }],
  [
    "CertificateAboutToEnd",
    { certificateAboutToEnd: { within: "3d" } },
    "certificates",
    { expr: "< 259200" },
  ],
];

test.each(changes)("%s follows %j and only %s.yaml changes", (name, rules, file, expected) => {
  const before = ruleFiles(stackOf(settingsWith(), "kind"));
  const after = ruleFiles(stackOf(settingsWith(rules), "kind"));
  for (const [field, text] of Object.entries(expected)) {
    expect(alertNamed(name)[field as "expr" | "for"] ?? "").not.toContain(text);
    expect(alertNamed(name, settingsWith(rules))[field as "expr" | "for"]).toContain(text);
  }
  expect(Object.keys(after).filter((key) => after[key] !== before[key])).toEqual(
    file.split(", ").map((name) => `${name}.yaml`),
  );
});

test("without targets nothing is asked of Redis and PostgreSQL", () => {
  const names = alertsOf(settingsOf({ services }, "kind")).map(({ alert }) => alert);
  expect(names).toContain("StackTargetDown");
  expect(names).not.toContain("RedisDown");
  expect(names).not.toContain("PostgreSQLDown");
  expect(names).not.toContain("RemoteWriteFailing");
  expect(names).not.toContain("CertificateAboutToEnd");
  expect(names).not.toContain("AlertmanagerMembersInconsistent");
});

/** What the alert on programs without metrics of their own asks about. */
const askedOfKubernetes = (given: Record<string, unknown>) =>
  [
    ...(
      alertsOf(settingsOf(given, "kind")).find(({ alert }) => alert === "StackProgramDown")?.expr ?? ""
    ).matchAll(/status_\w+\{namespace=~"([\w|-]+)", (\w+)=~"([\w|-]+)"\}/g),
  ]
    .map(([, namespace, kind, names]) => [namespace, kind, names.split("|").sort().join()])
    .filter(([, kind], index, all) => all.findIndex(([, other]) => other === kind) === index);

test("of programs that have no metrics Kubernetes tells whether they serve", () => {
  expect(askedOfKubernetes({})).toEqual([["observability", "deployment", "edge"]]);
  expect(askedOfKubernetes({ edge: { enabled: false } })).toEqual([]);
  const elasticsearch = { logstash: { enabled: true }, kibana: { enabled: true } };
  expect(askedOfKubernetes({ logs: { backend: "elasticsearch", elasticsearch } })).toEqual([
    ["observability", "deployment", "edge,kibana"],
    ["observability", "statefulset", "elasticsearch,logstash"],
    ["observability-agents", "daemonset", "filebeat"],
  ]);
});

test("how long each waits by default", () => {
  const settings = settingsWith();
  expect(alertsOf(settings).map(({ alert, for: wait }) => [alert, wait])).toEqual([
    ["ServiceDown", "5m"],
    // It looks back so far.
    ["ServiceDown", undefined],
    ["HighErrorRate", "5m"],
    ["ManyServerErrors", undefined],
    ["CircuitBreakerOpen", "5m"],
    ["HighLatency", "10m"],
    ["SLOErrorBudgetBurn", undefined],
    ["SLOErrorBudgetBurn", undefined],
    ["PodCrashLooping", undefined],
    ["HighMemory", "10m"],
    ["HighCPU", "10m"],
    ["DiskPressure", "5m"],
    ["DiskFull", "5m"],
    // It reads how old the pods are.
    ["PendingPods", undefined],
    ["NodeNotReady", "5m"],
    ["ReplicasMissing", "15m"],
    ["JobFailed", "5m"],
    ["VolumeFilling", "1h"],
    ["StackTargetDown", "5m"],
    ["StackProgramDown", "5m"],
    ["ConfigReloadFailed", "5m"],
    ["RulesFailing", "10m"],
    ["RulesLate", "15m"],
    ["CompactionFailing", "15m"],
    ["RemoteWriteFailing", "10m"],
    ["TargetLimitNear", "15m"],
    ["ScrapedTwice", "15m"],
    ["NotificationsFailing", "10m"],
    ["AlertmanagerMembersInconsistent", "15m"],
    ["RedisDown", "5m"],
    ["RedisMemoryNearLimit", "10m"],
    ["PostgreSQLDown", "5m"],
    ["PostgreSQLConnectionsNearLimit", "5m"],
    ["CertificateAboutToEnd", "15m"],
    ["LinesLost", "5m"],
    ["RetentionNotApplied", "15m"],
    ["StoreWritesFailing", "15m"],
    ["SpansLost", "5m"],
    ["SpanQueueFilling", "5m"],
    ["SpansLost", "5m"],
    ["CompactionFailing", "15m"],
    ["StoreWritesFailing", "15m"],
    ["RetentionNotApplied", "15m"],
    ["Watchdog", undefined],
  ]);
});
