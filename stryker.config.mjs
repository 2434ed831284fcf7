import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import jest from "./jest.config.mjs";

/*
 * Which mistakes in a folder, or a file, none of its tests would notice: `FOLDER=alerts npm run mutate`.
 *
 * A mistake in a table can concern every test, so each is run against the quick tests of its folder alone, the quickest
 * first, until one fails. Goldens are no tests here, since a command refreshes them. A survivor is made again by hand and
 * all of `npm test` run before it counts as one. With `SHARE=6` one piece of ten lines in six is tried.
 */
const quick = [
  ...["pods", "wiring", "workloads", "told", "data", "listening", "host", "scraping", "grafana"],
  ...["namespaces", "secrets"],
];
/** Those that look at whole stacks, and others between the quick ones and the slow ones. */
const withWholeStacks = (...others) => [...quick, ...others, "components", "network-policies"];
const testsOf = {
  config: [
    ...["defaults", "every-refusal", "settings", "settings-refused", "units", "overrides", "alerts"],
    ...["stack-file", "secret-messages", "extra-scrape-configs", "editors-schema"],
  ],
  alerts: ["alerts", "alerts.promtool", "queries"],
  dashboards: ["dashboards", "queries"],
  programs: withWholeStacks(
    ...["copies", "stores", "replicas", "overrides", "extra-scrape-configs", "sampler", "start-page"],
    ...["kiali", "kibana", "log-backends", "trace-backends", "alerts", "alert-links"],
  ),
  "programs/alertmanager": withWholeStacks("alertmanager", "routes", "alerts.promtool"),
  "programs/alloy": withWholeStacks("logs-pipeline", "log-lines", "masking", "alloy-expressions"),
  "programs/amp.ts": withWholeStacks("copies", "amp"),
  "programs/blackbox-exporter.ts": withWholeStacks("certificates", "alerts", "alerts.promtool"),
  "programs/collector": withWholeStacks("applications", "sampler", "overrides", "alerts.promtool"),
  "programs/edge": withWholeStacks("start-page", "edge-ingress", "edge-tls", "edge"),
  "programs/elasticsearch": withWholeStacks("log-backends", "elasticsearch-tls", "kibana", "trace-backends"),
  "programs/filebeat": withWholeStacks("log-backends", "elasticsearch-tls", "logstash-tls", "log-lines"),
  "programs/grafana": withWholeStacks(
    ...["copies", "oidc-settings", "grafana-database-settings", "log-backends", "own-alerts", "alerts"],
  ),
  "programs/jaeger.ts": withWholeStacks("trace-backends", "edge-jaeger", "overrides", "jaeger"),
  "programs/logstash": withWholeStacks("log-backends", "elasticsearch-tls", "logstash", "logstash-tls"),
  "programs/loki-alerts.ts": withWholeStacks("alerts", "alerts.promtool"),
  "programs/loki.ts": withWholeStacks("stores", "overrides", "dashboards", "alerts", "log-backends", "teams"),
  "programs/postgres-exporter.ts": withWholeStacks("alerts", "alerts.promtool"),
  "programs/prometheus": withWholeStacks(
    ...["copies", "extra-scrape-configs", "overrides", "discovery", "istio", "alerts"],
    "alerts.promtool",
  ),
  "programs/promtail": withWholeStacks("log-backends", "logs-pipeline", "log-lines", "masking"),
  "programs/redis-exporter.ts": withWholeStacks("alerts", "alerts.promtool"),
  "programs/tempo.ts": withWholeStacks("stores", "overrides", "trace-backends", "sampler", "alerts"),
  "programs/zipkin.ts": withWholeStacks("trace-backends", "replicas", "zipkin"),
  components: [
    ...quick,
    ...["components", "replicas", "grafana-database-settings", "kibana", "log-backends", "edge-tls"],
    ...["stores", "sampler", "index", "edge-ingress", "kiali", "invariants", "network-policies"],
  ],
};

const folder = process.env.FOLDER ?? "";
const parts = folder.split("/");
const tests = testsOf[folder] ?? testsOf[parts.slice(0, 2).join("/")] ?? testsOf[parts[0]];
if (!tests)
  throw new Error(
    `FOLDER is "${folder}"; allowed: config, alerts, dashboards, programs, components, or a folder or file in one of them`,
  );

/** What has tests of its own is left to them. */
const files = filesIn(folder).filter(
  (file) =>
    !Object.keys(testsOf).some((key) => key.startsWith(`${folder}/`) && `${file}/`.startsWith(`${key}/`)),
);

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(path, name));
}

/** Every file in pieces of ten lines, of which one of `share` is tried; counted on from file to file, so that short ones have their turn. */
function piecesOf(share) {
  let pieces = 0;
  return files.flatMap((file) => {
    const lines = readFileSync(file, "utf8").split("\n").length;
    const starts = Array.from({ length: Math.ceil(lines / 10) }, (_, index) => index * 10 + 1);
    return starts.filter(() => ++pieces % share === 0).map((start) => `${file}:${start}-${start + 9}`);
  });
}

const [unit] = jest.projects;
// Stryker's test runners are children of this process.
process.env.TESTS_TOGETHER = tests.join(",");

/** What `describe` is given is for people to read: docs/settings.md is its picture. */
const isDescription = (path) =>
  path.listKey === "arguments" && path.parentPath.get("callee.property").isIdentifier({ name: "describe" });

/** Why one program calls another is for people, too: nothing reads it. */
const isReason = ({ parentPath, listKey, key }) =>
  key === "value" &&
  !listKey &&
  parentPath.isObjectProperty() &&
  parentPath.get("key").isIdentifier({ name: "why" });

/** A plugin of Stryker: what it names stays as it is. */
export const strykerPlugins = [
  {
    kind: "Ignore",
    name: "descriptions",
    value: {
      shouldIgnore: (path) => (isDescription(path) || isReason(path) ? "a text for people" : undefined),
    },
  },
];

export default {
  packageManager: "npm",
  mutate: process.env.SHARE ? piecesOf(Number(process.env.SHARE)) : files,
  plugins: ["@stryker-mutator/*", import.meta.filename],
  ignorers: ["descriptions"],
  testRunner: "jest",
  jest: {
    projectType: "custom",
    enableFindRelatedTests: false,
    // Laid over jest.config.mjs: without its projects, one of which starts clusters.
    config: {
      ...unit,
      projects: [],
      testMatch: ["<rootDir>/tests/support/together.ts"],
      testEnvironment: "./tests/support/first-failure.cjs",
    },
  },
  coverageAnalysis: "perTest",
  concurrency: 2,
  // Jest keeps what it has loaded, run after run: after thirty, collecting its garbage takes longer than the tests.
  maxTestRunnerReuse: 5,
  // What starts a program takes long where other things run as well.
  timeoutMS: 60_000,
  dryRunTimeoutMinutes: 30,
  reporters: ["progress-append-only", "clear-text"],
  clearTextReporter: { allowColor: process.stdout.isTTY, logTests: false, reportTests: false },
  thresholds: { high: 85, low: 75, break: 75 },
  tempDirName: ".stryker",
};
