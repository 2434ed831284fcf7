import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { CORE_SCHEMA, load, YAMLException } from "js-yaml";
import { isSecret, keyOf } from "../config/schema-tree";
import { UserError } from "./errors";
import type { Options } from "./options";
import { repoDir } from "./paths";

export const PREFIX = "observability:";

/** Keys as they stand in a stack file, such as `observability:metrics`. */
export type StackConfig = Record<string, unknown>;

/** The `config` part of a stack file. Encrypted values are not decrypted: each is a text that passes for one. */
export function stackConfig(file: string): StackConfig {
  const config = readStackFile(file);
  refuseEncrypted(config, file);
  refuseLong(config, file);
  return decrypted(config) as StackConfig;
}

/** The settings of this program among them, without its prefix. */
export const ownSettings = (config: StackConfig): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(PREFIX))
      .map(([key, value]) => [key.slice(PREFIX.length), value]),
  );

/** The `config` part of a stack file as it is written. */
export function readStackFile(file: string): StackConfig {
  let content: unknown;
  try {
    // CORE_SCHEMA: a date, such as a rotation id may be, stays a text.
    content = load(readFileSync(file, "utf8"), { schema: CORE_SCHEMA }) ?? {};
  } catch (error) {
    // A parser's own message shows the lines around, which may hold a secret.
    const why = error instanceof YAMLException ? placeOf(error) : (error as Error).message;
    throw new UserError(
      `The stack file ${file} cannot be read: ${why}\nAllowed: --stack kind, --stack prod, a Pulumi.NAME.yaml of your own, or --config-file PATH.`,
    );
  }
  return configOf(content, file);
}

const placeOf = ({ reason, mark }: YAMLException): string =>
  `${reason}, in line ${mark.line + 1}, column ${mark.column + 1}`;

/** Pulumi passes over settings that stand elsewhere, and the stack would be all defaults. */
function configOf(content: unknown, file: string): StackConfig {
  const outside = isMap(content) ? Object.keys(content).find((key) => key.startsWith(PREFIX)) : undefined;
  const config = isMap(content) ? (content.config ?? {}) : undefined;
  if (isMap(config) && !outside && !(NESTED in config)) return config;
  const wrong = outside
    ? `${outside} stands outside of config`
    : isMap(config)
      ? `config holds a map ${NESTED}, which Pulumi takes for one setting`
      : "config is no map";
  throw new UserError(
    `The stack file ${file} cannot be used: ${wrong}. Nothing was changed.\nAllowed: a map under config:, with each setting indented below it and named as a whole, such as observability:metrics, as in Pulumi.kind.yaml.`,
  );
}

/** How one might write the prefix; Pulumi takes it for a setting of that name. */
const NESTED = "observability";

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
      ...keys.map((path) => `  ${PREFIX}${keyOf(path)} is encrypted; allowed: secrets one by one`),
      "Nothing was changed. Write them in plain text, and encrypt what is marked as a secret in docs/settings.md alone:",
      `  pulumi config set --secret --path '${PREFIX}alerting.receivers[0].slack.url' URL`,
    ].join("\n"),
  );
}

/** Pulumi hands all settings to the program in one environment variable, of which Linux allows 128 KiB. */
const HANDED_OVER = 128 * 1024 - "PULUMI_CONFIG=".length - 1;

function refuseLong(config: StackConfig, file: string): void {
  const texts = Object.entries(config).map(([key, value]) => {
    const plain = decrypted(value, ({ secure }) => "x".repeat(lengthOf(secure)));
    return [key, typeof plain === "string" ? plain : JSON.stringify(plain)];
  });
  const size = Buffer.byteLength(JSON.stringify(Object.fromEntries(texts)));
  if (size <= HANDED_OVER) return;
  throw new UserError(
    [
      `The stack file ${file} has ${size} bytes of settings; allowed: ${HANDED_OVER}, which is what Pulumi can hand to its program. Nothing was changed.`,
      "Services of a namespace with the same port and path are short in one entry: observability:services[].alike.",
    ].join("\n"),
  );
}

/** Of what `v1:NONCE:TEXT` holds: AES-GCM adds a tag of 16 bytes, base64 a third. Another form counts as it stands. */
function lengthOf(secret: string): number {
  const [version, , text] = secret.split(":");
  return version === "v1" && text ? Math.max(0, Buffer.from(text, "base64").length - 16) : secret.length;
}

function encrypted(value: unknown, path: string[]): string[][] {
  if (typeof value !== "object" || value === null) return [];
  if ("secure" in value) return [path];
  return Object.entries(value).flatMap(([key, inner]) => encrypted(inner, [...path, key]));
}

/** Where the file of a stack lies, unless the user says otherwise. */
export function stackFile(stack: string): string {
  const [own, example] = [repoDir, join(repoDir, "examples")].map((at) => join(at, `Pulumi.${stack}.yaml`));
  return !existsSync(own) && existsSync(example) ? example : own;
}

/** The stack file that a command reads. */
export const fileOf = ({ stack, configFile }: Pick<Options, "stack" | "configFile">): string =>
  configFile ?? stackFile(stack);

/** What messages call it: as the user named it, else by its place in the checkout. */
export const fileNamed = (options: Pick<Options, "stack" | "configFile">): string =>
  options.configFile ?? relative(repoDir, fileOf(options));

/** In the place of a secret, made of what anybody may read: how it is generated, or its encrypted text. A URL and a password. */
export const standIn = (publicly: object): string =>
  `https://secret.invalid/${createHash("sha256").update(JSON.stringify(publicly)).digest("hex").slice(0, 8)}`;

interface Encrypted {
  secure: string;
}

/** Settings with a stand-in for each encrypted text. */
function decrypted(value: unknown, as: (secret: Encrypted) => string = standIn): unknown {
  if (Array.isArray(value)) return value.map((inner) => decrypted(inner, as));
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return as(value as Encrypted);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decrypted(inner, as)]));
}
