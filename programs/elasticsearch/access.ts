import type { Settings } from "../../config/schema";
import { tracesKeeper } from "../../config/schema/elasticsearch";

/*
 * Who may do what, by files of Elasticsearch's own: nobody has to be asked for it, no Job makes it. The passwords' hashes
 * are in a Secret; components/logs-stack.ts makes them.
 */

/** Name of what holds the lines, and where the names of its indices begin. */
export const READS = "kubernetes-logs";

/** Users; nobody else can log in. The first adds lines and says how they are kept, the second adds them alone. */
export const WRITER = "filebeat";
export const LOGSTASH = "logstash";
export const READER = "grafana";
/** Kibana itself, and whoever opens its pages. */
export const KIBANA = "kibana-server";
export const PEOPLE = "admin";

/** Environment variable of whoever logs in. */
export const PASSWORD = "ELASTICSEARCH_PASSWORD";

const indices = (...privileges: string[]) => [{ names: [`${READS}*`], privileges }];

const usual = {
  [WRITER]: {
    cluster: ["monitor", "manage_index_templates", "manage_ilm"],
    // Filebeat 8 makes the data stream itself, which auto_configure does not allow.
    indices: indices("auto_configure", "create_index", "create_doc", "view_index_metadata"),
  },
  [READER]: { indices: indices("read", "view_index_metadata") },
};

/**
 * It makes no index: of one that it made before Filebeat's Job had said how, nobody would delete a line, and the Job could
 * not make its own under that name. What Elasticsearch refuses for that, Logstash keeps and tries again.
 */
const adding = {
  [LOGSTASH]: { cluster: ["monitor"], indices: indices("create_doc", "view_index_metadata") },
};

/** Everything of Kibana's one space, and of Elasticsearch the lines. */
const people = {
  [PEOPLE]: {
    ...usual[READER],
    applications: [
      { application: "kibana-.kibana", privileges: ["space_all"], resources: ["space:default"] },
    ],
  },
};

/** Who keeps traces here has no lines, and nobody else has traces. It logs in by its own name, which its indices begin with. */
const traces = (keeper: string) => ({
  [keeper]: {
    cluster: ["monitor", "manage_index_templates"],
    indices: [
      {
        names: [`${keeper}-*`],
        // What is too old goes in its name as well.
        privileges: ["auto_configure", "index", "read", "view_index_metadata", "delete_index"],
      },
    ],
  },
});

const hasLogstash = ({ logs }: Settings): boolean => logs.elasticsearch.logstash.enabled;
const hasKibana = ({ logs }: Settings): boolean => logs.elasticsearch.kibana.enabled;

/** One adds lines and says how they are kept, and cannot read them; others read them and nothing else. */
export function rolesOf(settings: Settings): object {
  const keeper = tracesKeeper(settings.tracing);
  return {
    ...usual,
    ...(hasLogstash(settings) ? adding : {}),
    ...(hasKibana(settings) ? people : {}),
    ...(keeper ? traces(keeper) : {}),
  };
}

/** User -> role; that of Kibana itself is Elasticsearch's own. */
export function usersOf(settings: Settings): Record<string, string> {
  const keeper = tracesKeeper(settings.tracing);
  return {
    [WRITER]: WRITER,
    [READER]: READER,
    ...(hasLogstash(settings) ? { [LOGSTASH]: LOGSTASH } : {}),
    ...(hasKibana(settings) ? { [KIBANA]: "kibana_system", [PEOPLE]: PEOPLE } : {}),
    ...(keeper ? { [keeper]: keeper } : {}),
  };
}

/** Role -> users, a line each. */
export const usersRoles = (settings: Settings): string =>
  Object.entries(usersOf(settings))
    .map(([user, role]) => `${role}:${user}\n`)
    .join("");
