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
const stack = stackOf(settingsOf({ services, metrics: { evaluationInterval: "1m" } }, "kind"), "kind");

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

/** Fails unless the queries, of the dashboard's panel, answer exactly this at that minute. */
async function answers(
  series: Series,
  minute: number,
  ...expected: [uid: string, title: string, answer: Answer, index?: number][]
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "dashboards-"));
  try {
    mkdirSync(join(directory, "rules"));
    for (const [name, text] of Object.entries(ruleFiles(stack)))
      writeFileSync(join(directory, "rules", name), text);
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

  test("a wrong expectation is noticed", () =>
    expect(answers({}, 10, ["landing", "Services that answer", { "": 1 }])).rejects.toThrow(/FAILED/));
});
