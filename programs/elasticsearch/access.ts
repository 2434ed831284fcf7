import type { Settings } from "../../config/schema";

/*
 * Who may do what, by files of Elasticsearch's own: nobody has to be asked for it, no Job makes it. The passwords' hashes
 * are in a Secret; components/logs-stack.ts makes them.
 */

/** Name of what holds the lines, and where the names of its indices begin. */
export const READS = "kubernetes-logs";

/** Users; nobody else can log in. The first is Filebeat, or where it stands in between Logstash. */
export const WRITER = "filebeat";
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

/** Everything of Kibana's one space, and of Elasticsearch the lines. */
const people = {
  [PEOPLE]: {
    ...usual[READER],
    applications: [
      { application: "kibana-.kibana", privileges: ["space_all"], resources: ["space:default"] },
    ],
  },
};

const hasKibana = ({ logs }: Settings): boolean => logs.elasticsearch.kibana.enabled;

/** One adds lines and says how they are kept, and cannot read them; the others read them and nothing else. */
export const rolesOf = (settings: Settings): object => ({
  ...usual,
  ...(hasKibana(settings) ? people : {}),
});

/** User -> role; that of Kibana itself is Elasticsearch's own. */
export const usersOf = (settings: Settings): Record<string, string> => ({
  [WRITER]: WRITER,
  [READER]: READER,
  ...(hasKibana(settings) ? { [KIBANA]: "kibana_system", [PEOPLE]: PEOPLE } : {}),
});

/** Role -> users, a line each. */
export const usersRoles = (settings: Settings): string =>
  Object.entries(usersOf(settings))
    .map(([user, role]) => `${role}:${user}\n`)
    .join("");
