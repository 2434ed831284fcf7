import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackFileSchema } from "../config/json-schema";
import { secretPaths } from "../config/schema-tree";
import { settingsOf } from "../config/settings";
import { settingsChanged } from "../local/review/settings";
import { stackConfig } from "../local/stack-config";
import { rendered } from "./support/render";

/** Every key that the schema marks as a secret: a new one is tested from the day it is marked. */
const paths = secretPaths().map((path) => path.map((part) => (part === "[]" ? 0 : part)));
const nameOf = (path: Path) => path.join(".");

type Path = (string | number)[];
type Given = Record<string, unknown>;

/** A stack file that sets all of them. */
const full = (): Given => ({
  placement: { registry: "mirror.example.org", registryLogin: { username: "u", password: "p" } },
  metrics: {
    redis: { targets: [{ name: "a", host: "redis.example.org", password: "p" }] },
    postgres: { targets: [{ name: "a", host: "pg.example.org", username: "u", password: "p" }] },
  },
  logs: { s3: { bucket: "lines", region: "us-east-1", accessKeyId: "key", secretAccessKey: "p".repeat(8) } },
  tracing: {
    s3: { bucket: "spans", region: "us-east-1", accessKeyId: "key", secretAccessKey: "p".repeat(8) },
  },
  grafana: {
    database: { host: "pg.example.org", password: "p" },
    oidc: {
      ...{ authUrl: "https://a.org/a", tokenUrl: "https://a.org/t", apiUrl: "https://a.org/u" },
      ...{ clientId: "a", clientSecret: "p", roles: [{ group: "a", role: "Admin" }] },
    },
  },
  alerting: {
    receivers: [
      {
        name: "a",
        slack: { url: "https://hooks.example.org/", channel: "#a" },
        email: { to: "a@example.org" },
        webhook: { url: "https://hook.example.org/" },
        pagerduty: { routingKey: "k".repeat(32) },
      },
    ],
    heartbeat: { url: "https://heartbeat.example.org/" },
    smtp: { smarthost: "smtp.example.org:587", from: "a@example.org", username: "u", password: "p" },
  },
});

const at = (given: unknown, path: Path): unknown =>
  path.reduce((value, part) => (value as Record<string | number, unknown>)[part], given);

function withValue(path: Path, value: unknown): Given {
  const given = full();
  (at(given, path.slice(0, -1)) as Record<string | number, unknown>)[path.at(-1)!] = value;
  return given;
}

/** What Pulumi would print when it stops, if anything. */
function messageOf(given: Given): string {
  try {
    settingsOf(given, "kind");
    return "";
  } catch (error) {
    return `${(error as Error).message}\n${(error as Error).stack}`;
  }
}

const SENTINEL = "sentinel";

test("there are secrets, and the full stack file sets them all", () => {
  expect(paths.map(nameOf)).toEqual([
    "placement.registryLogin.password",
    "metrics.redis.targets.0.password",
    "metrics.postgres.targets.0.password",
    "alerting.receivers.0.slack.url",
    "alerting.receivers.0.webhook.url",
    "alerting.receivers.0.pagerduty.routingKey",
    "alerting.heartbeat.url",
    "alerting.smtp.password",
    "logs.s3.secretAccessKey",
    "tracing.s3.secretAccessKey",
    "grafana.oidc.clientSecret",
    "grafana.database.password",
  ]);
  for (const path of paths) expect(typeof at(full(), path)).toBe("string");
  expect(messageOf(full())).toBe("");
});

describe.each(paths.map((path): [string, Path] => [nameOf(path), path]))("%s", (name, path) => {
  const wrong: [string, unknown][] = [
    ["a wrong text", `${SENTINEL} {{`],
    ["a text that begins like the right one", `https:/${SENTINEL}`],
    ["a list", [SENTINEL]],
    ["an object", { url: SENTINEL, password: { a: SENTINEL } }],
    ["a list of objects", [{ url: SENTINEL, [`url:https://${SENTINEL}/`]: null }]],
    ["an object of one letter's key", { a: { b: SENTINEL } }],
  ];

  test.each(wrong)("as %s is not printed", (_, value) => {
    // Text is all that a password or a key must be.
    if (typeof value !== "string" || !/(password|Key|Secret)$/.test(name))
      expect(messageOf(withValue(path, value))).not.toBe("");
    expect(messageOf(withValue(path, value))).not.toContain(SENTINEL);
  });

  test.each(wrong)("in the place of anything above it, as %s, it is not printed", (_, value) => {
    for (let length = 1; length < path.length; length++) {
      const message = messageOf(withValue(path.slice(0, length), value));
      expect(message).toContain("observability:");
      expect(message).not.toContain(SENTINEL);
    }
  });

  test("as the name of a key beside it, or as YAML reads `url:https://...`, it is not printed", () => {
    const object = path.slice(0, -1);
    for (const key of [SENTINEL, `url:https://${SENTINEL}.example.org`]) {
      const message = messageOf(withValue([...object, key], null));
      expect(message).toContain("has a key that is no setting (not shown");
      expect(message).not.toContain(SENTINEL);
    }
    for (let length = 1; length < object.length; length++)
      for (const key of [`url:https://${SENTINEL}/`, `url:https://${SENTINEL}`]) {
        const message = messageOf(withValue([...path.slice(0, length), key], 1));
        expect(message).not.toContain(SENTINEL);
      }
  });

  test("with another key wrong beside it, it is not printed", () => {
    const given = withValue(path, `https://${SENTINEL}.example.org/`);
    (given.alerting as Given).groupWait = "soon";
    (given.alerting as Given).colour = "blue";
    const message = messageOf(given);
    expect(message).toContain('observability:alerting.groupWait is "soon"');
    expect(message).toContain("observability:alerting.colour is no setting");
    expect(message).not.toContain(SENTINEL);
  });
});

