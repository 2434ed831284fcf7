import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ruleFiles, ruleGroups } from "../alerts";
import { settingsOf } from "../config/settings";
import { stackOf } from "../programs";
import { yaml } from "../config/yaml";
import { binary, output } from "./support/programs";

const promtool = binary("prometheus", "promtool");
const services = [{ name: "board-service", namespace: "shop", port: 8000 }];
const origin = 'env="kind", region="local"';
const service = `namespace="shop", service="board-service", ${origin}`;
const container = `namespace="shop", pod="board-1", container="board", ${origin}`;

/** Series at one sample a minute, in promtool's notation: `0+60x20` begins at 0 and grows by 60, 20 times. */
type Series = Record<string, string>;

interface Case {
  alert: string;
  given: string;
  series: Series;
  /** Minutes after which it does not fire yet, or does not fire at all, and after which it fires. */
  silent?: number[];
  firing?: number;
  /** Labels that the firing alert has, besides its name and state. */
  labels?: string;
}

const up = (value: number): Series => ({ [`up{${service}}`]: `${value}x30` });
const answers = (errors: number): Series => ({
  [`http_requests_total{${service}, method="GET", path="/a", status="200"}`]: `0+${100 - errors}x30`,
  [`http_requests_total{${service}, method="GET", path="/a", status="503"}`]: `0+${errors}x30`,
});
const slowest = (seconds: "1" | "5"): Series =>
  Object.fromEntries(
    ["1", "2.5", "5", "+Inf"].map((le) => [
      `http_request_duration_seconds_bucket{${service}, path="/a", le="${le}"}`,
      Number(le) < Number(seconds) ? "0x30" : "0+60x30",
    ]),
  );
const restarts = (values: string): Series => ({
  [`kube_pod_container_status_restarts_total{${container}}`]: values,
});
const memory = (used: number): Series => ({
  [`container_memory_working_set_bytes{${container}, id="/kubepods/x"}`]: `${used}x30`,
  [`kube_pod_container_resource_limits{${container}, resource="memory"}`]: "100x30",
});
const cpu = (secondsAMinute: number): Series => ({
  [`container_cpu_usage_seconds_total{${container}, id="/kubepods/x"}`]: `0+${secondsAMinute}x30`,
  [`kube_pod_container_resource_limits{${container}, resource="cpu"}`]: "1x30",
});
const disk = (free: number): Series => ({
  [`node_filesystem_avail_bytes{node="n", mountpoint="/", ${origin}}`]: `${free}x30`,
  [`node_filesystem_size_bytes{node="n", mountpoint="/", ${origin}}`]: "100x30",
});
const volume = (used: number): Series => ({
  [`kubelet_volume_stats_used_bytes{persistentvolumeclaim="p", ${origin}}`]: `${used}x30`,
  [`kubelet_volume_stats_capacity_bytes{persistentvolumeclaim="p", ${origin}}`]: "100x30",
});
const pending = (pods: number): Series => ({
  [`kube_pod_status_phase{namespace="shop", pod="board-1", phase="Pending", ${origin}}`]: `${pods}x30`,
});

const cases: Case[] = [
  { alert: "ServiceDown", given: "up is 0", series: up(0), silent: [4], firing: 5, labels: service },
  {
    alert: "ServiceDown",
    given: "the service has no target",
    series: { [`up{namespace="shop", service="other", ${origin}}`]: "1x30" },
    silent: [4],
    firing: 5,
    labels: service,
  },
  { alert: "ServiceDown", given: "up is 1", series: up(1), silent: [5, 20] },
  // Rates and recorded series come a minute or two after the first sample.
  { alert: "HighErrorRate", given: "6 %", series: answers(6), silent: [5], firing: 8, labels: service },
  { alert: "HighErrorRate", given: "4 %", series: answers(4), silent: [8, 20] },
  {
    alert: "HighLatency",
    given: "p99 near 5 s",
    series: slowest("5"),
    silent: [10],
    firing: 13,
    labels: service,
  },
  { alert: "HighLatency", given: "p99 below 1 s", series: slowest("1"), silent: [13, 25] },
  {
    alert: "PodCrashLooping",
    given: "a restart a minute",
    series: restarts("0+1x30"),
    silent: [4],
    firing: 7,
    labels: container,
  },
  { alert: "PodCrashLooping", given: "5 restarts", series: restarts("0+1x5 5x30"), silent: [5, 10, 15, 20] },
  { alert: "HighMemory", given: "86 %", series: memory(86), silent: [9], firing: 10, labels: container },
  { alert: "HighMemory", given: "85 %", series: memory(85), silent: [10, 25] },
  // A rate over 5 minutes reaches its height after 5.
  { alert: "HighCPU", given: "90 %", series: cpu(54), silent: [14], firing: 15, labels: container },
  { alert: "HighCPU", given: "78 %", series: cpu(47), silent: [15, 25] },
  {
    alert: "DiskPressure",
    given: "a node's disk at 86 %",
    series: disk(14),
    silent: [4],
    firing: 5,
    labels: `node="n", mountpoint="/", ${origin}`,
  },
  { alert: "DiskPressure", given: "a node's disk at 84 %", series: disk(16), silent: [5, 25] },
  {
    alert: "DiskPressure",
    given: "a volume at 86 %",
    series: volume(86),
    silent: [4],
    firing: 5,
    labels: `persistentvolumeclaim="p", ${origin}`,
  },
  { alert: "DiskPressure", given: "a volume at 84 %", series: volume(84), silent: [5, 25] },
  {
    alert: "PendingPods",
    given: "one waits",
    series: pending(1),
    silent: [9],
    firing: 10,
    labels: `namespace="shop", ${origin}`,
  },
  { alert: "PendingPods", given: "none waits", series: pending(0), silent: [10, 25] },
  { alert: "Watchdog", given: "nothing", series: {}, firing: 0, labels: origin },
];

