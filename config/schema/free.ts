import { z } from "zod";
import { allowed, type Refuse, text } from "./common";
import { queries } from "./languages";
import { refuseJob } from "./scrape-jobs";

/**
 * What a stack file may say in a program's own words. The program reads it, not we; refused is only what would put a
 * secret where everybody reads it, or break what other parts of the stack rely on.
 */

type Path = (string | number)[];

const SECRET_KEY =
  /(^|_)(pass|passwd|password|passphrase|secrets?|token|credentials?|authorization|cookie|((api|access|secret|private|consumer|account|shared|service|routing|signing|encryption)_?key))$/;
/** Such as userName:password in front of a host, and keys in PEM. */
const SECRET_VALUE = /:\/\/[^/?#\s]*:[^/?#\s]*@|-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** What the Collector fills in at its start. */
const REFERENCE = /^\$\{(env|file):[^}]+\}$/;

/** Paths of the leaves that hold a secret by their key's name or by their form. */
function inlineSecrets(root: unknown): Path[] {
  return leaves(root).flatMap(({ path, value }) => {
    if (value === "" || !["string", "number"].includes(typeof value)) return [];
    const key = String(path.findLast((part) => typeof part === "string"))
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replaceAll("-", "_")
      .toLowerCase();
    const secret = SECRET_KEY.test(key) && !REFERENCE.test(String(value));
    return secret || SECRET_VALUE.test(String(value)) ? [path] : [];
  });
}

/** Everything that is no object or list with something in it. */
function leaves(value: unknown, path: Path = []): { path: Path; value: unknown }[] {
  const isList = Array.isArray(value);
  if (typeof value !== "object" || value === null) return [{ path, value }];
  const entries = Object.entries(value);
  if (entries.length === 0) return [{ path, value }];
  return entries.flatMap(([key, inner]) => leaves(inner, [...path, isList ? Number(key) : key]));
}

const NO_SECRETS =
  "would be a secret in a ConfigMap, which many may read; allowed: settings of the stack that docs/settings.md marks as secrets. Remove it.";

const refuseSecrets = (value: unknown, context: z.core.$RefinementCtx) =>
  inlineSecrets(value).forEach((path) => context.addIssue({ code: "custom", path, message: NO_SECRETS }));

const refuseRegexes = (value: unknown, context: z.core.$RefinementCtx) => {
  for (const { path, value: regex } of leaves(value).filter(({ path }) => path.at(-1) === "regex")) {
    const mistake = queries().mistakeInRegex(String(regex));
    const message = `is no pattern: ${mistake}; allowed: a regular expression as Go has them (RE2)`;
    if (mistake) context.addIssue({ code: "custom", path, message });
  }
};

export const scrapeConfigs = () =>
  z.array(
    z
      .looseObject({
        job_name: text(/\S/, "the name of the job").describe("Name of the job, which no other has."),
        relabel_configs: z
          .array(z.looseObject({}))
          .optional()
          .describe("Rules that change the labels of targets."),
      })
      .superRefine(refuseSecrets)
      .superRefine(refuseRegexes)
      .superRefine(refuseJob),
  );

const LISTENS = "Services, probes and network policies follow from where the program listens";
const byAge = (signal: string) => `its store would fill without it; set ${signal}.retention.time`;

