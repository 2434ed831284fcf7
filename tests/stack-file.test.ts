import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunError, runtime } from "@pulumi/pulumi";
import { loadSettings } from "../config/load";
import { settingsOf } from "../config/settings";
import { stackConfig } from "../local/stack-config";

/* How a stack file is read: by the commands of npm, and as Pulumi hands it over. */

const directory = mkdtempSync(join(tmpdir(), "stack-file-"));
afterAll(() => rmSync(directory, { recursive: true }));

function stackFile(text: string): string {
  const file = join(directory, "Pulumi.a.yaml");
  writeFileSync(file, text);
  return file;
}

const mocks = { newResource: ({ name }: { name: string }) => ({ id: name, state: {} }), call: () => ({}) };

test("in a stack file a date is a text", () => {
  const file = stackFile("config:\n  observability:grafana: { admin: { rotation: 2026-11-21 } }\n");
  const grafana = stackConfig(file)["observability:grafana"];
  expect(settingsOf({ grafana }, "a").grafana.admin.rotation).toBe("2026-11-21");
});

test.each([
  ["config:\n  observability: { logs: { backend: loki } }\n", "config holds a map observability"],
  ["config:\nobservability:logs: { backend: loki }\n", "observability:logs stands outside of config"],
  ["config: [observability]\n", "config is no map"],
  ["observability\n", "config is no map"],
])("a stack file whose settings would not be read is refused: %j", (text, message) => {
  const file = stackFile(text);
  expect(() => stackConfig(file)).toThrow(message);
  expect(() => stackConfig(file)).toThrow("Allowed: a map under config:");
});

test("what is no YAML is refused by its place, without the lines around, which may hold a secret", () => {
  const file = stackFile("config:\n  observability:alerting:\n    smtp: { password: planted }\n   x: 1\n");
  expect(() => stackConfig(file)).toThrow(/cannot be read: .*, in line 4, column \d+\nAllowed: --stack kind/);
  expect(() => stackConfig(file)).not.toThrow(/planted/);
});

test("more settings than Pulumi can hand over are refused, with how to write them shorter", () => {
  const services = (count: number) =>
    Array.from({ length: count }, (_, n) => `{ name: s${n}, namespace: shop, port: 8080 }`).join(", ");
  const given = (count: number) => stackFile(`config:\n  observability:services: [${services(count)}]\n`);
  expect(() => stackConfig(given(2500))).toThrow(
    /has \d+ bytes of settings; allowed: 131057.*Nothing was changed\.\n.*services\[\]\.alike/,
  );
  expect(() => stackConfig(given(1500))).not.toThrow();
});

test("a secret counts as what it holds, since Pulumi hands it over decrypted", () => {
  const receivers = (count: number, url: string) =>
    stackFile(
      `config:\n  observability:alerting: { receivers: [${Array.from({ length: count }, (_, n) => `{ name: r${n}, webhook: { url: ${url} } }`).join(", ")}] }\n`,
    );
  // 40 letters, as a passphrase encrypts them
  const secret = `{ secure: "v1:AAAAAAAAAAAAAAAA:${Buffer.alloc(40 + 16).toString("base64")}" }`;
  expect(() => stackConfig(receivers(1000, secret))).not.toThrow();
  const bytesOf = (file: string) => {
    try {
      stackConfig(file);
    } catch (error) {
      return / (\d+) bytes/.exec((error as Error).message)?.[1];
    }
  };
  expect(bytesOf(receivers(2000, secret))).toMatch(/^\d+$/);
  expect(bytesOf(receivers(2000, secret))).toBe(bytesOf(receivers(2000, "x".repeat(40))));
});

test("what Pulumi hands over as text is read as the stack file says it", async () => {
  await runtime.setMocks(mocks, "p", "a");
  runtime.setAllConfig({
    "observability:environment": "2026",
    "observability:region": "ap-northeast-2",
    "observability:protect": "true",
    "observability:grafana": '{"port":3006}',
    "other:region": "elsewhere",
  });
  expect(loadSettings()).toMatchObject({
    environment: "2026",
    region: "ap-northeast-2",
    protect: true,
    grafana: { port: 3006 },
  });
});

test("a setting that cannot be used stops Pulumi with the message alone, without a stack trace", async () => {
  await runtime.setMocks(mocks, "p", "a");
  runtime.setAllConfig({ "observability:logs": '{"backend":"lokki"}' });
  expect(loadSettings).toThrow(RunError);
  expect(loadSettings).toThrow('observability:logs.backend is "lokki"; allowed: loki');
});

test("a setting without the prefix, which nothing would read, is refused", async () => {
  await runtime.setMocks(mocks, "p", "a");
  runtime.setAllConfig({ "p:logs": '{"backend":"loki"}' });
  expect(loadSettings).toThrow(
    "a setting that is not read: p:logs. Nothing was changed.\nAllowed: observability:logs",
  );
});
