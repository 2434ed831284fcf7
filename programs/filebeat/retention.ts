import type { Settings } from "../../config/schema";
import { seconds } from "../../config/units";

/**
 * Policy of Elasticsearch's index lifecycle management, which the index template binds. An index is written to for a day
 * and deleted as a whole: a line stays for a day longer than `logs.retention.time` at most.
 */
export const retention = ({ logs }: Settings): object => ({
  policy: {
    phases: {
      hot: { actions: { rollover: { max_age: "1d", max_primary_shard_size: "10gb" } } },
      // It knows no weeks.
      delete: { min_age: `${seconds(logs.retention.time)}s`, actions: { delete: {} } },
    },
  },
});
