import jest from "./jest.config.mjs";

/*
 * Which mistakes in a folder, or a file, none of its tests would notice: `FOLDER=alerts npm run mutate`.
 *
 * A mistake in a table can concern every test, so each is run against the quick tests of its folder alone, the quickest
 * first, until one fails. Goldens are no tests here, since a command refreshes them. A survivor is made again by hand and
 * all of `npm test` run before it counts as one.
 */
const onWholeStack = [
  ...["overrides", "extra-scrape-configs", "wiring", "scraping", "secrets", "network-policies"],
  ...["listening", "data", "grafana", "components", "host", "pods", "told"],
];
const testsOf = {
  config: [
    ...["defaults", "every-refusal", "settings", "settings-refused", "units", "overrides", "alerts"],
    ...["stack-file", "secret-messages", "extra-scrape-configs", "editors-schema"],
  ],
  alerts: ["alerts", "alerts.promtool", "queries"],
  dashboards: ["dashboards", "queries"],
  programs: onWholeStack,
  "programs/alertmanager": [...onWholeStack, "alertmanager", "routes"],
  "programs/alloy": [...onWholeStack, "logs-pipeline", "log-lines", "masking", "alloy-expressions"],
  "programs/redis-exporter.ts": [...onWholeStack, "alerts"],
  "programs/postgres-exporter.ts": [...onWholeStack, "alerts"],
  "programs/loki.ts": [...onWholeStack, "loki"],
  "programs/prometheus": [...onWholeStack, "discovery"],
  "programs/edge.ts": [...onWholeStack, "edge"],
  components: [...onWholeStack, "invariants", "replicas"],
};

const folder = process.env.FOLDER ?? "";
const tests = testsOf[folder] ?? testsOf[folder.split("/")[0]];
if (!tests)
  throw new Error(
    `FOLDER is "${folder}"; allowed: config, alerts, dashboards, programs, components, or a folder or file in one of them`,
  );

const [unit] = jest.projects;
// Stryker's test runners are children of this process.
process.env.TESTS_TOGETHER = tests.join(",");

/** What `describe` is given is for people to read: docs/settings.md is its picture. */
const isDescription = (path) =>
  path.listKey === "arguments" && path.parentPath.get("callee.property").isIdentifier({ name: "describe" });

/** A plugin of Stryker: what it names stays as it is. */
export const strykerPlugins = [
  {
    kind: "Ignore",
    name: "descriptions",
    value: { shouldIgnore: (path) => (isDescription(path) ? "a text for people" : undefined) },
  },
];

export default {
  packageManager: "npm",
  mutate: [`${folder}{,/**/*.ts}`],
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
  // Jest keeps what it has loaded, run after run.
  maxTestRunnerReuse: 30,
  // What starts a program takes long where other things run as well.
  timeoutMS: 60_000,
  reporters: ["progress-append-only", "clear-text"],
  clearTextReporter: { allowColor: process.stdout.isTTY, logTests: false, reportTests: false },
  thresholds: { high: 85, low: 75, break: 75 },
  tempDirName: ".stryker",
};
