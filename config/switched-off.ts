import { isSaid, valueAt } from "./value-at";

/** What is off by default: the key that switches it on, and those that nothing else reads. */
interface Switch {
  by: string;
  readBy: string[];
  /** The switch is there only where this key has this value: of any other backend more is said elsewhere. */
  where?: { key: string; is: string };
}

const inElasticsearch = { key: "logs.backend", is: "elasticsearch" };

const SWITCHES: Switch[] = [
  { by: "metrics.istio.enabled", readBy: ["metrics.istio"] },
  { by: "metrics.kiali.enabled", readBy: ["metrics.kiali"] },
  {
    by: "logs.elasticsearch.kibana.enabled",
    readBy: ["logs.elasticsearch.kibana"],
    where: inElasticsearch,
  },
  {
    by: "logs.elasticsearch.logstash.enabled",
    readBy: ["logs.elasticsearch.logstash"],
    where: inElasticsearch,
  },
  { by: "tracing.tailSampling.enabled", readBy: ["tracing.tailSampling", "overrides.sampler"] },
];

/**
 * Settings of what is off because nobody switched it on: without any effect they would be a mistake that nobody notices.
 * Beside an `enabled: false` that is written out they are none: who switches something off for a while keeps the rest.
 *
 * @param given what the stack file itself says
 * @param all the same with what the platform changes
 * @returns a line for each, which begins with the key
 */
export const settingsOfWhatIsOff = (given: object, all: object): string[] => [
  ...SWITCHES.filter(
    ({ by, where }) => valueAt(given, by) === undefined && (!where || valueAt(given, where.key) === where.is),
  ).flatMap(({ by, readBy }) =>
    readBy
      .filter((key) => isSaid(valueAt(given, key)))
      .map(
        (key) =>
          `${key} is without effect, since nothing says ${by}; allowed: beside ${by}: true. Set that, or remove ${key}, or keep it for later with ${by}: false.`,
      ),
  ),
  ...settingsOfNoEdge(given, all),
];

/** The edge is on where something leads to it. */
function settingsOfNoEdge(given: object, all: object): string[] {
  if (["enabled", "nodePort", "ingress"].some((key) => isSaid(valueAt(all, `edge.${key}`))))
    return loginOfOpenEdge(given, all);
  return ["url", "tls", "login", "anonymous", "resources"]
    .map((key) => `edge.${key}`)
    .filter((key) => isSaid(valueAt(given, key)))
    .map(
      (key) =>
        `${key} is without effect, since nothing leads to the edge proxy, which is off then; allowed: beside edge.ingress or edge.nodePort, or edge.enabled: true for an Ingress of your own. Set one of them, or remove ${key}, or keep it for later with edge.enabled: false.`,
    );
}

/** Who opens the edge themselves may keep the login for later. */
function loginOfOpenEdge(given: object, all: object): string[] {
  const isOpen = valueAt(given, "edge.anonymous") === undefined && valueAt(all, "edge.anonymous") === true;
  if (!isOpen || !isSaid(valueAt(given, "edge.login"))) return [];
  return [
    "edge.login is without effect, since the platform kind has edge.anonymous: true; allowed: beside edge.anonymous: false. Set that, or remove edge.login, or keep it for later with edge.anonymous: true.",
  ];
}
