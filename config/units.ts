/** Units as users write them in stack files, and as each program reads them. */

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const BYTES = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

/** A whole number above zero and one unit: 30s, 5m, 36h, 7d, 2w. Prometheus, Loki and Alertmanager read it as it is. */
export const DURATION = /^([1-9]\d*)(s|m|h|d|w)$/;
/** Kubernetes memory and storage: 512Mi, 1.5Gi. */
export const BYTE_QUANTITY = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti)$/;
/** Kubernetes processor time, to the thousandth of a core: 250m (a quarter of a core), 2, 0.5. */
export const CPU_QUANTITY = /^(?:([1-9]\d*)m|(\d+(?:\.\d{1,3})?))$/;

/** Seconds in a duration that matches {@link DURATION}; throws on anything else. */
export function seconds(duration: string): number {
  const match = DURATION.exec(duration);
  if (!match) throw new Error(`not a duration: ${duration}`);
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS];
}

/** Go's time.ParseDuration knows neither days nor weeks: 7d -> 168h, 90s -> 90s. Tempo, the Collector and the agents want it. */
export function goDuration(duration: string): string {
  const total = seconds(duration);
  if (total % 3600 === 0) return `${total / 3600}h`;
  return total % 60 === 0 ? `${total / 60}m` : `${total}s`;
}

/** Spring reads whole numbers alone, which TraceQL and Jaeger read too: 0.5 -> 500ms, 0.0075 -> 7500us. */
export function wholeDuration(amount: number): string {
  const nanoseconds = Math.max(1, Math.round(amount * 1e9));
  if (nanoseconds % 1e6 === 0) return `${nanoseconds / 1e6}ms`;
  return nanoseconds % 1000 === 0 ? `${nanoseconds / 1000}us` : `${nanoseconds}ns`;
}

/** Bytes in a quantity that matches {@link BYTE_QUANTITY}; throws on anything else. */
export function bytes(quantity: string): number {
  const match = BYTE_QUANTITY.exec(quantity);
  if (!match) throw new Error(`not a byte quantity: ${quantity}`);
  return Number(match[1]) * BYTES[match[2] as keyof typeof BYTES];
}

/** Thousandths of a core in a quantity that matches {@link CPU_QUANTITY}; throws on anything else. */
export function millicores(quantity: string): number {
  const match = CPU_QUANTITY.exec(quantity);
  if (!match) throw new Error(`not a CPU quantity: ${quantity}`);
  return match[1] ? Number(match[1]) : Math.round(Number(match[2]) * 1000);
}

/** Prometheus writes powers of two as KB, MB, GB and takes whole numbers only: 1.5Gi -> 1536MB. */
export function prometheusSize(quantity: string): string {
  const total = bytes(quantity);
  const [unit, size] = (
    [
      ["TB", 2 ** 40],
      ["GB", 2 ** 30],
      ["MB", 2 ** 20],
    ] as const
  ).find(([, size]) => total % size === 0) ?? ["KB", 2 ** 10];
  return `${Math.floor(total / size)}${unit}`;
}
