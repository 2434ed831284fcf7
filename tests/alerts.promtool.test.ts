import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ruleGroups } from "../alerts";
import type { RuleGroup } from "../alerts/alert";
import { settingsOf } from "../config/settings";
import { stackOf } from "../programs";
import { yaml } from "../config/yaml";
import {
  HOUR,
  type Negative,
  negatives,
  origin,
  type Positive,
  positives,
  scrapedBut,
  type Series,
  usual,
} from "./support/alert-cases";
import { binary, describeWith, output } from "./support/programs";

const promtool = binary("prometheus", "promtool");
const services = [{ name: "board-service", namespace: "shop", port: 8000 }];
const metrics = {
  // As promtool evaluates below.
  evaluationInterval: "1m",
  amp: { url: "https://aps.example.org/workspaces/ws-1", region: "us-east-1" },
  redis: { targets: [{ name: "queue", host: "redis" }] },
  postgres: { targets: [{ name: "orders", host: "postgres", username: "u", password: "p" }] },
};
const edge = { url: "https://ops.example.org", tls: { secretName: "certificate" } };
/** Promtail beside the Alloy of events, so that what either drops is asked. */
const logs = { collector: "promtail" };
/** With one on lines, so that the alert is there that speaks of those. */
const extraAlerts = [{ name: "Own", logs: 'rate({app="a"}[5m]) > 1', summary: "Lines" }];
const stackWith = (rules: object = {}) =>
  stackOf(
    settingsOf({ services, metrics, logs, edge, alerting: { rules, extraAlerts, replicas: 3 } }, "kind"),
    "kind",
  );
/** What speaks of alerts on lines in Elasticsearch, beside those on lines in Loki. */
const withElasticsearch = (rules: object = {}) => {
  const own = [{ name: "Own", lucene: { query: "*" }, summary: "Lines" }];
  const given = { logs: { backend: "elasticsearch" }, alerting: { rules, extraAlerts: own } };
  return stackOf(settingsOf(given, "kind"), "kind");
};
const groupsWith = (rules: object = {}) => [
  ...ruleGroups(stackWith(rules)),
  ...ruleGroups(withElasticsearch(rules)).filter(({ name }) => name === "grafana"),
];
const severity = (alert: string): string => {
  if (alert === "Watchdog") return "none";
  return /Memory|CPU|DiskPressure|Pending|Many|Circuit|Replicas|JobFailed|Filling|Lost|RulesLate|Compaction|Retention|Limit|Twice|RemoteWrite|Certificate|StoreWrites|Members/.test(
    alert,
  )
    ? "warning"
    : "critical";
};

interface Expectation {
  expr: string;
  eval_time: string;
  exp_samples: object[];
}

/** `ALERTS` is what Prometheus itself writes down about its alerts. */
const firing = (alert: string, only = "") => `ALERTS{alertname="${alert}", alertstate="firing", ${only}}`;
const silentAt = (alert: string, minute: number, only = ""): Expectation => ({
  expr: firing(alert, only),
  eval_time: `${minute}m`,
  exp_samples: [],
});
const expected = (one: Positive): Expectation[] => {
  const { alert, silentUntil, firing: minute, labels, only } = one;
  const found = `ALERTS{alertname="${alert}", alertstate="firing", severity="${one.severity ?? severity(alert)}", ${labels}}`;
  return [
    ...(silentUntil === undefined ? [] : [silentAt(alert, silentUntil), ...pendingAt(one, silentUntil)]),
    { expr: firing(alert, only), eval_time: `${minute}m`, exp_samples: [{ labels: found, value: 1 }] },
    ...(one.ends ? [silentAt(alert, one.over ?? 2 * HOUR - 1, only)] : []),
  ];
};
/** Those that wait have begun to; the others come at once. */
const pendingAt = ({ alert, looksBack }: Positive, minute: number): Expectation[] =>
  !looksBack && groupsWith().some(({ rules }) => rules.some((rule) => rule.alert === alert && rule.for))
    ? [
        {
          expr: `max(ALERTS{alertname="${alert}", alertstate="pending"})`,
          eval_time: `${minute}m`,
          exp_samples: [{ labels: "{}", value: 1 }],
        },
      ]
    : [];
