import { z } from "zod";
import { above0, allowed, duration, text } from "./common";
import { kubernetesName } from "./kubernetes";
import { queries, refuseMistakes } from "./languages";

/** These two every watched service has. */
export const EVERY_SERVICE = ["availability", "latency"];

const MATCHER = / *[a-zA-Z_]\w* *(?:=~|!~|!=|=) *"(?:[^"\\\n]|\\.)*" */.source;
const SELECTOR = new RegExp(`^[a-zA-Z_:][\\w:]*(\\{${MATCHER}(,${MATCHER})*\\})?$`);

const objective = () => {
  const words = "a share above 0 and below 1, such as 0.999 for 99.9 %";
  const error = allowed(words);
  return z.number({ error }).gt(0, error).lt(1, error).meta({ errorMessage: error });
};
const metric = (what: string) => {
  const words = `${what}, such as payments_total or payments_total{outcome="declined"}`;
  // A mere name, as most are, is worth no wait for the language.
  const mistakeIn = (value: string) => (value.includes("{") ? queries().mistakeInPromQL(value) : undefined);
  return text(SELECTOR, words).superRefine(refuseMistakes(mistakeIn, words));
};

const own = z
  .strictObject({
    name: kubernetesName("a name")
      .refine((name) => !EVERY_SERVICE.includes(name), allowed(`any name but ${EVERY_SERVICE.join(" and ")}`))
      .describe("Becomes the label slo."),
    service: kubernetesName("a service name").describe("A service of observability:services."),
    namespace: kubernetesName("the namespace the service lives in").describe("Its namespace."),
    objective: objective().describe("Share of the events that shall be good, such as 0.99."),
    histogram: text(/^[a-zA-Z_:][\w:]*$/, "a histogram without _bucket, such as queue_wait_seconds")
      .optional()
      .describe("Histogram of seconds; an event is good within `seconds`."),
    seconds: above0("seconds above 0").optional().describe("With histogram: a bucket must end there."),
    bad: metric("a counter, with matchers or without")
      .optional()
      .describe(
        "Counter of the bad events. One that does not exist counts as none of them, since many programs make it at the first; ask Prometheus for it once.",
      ),
    total: metric("a counter, with matchers or without").optional().describe("Counter of all events."),
  })
  .superRefine(({ histogram, seconds, bad, total }, context) => {
    const given = [histogram, seconds, bad, total].map((value) => (value === undefined ? "-" : "+")).join("");
    if (given !== "++--" && given !== "--++")
      context.addIssue({
        code: "custom",
        path: [histogram === undefined && seconds === undefined ? "bad" : "histogram"],
        message: allowed("histogram and seconds, or bad and total; both of one pair and none of the other"),
      });
  });

export const slo = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        "Whether objectives are measured, and an alert fires when an error budget burns; default true.",
      ),
    window: duration({ least: "7d", most: "90d" })
      .default("30d")
      .describe(
        "Time that an error budget is meant for; default 30d. Alerts look back three days at most, so metrics.retention may be shorter.",
      ),
    availability: z
      .strictObject({
        objective: objective()
          .default(0.999)
          .describe("Share of the answers that shall be no 5xx; default 0.999: 99.9 %."),
      })
      .prefault({})
      .describe("Share of the answers of every watched service that are no 5xx."),
    latency: z
      .strictObject({
        seconds: above0("seconds above 0")
          .default(0.5)
          .describe(
            "A request answered within these seconds is in time; default 0.5. A bucket of the services' histograms must end there; Spring Boot gets one by the ConfigMap.",
          ),
        objective: objective()
          .default(0.95)
          .describe(
            "Share of the requests that shall be in time; default 0.95: the 95th percentile lies below `seconds`.",
          ),
      })
      .prefault({})
      .describe("Share of the requests of every watched service that are answered in time."),
    objectives: z.array(own).default([]).describe("Objectives of your own; default none."),
  })
  .prefault({})
  .describe("Service level objectives: what is promised, and how fast the rest of it is used up.");
