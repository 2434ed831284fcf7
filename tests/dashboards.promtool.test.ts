import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ruleFiles } from "../alerts";
import { settingsOf } from "../config/settings";
import { yaml } from "../config/yaml";
import { dashboardFiles } from "../dashboards";
import { stackOf } from "../programs";
import { binary, describeWith, output } from "./support/programs";

/* What panels answer on a bad day, as Prometheus itself evaluates their queries and the rules that they read. */

const promtool = binary("prometheus", "promtool");
const namespace = "shop";
const [board, user] = ["board", "user"];
const services = [board, user].map((name) => ({ name, namespace, port: 8000 }));
const stack = stackOf(
  settingsOf(
    {
      services,
      metrics: { evaluationInterval: "1m", redis: { targets: [{ name: "cache", host: "cache" }] } },
    },
    "kind",
  ),
  "kind",
);

/** Labels of a series -> its values, a minute apart, as promtool writes them. */
type Series = Record<string, string>;
/** Labels that are left of a series -> its value. */
type Answer = Record<string, number>;

interface Panel {
  title: string;
  type: string;
  targets: { expr: string }[];
}

/** What the panel's query asks, its variables chosen. */
function queryOf(uid: string, title: string, index: number): string {
  const files = Object.values(dashboardFiles(stack)).find((folder) => `${uid}.json` in folder)!;
  const { panels } = JSON.parse(files[`${uid}.json`]) as { panels: Panel[] };
  const panel = panels.find((one) => one.title === title && one.type !== "row")!;
  return panel.targets[index].expr.replaceAll("$namespace", namespace).replaceAll("$service", user);
}

type Expected = [uid: string, title: string, answer: Answer, index?: number];

/** Fails unless the queries, of the dashboard's panel, answer exactly this at that minute. */
const answers = (series: Series, minute: number, ...expected: Expected[]) =>
  evaluated(ruleFiles(stack), series, minute, expected);

