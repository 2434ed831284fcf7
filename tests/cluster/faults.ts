import { randomBytes } from "node:crypto";
import { EDGE } from "./support/names";
import { eventually } from "../support/eventually";
import { stackWith } from "../support/servers";
import { type Context, up } from "./start";
import { faulty } from "./support/faulty";
import { expectFound, expectPages } from "./support/links";
import { FAULTS, raised } from "./support/raised";
import { apply, forwarded, type Given, kubectl, succeeded } from "./support/stack";
import { NAMESPACE, notifications, RECEIVER_URL } from "./support/workload";

/** The wait of each alert here, so that the test can wait for it. */
const SOON = { for: "15s" };
const WAITING = [
  ...["highMemory", "highCpu", "pendingPods", "replicasMissing", "jobFailed", "nodeNotReady", "redisDown"],
  ...["postgresDown", "stackTargetDown", "rulesFailing", "targetLimitNear", "scrapedTwice", "linesLost"],
  ...["notificationsFailing", "spanQueueFilling", "spansLost"],
];
const NOBODY = "nobody.ticketing.svc";

/**
 * Faults of the cluster, the databases and the stack itself, all at once: each raises its alert at the receiver, whose
 * links lead somewhere, and ends with its cause. Those of the workload's own are bench:faults'.
 */
export function faults(context: Context): void {
  const query = (expr: string) => context.grafana.prometheus(expr);
  const usual = stackWith({ edge: { url: EDGE } });

  /** The stack's settings under which they are seen soon; the targets of exporters.ts stay. */
  async function settings(): Promise<Given> {
    const [{ metric }] = await query('up{service="auth-service"}');
    const [{ value: targets }] = await query(
      'max(prometheus_target_scrape_pool_targets{scrape_job="applications"})',
    );
    const { alerting, metrics } = context.given as { alerting: { rules: object }; metrics: Targets };
    const again = { targets: [metric.instance], labels: { namespace: metric.namespace, pod: metric.pod } };
    return {
      ...context.given,
      metrics: {
        ...metrics,
        postgres: {
          targets: [
            ...metrics.postgres.targets,
            { ...metrics.postgres.targets[0], name: "missing", host: NOBODY },
          ],
        },
        limits: { targets: Math.ceil(targets * 1.1) },
        extraScrapeConfigs: [{ job_name: "again", static_configs: [again] }],
      },
      tracing: { collector: { queue: "8Mi" } },
      alerting: {
        ...alerting,
        receivers: [
          { name: "test", webhook: { url: RECEIVER_URL } },
          { name: "closed", webhook: { url: RECEIVER_URL.replace(/:\d+\/$/, ":9/") } },
        ],
        routes: [{ namespace: "unheard", receiver: "closed" }],
        extraAlerts: [
          {
            name: "Unheard",
            metrics: 'label_replace(vector(1), "namespace", "unheard", "", "")',
            severity: "warning",
            summary: "Nobody hears of it",
            for: "1s",
          },
          { name: "Unanswerable", metrics: "up * on (env) up > 0", severity: "warning", summary: "Never" },
        ],
        rules: {
          ...alerting.rules,
          podCrashLooping: { restarts: 1 },
          ...Object.fromEntries(WAITING.map((rule) => [rule, SOON])),
          // Of what is in use on any machine.
          diskPressure: { ...SOON, threshold: 0.001 },
          diskFull: { ...SOON, threshold: 0.002 },
          redisMemory: { ...SOON, threshold: 0.01 },
          postgresConnections: { ...SOON, threshold: 0.001 },
        },
      },
    };
  }

  const told = async (alert: string, labels: Record<string, string>, status: string, since: Date) =>
    (await notifications(alert)).filter(
      (one) =>
        one.status === status &&
        one.heardAt > since.getTime() &&
        Object.entries(labels).every(([name, value]) => one.labels[name] === value),
    );

  describe("faults", () => {
    let began: Date;

    test("begin, all at once", async () => {
      began = new Date();
      await apply(faulty);
      // Twice, with scrapes between: a counter that begins has not grown yet.
      await tooOld();
      succeeded(await up(await settings()));
      await kubectl(["scale", "deployment/alloy-events", "-n", "observability", "--replicas=0"]);
      // It holds what waits for its turn, and refuses what does not fit.
      const most = [{ op: "add", path: "/spec/template/spec/containers/0/args/-", value: "--maxmemory" }];
      const patch = JSON.stringify([...most, { ...most[0], value: "32mb" }]);
      await kubectl(["patch", "deployment/redis", "-n", NAMESPACE, "--type=json", "--patch", patch]);
      await tooOld();
      await kubectl(["scale", "statefulset/tempo", "-n", "observability", "--replicas=0"]);
      await kubectl(["wait", "pod/tempo-0", "-n", "observability", "--for=delete", "--timeout=120s"]);
      await manySpans();
    });

    test.each(raised)("%s of %j is heard, and its links lead on", async (alert, labels) => {
      const [message] = await eventually(`${alert} at the receiver`, 420, async () => {
        const heard = await told(alert, labels, "firing", began);
        return heard.length > 0 ? heard : undefined;
      });
      const reader = { grafana: context.grafana, stack: usual };
      await expectPages(reader, message);
      const { logs_url: lines } = message.annotations;
      if (lines && !SILENT.includes(labels.container ?? labels.job)) await expectFound(reader, "logs", lines);
    });

    test("what another one says is held back", async () => {
      // DiskFull says it of each disk, PodCrashLooping and PendingPods of the Deployments in that namespace.
      expect(await query('ALERTS{alertname="DiskPressure", alertstate="firing"}')).not.toEqual([]);
      const silent = `ALERTS{alertname="ReplicasMissing", alertstate="firing", namespace="${FAULTS}"}`;
      expect(await query(silent)).not.toEqual([]);
      // SpanQueueFilling says why spans are refused.
      await eventually("SpansLost fires", 120, async () => {
        await manySpans();
        const lost = await query('ALERTS{alertname="SpansLost", alertstate="firing"}');
        return lost.length > 0 || undefined;
      });
      expect(await told("SpansLost", {}, "firing", began)).toEqual([]);
      expect(await told("DiskPressure", {}, "firing", began)).toEqual([]);
      expect(await told("ReplicasMissing", { namespace: FAULTS }, "firing", began)).toEqual([]);
    });

    test("each was told once", async () => {
      // A message is about one alert here: another one of its name and namespace would have both told again.
      const alone = ["PendingPods", "JobFailed", "NodeNotReady"];
      for (const [alert, labels] of raised.filter(([name]) => alone.includes(name))) {
        const heard = await told(alert, labels, "firing", began);
        const times = new Set(heard.map(({ heardAt, startsAt }) => `${startsAt} ${heardAt}`));
        expect([alert, times.size]).toEqual([alert, new Set(heard.map(({ startsAt }) => startsAt)).size]);
      }
    });

    test("end with their causes, and the receiver hears of that as well", async () => {
      const over = new Date();
      await kubectl(["delete", "node", "away"]);
      await kubectl(["delete", "namespace", FAULTS, "--wait=false"]);
      await kubectl(["delete", "deployment/unready", "-n", NAMESPACE]);
      await kubectl(["rollout", "undo", "deployment/redis", "-n", NAMESPACE]);
      await kubectl(["scale", "statefulset/tempo", "-n", "observability", "--replicas=1"]);
      await kubectl(["scale", "deployment/alloy-events", "-n", "observability", "--replicas=1"]);
      const ended = raised.filter(([alert]) => SOON_OVER.includes(alert));
      for (const [alert, labels] of ended)
        await eventually(`${alert} resolved at the receiver`, 420, async () =>
          (await told(alert, labels, "resolved", over)).length > 0 ? true : undefined,
        );
    });

    test("without their settings the exporters are gone", async () => {
      context.given = { ...context.given, metrics: undefined };
      succeeded(await up(context.given));
      expect(await kubectl(["get", "pods", "-n", "observability", "-o", "name"])).not.toMatch(/exporter/);
    });
  });
}

