import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/node_modules/", "**/dist/", "tests/golden/", ".stryker/"] },
  tseslint.configs.recommended,
  {
    // Settings in, plain objects through, resources out: configuration is data and knows nothing of Pulumi.
    files: ["config/**/*.ts", "programs/**/*.ts", "alerts/**/*.ts", "dashboards/**/*.ts"],
    ignores: ["config/load.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["@pulumi/*"] }] },
  },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
);
