/** The faults of the sample workload, as the stack's alerts see them. */
import { type FaultName, faults } from "../examples/ticketing/src/faults";
import type { Settings } from "../config/schema";
import { userUrl } from "../programs/addresses";
import type { Stack } from "../programs/program";

type Rules = Settings["alerting"]["rules"];

interface Expected {
  alert: string;
  /** Of the alert that tells of the cause itself; others may follow from it. */
  labels: Record<string, string>;
  /** How long the fault must be on at least, in words. */
  after: (rules: Rules) => string;
  /** Alerts that may come besides, since callers feel it too. */
  also?: string[];
  /** Uid of the dashboard to look at. */
  dashboard: string;
}

/** A rate over five minutes goes over its line within so long. */
const andRise = (wait: string) => `${wait}, and up to 5m until the rate is over its line`;
const burns = (service: string, slo: string): Expected => ({
  alert: "SLOErrorBudgetBurn",
  labels: { service, slo },
  after: () => "5m, as a share of the last hour's events: sooner on a stack that was quiet",
  dashboard: "slo",
});

/** Callers of a service that answers with 5xx answer so too. */
const ANSWERS = ["HighErrorRate", "ManyServerErrors", "SLOErrorBudgetBurn"];

export const expectedOf: Record<FaultName, Expected> = {
  latency: {
    alert: "HighLatency",
    labels: { service: "ticket-service" },
    after: ({ highLatency }) => andRise(highLatency.for),
    also: ["HighLatency", "SLOErrorBudgetBurn"],
    dashboard: "service",
  },
  errors: {
    alert: "HighErrorRate",
    labels: { service: "auth-service" },
    after: ({ highErrorRate }) => andRise(highErrorRate.for),
    also: ANSWERS,
    dashboard: "service",
  },
  memory: {
    alert: "HighMemory",
    labels: { container: "auth-service" },
    after: ({ highMemory }) => highMemory.for,
    dashboard: "kubernetes",
  },
  "crash-loop": {
    alert: "PodCrashLooping",
    labels: { container: "gateway-service" },
    after: () => "3m: the third restart",
    // No pod of it is up while the kubelet holds it back.
    also: ["ServiceDown", "SLOErrorBudgetBurn"],
    dashboard: "kubernetes",
  },
  "queue-wait": burns("queue-service", "queue-wait"),
  "payment-failures": burns("payment-service", "payment-failures"),
  "seat-conflicts": burns("ticket-service", "seat-lock-conflicts"),
  breaker: {
    alert: "CircuitBreakerOpen",
    labels: { service: "payment-service" },
    after: () => "5m",
    also: ANSWERS,
    dashboard: "spring",
  },
};

/** What a user is told before it begins. */
export function announced(stack: Stack, name: FaultName, seconds: number): string {
  const { service, does } = faults[name];
  const { alert, labels, after, dashboard } = expectedOf[name];
  const which = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const look = `${userUrl(stack, "grafana")}/d/${dashboard}?var-namespace=ticketing&var-service=${labels.service ?? labels.container}`;
  return [
    `Fault ${name}: ${service} ${does}. It ends by itself after ${seconds} s.`,
    `  Expect  ${alert}{${which.join(", ")}} after ${after(stack.settings.alerting.rules)}`,
    `  Look    ${look}`,
    `  Sooner  npm run ticketing -- --fault ${name} --for 10s`,
  ].join("\n");
}