/** Write nothing: they only use memory and the processor, or had nothing to complain of before they were taken away. */
const SILENT = ["hog", "spinner", "alloy-events"];

/**
 * The others count what was within minutes, or end with settings only: those restart Alertmanager, which forgets what it
 * has told when its rule is gone as well.
 */
const SOON_OVER = [
  ...["HighMemory", "PendingPods", "ReplicasMissing", "JobFailed", "NodeNotReady"],
  ...["RedisMemoryNearLimit", "StackTargetDown", "SpanQueueFilling"],
];

interface Targets {
  postgres: { targets: object[] };
}

/** A line that is older than what Loki takes. */
const tooOld = () =>
  forwarded("observability", "service/loki", "3100", async (address) => {
    const old = `${Date.now() - 30 * 86_400_000}000000`;
    const body = { streams: [{ stream: { app: "late" }, values: [[old, "from last month"]] }] };
    const answer = await fetch(`http://${address}/loki/api/v1/push`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(400);
  });

/** Spans of a mebibyte each request, until the queue takes no more. */
const manySpans = () =>
  forwarded("observability", "service/collector", "4318", async (address) => {
    for (let sent = 0; sent < 30; sent++) {
      const now = `${Date.now()}000000`;
      const value = { stringValue: randomBytes(32_768).toString("hex") };
      const spans = Array.from({ length: 16 }, () => ({
        ...{ traceId: randomBytes(16).toString("hex"), spanId: randomBytes(8).toString("hex") },
        ...{ name: "waits", kind: 2, startTimeUnixNano: now, endTimeUnixNano: now },
        attributes: [{ key: "ballast", value }],
      }));
      const resource = { attributes: [{ key: "service.name", value: { stringValue: "ballast" } }] };
      const answer = await fetch(`http://${address}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
      });
      if (!answer.ok) return;
    }
  });
