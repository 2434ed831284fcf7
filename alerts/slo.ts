import type { Settings } from "../config/schema";
import { seconds } from "../config/units";
import { alert, type Rule, type RuleGroup } from "./alert";
import { rateOf } from "./counted";

const BY = "env, region, namespace, service";

/**
 * Objectives, each as four things that alerts and the dashboard SLO read, with labels env, region, namespace, service and
 * slo:
 *
 *   slo:bad:rate5m, slo:total:rate5m   events a second
 *   slo:error_ratio:rate5m|rate30m|rate1h|rate6h|rate3d   share of the events that are bad
 *   slo:error_budget   share that may be
 */
export function sloRules(settings: Settings): RuleGroup[] {
  const { enabled, availability, latency, objectives } = settings.slo;
  if (!enabled) return [];
  const requests = "service:http_requests:rate5m";
  const buckets = (le: string) =>
    `sum by (${BY}) (service:http_request_duration_seconds_bucket:rate5m{le=~"${le}"})`;
  const measured = [
    ...events("availability", {
      total: `sum by (${BY}) (${requests})`,
      bad: orNone(`sum by (${BY}) (${requests}{status=~"5.."})`, `sum by (${BY}) (${requests})`),
      budget: 1 - availability.objective,
    }),
    ...events("latency", {
      total: buckets("\\\\+Inf"),
      bad: `${buckets("\\\\+Inf")}\n-\n${buckets(edge(latency.seconds))}`,
      budget: 1 - latency.objective,
    }),
    ...objectives.flatMap((one) => events(one.name, { ...ownEvents(one), budget: 1 - one.objective })),
  ];
  return [
    { name: "slo", rules: measured },
    // These look back far and change slowly.
    { name: "slo-windows", interval: "1m", rules: [...windows(settings), ...burns(settings)] },
  ];
}

/** A whole number ends on .0 where Prometheus has scraped it, and does not where it was recorded from elsewhere. */
const edge = (boundary: number): string =>
  String(boundary).replaceAll(".", "\\\\.") + (Number.isInteger(boundary) ? "(\\\\.0)?" : "");

interface Events {
  total: string;
  bad: string;
  /** Share of the events that may be bad. */
  budget: number;
}

function events(slo: string, { total, bad, budget }: Events): Rule[] {
  const labels = { slo };
  const all = `slo:total:rate5m{slo="${slo}"}`;
  return [
    { record: "slo:total:rate5m", expr: total, labels },
    { record: "slo:bad:rate5m", expr: bad, labels },
    // 1 - 0.999 is not 0.001 to a computer.
    { record: "slo:error_budget", expr: `0 * ${all} + ${Number(budget.toPrecision(10))}`, labels },
  ];
}

/** Without a bad event there may be no series of them. A histogram without the bucket is another matter: nothing is known. */
const orNone = (bad: string, total: string) => `${bad}\nor\n0 * ${total}`;

type Objective = Settings["slo"]["objectives"][number];

function ownEvents({
  namespace,
  service,
  histogram,
  seconds,
  bad,
  total,
}: Objective): Omit<Events, "budget"> {
  const rate = (selector: string, more: string[] = []) => {
    const [, name, matchers] = /^([^{]+)(?:\{(.+)\})?$/.exec(selector)!;
    const all = [
      `namespace="${namespace}"`,
      `service="${service}"`,
      ...(matchers ? [matchers] : []),
      ...more,
    ];
    return `sum by (${BY}) ${rateOf(`${name}{${all.join(", ")}}`)}`;
  };
  if (!histogram) return { total: rate(total!), bad: orNone(rate(bad!), rate(total!)) };
  const within = rate(`${histogram}_bucket`, [`le=~"${edge(seconds!)}"`]);
  const counted = rate(`${histogram}_count`);
  return { total: counted, bad: `${counted}\n-\n${within}` };
}

const ratio = (window: string, of: (events: string) => string): Rule => ({
  record: `slo:error_ratio:rate${window}`,
  expr: `${of("bad")} / (${of("total")} > 0)`,
});

/**
 * The long ones are means of hourly means: a hundred samples instead of seventeen thousand. The first of those falls on
 * a full half hour; until then the hour itself is all there is.
 */
const mean = (time: string) => (kind: string) =>
  `(avg_over_time(slo:${kind}:rate1h[${time}]) or slo:${kind}:rate1h)`;

const windows = ({ metrics }: Settings): Rule[] => [
  // Counted, since the mean of a young series says more than there was.
  {
    record: "slo:bad:count1h",
    expr: `${seconds(metrics.evaluationInterval)} * sum_over_time(slo:bad:rate5m[1h])`,
  },
  // An event counts in full once it is an hour old, so that there are 72 samples to add up; never less than the last hour.
  {
    record: "slo:bad:count6h",
    expr: "sum_over_time(slo:bad:count1h[6h:5m]) / 12 > slo:bad:count1h\nor\nslo:bad:count1h",
  },
  ...["bad", "total"].map((kind) => ({
    record: `slo:${kind}:rate1h`,
    expr: `avg_over_time(slo:${kind}:rate5m[1h])`,
  })),
  ratio("5m", (kind) => `slo:${kind}:rate5m`),
  ratio("30m", (kind) => `avg_over_time(slo:${kind}:rate5m[30m])`),
  ratio("1h", (kind) => `slo:${kind}:rate1h`),
  ratio("6h", mean("6h:5m")),
  ratio("3d", mean("3d:30m")),
];

/** The share of the budget that is used up within the time; the short window tells that it still goes on. */
const FAST = { budget: 0.02, within: "1h", still: "5m", counted: "1h" };
const STEADY = { budget: 0.05, within: "6h", still: "30m", counted: "6h" };
const SLOW = { budget: 0.1, within: "3d", still: "6h", counted: "6h" };

/** How many times faster than the window allows the budget is spent: 14.4, 6 and 1 where the window is 30 days. */
export function burnFactors({ slo }: Settings): Record<"fast" | "steady" | "slow", number> {
  const factor = ({ budget, within }: typeof FAST) =>
    Number(((budget * seconds(slo.window)) / seconds(within)).toPrecision(4));
  return { fast: factor(FAST), steady: factor(STEADY), slow: factor(SLOW) };
}

/** Google's multi-window, multi-burn-rate alerts (The Site Reliability Workbook, chapter 5). */
function burns(settings: Settings): Rule[] {
  const { window } = settings.slo;
  const { events } = settings.alerting.rules.sloErrorBudgetBurn;
  const { fast, steady, slow } = burnFactors(settings);
  const burning = ({ within, still, counted }: typeof FAST, factor: number) => {
    const above = (time: string) => `slo:error_ratio:rate${time} > ${factor} * slo:error_budget`;
    // A service with three requests an hour is no emergency when one of them fails; it is told when all do.
    return `${above(within)} and ${above(still)} and slo:bad:count${counted} >= ${events}`;
  };
  const service = "{{ $labels.service }} in {{ $labels.namespace }}";
  const summary = `${service} misses its objective {{ $labels.slo }}: {{ $value | humanizePercentage }} of the events are bad`;
  return [
    alert(settings, "SLOErrorBudgetBurn", {
      expr: [burning(FAST, fast), burning(STEADY, steady)].join("\nor\n"),
      severity: "critical",
      summary,
      description: `2 % of the error budget of ${window} went within the hour, or 5 % within six.`,
    }),
    alert(settings, "SLOErrorBudgetBurn", {
      expr: burning(SLOW, slow),
      severity: "warning",
      summary,
      description: `10 % of the error budget of ${window} went within three days.`,
    }),
  ];
}