async function evaluated(
  rules: Record<string, string>,
  series: Series,
  minute: number,
  expected: Expected[],
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "dashboards-"));
  try {
    mkdirSync(join(directory, "rules"));
    for (const [name, text] of Object.entries(rules)) writeFileSync(join(directory, "rules", name), text);
    const test = {
      interval: "1m",
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: expected.map(([uid, title, answer, index = 0]) => ({
        expr: queryOf(uid, title, index),
        eval_time: `${minute}m`,
        exp_samples: Object.entries(answer).map(([labels, value]) => ({ labels: `{${labels}}`, value })),
      })),
    };
    const file = { rule_files: ["rules/*.yaml"], evaluation_interval: "1m", tests: [test] };
    writeFileSync(join(directory, "test.yaml"), yaml(file));
    await output(promtool!, ["test", "rules", "test.yaml"], directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const up = (service: string, pod: string) =>
  `up{namespace="${namespace}", service="${service}", pod="${pod}", job="${service}", instance="${pod}:8000"}`;

describeWith(["prometheus", "promtool"])("panels", () => {
  test("services of which one does not answer and one has no pod are services with 0, and none is left out", () =>
    answers(
      { [up(board, "board-1")]: "0x20" },
      10,
      ["landing", "Services that answer", { "": 0 }],
      ["landing", "Services that are watched", { "": 2 }],
      [
        "landing",
        "Services",
        { 'namespace="shop", service="board"': 0, 'namespace="shop", service="user"': 0 },
      ],
      [
        "service-overview",
        "Services",
        { 'namespace="shop", service="board"': 0, 'namespace="shop", service="user"': 0 },
      ],
      ["service", "Pods that answer", { 'service="user"': 0 }],
    ));

  test("services that answer are counted once, and their pods each", () =>
    answers(
      { [up(board, "board-1")]: "0x20", [up(user, "user-1")]: "1x20", [up(user, "user-2")]: "1x20" },
      10,
      ["landing", "Services that answer", { "": 1 }],
      ["landing", "Services that are watched", { "": 2 }],
      [
        "landing",
        "Services",
        { 'namespace="shop", service="board"': 0, 'namespace="shop", service="user"': 2 },
      ],
      ["service", "Pods that answer", { 'service="user"': 2 }],
    ));

  test("of two alerts of one name each has its row with its own start, and one that waits has none", () => {
    const own = {
      alert: "NodeAway",
      expr: "away == 1",
      for: "5m",
      labels: { severity: "critical", env: "kind", region: "local" },
    };
    const about = 'alertname="NodeAway", severity="critical"';
    return evaluated(
      { "own.yaml": yaml({ groups: [{ name: "own", rules: [own] }] }) },
      {
        'away{node="n1", uid="a"}': "1x20",
        'away{node="n2"}': "0x9 1x10",
        'away{node="n3"}': "0x17 1x2",
      },
      20,
      [
        ["alerts", "Firing now", { [`${about}, node="n1"`]: 1200, [`${about}, node="n2"`]: 600 }],
        ["alerts", "Critical", { "": 2 }],
        ["alerts", "Pending", { "": 1 }],
        ["landing", "Critical alerts", { "": 2 }],
      ],
    );
  });

  test("the pods of a service are those of its scrapes, whatever their names are", () => {
    const usage = (pod: string) =>
      `container_memory_working_set_bytes{namespace="${namespace}", pod="${pod}", container="main"}`;
    const limit = (pod: string) =>
      `kube_pod_container_resource_limits{namespace="${namespace}", pod="${pod}", container="main", resource="memory"}`;
    const pods = ["accounts-1", "user-db-0"];
    return answers(
      {
        [up(user, "accounts-1")]: "1x20",
        ...Object.fromEntries(
          pods.flatMap((pod) => [
            [usage(pod), "300x20"],
            [limit(pod), "400x20"],
          ]),
        ),
      },
      10,
      ["service", "Memory", { 'pod="accounts-1"': 300 }],
      ["service", "Share of the limits", { 'pod="accounts-1", container="main"': 0.75 }],
    );
  });

  test("a Deployment that has one pod too many does not make up for one that lacks one", () => {
    const of = (metric: string, deployment: string) =>
      `kube_deployment_${metric}{namespace="${namespace}", deployment="${deployment}"}`;
    return answers(
      {
        [of("spec_replicas", board)]: "2x20",
        [of("status_replicas_available", board)]: "1x20",
        [of("spec_replicas", user)]: "2x20",
        [of("status_replicas_available", user)]: "3x20",
      },
      10,
      ["kubernetes", "Replicas that are missing", { "": 1 }],
    );
  });

  test("init containers that wait or restart are shown as others are", () => {
    const about = (container: string) => `namespace="${namespace}", pod="board-1", container="${container}"`;
    return answers(
      {
        [`kube_pod_init_container_status_waiting_reason{${about("migrate")}, reason="CrashLoopBackOff"}`]:
          "1x20",
        [`kube_pod_container_status_waiting_reason{${about("board")}, reason="PodInitializing"}`]: "1x20",
        [`kube_pod_init_container_status_restarts_total{${about("migrate")}}`]: "0+1x20",
        [`kube_pod_container_status_restarts_total{${about("board")}}`]: "0x20",
      },
      20,
      [
        "kubernetes",
        "Containers that wait",
        {
          'pod="board-1", container="migrate", reason="CrashLoopBackOff"': 1,
          'pod="board-1", container="board", reason="PodInitializing"': 1,
        },
      ],
      [
        "kubernetes",
        "Restarts",
        { 'pod="board-1", container="migrate"': 15, 'pod="board-1", container="board"': 0 },
      ],
    );
  });

  test("read-only file systems, which are always full, are not shown beside those that can fill", () => {
    const of = (metric: string, device: string) =>
      `node_filesystem_${metric}{node="n1", device="${device}", mountpoint="/${device}"}`;
    const disk = (device: string, free: number, readonly: number) => ({
      [of("size_bytes", device)]: "100x20",
      [of("avail_bytes", device)]: `${free}x20`,
      [of("readonly", device)]: `${readonly}x20`,
    });
    const sda = 'node="n1", device="sda", mountpoint="/sda"';
    return answers(
      { ...disk("sda", 25, 0), ...disk("sr0", 0, 1) },
      10,
      ["infrastructure", "File systems", { [sda]: 0.75 }],
      ["infrastructure", "File systems", { [sda]: 25 }, 1],
    );
  });

  test("the stack's volumes, and no others, are shown as a share of their size", () => {
    const volume = (namespace: string, claim: string, used: number) => {
      const of = `{namespace="${namespace}", persistentvolumeclaim="${claim}", node="a"}`;
      return {
        [`kubelet_volume_stats_used_bytes${of}`]: `${used}x20`,
        [`kubelet_volume_stats_capacity_bytes${of}`]: "200x20",
      };
    };
    return answers(
      {
        ...volume("observability", "loki-data", 150),
        ...volume("observability", "tempo-data", 20),
        ...volume("shop", "orders", 190),
      },
      10,
      [
        "stack",
        "Volumes of the stack",
        { 'persistentvolumeclaim="loki-data"': 0.75, 'persistentvolumeclaim="tempo-data"': 0.1 },
      ],
    );
  });

  test("Redis' memory has its maxmemory beside it, at 0 where none is set", () => {
    const memory = (instance: string, most: number) => ({
      [`redis_memory_used_bytes{job="redis", instance="${instance}"}`]: "70x20",
      [`redis_memory_max_bytes{job="redis", instance="${instance}"}`]: `${most}x20`,
    });
    return answers(
      { ...memory("sessions", 100), ...memory("cache", 0) },
      10,
      ["infrastructure", "Memory of Redis", { 'instance="sessions"': 70, 'instance="cache"': 70 }],
      ["infrastructure", "Memory of Redis", { 'instance="sessions"': 100, 'instance="cache"': 0 }, 1],
    );
  });

  test("a wrong expectation is noticed", () =>
    expect(answers({}, 10, ["landing", "Services that answer", { "": 1 }])).rejects.toThrow(/FAILED/));
});
