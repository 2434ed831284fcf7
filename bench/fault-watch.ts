import { type FaultName } from "../examples/ticketing/src/faults";
import { expectedOf } from "../local/faults";

/** As Prometheus and Alertmanager tell of them. */
export interface Alert {
  labels: Record<string, string>;
  state: "pending" | "firing";
}
export interface Message {
  status: "firing" | "resolved";
  labels: Record<string, string>;
  /** Milliseconds since 1970. */
  heardAt: number;
}

const textOf = ({ alertname, ...labels }: Record<string, string>): string =>
  `${alertname}{${["service", "slo", "container"].flatMap((name) => (labels[name] ? `${name}="${labels[name]}"` : [])).join(", ")}}`;

/** Whether it is the one alert that tells of the fault's cause. */
export const isExpected = (fault: FaultName, labels: Record<string, string>): boolean =>
  labels.alertname === expectedOf[fault].alert &&
  Object.entries(expectedOf[fault].labels).every(([name, value]) => labels[name] === value);

const follows = (fault: FaultName, labels: Record<string, string>): boolean =>
  isExpected(fault, labels) || (expectedOf[fault].also ?? []).includes(labels.alertname);

/** What happens from the beginning of a fault on; times in seconds since then. */
export class FaultWatch {
  pending?: number;
  firing?: number;
  message?: number;
  /** Alerts that fire and do not follow from the fault, nor from one that was before. */
  readonly unexpected = new Set<string>();
  private readonly before: Set<string>;

  /** @param earlier faults of the same run: what follows from them may come late */
  constructor(
    readonly fault: FaultName,
    before: Alert[],
    private readonly earlier: FaultName[] = [],
    private readonly began = Date.now(),
  ) {
    this.before = new Set(
      before.filter(({ state }) => state === "firing").map(({ labels }) => textOf(labels)),
    );
  }

  look(alerts: Alert[], messages: Message[], now = Date.now()): void {
    const since = (moment: number) => Math.round((moment - this.began) / 1000);
    for (const { labels, state } of alerts) {
      if (isExpected(this.fault, labels)) {
        this.pending ??= since(now);
        if (state === "firing") this.firing ??= since(now);
      } else if (state === "firing" && !this.before.has(textOf(labels))) {
        if (![this.fault, ...this.earlier].some((fault) => follows(fault, labels)))
          this.unexpected.add(textOf(labels));
      }
    }
    const heard = messages.find(
      ({ status, labels, heardAt }) =>
        status === "firing" && heardAt >= this.began && isExpected(this.fault, labels),
    );
    if (heard) this.message ??= since(heard.heardAt);
  }

  get failed(): boolean {
    return this.message === undefined || this.unexpected.size > 0;
  }

  /** Of the table: fault, alert, three times, what nobody expected. */
  get row(): string[] {
    const { alert, labels } = expectedOf[this.fault];
    const times = [this.pending, this.firing, this.message].map((time) =>
      time === undefined ? "never" : `${time} s`,
    );
    return [
      this.fault,
      textOf({ alertname: alert, ...labels }),
      ...times,
      [...this.unexpected].join(" ") || "-",
    ];
  }
}