/** The series, then what follows them when all is well again. What begins only then is missing before. */
const untilTheEnd = ({ series, ends = {} }: Positive): Series =>
  Object.fromEntries(
    Object.keys({ ...series, ...ends }).map((key) => [
      key,
      [series[key] ?? `_x${HOUR + 1}`, ends[key] ?? "stale"].join(" "),
    ]),
  );
const never = ({ alert }: Negative): Expectation[] =>
  Array.from({ length: HOUR + 1 }, (_, minute) => silentAt(alert, minute));
/** Counted over the hour, since some of them fire and resolve in turns. */
const sometime = ({ alert }: Negative): Expectation[] => [
  {
    expr: `max(max_over_time(${firing(alert)}[${HOUR}m]))`,
    eval_time: `${HOUR}m`,
    exp_samples: [{ labels: "{}", value: 1 }],
  },
];

/** The rules that a test asks for, and those that they read, which come before them: all the others take most of the time. */
function neededFor(text: string, groups: RuleGroup[]): RuleGroup[] {
  const wordsOf = (text: string) => text.match(/[\w:]+/g) ?? [];
  const words = new Set(wordsOf(text));
  const needed = new Set(
    groups
      .flatMap(({ rules }) => rules)
      .reverse()
      .filter(({ alert, record, expr }) => {
        const is = words.has((alert ?? record)!);
        if (is) for (const word of wordsOf(expr)) words.add(word);
        return is;
      }),
  );
  return groups.map((group) => ({ ...group, rules: group.rules.filter((rule) => needed.has(rule)) }));
}

