/*
 * Who may do what, by files of Elasticsearch's own: nobody has to be asked for it, no Job makes it. The passwords' hashes
 * are in a Secret; components/logs-stack.ts makes them.
 */

/** Name of what holds the lines, and where the names of its indices begin. */
export const READS = "kubernetes-logs";

/** Users; nobody else can log in. */
export const WRITER = "filebeat";
export const READER = "grafana";

/** Environment variable of whoever logs in. */
export const PASSWORD = "ELASTICSEARCH_PASSWORD";

const indices = (...privileges: string[]) => [{ names: [`${READS}*`], privileges }];

/** The one adds lines and says how they are kept, and cannot read them; the other reads them and nothing else. */
export const roles = {
  [WRITER]: {
    cluster: ["monitor", "manage_index_templates", "manage_ilm"],
    // Filebeat 8 makes the data stream itself, which auto_configure does not allow.
    indices: indices("auto_configure", "create_index", "create_doc", "view_index_metadata"),
  },
  [READER]: { indices: indices("read", "view_index_metadata") },
};

/** Role -> users, a line each. */
export const usersRoles = [WRITER, READER].map((user) => `${user}:${user}\n`).join("");