test("what is no secret is shown, whatever its key is called", () => {
  expect(messageOf({ edge: { url: "nowhere" } })).toContain('edge.url is "nowhere"');
  expect(messageOf({ alerting: { runbookUrl: "nowhere" } })).toContain('alerting.runbookUrl is "nowhere"');
});

test("each secret is in a Secret and nowhere else", async () => {
  const given = paths.reduce<Given>((all, path, index) => {
    (at(all, path.slice(0, -1)) as Given)[path.at(-1)!] = `https://${SENTINEL}-${index}.example.org/`;
    return all;
  }, full());
  expect(settingsOf(given, "kind")).toBeDefined();
  const manifests = await rendered("kind", given);
  expect(JSON.stringify(manifests)).not.toContain(SENTINEL);
  expect(JSON.stringify(stackFileSchema())).not.toContain(SENTINEL);
  const keysOf = (name: string) =>
    manifests
      .filter(({ kind, metadata }) => kind === "Secret" && metadata.name.includes(name))
      .map(({ stringData }) => Object.keys(stringData as object));
  // Of each receiver one; the exporters read theirs from one file.
  const [receivers, ...others] = keysOf("receivers");
  expect(receivers).toHaveLength(paths.filter(([first]) => first === "alerting").length);
  expect(others).toEqual([]);
  expect(keysOf("redis-exporter")).toEqual([["passwords.json"]]);
  expect(keysOf("postgres-exporter")).toEqual([["postgres_exporter.yml"]]);
});

test("a review shows the value of a key that the schema knows, a label too, and of no other", () => {
  const shown = (key: string, value: unknown) => settingsChanged({}, { [`observability:${key}`]: value });
  expect(shown("logs", { backend: "loki" })).toEqual(['`observability:logs.backend`: none → `"loki"`']);
  expect(shown("placement", { labels: { team: "a" } })).toEqual([
    '`observability:placement.labels.team`: none → `"a"`',
  ]);
  expect(shown("alerting", { smtp: { from: "a@b.org" } })).toEqual([
    '`observability:alerting.smtp.from`: none → `"a@b.org"`',
  ]);
  expect(shown("logs", { old: SENTINEL })).toEqual(["`observability:logs.old`: none → `[not shown]`"]);
  expect(shown("old", { url: SENTINEL })).toEqual(["`observability:old.url`: none → `[not shown]`"]);
});

describe("a stack file with encrypted values", () => {
  let directory: string;
  beforeAll(() => (directory = mkdtempSync(join(tmpdir(), "secrets-"))));
  afterAll(() => rmSync(directory, { recursive: true }));

  function configOf(text: string) {
    const file = join(directory, "Pulumi.a.yaml");
    writeFileSync(file, `config:\n${text}\n`);
    return stackConfig(file);
  }

  test.each(paths.map((path): [string, Path] => [nameOf(path), path]))(
    "is read where a secret belongs: %s",
    (_, path) => {
      const topic = String(path[0]);
      const value = withValue(path, { secure: "v1:x" })[topic];
      const config = configOf(`  observability:${topic}: ${JSON.stringify(value)}`);
      const settings = settingsOf({ [topic]: config[`observability:${topic}`] }, "a");
      expect(at(settings, path)).toMatch(/^https:\/\/secret\.invalid\//);
    },
  );

  test.each([
    ["alerting", "  observability:alerting: { secure: v1:x }"],
    ["alerting.smtp", "  observability:alerting: { smtp: { secure: v1:x } }"],
    ["services[0].port", "  observability:services: [{ port: { secure: v1:x } }]"],
    ["unknown.of.old", "  observability:unknown: { of: { old: { secure: v1:x } } }"],
  ])("says what to do where %s is encrypted as a whole", (key, text) => {
    expect(() => configOf(text)).toThrow(
      expect.objectContaining({
        name: "UserError",
        message: expect.stringMatching(
          new RegExp(
            `observability:${key.replace(/[[\].]/g, "\\$&")} is encrypted.*pulumi config set --secret --path`,
            "s",
          ),
        ),
      }),
    );
  });

  test("other programs' keys are Pulumi's own affair", () => {
    expect(configOf("  aws:token: { secure: v1:x }")).toHaveProperty(["aws:token"]);
  });
});
