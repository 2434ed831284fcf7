import { alert, type RuleGroup } from "../alerts/alert";
import type { Settings } from "../config/schema";
import { json } from "../config/yaml";
import type { Program } from "./program";
import { targetsJob } from "./targets";

const SECRETS = "/etc/redis-exporter";

type Target = Settings["metrics"]["redis"]["targets"][number];

/** As the exporter is asked, and as its passwords are found. */
const urlOf = ({ username, host, port }: Target) =>
  `redis://${username ? `${username}@` : ""}${host}:${port}`;

/** Redis servers as metrics. */
export const redisExporter: Program = {
  name: "redis-exporter",
  component: "metrics",
  workload: "Deployment",
  image: "redis-exporter",
  go: true,
  user: 59000,
  enabled: ({ metrics }) => metrics.redis.targets.length > 0,
  ports: () => ({ http: 9121 }),
  telemetry: () => [{ port: "http" }],
  calls: ({ settings }) => [
    {
      to: "elsewhere",
      hosts: settings.metrics.redis.targets.map(({ host }) => host),
      ports: settings.metrics.redis.targets.map(({ port }) => port),
      why: "asks the servers",
    },
  ],
  // No server of its own to ask: Prometheus names each.
  args: () => ["--redis.addr=", `--redis.password-file=${SECRETS}/passwords.json`],
  secrets: ({ settings }) => {
    const { targets } = settings.metrics.redis;
    const passwords = Object.fromEntries(targets.map((one) => [urlOf(one), one.password ?? ""]));
    return [{ name: "passwords", path: SECRETS, values: { "passwords.json": json(passwords) } }];
  },
  probes: () => ({
    ready: { path: "/health", port: "http", delay: 1, period: 5 },
    live: { path: "/health", port: "http", delay: 10, period: 10 },
  }),
  resources: ({ metrics }) => metrics.redis.resources,
  scrapeJobs: (stack) => [
    targetsJob(
      stack,
      "redis-exporter",
      "redis",
      "/scrape",
      stack.settings.metrics.redis.targets.map((one) => ({ name: one.name, target: urlOf(one) })),
    ),
  ],
  alerts: ({ settings }) => [redisAlerts(settings)],
};

function redisAlerts(settings: Settings): RuleGroup {
  const { redisDown, redisMemory } = settings.alerting.rules;
  return {
    name: "redis",
    rules: [
      alert(settings, "RedisDown", {
        // A server that takes packets and never answers holds the exporter longer than a scrape may last.
        expr: 'redis_up{job="redis"} == 0\nor\nup{job="redis"} == 0',
        for: redisDown.for,
        severity: "critical",
        summary: "Redis {{ $labels.instance }} does not answer",
        description: `The exporter has not reached it for ${redisDown.for}.`,
      }),
      // A cache is full by design: it forgets what was used least. The others refuse what is written.
      alert(settings, "RedisMemoryNearLimit", {
        expr: `redis_memory_used_bytes{job="redis"} / (redis_memory_max_bytes{job="redis"} > 0) > ${redisMemory.threshold}
and on (instance) redis_instance_info{job="redis", maxmemory_policy="noeviction"}`,
        for: redisMemory.for,
        severity: "warning",
        summary: "Redis {{ $labels.instance }} uses {{ $value | humanizePercentage }} of its maxmemory",
        description: `For ${redisMemory.for}. At 100 % it refuses every write.`,
      }),
    ],
  };
}
