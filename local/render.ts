import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CORE_SCHEMA, load } from "js-yaml";
import { isSecret, keyOf as settingOf } from "../config/schema-tree";
import { yaml } from "../config/yaml";
import { UserError } from "./errors";
import { repoDir } from "./paths";

/** A Kubernetes object as the API server would get it, without what only Pulumi knows. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [key: string]: unknown;
}

const PREFIX = "observability:";

/**
 * Runs the program without a cluster, a provider or the Pulumi CLI and returns the objects it would make, sorted.
 * Secrets are shown as `[secret]`, generated and encrypted ones with letters that change with them; a name that Pulumi
 * would complete with random letters ends in `-[auto]`.
 *
 * @param config keys as in a stack file, such as `observability:metrics`
 */
export async function renderManifests(stack: string, config: StackConfig): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        if (!type.startsWith("kubernetes:") || !inputs.kind || id)
          return { id: id || `${name}-id`, state: { ...inputs, result: standIn({ name, ...inputs }) } };
        const metadata = { ...inputs.metadata, name: inputs.metadata.name ?? `${name}-[auto]` };
        manifests.push(hidden({ ...inputs, metadata } as Manifest));
        return { id: metadata.name, state: { ...inputs, metadata } };
      },
      call: ({ inputs }) => inputs,
    },
    "observability-stack",
    stack,
    false,
  );
  const texts = Object.entries(config).map(([key, value]) => [
    key.includes(":") ? key : `observability-stack:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts));
  let failure: unknown;
  await pulumi.runtime.runInPulumiStack(async () => {
    delete require.cache[require.resolve("../index")];
    // Handed on past Pulumi, which would make several promises of it that nobody waits for.
    return import("../index").catch((error: unknown) => void (failure = error));
  });
  await pulumi.runtime.disconnect();
  if (failure) throw failure;
  return manifests.sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

/** Keys as they stand in a stack file, such as `observability:metrics`. */
export type StackConfig = Record<string, unknown>;

/** The `config` part of a stack file. Encrypted values are not decrypted: each is a text that passes for one. */
export function stackConfig(file: string): StackConfig {
  const config = readStackFile(file);
  refuseEncrypted(config, file);
  return withoutSecrets(config) as StackConfig;
}

/** The same as it is written. */
export function readStackFile(file: string): StackConfig {
  let content: unknown;
  try {
    // CORE_SCHEMA: a date, such as a rotation id may be, stays a text.
    content = load(readFileSync(file, "utf8"), { schema: CORE_SCHEMA }) ?? {};
  } catch (error) {
    throw new UserError(
      `The stack file ${file} cannot be read: ${(error as Error).message}\nAllowed: --stack kind, --stack prod, a Pulumi.NAME.yaml of your own, or --config-file PATH.`,
    );
  }
  return configOf(content, file);
}

/** Pulumi passes over settings that stand elsewhere, and the stack would be all defaults. */
function configOf(content: unknown, file: string): StackConfig {
  const outside = isMap(content) ? Object.keys(content).find((key) => key.startsWith(PREFIX)) : undefined;
  const config = isMap(content) ? (content.config ?? {}) : undefined;
  if (isMap(config) && !outside) return config;
  const wrong = outside ? `${outside} stands outside of config` : "config is no map";
  throw new UserError(
    `The stack file ${file} cannot be used: ${wrong}. Nothing was changed.\nAllowed: a map under config:, with each setting indented below it, as in Pulumi.kind.yaml.`,
  );
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What is encrypted cannot be checked, and where no secret is expected it would be a secret that everybody can read. */
function refuseEncrypted(config: StackConfig, file: string): void {
  const keys = Object.entries(config)
    .filter(([key]) => key.startsWith(PREFIX))
    .flatMap(([key, value]) => encrypted(value, [key.slice(PREFIX.length)]))
    .filter((path) => !isSecret(path));
  if (keys.length === 0) return;
  throw new UserError(
    [
      `The stack file ${file} has settings that cannot be read:`,
      ...keys.map((path) => `  ${PREFIX}${settingOf(path)} is encrypted; allowed: secrets one by one`),
      "Nothing was changed. Write them in plain text, and encrypt what is marked as a secret in docs/settings.md alone:",
      `  pulumi config set --secret --path '${PREFIX}alerting.receivers[0].slack.url' URL`,
    ].join("\n"),
  );
}

function encrypted(value: unknown, path: string[]): string[][] {
  if (typeof value !== "object" || value === null) return [];
  if ("secure" in value) return [path];
  return Object.entries(value).flatMap(([key, inner]) => encrypted(inner, [...path, key]));
}

/** Where the file of a stack lies, unless the user says otherwise. */
export const stackFile = (stack: string): string => join(repoDir, `Pulumi.${stack}.yaml`);

export const manifestsText = (manifests: Manifest[]): string =>
  manifests.map((manifest) => `---\n${yaml(manifest)}`).join("");

const keyOf = ({ kind, metadata }: Manifest) => `${metadata.namespace ?? ""}/${kind}/${metadata.name}`;

/** In the place of a secret, made of what anybody may read: how it is generated, or its encrypted text. */
const standIn = (publicly: object): string =>
  `https://secret.invalid/${createHash("sha256").update(JSON.stringify(publicly)).digest("hex").slice(0, 8)}`;

function shown(secret: string): string {
  const letters = [...secret.matchAll(/https:\/\/secret\.invalid\/(\w{8})/g)].map(([, found]) => ` ${found}`);
  return `[secret${letters.join("")}]`;
}

/** Pulumi's mark of a secret value, which wraps it on the wire. */
const WRAPPED = "4dabf18193072939515e22adb298388d";

/** The values of a Secret are never shown. */
function hidden(manifest: Manifest): Manifest {
  if (manifest.kind !== "Secret") return manifest;
  const given = manifest.stringData as Record<string, unknown>;
  const values = Object.entries((WRAPPED in given ? given.value : given) as Record<string, unknown>);
  return {
    ...manifest,
    stringData: Object.fromEntries(values.map(([name, value]) => [name, shown(String(value))])),
  };
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return standIn(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
