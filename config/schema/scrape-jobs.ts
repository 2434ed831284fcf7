import type { z } from "zod";
import type { Refuse } from "./common";

/** What makes Prometheus 3 refuse a job of the user's own, and with it all of its configuration. */

export const KEYS = [
  ...["job_name", "scrape_interval", "scrape_timeout", "metrics_path", "scheme", "params", "static_configs"],
  ...["relabel_configs", "metric_relabel_configs", "honor_labels", "honor_timestamps"],
  ...["track_timestamps_staleness", "scrape_protocols", "fallback_scrape_protocol", "enable_compression"],
  ...["scrape_native_histograms", "always_scrape_classic_histograms", "convert_classic_histograms_to_nhcb"],
  ...["native_histogram_bucket_limit", "native_histogram_min_bucket_factor", "extra_scrape_metrics"],
  ...["body_size_limit", "sample_limit", "target_limit", "label_limit", "label_name_length_limit"],
  ...["label_value_length_limit", "keep_dropped_targets", "scrape_failure_log_file"],
  ...["metric_name_validation_scheme", "metric_name_escaping_scheme"],
  ...["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file", "tls_config"],
  ...["follow_redirects", "enable_http2", "http_headers"],
  ...["proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header"],
];

/** Which of these there are follows from how Prometheus was built. */
const DISCOVERY = /^[a-z0-9]+_sd_configs$/;

type Job = Record<string, unknown>;

/** What is wrong with a job by itself. */
export function refuseJob(job: Job, context: z.core.$RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  for (const key of Object.keys(job))
    if (!KEYS.includes(key) && !DISCOVERY.test(key))
      refuse(
        [key],
        `is no key of a scrape job, and Prometheus would refuse all of its configuration; allowed: ${KEYS.join(", ")}, and *_sd_configs. Correct or remove it.`,
      );
  // A rule of the user's own may make an address of anything.
  if (listOf(job.relabel_configs).length > 0) return;
  listOf(job.static_configs).forEach((group, index) =>
    listOf((group as { targets?: unknown } | null)?.targets).forEach((target, place) => {
      if (typeof target === "string" && target.includes("/"))
        refuse(
          ["static_configs", index, "targets", place],
          "has a /, and Prometheus would never ask it; allowed: host:port, with scheme and metrics_path as keys of the job",
        );
    }),
  );
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export interface CheckedScrapeJobs {
  metrics: { scrapeInterval: string; extraScrapeConfigs: Job[] };
}

/** A scrape that may take longer than the time until the next. */
export function checkScrapeJobs({ metrics }: CheckedScrapeJobs, refuse: Refuse): void {
  metrics.extraScrapeConfigs.forEach((job, index) => {
    const path = ["metrics", "extraScrapeConfigs", index];
    const wrong = ["scrape_interval", "scrape_timeout"].filter((key) => milliseconds(job[key]) === undefined);
    for (const key of wrong)
      refuse([...path, key], "is no duration; allowed: one as Prometheus has them, such as 30s or 1m30s");
    if (wrong.length > 0) return;
    // 0 is Prometheus' own default, which is never too long.
    const own = milliseconds(job.scrape_interval);
    const interval = own ? String(job.scrape_interval) : metrics.scrapeInterval;
    if (milliseconds(job.scrape_timeout)! > milliseconds(interval)!)
      refuse(
        [...path, "scrape_timeout"],
        `${String(job.scrape_timeout)} is longer than ${own ? "the job's scrape_interval" : "metrics.scrapeInterval"}, and Prometheus would refuse all of its configuration; allowed: at most ${interval}. Lower it, or raise scrape_interval of the job.`,
      );
  });
}

const UNITS = { y: 365 * 86_400_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const PROMETHEUS_DURATION = /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;

/** Of Prometheus' own durations, 1m30s and 0 among them; what is missing is 0. */
function milliseconds(duration: unknown): number | undefined {
  if (duration === undefined || duration === null || duration === 0 || duration === "0") return 0;
  if (typeof duration !== "string") return undefined;
  const [whole, ...parts] = PROMETHEUS_DURATION.exec(duration) ?? [];
  if (whole === undefined) return undefined;
  return Object.values(UNITS).reduce((sum, unit, index) => sum + parseInt(parts[index] ?? "0") * unit, 0);
}
