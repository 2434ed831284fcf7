/** Prometheus itself chooses where the alert of an objective leads: to traces that failed, or to those that took too long. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ruleFiles, ruleGroups } from "../alerts";
import { settingsOf } from "../config/settings";
import { yaml } from "../config/yaml";
import { stackOf } from "../programs";
import { binary, describeWith, output } from "./support/programs";

const queue = { service: "queue-service", namespace: "shop", objective: 0.9 };
const stack = stackOf(
  settingsOf(
    {
      services: [
        { name: "queue-service", namespace: "shop", port: 8000 },
        { name: "board-service", namespace: "shop", port: 8000 },
      ],
      slo: {
        latency: { seconds: 0.25 },
        objectives: [
          { ...queue, name: "wait", histogram: "wait_seconds", seconds: 30 },
          { ...queue, name: "wait", service: "board-service", histogram: "wait_seconds", seconds: 10 },
          { ...queue, name: "payments", bad: "declined_total", total: "payments_total" },
        ],
      },
    },
    "kind",
  ),
  "kind",
);
const FAILED = "status = error";
/** What of Explore's address differs between the traces. */
const asked = (url: string, instead: string) =>
  url.replace(encodeURIComponent(FAILED), encodeURIComponent(instead));

describeWith(["prometheus", "promtool"])("SLOErrorBudgetBurn", () => {
  const directory = mkdtempSync(join(tmpdir(), "links-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each([
    ["availability", "queue-service", FAILED],
    ["payments", "queue-service", FAILED],
    ["latency", "queue-service", "duration > 250ms"],
    ["wait", "queue-service", "duration > 30000ms"],
    ["wait", "board-service", "duration > 10000ms"],
  ])("of %s of %s leads to its traces with %s", async (slo, service, which) => {
    const labels = { env: "kind", region: "local", namespace: "shop", service, slo };
    const rule = ruleGroups(stack)
      .flatMap(({ rules }) => rules)
      .find(({ alert, labels }) => alert === "SLOErrorBudgetBurn" && labels!.severity === "warning")!;
    const filled = Object.entries(rule.annotations!).map(([name, text]) => [
      name,
      // Where no case is meant.
      text
        .replace(/^\{\{ if .*\{\{ else \}\}(.*)\{\{ end \}\}$/, "$1")
        .replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: keyof typeof labels) => labels[label])
        .replace("{{ $value | humanizePercentage }}", "50%"),
    ]);
    const annotations = Object.fromEntries(filled) as Record<string, string>;
    expect(annotations.traces_url).toContain(encodeURIComponent(FAILED));
    const of = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    const always = (name: string, value: number) => ({ series: `${name}{${of}}`, values: `${value}x60` });
    const told = {
      exp_labels: { ...labels, ...rule.labels },
      exp_annotations: { ...annotations, traces_url: asked(annotations.traces_url, which) },
    };
    const tests = [
      {
        interval: "1m",
        input_series: [
          ...["6h", "3d"].map((window) => always(`slo:error_ratio:rate${window}`, 0.5)),
          always("slo:bad:count6h", 1000),
          always("slo:error_budget", 0.05),
        ],
        alert_rule_test: [{ alertname: rule.alert, eval_time: "20m", exp_alerts: [told] }],
      },
    ];
    writeFileSync(join(directory, "rules.yaml"), ruleFiles(stack)["slo-windows.yaml"]);
    const file = yaml({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests });
    writeFileSync(join(directory, "test.yaml"), file);
    await output(binary("prometheus", "promtool")!, ["test", "rules", "test.yaml"], directory);
  });
});
