import { COLLECTORS } from "./schema/signals";
import { isSaid, valueAt } from "./value-at";

/** A key whose value chooses a program, its default, and the keys that not every such program reads, with those that do. */
interface Choice {
  by: string;
  usual: string | ((given: object) => string | undefined);
  /** The choice is there only where this key has this value. */
  where?: { key: string; is: string };
  readBy: Record<string, string[]>;
}

const CHOICES: Choice[] = [
  {
    by: "tracing.backend",
    usual: "tempo",
    readBy: {
      "tracing.storage": ["tempo", "jaeger"],
      "tracing.s3": ["tempo"],
      "tracing.resources": ["tempo"],
      "tracing.jaeger": ["jaeger"],
      "tracing.zipkin": ["zipkin"],
      "overrides.tempo": ["tempo"],
      "overrides.jaeger": ["jaeger"],
    },
  },
  {
    by: "tracing.jaeger.storage",
    usual: "badger",
    where: { key: "tracing.backend", is: "jaeger" },
    readBy: { "tracing.storage": ["badger"] },
  },
  {
    by: "tracing.zipkin.storage",
    usual: "memory",
    where: { key: "tracing.backend", is: "zipkin" },
    readBy: { "tracing.retention": ["elasticsearch"], "tracing.zipkin.maxSpans": ["memory"] },
  },
  {
    by: "logs.backend",
    usual: "loki",
    readBy: {
      "logs.storage": ["loki"],
      "logs.s3": ["loki"],
      "logs.replicas": ["loki"],
      "logs.resources": ["loki"],
      "logs.elasticsearch": ["elasticsearch"],
      "overrides.loki": ["loki"],
    },
  },
  {
    by: "logs.collector",
    usual: (given) => COLLECTORS[String(valueAt(given, "logs.backend") ?? "loki")]?.[0],
    readBy: { "logs.events": ["alloy", "promtail"] },
  },
];

/** What to say instead, by what was chosen. */
const INSTEAD: Record<string, Record<string, string>> = {
  memory: {
    "tracing.retention":
      "Zipkin keeps the newest tracing.zipkin.maxSpans spans in memory, however old they are: set that.",
  },
  zipkin: {
    "tracing.storage": "Zipkin keeps traces in memory or in Elasticsearch.",
    "tracing.s3": "Zipkin keeps traces in memory or in Elasticsearch.",
    "tracing.resources": "Those of Zipkin are tracing.zipkin.resources.",
  },
  jaeger: {
    "tracing.s3": "Jaeger keeps traces on a volume: see tracing.storage.",
    "tracing.resources": "Those of Jaeger are tracing.jaeger.resources.",
  },
  elasticsearch: {
    "tracing.storage": "The volume of Elasticsearch is logs.elasticsearch.storage.",
    "tracing.zipkin.maxSpans": "In Elasticsearch traces are kept by age: set tracing.retention.time.",
    "logs.storage": "The volume of Elasticsearch is logs.elasticsearch.storage.",
    "logs.s3": "Elasticsearch keeps lines on its volume, logs.elasticsearch.storage.",
    "logs.replicas": "Nodes of Elasticsearch are logs.elasticsearch.replicas.",
    "logs.resources": "Those of Elasticsearch are logs.elasticsearch.resources.",
  },
  filebeat: { "logs.events": "Filebeat sends no events of Kubernetes." },
};

/**
 * Settings of a backend or collector that is not the chosen one: without any effect they would be a mistake that nobody
 * notices.
 *
 * @param given what the stack file itself says: defaults and what the platform changes are said of every backend
 * @returns a line for each, which begins with the key
 */
export const settingsOfOtherBackends = (given: object): string[] =>
  CHOICES.flatMap(({ by, usual, where, readBy }) => {
    if (where && valueAt(given, where.key) !== where.is) return [];
    const chosen = valueAt(given, by) ?? (typeof usual === "string" ? usual : usual(given));
    // The schema says what is wrong with any other.
    if (typeof chosen !== "string" || !KNOWN.includes(chosen)) return [];
    return Object.entries(readBy)
      .filter(([key, programs]) => !programs.includes(chosen) && isSaid(valueAt(given, key)))
      .map(([key, programs]) =>
        [
          `${key} belongs to ${programs.join(" and ")}, and ${by} is ${chosen}; allowed: only with ${by}: ${programs.join(" or ")}. Remove the one or change the other.`,
          INSTEAD[chosen]?.[key] ?? [],
        ]
          .flat()
          .join(" "),
      );
  });

const KNOWN = [...CHOICES.flatMap(({ readBy }) => Object.values(readBy)).flat(), ...Object.keys(INSTEAD)];
