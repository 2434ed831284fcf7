/** What a reviewer of a pull request is told about it, of stacks that are rendered from settings. */
import MarkdownIt from "markdown-it";
import { stackConfig, stackFile, type StackConfig } from "../../local/stack-config";
import { changesOf, rollsOf } from "../../local/review/changes";
import type { Manifest } from "../../local/render";
import { reviewOf } from "../../local/review/report";
import { rendered } from "../support/render";

type Given = Record<string, unknown>;

/** From the kind stack with some settings to the same stack with others; for a comment of each of these lengths. */
async function reviews(before: Given, after: Given, limits: number[]) {
  const config = (given: Given): StackConfig => ({
    ...stackConfig(stackFile("kind")),
    ...Object.fromEntries(Object.entries(given).map(([key, value]) => [`observability:${key}`, value])),
  });
  const [old, wanted] = [await rendered("kind", before), await rendered("kind", after)];
  return limits.map((limit) =>
    reviewOf(
      { commit: "1234567", manifests: old, config: config(before) },
      { stack: "kind", ref: "origin/main", manifests: wanted, config: config(after), limit },
    ),
  );
}

const review = async (before: Given, after: Given, limit = Infinity) =>
  (await reviews(before, after, [limit]))[0];

/** The lines under a heading, without their bullets. */
const under = (text: string, heading: string): string[] =>
  (text.split(/^### /m).find((section) => section.startsWith(`${heading}\n`)) ?? "")
    .split("\n")
    .filter((line) => line.startsWith("- "))
    .map((line) => line.slice(2));

const headings = (text: string) => [...text.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);

test("nothing differs", async () => {
  const { text, losses } = await review({}, {});
  expect(text).toBe("## Stack `kind` against `origin/main` (1234567)\n\nNo object changes.\n");
  expect(losses).toEqual([]);
});

test("a start file: made anew, the pods that read it are replaced, and the line that differs is shown", async () => {
  const { text, losses } = await review({}, { logs: { retention: { time: "14d" } } });
  expect(text).toContain("**0 added, 0 changed in place, 2 replaced, 0 removed; ");
  expect(under(text, "Settings")).toEqual(['`observability:logs.retention.time`: none → `"14d"`']);
  expect(under(text, "Pods that are replaced")).toEqual([
    "DaemonSet observability-agents/alloy: ConfigMap observability-agents/logs-alloy-config-[auto]",
    "StatefulSet observability/loki: ConfigMap observability/logs-loki-config-[auto]",
  ]);
  expect(text).toMatch(/^- +retention_period: 7d$(\n^.*$)*\n^\+ +retention_period: 14d$/m);
  expect(losses).toEqual([]);
});

test("a file that is read again: changed in place, no pod is replaced", async () => {
  // The rules, and the dashboards of two folders that show the threshold.
  const { text } = await review({}, { alerting: { rules: { highErrorRate: { threshold: 0.2 } } } });
  expect(text).toContain("**0 added, 3 changed in place, 0 replaced, 0 removed; ");
  expect(headings(text)).not.toContain("Pods that are replaced");
});

test("a pod's own template, and what the stack asks for", async () => {
  const resources = { requests: { memory: "1Gi" }, limits: { memory: "2Gi" } };
  const { text } = await review({}, { metrics: { resources } });
  expect(under(text, "Pods that are replaced")).toEqual([
    "StatefulSet observability/prometheus: its own template",
  ]);
  expect(under(text, "What it asks for")).toEqual([expect.stringMatching(/^memory: \d+Mi → \d+Mi$/)]);
});

test("a rotation: the Secret is made anew, its pods are replaced and the Job runs again", async () => {
  const { text } = await review({}, { grafana: { admin: { rotation: "2" } } });
  const secret = "Secret observability/grafana-credentials-[auto]";
  expect(under(text, "Pods that are replaced")).toEqual([
    `Job observability/grafana-grafana-rotation-job-[auto]: ${secret}`,
    `StatefulSet observability/grafana: ${secret}`,
  ]);
});

test.each([
  [
    "a volume that shrinks",
    { storage: { size: "5Gi" } },
    { storage: { size: "1Gi" } },
    /loki-data cannot shrink/,
  ],
  ["another class", {}, { storage: { class: "other" } }, /loki-data would be deleted, with its data/],
])("%s is lost data", async (_, before, after, message) => {
  const { text, losses } = await review({ logs: before }, { logs: after });
  expect(losses).toEqual([expect.stringMatching(message)]);
  expect(under(text, "Data would be lost")).toEqual(losses);
});

test("other namespaces: they would go with everything in them", async () => {
  const { losses } = await review({}, { namespaces: { stack: "elsewhere" } });
  expect(losses).toContainEqual("Namespace observability would be deleted, with everything in it.");
  expect(losses).toContainEqual(
    "PersistentVolumeClaim observability/loki-data would be deleted, with its data.",
  );
});

test("a volume that grows changes in place", async () => {
  const { text, losses } = await review({}, { logs: { storage: { size: "50Gi" } } });
  expect(text).toContain("**0 added, 1 changed in place, 0 replaced, 0 removed; ");
  expect(under(text, "What it asks for")).toEqual([expect.stringMatching(/^storage: \d+Mi → \d+Mi$/)]);
  expect(losses).toEqual([]);
});

test("what is not secret in a Secret: TLS that is switched off", async () => {
  const target = { name: "a", host: "pg.shop.svc", username: "stack", password: "planted" };
  const metrics = (sslmode: string) => ({ metrics: { postgres: { targets: [{ ...target, sslmode }] } } });
  const { text } = await review(metrics("require"), metrics("disable"));
  expect(under(text, "Pods that are replaced")).toEqual([
    "Deployment observability/postgres-exporter: Secret observability/metrics-postgres-exporter-config-[auto]",
  ]);
  expect(text).not.toContain("planted");
});

test("a namespace that others make from now on is not lost", async () => {
  const { losses } = await review({}, { namespaces: { create: false } });
  expect(losses).toEqual([]);
});

test("two values that change alike in different places are shown each", async () => {
  const cpu = { requests: { cpu: "200m" } };
  const { text } = await review(
    {},
    { metrics: { resources: cpu, kubeStateMetrics: { resources: { limits: { cpu: "200m" } } } } },
  );
  expect(headings(text)).toEqual(
    expect.arrayContaining([
      "kube-state-metrics: Deployment observability/kube-state-metrics changed in place",
      "prometheus: StatefulSet observability/prometheus changed in place",
    ]),
  );
});

test("an older rendering, which shows nothing of a Secret, makes none of them new", () => {
  const secret = (password: string): Manifest => ({
    apiVersion: "v1",
    kind: "Secret",
    immutable: true,
    metadata: { name: "a-[auto]" },
    stringData: { password },
  });
  expect(changesOf([secret("[secret]")], [secret("[secret 12345678]")])).toEqual([]);
  expect(changesOf([secret("[secret 87654321]")], [secret("[secret 12345678]")])).toMatchObject([
    { what: "replaced" },
  ]);
});

test("a workload that is made anew takes its pods with it", () => {
  const workload = (revisionHistoryLimit: number): Manifest => ({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "a" },
    spec: { revisionHistoryLimit, template: {} },
  });
  const after = [workload(5)];
  expect(rollsOf(changesOf([workload(3)], after), after)).toEqual([
    { workload: after[0], because: ["it is made anew"] },
  ]);
});

test("what differs everywhere in the same way is shown once", async () => {
  const { text } = await review({}, { placement: { labels: { team: "platform" } } });
  expect([...text.matchAll(/^\+\s+team: platform$/gm)].length).toBeLessThan(20);
});

test("the longest differences are left out where a comment has no room, and that is said", async () => {
  const change = { environment: "other", metrics: { retention: { time: "9d" } } };
  const { text } = await review({}, change, 3000);
  expect(text.length).toBeLessThan(3500);
  expect(text).toMatch(/_\d+ lines left out\._/);
  expect(text).toContain("+");
});

test("wherever a review is cut, what follows in the comment is read as it is meant, and losses are whole", async () => {
  const before = { logs: { storage: { size: "5Gi" } } };
  const after = { environment: "other", logs: { storage: { size: "1Gi" }, retention: { time: "14d" } } };
  const whole = (await review(before, after)).text;
  const limits = Array.from({ length: 20 }, (_, i) => Math.round((whole.length * i) / 20));
  for (const { text, losses } of await reviews(before, after, limits)) {
    const tokens = new MarkdownIt().parse(`${text}## The next stack\n`, {});
    const spoken = tokens.filter(({ type }) => type === "inline").map(({ content }) => content);
    expect(spoken).toEqual(expect.arrayContaining(["Data would be lost", ...losses, "The next stack"]));
    const lines = whole.split("\n");
    for (const line of text.split("\n").filter((line) => line.startsWith("- ")))
      expect(lines).toContain(line);
  }
});