/** By program: keys that stay the stack's, with the reason. A * stands for any part of one key. */
const KEPT: Record<string, [keys: string, why: string][]> = {
  loki: [
    ["auth_enabled", "agents and Grafana name no tenant"],
    ["compactor.retention_enabled", byAge("logs")],
    ["limits_config.retention_period", byAge("logs")],
    ["server.http_listen_*", LISTENS],
    ["server.grpc_listen_*", LISTENS],
    ["server.http_path_prefix", LISTENS],
  ],
  tempo: [
    ["multitenancy_enabled", "the Collector and Grafana name no tenant"],
    ["compactor.compaction.block_retention", byAge("tracing")],
    ["overrides.defaults.compaction.block_retention", byAge("tracing")],
    ["server.http_listen_*", LISTENS],
    ["server.grpc_listen_*", LISTENS],
    ["server.http_path_prefix", LISTENS],
    ["distributor.receivers.otlp.protocols.grpc.endpoint", LISTENS],
  ],
  jaeger: [
    ["extensions.jaeger_query.multi_tenancy", "the Collector and Grafana name no tenant"],
    ["extensions.jaeger_query.http.endpoint", LISTENS],
    ["extensions.jaeger_query.base_path", LISTENS],
    ["extensions.healthcheckv2.http.endpoint", LISTENS],
    ["receivers.otlp.protocols.grpc.endpoint", LISTENS],
    ["service.telemetry.metrics.readers", LISTENS],
  ],
  collector: [
    ["receivers.otlp.protocols.*.endpoint", LISTENS],
    ["receivers.jaeger.protocols.*.endpoint", LISTENS],
    ["receivers.zipkin.endpoint", LISTENS],
    ["extensions.health_check.endpoint", LISTENS],
    ["exporters.prometheus.endpoint", LISTENS],
    ["service.telemetry.metrics.readers", LISTENS],
  ],
  sampler: [
    ["receivers.otlp.protocols.*.endpoint", LISTENS],
    ["extensions.health_check.endpoint", LISTENS],
    ["exporters.prometheus.endpoint", LISTENS],
    ["service.telemetry.metrics.readers", LISTENS],
  ],
  prometheus: [
    ["global.scrape_interval", "rates need four samples in five minutes; set metrics.scrapeInterval"],
    ["global.evaluation_interval", "alerts read what was recorded last; set metrics.evaluationInterval"],
    ["scrape_configs", "the stack's own jobs are in it; add yours by metrics.extraScrapeConfigs"],
    ["rule_files", "the stack's own rules are in it; add yours by alerting.extraAlerts"],
    [
      "alerting.alert_relabel_configs",
      "it says whose an alert is and makes those of a pair one; set alerting.teams",
    ],
    ["alerting.alertmanagers", "all alerts go to the stack's own; send them on by alerting.receivers"],
  ],
  alertmanager: [
    ["receivers", "they name the files of secrets; set alerting.receivers"],
    ["route.routes", "Watchdog's own is among them; set alerting.routes"],
    ["time_intervals", "routes refer to them; set alerting.muteTimings"],
    ["global.smtp_auth_password_file", "the stack mounts it; set alerting.smtp.password"],
    ["global.slack_api_url*", "it is a secret; set alerting.receivers"],
  ],
};

/** Whether writing at `path` writes below the kept key, or replaces something that holds it. */
const touches = (kept: string, path: Path): boolean =>
  kept
    .split(".")
    .slice(0, path.length)
    .every((part, index) => new RegExp(`^${part.replaceAll("*", ".*")}$`).test(String(path[index])));

const override = (program: string, what: string) =>
  z
    .record(z.string(), z.unknown())
    .superRefine((value, context) => {
      refuseSecrets(value, context);
      for (const { path } of leaves(value)) {
        const kept = KEPT[program].find(([keys]) => path.length > 0 && touches(keys, path));
        if (kept)
          context.addIssue({
            code: "custom",
            path,
            message: `stays as the stack writes it, since ${kept[1]}; allowed: any other key. Remove it.`,
          });
      }
    })
    .meta({ errorMessage: allowed(`an object as in ${what}`) })
    .default({})
    .describe(`Laid over ${what}; default {}.`);

export const overrides = z
  .strictObject({
    loki: override("loki", "Loki's configuration file"),
    tempo: override("tempo", "Tempo's configuration file"),
    jaeger: override("jaeger", "Jaeger's configuration file"),
    collector: override("collector", "the OpenTelemetry Collector's configuration file"),
    sampler: override("sampler", "the samplers' configuration file"),
    prometheus: override("prometheus", "Prometheus' configuration file"),
    alertmanager: override("alertmanager", "Alertmanager's configuration file"),
  })
  .prefault({})
  .describe(
    "The way out where no setting exists: each object is laid over the configuration that the stack writes for that program. Objects are merged key by key; lists and all other values are replaced. null deletes nothing: it is written as null, which the program reads as its own default. The program may then connect to any address.",
  );

export interface CheckedOverrides {
  metrics: { amp: object | null };
  overrides: { prometheus: Record<string, unknown> };
}

/** A list is replaced: with one of the user's own nothing would reach the workspace any more. */
export function checkOverrides({ metrics, overrides }: CheckedOverrides, refuse: Refuse): void {
  if (metrics.amp && Object.hasOwn(overrides.prometheus, "remote_write"))
    refuse(
      ["overrides", "prometheus", "remote_write"],
      "would replace what sends to metrics.amp; allowed: one of the two. Remove the one or the other.",
    );
}
