import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { SettingsError, settingsOf } from "../config/settings";
import { stackOf } from "../programs";
import { faultsOf } from "./support/admitted";
import { committed, type Given, stackFiles } from "./support/stack-files";
import { describeWith } from "./support/programs";
import { validate, validators } from "./support/validators";

/** The same ones each time; as many as PROPERTY_RUNS says are others each time. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 2000);
const SEED = process.env.PROPERTY_RUNS ? Date.now() : 1;

/** One that says everything that the two leave out. */
const full: Given = {
  ...committed[0],
  placement: {
    registry: "mirror.example.org/team",
    imagePullSecrets: ["pull"],
    tolerations: [
      { key: "only", operator: "Equal", value: "obs", effect: "NoExecute", tolerationSeconds: 5 },
    ],
    nodeSelector: { pool: "obs" },
    labels: { team: "platform" },
    annotations: { note: "x y" },
    priorityClassName: "high",
  },
  metrics: {
    annotatedNamespaces: ["shop"],
    extraScrapeConfigs: [{ job_name: "mine" }],
    istio: { enabled: true },
    kiali: { enabled: true },
  },
  alerting: {
    receivers: [
      { name: "team", slack: { url: "https://hooks.example.org/a", channel: "#a" } },
      { name: "mail", email: { to: "a@example.org" }, webhook: { url: "https://hook.example.org/" } },
    ],
    teams: [{ name: "sales", namespaces: ["shop"], services: ["a"] }],
    routes: [{ severity: "warning", team: "sales", receiver: "mail" }],
    heartbeat: { url: "https://heartbeat.example.org/" },
    smtp: { smarthost: "smtp.example.org:587", from: "a@example.org", username: "u", password: "p" },
  },
  overrides: {
    loki: { limits_config: { max_line_size: "64KB" } },
    collector: { processors: { batch: null } },
  },
};

const inZipkin: Given = {
  ...committed[0],
  tracing: {
    backend: "zipkin",
    zipkin: { maxSpans: 9000, nodePort: 31411 },
    tailSampling: { enabled: true },
  },
};

const inJaeger: Given = {
  ...committed[0],
  tracing: { backend: "jaeger", retention: { time: "3d" }, storage: { size: "9Gi" } },
  overrides: { jaeger: { service: { telemetry: { logs: { level: "info" } } } } },
};

const inElasticsearch: Given = {
  ...committed[1],
  logs: {
    ...{ backend: "elasticsearch", collector: "filebeat", retention: { time: "2w" }, maskIps: false },
    elasticsearch: {
      ...{ logins: { rotation: "2" }, storage: { size: "9Gi" }, kibana: { enabled: true } },
      ...{ replicas: 3, tls: { secretName: "certificate" } },
      logstash: { enabled: true, queue: "2Gi", storage: { size: "3Gi" } },
    },
  },
  alerting: {
    ...(committed[1].alerting as object),
    extraAlerts: [
      { name: "Late", lucene: { query: "message:late", count: 5, within: "10m" }, summary: "Late" },
    ],
  },
};

const tracesInElasticsearch: Given = {
  ...committed[0],
  logs: { backend: "elasticsearch" },
  tracing: { backend: "zipkin", zipkin: { storage: "elasticsearch" }, retention: { time: "3d" } },
};

const throughPromtail: Given = {
  ...committed[0],
  logs: { collector: "promtail", agent: { resources: { limits: { memory: "200Mi" } } } },
};

const bases = [
  ...committed,
  full,
  inZipkin,
  inJaeger,
  inElasticsearch,
  tracesInElasticsearch,
  throughPromtail,
];

/** Some of those that were accepted, for the programs themselves to read. */
const SAMPLE = 5;
const sample: Given[] = [];

/** In a program's own words only the program knows what is wrong: it is asked where they are as somebody wrote them. */
const ownWords = ({ overrides, metrics }: Given): string =>
  JSON.stringify([overrides, (metrics as Given | null | undefined)?.extraScrapeConfigs]);
/** Nor is a certificate there, which the cluster keeps. */
const asWritten = (given: Given): boolean =>
  !(given.edge as Given | null | undefined)?.tls && bases.some((one) => ownWords(one) === ownWords(given));

function outcome(given: Given): { message: string } | { faults: string[] } {
  try {
    return { faults: faultsOf(stackOf(settingsOf(given, "kind"), "kind")) };
  } catch (error) {
    if (error instanceof SettingsError) return { message: error.message };
    throw error;
  }
}

test("the stack files that are changed at random are accepted as they are", () => {
  for (const given of bases) expect(outcome(given)).toEqual({ faults: [] });
});

test(`${RUNS} random stack files: refused with the key and what to do, or admitted by Kubernetes`, () => {
  let accepted = 0;
  sample.length = 0;
  fc.assert(
    fc.property(stackFiles(bases), (given) => {
      const result = outcome(given);
      if ("faults" in result) {
        accepted++;
        if (accepted % 20 === 1 && sample.length < SAMPLE && asWritten(given)) sample.push(given);
        expect(result.faults).toEqual([]);
        return;
      }
      const [first, ...lines] = result.message.split("\n");
      expect(first).toMatch(/^Pulumi\.kind\.yaml has (a setting|\d+ settings) that cannot be used:$/);
      expect(lines.pop()).toContain("Nothing was changed");
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) {
        expect(line).toMatch(/^ {2}observability:[a-zA-Z]\S* /);
        expect(line).toMatch(/allowed|must be|set alerting\.smtp/);
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // Neither side may be what hardly ever happens.
  expect(accepted).toBeGreaterThan(RUNS / 10);
  expect(accepted).toBeLessThan((RUNS * 9) / 10);
}, 600_000);

const needed = validators.map(({ program, binary }): [typeof program, string] => [program, binary]);

describeWith(...needed)("programs read", () => {
  test("a sample of the files that are accepted", readSample, 120_000);
});

async function readSample(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "property-"));
  try {
    expect(sample).toHaveLength(SAMPLE);
    for (const given of sample) {
      const stack = stackOf(settingsOf(given, "kind"), "kind");
      for (const program of stack.programs)
        for (const { name, files } of program.files?.(stack) ?? [])
          for (const [file, text] of Object.entries(files)) {
            const path = `${name === "rules" ? "rules" : "config"}/${file}`;
            for (const validator of validators.filter((one) => one.files.test(path)))
              await validate(validator, path, text, directory);
          }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}
