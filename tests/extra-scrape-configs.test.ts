import { load } from "js-yaml";
import { OWN_JOBS } from "../config/schema/checks";
import { settingsOf } from "../config/settings";
import { stackOf } from "../programs";
import { programOf } from "../programs/program";

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
