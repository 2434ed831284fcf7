/** What an editor that knows config/stack.schema.json underlines in a stack file, and what it does not. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import { load } from "js-yaml";
import { stackFileSchema } from "../config/json-schema";
import type { Node } from "../config/schema-tree";

const schema = () => stackFileSchema() as Node & { $schema: string; title: string };
// Editors know errorMessage and pass over secret; whether a text is a URL is asked elsewhere.
const validator = () => new Ajv({ strict: false, allErrors: true, validateFormats: false });

/** By the schema's text: compiled once, but asked for by every test, so that `npm run mutate` knows which ones need it. */
const compiled = new Map<string, ValidateFunction>();

/** Places that are underlined. */
function underlined(stackFile: unknown): string[] {
  const text = JSON.stringify(schema());
  const accepts = compiled.get(text) ?? validator().compile(schema());
  compiled.set(text, accepts);
  return accepts(stackFile) ? [] : accepts.errors!.map(({ instancePath }) => instancePath);
}

test("the schema says which stack files it is for, in a dialect that validators know", () => {
  const { title, $schema } = schema();
  expect(title).toContain("observability-stack");
  expect(validator().getSchema($schema)?.schema).toMatchObject({ $id: $schema });
});

test.each(["kind", "prod"])("nothing in Pulumi.%s.yaml is underlined", (stack) => {
  const stackFile = load(readFileSync(join(__dirname, `../Pulumi.${stack}.yaml`), "utf8"));
  expect(stackFile).toHaveProperty(["config", "observability:platform"]);
  expect(underlined(stackFile)).toEqual([]);
});

test.each<[string, unknown, string]>([
  ["a topic that does not exist", { "observability:metric": {} }, "/config"],
  ["a key that does not exist", { "observability:logs": { backnd: "loki" } }, "/config/observability:logs"],
  [
    "a key that does not exist, in a list",
    { "observability:placement": { tolerations: [{ kee: "a" }] } },
    "/config/observability:placement/tolerations/0",
  ],
  ["a value that is not allowed", { "observability:platform": "gke" }, "/config/observability:platform"],
  ["a text for true", { "observability:protect": "yes" }, "/config/observability:protect"],
  ["a text for a port", { "observability:grafana": { port: "80" } }, "/config/observability:grafana/port"],
  ["a text for a map", { "observability:logs": "loki" }, "/config/observability:logs"],
  ["a list in place of config", ["observability:logs"], "/config"],
  ["a text in place of config", "observability:logs", "/config"],
])("%s is underlined", (_, config, place) => {
  expect(underlined({ config })).toEqual([place]);
});

test("a secret may be encrypted, as pulumi config set --secret writes it, and nothing else", () => {
  const alerting = (password: unknown, from: unknown = "a@b.org") => ({
    config: { "observability:alerting": { smtp: { smarthost: "a:25", from, username: "a", password } } },
  });
  expect(underlined(alerting({ secure: "v1:a:b" }))).toEqual([]);
  for (const wrong of [{ secured: "v1:a:b" }, {}, { secure: 7 }, { secure: "v1:a:b", more: 1 }])
    expect([wrong, underlined(alerting(wrong))]).not.toEqual([wrong, []]);
  expect(underlined(alerting("p", { secure: "v1:a:b" }))).not.toEqual([]);
});

test.each([[["config"]], ["config"], [null]])("%j in place of a stack file is underlined", (stackFile) => {
  expect(underlined(stackFile)).toEqual([""]);
});

test.each([
  ["of a provider", { "kubernetes:context": "kind-a", "aws:defaultTags": { tags: { a: "b" } } }],
  ["of another project", { "other:observability:logs": 7 }],
])("keys %s are not underlined", (_, config) => {
  expect(underlined({ config })).toEqual([]);
});

test.each(["encryptionsalt", "secretsprovider", "encryptedkey"])(
  "what Pulumi writes as %s is a text",
  (key) => {
    expect(underlined({ config: {}, [key]: "v1:abc=" })).toEqual([]);
    expect(underlined({ config: {}, [key]: 7 })).toEqual([`/${key}`]);
  },
);

test.each([
  ["loki", "Loki's"],
  ["tempo", "Tempo's"],
  ["jaeger", "Jaeger's"],
  ["collector", "the OpenTelemetry Collector's"],
  ["sampler", "the samplers'"],
  ["prometheus", "Prometheus'"],
  ["alertmanager", "Alertmanager's"],
])("what an editor says of a wrong overrides.%s: whose file it is laid over", (program, whose) => {
  const overrides = schema().properties!.config.properties!["observability:overrides"].properties!;
  expect(overrides[program].errorMessage).toBe(`allowed: an object as in ${whose} configuration file`);
});
