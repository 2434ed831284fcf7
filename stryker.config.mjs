import jest from "./jest.config.mjs";

/*
 * Which mistakes in a folder none of its tests would notice: `FOLDER=alerts npm run mutate`.
 *
 * A mistake in a table can concern every test, so each is run against those of its folder alone, not all of them: the
 * quick ones, which need no other process. Goldens are no tests here, since a command refreshes them. A survivor is
 * made again by hand and all of `npm test` run before it counts as one.
 */
const onWholeStack = [
  "components",
  "data",
  "grafana",
  "listening",
  "network-policies",
  "scraping",
  "secrets",
  "wiring",
];
const testsOf = {
  config: ["alerts", "overrides", "secret-messages", "settings", "settings-refused", "units"],
  alerts: ["alerts", "alerts.promtool", "queries"],
  dashboards: ["dashboards", "queries"],
  programs: [...onWholeStack, "alertmanager", "extra-scrape-configs", "logs-pipeline", "overrides", "routes"],
  components: [...onWholeStack, "replicas"],
};

const folder = process.env.FOLDER ?? "";
const tests = testsOf[folder.split("/")[0]];
if (!tests)
  throw new Error(
    `FOLDER is "${folder}"; allowed: ${Object.keys(testsOf).join(", ")}, or a folder in one of them`,
  );

const [unit] = jest.projects;

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
  mutate: [`${folder}/**/*.ts`],
  plugins: ["@stryker-mutator/*", import.meta.filename],
  ignorers: ["descriptions"],
  testRunner: "jest",
  jest: {
    projectType: "custom",
    enableFindRelatedTests: false,
    // Laid over jest.config.mjs: without its projects, one of which starts clusters.
    config: { ...unit, projects: [], testMatch: tests.map((name) => `<rootDir>/tests/${name}.test.ts`) },
  },
  coverageAnalysis: "perTest",
  concurrency: 2,
  // What starts a program takes long where other things run as well.
  timeoutMS: 60_000,
  reporters: ["progress-append-only", "clear-text"],
  clearTextReporter: { allowColor: process.stdout.isTTY, logTests: false, reportTests: false },
  thresholds: { high: 85, low: 75, break: 75 },
  tempDirName: ".stryker",
};