const severity: Record<string, string> = { Watchdog: "none" };
for (const { alert } of cases)
  severity[alert] ??= /Memory|CPU|Disk|Pending/.test(alert) ? "warning" : "critical";

/** `ALERTS` is what Prometheus itself writes down about its alerts. */
const expectations = ({ alert, silent = [], firing, labels }: Case) => {
  const firingNow = `alertname="${alert}", alertstate="firing"`;
  const expr = `ALERTS{${firingNow}}`;
  const found = `ALERTS{${firingNow}, severity="${severity[alert]}", ${labels}}`;
  return [
    ...silent.map((minute) => ({ expr, eval_time: `${minute}m`, exp_samples: [] as object[] })),
    ...(firing === undefined
      ? []
      : [{ expr, eval_time: `${firing}m`, exp_samples: [{ labels: found, value: 1 }] }]),
  ];
};

/** Runs `promtool test rules` over the generated rule files. */
async function evaluated(series: Series, expected: object[], rules: object = {}): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "rules-"));
  try {
    mkdirSync(join(directory, "rules"));
    for (const [name, text] of Object.entries(
      ruleFiles(stackOf(settingsOf({ services, alerting: { rules } }, "kind"), "kind")),
    ))
      writeFileSync(join(directory, "rules", name), text);
    const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const tests = [{ interval: "1m", input_series: input, promql_expr_test: expected }];
    writeFileSync(
      join(directory, "test.yaml"),
      yaml({ rule_files: ["rules/*.yaml"], evaluation_interval: "1m", tests }),
    );
    await output(promtool!, ["test", "rules", "test.yaml"], directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("every alert has a case in which it fires and one in which it does not", () => {
  const rules = ruleGroups(stackOf(settingsOf({ services }, "test"), "test")).flatMap((group) => group.rules);
  const alerts = rules.flatMap((rule) => ("alert" in rule ? [rule.alert] : []));
  const having = (wanted: (one: Case) => boolean) => new Set(cases.filter(wanted).map(({ alert }) => alert));
  expect(having(({ firing }) => firing !== undefined)).toEqual(new Set(alerts));
  const always = "Watchdog";
  expect(having(({ silent }) => silent !== undefined).add(always)).toEqual(new Set(alerts));
});

if (!promtool)
  console.warn("NOT RUN: promtool is not built (npm run up builds it): the alert rules were not evaluated");
else {
  test.each(cases)("$alert, $given: silent after $silent minutes, firing after $firing", async (one) => {
    await evaluated(one.series, expectations(one));
  });

  test("a threshold that is set moves the alert, and a wrong expectation is noticed", async () => {
    const [one] = cases.filter(({ alert }) => alert === "HighErrorRate");
    const higher = { highErrorRate: { threshold: 0.5 } };
    await expect(evaluated(one.series, expectations(one), higher)).rejects.toThrow(/FAILED/);
    await evaluated(one.series, expectations({ ...one, silent: [5, 20], firing: undefined }), higher);
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
    };
    const expected = ["go", "node", "spring"].map((name) => ({
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
    };
    const name = "service:http_request_duration_seconds_bucket:rate5m";
    const expected = ["go", "node", "spring"].map((one) => ({ labels: name + of(one, recorded), value: 1 }));
    await evaluated(series, [{ expr: name, eval_time: "10m", exp_samples: expected }]);
  });
}
