import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { OWN_JOBS } from "../config/schema/checks";
import { KEYS } from "../config/schema/scrape-jobs";
import { settingsOf } from "../config/settings";
import { yaml } from "../config/yaml";
import { stackOf } from "../programs";
import { programOf } from "../programs/program";
import { describeWith } from "./support/programs";
import { validate, validators } from "./support/validators";

type Given = Record<string, unknown>;

const service = { name: "a", namespace: "x", port: 8080 };

describe("metrics.extraScrapeConfigs", () => {
  const job = { job_name: "mine", static_configs: [{ targets: ["db.example.org:9187"] }] };

  function jobsOf(given: Given): { job_name: string; relabel_configs: object[] }[] {
    const stack = stackOf(settingsOf(given, "kind"), "kind");
    const found = programOf(stack, "prometheus").files!(stack).find(({ name }) => name === "config")!;
    return (load(found.files["prometheus.yml"]) as { scrape_configs: never }).scrape_configs;
  }

  test("come after the stack's own, which stay, and get env and region behind their own rules", () => {
    const rule = { target_label: "team", replacement: "a" };
    const jobs = jobsOf({
      environment: "prod",
      region: "seoul",
      metrics: {
        extraScrapeConfigs: [
          { ...job, relabel_configs: [rule] },
          { ...job, job_name: "other" },
        ],
      },
    });
    expect(jobs.slice(0, -2)).toEqual(jobsOf({ environment: "prod", region: "seoul" }));
    const labels = [
      { target_label: "env", replacement: "prod" },
      { target_label: "region", replacement: "seoul" },
    ];
    expect(jobs.slice(-2)).toEqual([
      { ...job, relabel_configs: [rule, ...labels] },
      { ...job, job_name: "other", relabel_configs: labels },
    ]);
  });

  test.each<[string, object[], string, string]>([
    [
      "without a name",
      [{ static_configs: [] }],
      "extraScrapeConfigs[0].job_name is missing",
      "the name of the job",
    ],
    [
      "called like an own job",
      [{ job_name: "cadvisor" }],
      "metrics.extraScrapeConfigs[0].job_name cadvisor is one of the stack's own",
      `any name but ${OWN_JOBS.join(", ")}`,
    ],
    [
      "called like a service",
      [{ job_name: "a" }],
      "metrics.extraScrapeConfigs[0].job_name a is the job of observability:services",
      "no service has",
    ],
    ["twice", [job, job], "metrics.extraScrapeConfigs[1].job_name mine is named twice", "each name once"],
    [
      "with a pattern that is none",
      [{ ...job, relabel_configs: [{ action: "keep", regex: "a|(b" }] }],
      "[0].relabel_configs[0].regex is no pattern: error parsing regexp: missing closing ): `a|(b`",
      "a regular expression as Go has them (RE2)",
    ],
    [
      "with a key that Prometheus has not",
      [{ job_name: "mine", static_config: job.static_configs }],
      "metrics.extraScrapeConfigs[0].static_config is no key of a scrape job, and Prometheus would refuse all",
      "params, static_configs, ",
    ],
    [
      "of an address with a scheme",
      [{ ...job, static_configs: [{ targets: ["a:1", "http://a:1"] }] }],
      "metrics.extraScrapeConfigs[0].static_configs[0].targets[1] has a /",
      "host:port, with scheme and metrics_path as keys of the job",
    ],
    [
      "that may take longer than its interval",
      [{ ...job, scrape_interval: "1m", scrape_timeout: "1m1ms" }],
      "[0].scrape_timeout 1m1ms is longer than the job's scrape_interval, and Prometheus would refuse all",
      "at most 1m. Lower it, or raise scrape_interval of the job.",
    ],
    [
      "that may take longer than everybody's interval",
      [{ ...job, scrape_timeout: "16s" }],
      "[0].scrape_timeout 16s is longer than metrics.scrapeInterval, and Prometheus would refuse all",
      "at most 15s",
    ],
    ...[30, "30", "s", "1h1h", "1.5m", [1]].map((scrape_interval): [string, object[], string, string] => [
      `every ${JSON.stringify(scrape_interval)}`,
      [{ ...job, scrape_interval }],
      "[0].scrape_interval is no duration",
      "one as Prometheus has them, such as 30s or 1m30s",
    ]),
    ["with a text for rules", [{ ...job, relabel_configs: "x" }], "[0].relabel_configs", "a list"],
    ...(
      [
        { basic_auth: { username: "a", password: "sentinel" } },
        { authorization: { credentials: "sentinel" } },
        { bearer_token: "sentinel" },
        { oauth2: { client_id: "a", client_secret: "sentinel" } },
        { tls_config: { key: "-----BEGIN EC PRIVATE KEY-----sentinel" } },
        { http_headers: { "X-Key": { secrets: ["sentinel"] } } },
        { ec2_sd_configs: [{ region: "a", secret_key: "sentinel" }] },
        { static_configs: [{ targets: ["http://u:sentinel@a"] }] },
        { params: { token: ["sentinel"] } },
      ] as object[]
    ).map((secret): [string, object[], string, string] => [
      `with a secret: ${Object.keys(secret)[0]}`,
      [{ ...job, ...secret }],
      `metrics.extraScrapeConfigs[0].${Object.keys(secret)[0]}`,
      "docs/settings.md marks as secrets",
    ]),
  ])("%s is refused", (_, extraScrapeConfigs, key, allowed) => {
    const message = messageOf({ services: [service], metrics: { extraScrapeConfigs } });
    expect(message).toContain(key);
    expect(message).toContain(allowed);
    expect(message).not.toContain("sentinel");
  });

  const taken: [string, object][] = [
    ["with a timeout as long as the interval", { scrape_timeout: "15s" }],
    [
      "with a longer interval than all others",
      { scrape_interval: "1m30s", scrape_timeout: "1m", params: {} },
    ],
    ["with Prometheus' own default", { scrape_interval: "0s", scrape_timeout: 0 }],
    ["found in another way", { kubernetes_sd_configs: [{ role: "pod" }] }],
    [
      "whose targets become something else",
      {
        static_configs: [{ targets: ["https://a.example.org/"] }],
        relabel_configs: [
          { source_labels: ["__address__"], target_label: "__param_target" },
          { target_label: "__address__", replacement: "blackbox:9115" },
        ],
      },
    ],
  ];
  const configWith = (more: object): string => {
    const stack = stackOf(
      settingsOf({ metrics: { extraScrapeConfigs: [{ ...job, ...more }] } }, "kind"),
      "kind",
    );
    return programOf(stack, "prometheus").files!(stack).find(({ name }) => name === "config")!.files[
      "prometheus.yml"
    ];
  };
  test.each(taken)("%s is accepted", (_, more) => {
    expect(() => configWith(more)).not.toThrow();
  });

  describeWith(["prometheus", "promtool"])("as promtool says", () => {
    const promtool = validators.find(({ binary }) => binary === "promtool")!;
    const directory = mkdtempSync(join(tmpdir(), "scrape-configs-"));
    afterAll(() => rmSync(directory, { recursive: true }));
    const verdict = (jobs: string) => validate(promtool, "prometheus.yml", jobs, directory);

    test.each(taken)("%s", async (_, more) => {
      await verdict(configWith(more));
    });

    test("every key that is allowed is one of its own, and no other", async () => {
      const keys = KEYS.filter((key) => key !== "job_name");
      await verdict(
        yaml({ scrape_configs: [{ job_name: "a", ...Object.fromEntries(keys.map((key) => [key, null])) }] }),
      );
      await expect(
        verdict(yaml({ scrape_configs: [{ job_name: "a", static_config: null }] })),
      ).rejects.toThrow();
    });

    test.each<object>([{ scrape_timeout: "1m1ms", scrape_interval: "1m" }, { scrape_interval: "1.5m" }])(
      "%j is refused",
      async (wrong) => {
        await expect(verdict(yaml({ scrape_configs: [{ ...job, ...wrong }] }))).rejects.toThrow();
      },
    );
  });

  test("a secret that Prometheus reads from a file is accepted", () => {
    const authorization = { credentials_file: "/var/run/secrets/kubernetes.io/serviceaccount/token" };
    expect(() => jobsOf({ metrics: { extraScrapeConfigs: [{ ...job, authorization }] } })).not.toThrow();
  });
});

function messageOf(given: Given): string {
  try {
    settingsOf(given, "kind");
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was accepted");
}
