/** A namespace of its own, so that what it holds back is its own. */
export const FAULTS = "faults";

/** What the objects of faulty.ts and the stack's own faults raise: alert, and labels that tell it from another one of that name. */
export const raised: [alert: string, labels: Record<string, string>][] = [
  ["PodCrashLooping", { namespace: FAULTS, container: "crasher" }],
  ["HighMemory", { namespace: FAULTS, container: "hog" }],
  ["HighCPU", { namespace: FAULTS, container: "spinner" }],
  ["PendingPods", { namespace: FAULTS }],
  ["ReplicasMissing", { namespace: "ticketing", deployment: "unready" }],
  ["JobFailed", { namespace: FAULTS, job_name: "nightly" }],
  ["NodeNotReady", { node: "away" }],
  ["DiskFull", {}],
  ["RedisDown", { instance: "missing" }],
  ["RedisMemoryNearLimit", { instance: "queue" }],
  ["PostgreSQLDown", { instance: "missing" }],
  ["PostgreSQLConnectionsNearLimit", { instance: "orders" }],
  ["StackTargetDown", { job: "alloy-events" }],
  ["RulesFailing", { rule_group: "/etc/prometheus/rules/own.yaml;own" }],
  ["TargetLimitNear", { scrape_job: "applications" }],
  ["ScrapedTwice", { namespace: "ticketing" }],
  ["NotificationsFailing", { receiver_name: "closed", integration: "webhook" }],
  ["LinesLost", { reason: "greater_than_max_sample_age" }],
  ["SpanQueueFilling", {}],
];
