/**
 * More than nothing counted within `window`, with a counter whose series begins with its first failure: increase() finds no
 * earlier sample to compare that one with, though it is one more than none.
 *
 * What is there now and was not at the beginning of the window has counted all that it shows since, provided that somebody
 * looked: a Prometheus that was away then, or could not reach the target, takes each old counter for a new one. A pod that is
 * new has no `up` of then, and began at 0.
 */
export const counted = (by: string, counter: string, window: string): string =>
  `sum by (env, region, ${by}) (
  (${counter} unless ${counter} offset ${window})
    and on () up{job="prometheus"} offset ${window}
    unless on (job, instance) up offset ${window} == 0
  or
  increase(${counter}[${window}])
) > 0`;

/** For what is lost for good: longer than the alert waits by default, so that one loss within a single scrape is told. */
export const LOSS_COUNTS = "10m";

/** For what is refused and comes again: it must go on for as long as the alert waits. */
export const REFUSAL_COUNTS = "2m";

/** All that a watched service's target is called. */
const TARGET = "env, region, namespace, service, pod, job, instance";

/**
 * Events a second. A series that is new counts from 0 where its target is not new: rate() finds nothing to compare its first
 * value with, so that a path which had never failed before could fail a thousand times within one scrape, and nobody would
 * hear of it. Of a target that is new, or was not reached, nobody knows when it began to count; with another label it is a new
 * one, whose series are all new.
 */
export const rateOf = (series: string): string =>
  `(
  (${series} unless ${series} offset 5m) / 300
    and on (${TARGET}) up offset 5m == 1
  or
  rate(${series}[5m])
)`;