/** Runs `promtool test rules` over the generated rules: what is counted, and what people are told. */
async function evaluated(
  series: Series,
  expected: object[],
  rules: object = {},
  messages: object[] = [],
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "rules-"));
  try {
    const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const tests = [
      { interval: "1m", input_series: input, promql_expr_test: expected, alert_rule_test: messages },
    ];
    const groups = neededFor(yaml({ tests }), groupsWith(rules));
    writeFileSync(join(directory, "rules.yaml"), yaml({ groups }));
    writeFileSync(
      join(directory, "test.yaml"),
      yaml({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests }),
    );
    await output(promtool!, ["test", "rules", "test.yaml"], directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("every alert has a case in which it fires and ends, and one in which it just does not", () => {
  const rules = groupsWith().flatMap((group) => group.rules);
  const alerts = rules.flatMap(({ alert }) => alert ?? []);
  expect(new Set(positives.map(({ alert }) => alert))).toEqual(new Set(alerts));
  const always = "Watchdog";
  expect(positives.flatMap(({ alert, ends }) => (ends ? [] : alert))).toEqual([always]);
  expect(new Set([...negatives.map(({ alert }) => alert), always])).toEqual(new Set(alerts));
});

test("and so has each part of an alert that has more than one", () => {
  const rules = groupsWith().flatMap((group) => group.rules);
  const parts: Record<string, number> = {};
  for (const { alert, expr } of rules)
    if (alert) parts[alert] = (parts[alert] ?? 0) + expr.split(/^or$/m).length;
  const count = (cases: { alert: string }[], name: string) =>
    cases.filter(({ alert }) => alert === name).length;
  for (const [name, wanted] of Object.entries(parts)) {
    expect([name, count(positives, name)]).toEqual([name, wanted]);
    if (name !== "Watchdog") expect([name, count(negatives, name)]).toEqual([name, wanted]);
  }
});

describeWith(["prometheus", "promtool"])("promtool evaluates the rules", () => {
  test.each(positives)(
    "$alert, $given: waits at minute $silentUntil, fires at $firing, ends with its cause",
    (one) => evaluated(untilTheEnd(one), expected(one)),
  );

  test.each([...negatives, ...usual])(
    "$alert, $given: silent for an hour; fires with $firesWith",
    async (one) => {
      await evaluated(one.series, never(one), one.silentWith);
      await evaluated(one.series, sometime(one), one.firesWith);
    },
  );

  test("a wrong expectation is noticed", async () => {
    const [positive] = positives;
    await expect(evaluated(positive.series, [silentAt(positive.alert, 20)])).rejects.toThrow(/FAILED/);
    const [negative] = negatives;
    await expect(evaluated(negative.series, never(negative), negative.firesWith)).rejects.toThrow(/FAILED/);
    await expect(evaluated(negative.series, sometime(negative))).rejects.toThrow(/FAILED/);
  });

  describe("a certificate that is about to end", () => {
    const shown = `probe_ssl_earliest_cert_expiry{job="certificates", instance="edge", ${origin}}`;
    const day = 86_400;
    const fires = (minute: number) => ({
      expr: firing("CertificateAboutToEnd"),
      eval_time: `${minute}m`,
      exp_samples: [
        {
          labels: `ALERTS{alertname="CertificateAboutToEnd", alertstate="firing", severity="warning", job="certificates", instance="edge", ${origin}}`,
          value: 1,
        },
      ],
    });

    test("goes on while its program is away for a while, and ends with the renewed one", () =>
      // The exporter is asked all the time, and sees no certificate for half an hour.
      evaluated({ [shown]: `${13 * day}x30 stale _x29 ${90 * day}x30` }, [
        ...[20, 35, 59].map(fires),
        silentAt("CertificateAboutToEnd", 61),
      ]));

    test.each([
      ["ends in 13d 0h 0m 0s", 13 * day],
      ["has ended", -60],
    ])("the message says that it %s", async (words, left) => {
      const { labels, annotations } = groupsWith()
        .flatMap(({ rules }) => rules)
        .find(({ alert }) => alert === "CertificateAboutToEnd")!;
      const said = {
        exp_labels: { job: "certificates", instance: "edge", ...labels },
        exp_annotations: { ...annotations, summary: `The certificate of edge ${words}` },
      };
      const alerts = { alertname: "CertificateAboutToEnd", eval_time: "15m", exp_alerts: [said] };
      await evaluated({ [shown]: `${15 * 60 + left}x${HOUR}` }, [], {}, [alerts]);
    });
  });

  describe("a counter that begins with its first failure", () => {
    const loki = (instance: string) => `job="loki", instance="${instance}", ${origin}`;
    const discarded = (values: string, instance = "a"): Series => ({
      [`loki_discarded_samples_total{reason="line_too_long", ${loki(instance)}}`]: values,
    });
    const up = (values: string, instance = "a"): Series => ({ [`up{${loki(instance)}}`]: values });
    const prometheus = (values: string): Series => ({
      [`up{job="prometheus", instance="p", ${origin}}`]: values,
    });
    const soon = { linesLost: { for: "1m" } };
    const all = `1x${HOUR}`;
    const told = (minute: number, lines: string) => {
      const rule = groupsWith(soon)
        .flatMap(({ rules }) => rules)
        .find(({ alert }) => alert === "LinesLost")!;
      const said = {
        exp_labels: { reason: "line_too_long", ...rule.labels },
        exp_annotations: {
          ...rule.annotations,
          summary: `About ${lines} log lines were lost or refused: line_too_long`,
        },
      };
      return { alertname: "LinesLost", eval_time: `${minute}m`, exp_alerts: lines === "no" ? [] : [said] };
    };

    test("counts it, for as long as it counts others", () =>
      evaluated({ ...prometheus(all), ...up(all), ...discarded("_x20 5x39") }, [], soon, [
        ...[told(20, "no"), told(22, "5"), told(29, "5"), told(31, "no")],
      ]));

    test("counts what follows it once", () =>
      evaluated({ ...prometheus(all), ...up(all), ...discarded("_x20 5 5 8x38") }, [], soon, [
        ...[told(24, "8"), told(29, "8")],
      ]));

    test("counts that of a pod that is new", () =>
      evaluated({ ...prometheus(all), ...up("_x20 1x39", "b"), ...discarded("_x20 5x39", "b") }, [], soon, [
        ...[told(22, "5"), told(31, "no")],
      ]));

    const silent = Array.from({ length: HOUR + 1 }, (_, minute) => silentAt("LinesLost", minute));
    const away = "1x9 _x29 1x20";
    test.each([
      ["Prometheus was away for half an hour", { ...prometheus(away), ...up(away) }],
      ["Prometheus is new", { ...prometheus("_x39 1x20"), ...up("_x39 1x20") }],
      ["Loki did not answer for half an hour", { ...prometheus(all), ...up("1x9 0x29 1x20") }],
    ])("what it has counted before is not new when %s", async (_, asked) => {
      const counter = discarded("5x9 _x29 5x20");
      await evaluated({ ...asked, ...counter }, silent, soon);
    });
  });

  test("while one pod of a service answers, nothing says that all are down", async () => {
    const up = (pod: string) => `up{pod="${pod}", namespace="shop", service="board-service", ${origin}}`;
    const all = silentAt("ServiceDown", HOUR, 'pods="all"');
    await evaluated({ [up("a")]: `0x${HOUR}`, [up("b")]: `1x${HOUR}` }, [all]);
  });

  /** What people read, of one alert with these labels. */
  const says = (alert: string, labels: object, summary: string, minute = 20, more: object = {}) => {
    const rule = groupsWith()
      .flatMap(({ rules }) => rules)
      .find((one) => one.alert === alert)!;
    const said = {
      exp_labels: { ...labels, ...rule.labels },
      exp_annotations: { ...rule.annotations, summary, ...more },
    };
    return { alertname: alert, eval_time: `${minute}m`, exp_alerts: [said] };
  };

  test.each([
    [{ job: "kubelet", node: "n" }, "kubelet on node n is not scraped"],
    [{ job: "promtail", node: "n", pod: "promtail-7" }, "promtail on node n (promtail-7) is not scraped"],
    [{ job: "loki" }, "loki is not scraped"],
  ])("of %j the message says which one it is", async (labels, summary) => {
    const of = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    const series = { ...scrapedBut(labels.job), [`up{${of}, ${origin}}`]: `0x${HOUR}` };
    const { annotations } = groupsWith()
      .flatMap(({ rules }) => rules)
      .find(({ alert }) => alert === "StackTargetDown")!;
    const [, lines] = /\{\{ else \}\}(http.*)\{\{ end \}\}$/.exec(annotations!.logs_url)!;
    // The kubelet is no pod, whose lines were kept.
    const logs_url = labels.job === "kubelet" ? "" : lines.replace("{{ $labels.job }}", labels.job);
    await evaluated(series, [], {}, [says("StackTargetDown", labels, summary, 20, { logs_url })]);
  });

  test.each(["DiskPressure", "DiskFull"])("%s names the namespace of a claim", async (alert) => {
    const labels = { namespace: "shop", persistentvolumeclaim: "data-0", node: "n" };
    const of = Object.entries({ ...labels, ...{ env: "kind", region: "local" } }).map(
      ([name, value]) => `${name}="${value}"`,
    );
    const series = {
      [`kubelet_volume_stats_used_bytes{${of}}`]: `95x${HOUR}`,
      [`kubelet_volume_stats_capacity_bytes{${of}}`]: `100x${HOUR}`,
    };
    await evaluated(series, [], {}, [says(alert, labels, "Disk shop/data-0 of n is 95% full")]);
  });

  test("one scrape that fails ends no alert of what an exporter tells", async () => {
    // Prometheus marks what a failed scrape lacks as gone.
    const gap = (values: string) => values.replace(/^(\S+)x\d+$/, "$1x29 stale $1x30");
    const told = [
      "NodeNotReady",
      "DiskPressure",
      "DiskFull",
      "ReplicasMissing",
      "JobFailed",
      "HighMemory",
      "PendingPods",
    ];
    for (const { alert, series, labels } of positives.filter((one) => told.includes(one.alert))) {
      const missed = Object.fromEntries(Object.entries(series).map(([name, values]) => [name, gap(values)]));
      const found = { labels: `${firing(alert, `severity="${severity(alert)}", ${labels}`)}`, value: 1 };
      const at = (minute: number) => ({
        ...{ expr: firing(alert), eval_time: `${minute}m`, exp_samples: [found] },
      });
      await evaluated(missed, [29, 30, 31, 34].map(at));
    }
  });

  test("it ends when all has been well for as long as it waited, and for five minutes at most", async () => {
    const series = {
      [`kube_node_status_condition{condition="Ready", status="true", node="n", ${origin}}`]: "0x19 1x40",
    };
    const over = (minute: number) => silentAt("NodeNotReady", minute);
    const rules = (wait: string) => ({ nodeNotReady: { for: wait } });
    await evaluated(series, [over(22)], rules("2m"));
    await expect(evaluated(series, [over(21)], rules("2m"))).rejects.toThrow(/FAILED/);
    await evaluated(series, [over(25)], rules("10m"));
    await expect(evaluated(series, [over(23)], rules("10m"))).rejects.toThrow(/FAILED/);
  });

  test.each([
    // It ends after as long as it waits, five minutes.
    ["ends when a later run of its CronJob succeeds", 30 * 60, { fires: 34, over: 37 }],
    ["goes on while only earlier runs have succeeded", 5 * 60, { fires: 59, over: undefined }],
  ])("a failed Job %s", async (_, succeeded, { fires, over }) => {
    const of = `namespace="shop", job_name="report-1", ${origin}`;
    const series = {
      [`kube_job_failed{condition="true", ${of}}`]: `_x12 1x${HOUR}`,
      [`kube_job_owner{owner_kind="CronJob", owner_name="report", ${of}}`]: `_x10 1x${HOUR}`,
      [`kube_job_status_start_time{${of}}`]: `_x10 600x${HOUR}`,
      [`kube_cronjob_status_last_successful_time{namespace="shop", cronjob="report", ${origin}}`]:
        succeeded > 600 ? `300x30 ${succeeded}x${HOUR}` : `${succeeded}x90`,
    };
    const labels = firing("JobFailed", `severity="warning", ${of}`);
    await evaluated(series, [
      { expr: firing("JobFailed"), eval_time: `${fires}m`, exp_samples: [{ labels, value: 1 }] },
      ...(over ? [silentAt("JobFailed", over)] : []),
    ]);
  });

  test("two failures of a service that is a few minutes old burn no budget", async () => {
    const of = (status: string) =>
      `http_requests_total{namespace="shop", service="board-service", method="GET", path="/a", status="${status}", ${origin}}`;
    const series = { [of("200")]: `0+20x${HOUR}`, [of("503")]: `0 1 2 2x${HOUR}` };
    const minutes = Array.from({ length: 20 }, (_, minute) => silentAt("SLOErrorBudgetBurn", minute));
    await evaluated(series, minutes);
    await expect(evaluated(series, minutes, { sloErrorBudgetBurn: { events: 1 } })).rejects.toThrow(/FAILED/);
  });

  test.each([
    ["board-5d9c7f6b84-x2x4z", "board"],
    ["web-2-5d9c7f6b84-x2x4z", "web-2"],
    ["alloy-x7k2z", "alloy"],
    ["loki-0", "loki"],
    ["by-hand", ""],
  ])("a pod %s that restarts again and again is of the workload %j", async (pod, workload) => {
    const of = `namespace="shop", pod="${pod}", container="main", ${origin}`;
    const labels = `${firing("PodCrashLooping", `severity="critical", ${of}${workload && `, workload="${workload}"`}`)}`;
    await evaluated({ [`kube_pod_container_status_restarts_total{${of}}`]: `0+1x${HOUR}` }, [
      { expr: firing("PodCrashLooping"), eval_time: "20m", exp_samples: [{ labels, value: 1 }] },
    ]);
  });

  describe("answers on a path that had never failed", () => {
    const pod = (name: string) => `job="shop/board-service", instance="${name}", pod="${name}"`;
    const of = (path: string, status: string, name = "a") =>
      `http_requests_total{${pod(name)}, namespace="shop", service="board-service", method="GET", path="${path}", status="${status}", ${origin}}`;
    const up = (values: string, name = "a"): Series => ({
      [`up{${pod(name)}, namespace="shop", service="board-service", ${origin}}`]: values,
    });
    const wrong = (minute: number, count: number) => ({
      expr: 'round(300 * sum(service:http_requests:rate5m{status="503"}))',
      eval_time: `${minute}m`,
      exp_samples: [{ labels: "{}", value: count }],
    });
    const right = { [of("/a", "200")]: `0+600x${HOUR}` };
    const fires = (alert: string, minute: number) => ({
      expr: `count(${firing(alert)})`,
      eval_time: `${minute}m`,
      exp_samples: [{ labels: "{}", value: 1 }],
    });

    test("600 of them within one scrape are heard of", () =>
      evaluated({ ...up(`1x${HOUR}`), ...right, [of("/pay", "503")]: "_x20 600x39" }, [
        ...[wrong(22, 600), wrong(24, 600), wrong(27, 0)],
        fires("ManyServerErrors", 22),
        silentAt("ManyServerErrors", 27),
      ]));

    test("so are a hundred paths that fail once each", () => {
      const each = Object.fromEntries(
        [...Array(100).keys()].map((n) => [of(`/orders/${n}`, "503"), "_x20 1x39"]),
      );
      return evaluated({ ...up(`1x${HOUR}`), ...right, ...each }, [fires("ManyServerErrors", 22)]);
    });

    const silent = Array.from({ length: HOUR + 1 }, (_, minute) => silentAt("ManyServerErrors", minute));
    test.each([
      ["Prometheus was away for half an hour", up("1x9 _x29 1x20"), "600x9 _x29 600x20"],
      ["the pod did not answer for half an hour", up("1x9 0x29 1x20"), "600x9 _x29 600x20"],
      ["the service is new in the settings", up("_x39 1x20"), "_x39 600x20"],
      [
        "the region has another name",
        {
          ...up("_x39 1x20"),
          [Object.keys(up(""))[0].replace(origin, origin.replace(/region="[^"]*"/, 'region="old"'))]:
            "1x39 stale",
        },
        "_x39 600x20",
      ],
    ])("those of before are not new when %s", (_, asked, counter) =>
      evaluated({ ...asked, [of("/pay", "503")]: counter }, silent),
    );
  });

  test("a service that answers every ten minutes, and each time with 5xx, burns its budget within hours", async () => {
    const of = (status: string) =>
      `http_requests_total{namespace="shop", service="board-service", method="GET", path="/a", status="${status}", ${origin}}`;
    const hours = 4;
    const requests = `0x10 ${[...Array(6 * hours).keys()].map((n) => `${n + 1}x9`).join(" ")}`;
    const fires = {
      expr: `count(${firing("SLOErrorBudgetBurn", 'severity="critical"')})`,
      eval_time: "210m",
    };
    await evaluated({ [of("503")]: requests }, [
      silentAt("SLOErrorBudgetBurn", 60),
      { ...fires, exp_samples: [{ labels: "{}", value: 1 }] },
    ]);
    // One in sixty is as many failures, and half of the critical rate.
    const more = { [of("200")]: `0+6x${hours * HOUR}`, [of("503")]: requests };
    await evaluated(more, [silentAt("SLOErrorBudgetBurn", 60)]);
  });

  test("a histogram without the bucket of the objective is no objective that is met", async () => {
    const of = (le: string) =>
      `http_request_duration_seconds_bucket{namespace="shop", service="board-service", path="/a", le="${le}", ${origin}}`;
    const ratio = { expr: 'slo:error_ratio:rate5m{slo="latency"}', eval_time: "20m" };
    const series = { [of("1")]: `0x${HOUR}`, [of("+Inf")]: `0+60x${HOUR}` };
    await evaluated(series, [{ ...ratio, exp_samples: [] }]);
    const labels = `slo:error_ratio:rate5m{slo="latency", namespace="shop", service="board-service", ${origin}}`;
    await evaluated({ ...series, [of("0.5")]: `0+30x${HOUR}` }, [
      { ...ratio, exp_samples: [{ labels, value: 0.5 }] },
    ]);
  });

  test("an init container that loops is told of like any other", async () => {
    const of = `namespace="shop", pod="p", container="migrate", ${origin}`;
    const series = {
      [`kube_pod_init_container_status_restarts_total{${of}}`]: `0 1 2 3x${HOUR}`,
      [`kube_pod_init_container_status_waiting_reason{reason="CrashLoopBackOff", ${of}}`]: `1x${HOUR}`,
      // It has not begun.
      [`kube_pod_container_status_restarts_total{namespace="shop", pod="p", container="c", ${origin}}`]: `0x${HOUR}`,
    };
    const labels = firing("PodCrashLooping", `severity="critical", ${of}`);
    await evaluated(series, [
      { expr: firing("PodCrashLooping"), eval_time: "4m", exp_samples: [{ labels, value: 1 }] },
    ]);
  });

  test("what loops no more is silent again after a quarter of an hour", async () => {
    const series = `kube_pod_container_status_restarts_total{namespace="shop", pod="p", container="c", ${origin}}`;
    const values = `0 1 2 3 4 5 6 7x${HOUR}`;
    const [during, after] = [10, 23].map((minute) => silentAt("PodCrashLooping", minute));
    await evaluated({ [series]: values }, [after]);
    await expect(evaluated({ [series]: values }, [during])).rejects.toThrow(/FAILED/);
  });

  test("Spring, Go and Node are counted alike, each request once", async () => {
    const of = (name: string, labels: string) =>
      `{${labels}, namespace="shop", service="${name}", ${origin}}`;
    const recorded = 'method="GET", path="/a", status="200"';
    const minutely = "0+60x20";
    const series = {
      [`http_server_requests_seconds_count${of("spring", 'method="GET", uri="/a", status="200"')}`]: minutely,
      [`http_requests_total${of("go", recorded)}`]: minutely,
      // Go's histogram counts the same requests once more, without a status: it must not be added.
      [`http_request_duration_seconds_count${of("go", 'method="GET", path="/a"')}`]: minutely,
      [`http_request_duration_seconds_count${of("node", 'method="GET", route="/a", status_code="200"')}`]:
        minutely,
      // The client of another library counts them as well.
      [`http_requests_total${of("node", 'method="GET", handler="/a", code="200"')}`]: minutely,
      [`http_requests_total${of("express", 'method="GET", route="/a", status_code="200"')}`]: minutely,
      [`http_request_duration_seconds_count${of("promhttp", 'method="GET", handler="/a", code="200"')}`]:
        minutely,
      // Probes and scrapes.
      ...Object.fromEntries(
        ["/actuator/health", "/app/actuator/prometheus", "/healthz", "/metrics", "/api/health/ready"].flatMap(
          (path) => [
            [
              `http_server_requests_seconds_count${of("spring", `method="GET", uri="${path}", status="200"`)}`,
              minutely,
            ],
            [`http_requests_total${of("go", `method="GET", path="${path}", status="200"`)}`, minutely],
          ],
        ),
      ),
    };
    const expected = ["express", "go", "node", "promhttp", "spring"].map((name) => ({
      labels: `service:http_requests:rate5m${of(name, recorded)}`,
      value: 1,
    }));
    await evaluated(series, [
      { expr: "service:http_requests:rate5m", eval_time: "10m", exp_samples: expected },
    ]);
  });

  test("durations are comparable as well", async () => {
    const of = (name: string, labels: string) =>
      `{${labels}, namespace="shop", service="${name}", ${origin}}`;
    const minutely = "0+60x20";
    const recorded = 'path="/a", le="1"';
    const series = {
      [`http_server_requests_seconds_bucket${of("spring", 'uri="/a", le="1"')}`]: minutely,
      [`http_request_duration_seconds_bucket${of("go", recorded)}`]: minutely,
      [`http_request_duration_seconds_bucket${of("node", 'route="/a", status_code="200", le="1"')}`]:
        minutely,
      [`http_request_duration_seconds_bucket${of("promhttp", 'handler="/a", le="1"')}`]: minutely,
      // Probes.
      ...Object.fromEntries(
        ["uri", "route", "handler", "path"].map((label) => [
          `http_request_duration_seconds_bucket${of("node", `${label}="/healthz", le="1"`)}`,
          minutely,
        ]),
      ),
    };
    const name = "service:http_request_duration_seconds_bucket:rate5m";
    const expected = ["go", "node", "promhttp", "spring"].map((one) => ({
      labels: name + of(one, recorded),
      value: 1,
    }));
    await evaluated(series, [{ expr: name, eval_time: "10m", exp_samples: expected }]);
  });

  test("a service without a histogram is measured by the spans of what it serves", async () => {
    const span = (service: string, operation: string, kind = "SERVER") =>
      `traces_spanmetrics_latency_bucket{le="1", namespace="shop", service_name="${service}", operation="${operation}", span_kind="SPAN_KIND_${kind}", ${origin}}`;
    const up = (service: string) => `up{namespace="shop", service="${service}", ${origin}}`;
    const minutely = "0+60x20";
    const series = {
      [up("spring")]: "1x20",
      [up("go")]: "1x20",
      [span("spring", "GET /a")]: minutely,
      [span("spring", "GET /actuator/health")]: minutely,
      [span("spring", "SELECT", "CLIENT")]: minutely,
      // It has a histogram.
      [span("go", "GET /a")]: minutely,
      [`http_request_duration_seconds_bucket{path="/b", le="1", namespace="shop", service="go", ${origin}}`]:
        minutely,
      // Nobody watches it.
      [span("stranger", "GET /a")]: minutely,
    };
    const name = "service:http_request_duration_seconds_bucket:rate5m";
    const of = (labels: string, service: string) =>
      `${name}{${labels}, le="1", namespace="shop", service="${service}", ${origin}}`;
    const exp_samples = [of('path="/b"', "go"), of('path="GET /a", source="spans"', "spring")].map(
      (labels) => ({
        labels,
        value: 1,
      }),
    );
    await evaluated(series, [{ expr: name, eval_time: "10m", exp_samples }]);
  });
});
