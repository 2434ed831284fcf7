const common = {
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  // The parsers of the query languages and listr2 are ES modules.
  transformIgnorePatterns: ["/node_modules/(?!(@prometheus-io|@grafana)/)"],
  modulePathIgnorePatterns: ["<rootDir>/examples/.*/node_modules"],
};

const cluster = {
  globalSetup: "<rootDir>/tests/cluster/support/setup.ts",
  setupFilesAfterEnv: ["<rootDir>/tests/cluster/support/environment.ts"],
};

/** They start Elasticsearch nodes or JRuby, and took CI over its time: npm run test:elasticsearch. */
const ELASTIC = ["elasticsearch-nodes", "traces-in-elasticsearch", "logstash-runs"];
const unit = { setupFilesAfterEnv: ["<rootDir>/tests/support/environment.ts"] };

export default {
  reporters: ["default", "<rootDir>/tests/support/reporter.mjs"],
  projects: [
    {
      ...common,
      ...unit,
      displayName: "unit",
      testMatch: ["<rootDir>/tests/**/*.test.ts"],
      testPathIgnorePatterns: [
        ...["/node_modules/", "/tests/cluster/", "/tests/stacks/"],
        `/tests/(${ELASTIC.join("|")})[.]test`,
      ],
    },
    {
      ...common,
      ...unit,
      displayName: "elasticsearch",
      testMatch: ELASTIC.map((name) => `<rootDir>/tests/${name}.test.ts`),
    },
    { ...common, ...cluster, displayName: "cluster", testMatch: ["<rootDir>/tests/cluster/**/*.test.ts"] },
    { ...common, ...cluster, displayName: "stacks", testMatch: ["<rootDir>/tests/stacks/**/*.test.ts"] },
  ],
};
