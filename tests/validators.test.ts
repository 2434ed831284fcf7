import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "./support/programs";
import { type Manifest, rendered } from "./support/render";
import { validate, type Validator, validators } from "./support/validators";

/** [`<ConfigMap> <folder>/<file>`, text] of every generated file that the validator reads. */
const generated = (manifests: Manifest[], { files }: Validator): [string, string][] =>
  manifests
    .filter(({ kind }) => kind === "ConfigMap")
    .flatMap(({ metadata, data }) =>
      Object.entries(data as Record<string, string>).map(([name, text]) => ({
        owner: metadata.name,
        file: `${metadata.name.endsWith("-rules") ? "rules" : "config"}/${name}`,
        text,
      })),
    )
    .filter(({ file }) => files.test(file))
    .map(({ owner, file, text }) => [`${owner} ${file}`, text]);

const alerting = {
  receivers: [
    { name: "team", slack: { url: "https://hooks.example.org/a", channel: "#a" } },
    { name: "mail", email: { to: "a@example.org" }, webhook: { url: "https://hook.example.org/" } },
  ],
  routes: [{ severity: "warning", receiver: "mail" }],
  heartbeat: { url: "https://heartbeat.example.org/" },
  smtp: { smarthost: "smtp.example.org:587", from: "a@example.org", username: "u", password: "p" },
};

/** What users may say in a program's own words. */
const ownWords = {
  metrics: {
    extraScrapeConfigs: [{ job_name: "mine", static_configs: [{ targets: ["db.example.org:9187"] }] }],
  },
  overrides: {
    loki: { limits_config: { max_line_size: "64KB", discover_service_name: ["app"] } },
    tempo: { overrides: { defaults: { global: { max_bytes_per_trace: 1_000_000 } } } },
    collector: { processors: { batch: null }, exporters: { debug: { verbosity: "basic" } } },
    sampler: { processors: { tail_sampling: { sample_on_first_match: true } } },
    prometheus: { remote_write: [{ url: "https://metrics.example.org/api/v1/write" }] },
    alertmanager: { inhibit_rules: [], global: { resolve_timeout: "10m" } },
  },
};

let directory: string;
let stacks: Record<string, Manifest[]>;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "validators-"));
  stacks = {
    kind: await rendered("kind"),
    prod: await rendered("prod"),
    "kind with own words": await rendered("kind", {
      ...ownWords,
      tracing: { tailSampling: { enabled: false } },
    }),
    "kind with tail sampling": await rendered("kind", {
      ...ownWords,
      tracing: { tailSampling: { enabled: true } },
    }),
    "kind with Promtail": await rendered("kind", { logs: { collector: "promtail" } }),
    "kind with a certificate": await rendered("kind", {
      logs: { backend: "elasticsearch", elasticsearch: { tls: { secretName: "certificate" } } },
    }),
    "kind with receivers": await rendered("kind", { alerting }),
    "prod with edge": await rendered("prod", { edge: { nodePort: 30080, url: "https://a.example.org" } }),
  };
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true }));

const check = (validator: Validator, name: string, text: string) =>
  validate(validator, name, text, directory);

for (const validator of validators)
  describeWith([validator.program, validator.binary])(`${validator.binary} reads ${validator.files}`, () => {
    test("every such file of every stack", async () => {
      const texts = new Map<string, string>();
      for (const manifests of Object.values(stacks))
        for (const [name, text] of generated(manifests, validator)) texts.set(text, name);
      expect(texts.size).toBeGreaterThan(0);
      for (const [text, name] of texts) await check(validator, name, text);
    }, 120_000);

    test("and notices a mistake", async () => {
      const [[name, text]] = Object.values(stacks).flatMap((manifests) => generated(manifests, validator));
      await expect(check(validator, name, text + validator.mistake)).rejects.toThrow();
    }, 60_000);
  });

test("no generated file is left without a reader", () => {
  const read = new Set(
    validators.flatMap((one) => generated(stacks.kind, one).map(([name]) => name.split("/").at(-1))),
  );
  // Read by Grafana and by Node at run time, or by browsers; the cluster tests see to them.
  const others =
    /^(datasources|dashboards)\.yaml$|^end-sessions\.mjs$|^(index|runbook)\.html$|^[a-z-]+\.json$|^[A-Z_]+$/;
  const all = stacks.kind
    .filter(({ kind }) => kind === "ConfigMap")
    .flatMap(({ data }) => Object.keys(data as object));
  expect(all.filter((name) => !read.has(name) && !others.test(name))).toEqual([]);
});
