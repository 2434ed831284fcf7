import { tracesKeeper } from "../config/schema/elasticsearch";
import { authorityOf, trustOf, urlOf } from "./addresses";
import { daysKept, LOGIN } from "./elasticsearch/traces";
import type { Program, Stack } from "./program";

/** Before Jaeger's own part of an index's name; programs/zipkin.ts has its part too, since the tool finds no other. */
const PREFIX = { jaeger: [], zipkin: ["--index-prefix=zipkin"] };

/** Deletes indices of traces by their age, in Elasticsearch, where neither Jaeger nor Zipkin does: Jaeger's own tool. */
export const indexCleaner: Program = {
  name: "index-cleaner",
  component: "tracing",
  workload: "CronJob",
  // Not once a day: a cluster on a laptop may sleep at that time.
  schedule: "17 * * * *",
  image: "jaeger-es-index-cleaner",
  go: true,
  user: 10001,
  enabled: ({ tracing }) => tracesKeeper(tracing) !== undefined,
  ports: () => ({}),
  calls: () => [{ to: "elasticsearch", ports: ["http"], why: "deletes what is too old" }],
  args: (stack) => [
    ...PREFIX[tracesKeeper(stack.settings.tracing)!],
    ...trust(stack),
    // Today is one of its days.
    String(daysKept(stack.settings) + 1),
    urlOf(stack, "elasticsearch", "http"),
  ],
  env: ({ settings }) => ({ ES_USERNAME: tracesKeeper(settings.tracing)! }),
  secrets: (stack) => [
    { name: LOGIN, of: tracesKeeper(stack.settings.tracing), env: { ES_PASSWORD: "password" } },
    ...trustOf(stack, "elasticsearch"),
  ],
  resources: () => ({
    requests: { cpu: "10m", memory: "32Mi" },
    limits: { cpu: "200m", memory: "64Mi" },
  }),
};

function trust(stack: Stack): string[] {
  const authority = authorityOf(stack, "elasticsearch");
  return authority ? ["--es.tls.enabled", `--es.tls.ca=${authority.file}`] : [];
}
