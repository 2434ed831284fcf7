import { seconds } from "../../config/units";
import type { LineField, Lines } from "../backends";

/** In Lucene's language. Grafana writes what somebody has chosen or typed in place of a variable. */
function query({ namespace, app, apps, pods, errors, search }: Lines): string {
  const parts = [
    ...(namespace ? [`namespace:"${namespace}"`] : []),
    ...(app ? [`app:"${app}"`] : []),
    ...(apps ? [`app:/${apps}/`] : []),
    ...(pods ? [`pod:/${pods}/`] : []),
    ...(errors ? ["level:(error OR fatal)"] : []),
    ...(search ? [`message:(${search})`] : []),
  ];
  return parts.join(" AND ");
}

/** As Grafana's editor of queries writes it: the newest lines. */
export const show = (which: Lines): object => ({
  query: query(which),
  metrics: [{ id: "1", type: "logs", settings: { limit: "500" } }],
  bucketAggs: [],
  timeField: "@timestamp",
});

/** How many lines a minute have each of a field's values; it does not know how long lines are. */
export const count = (which: Lines, by: LineField, what: "lines" | "bytes"): object | undefined =>
  what === "bytes"
    ? undefined
    : {
        query: query(which),
        alias: `{{term ${by}}}`,
        metrics: [{ id: "1", type: "count" }],
        bucketAggs: [
          { id: "2", type: "terms", field: by, settings: { size: "20", order: "desc", orderBy: "_count" } },
          {
            ...{ id: "3", type: "date_histogram", field: "@timestamp" },
            settings: { interval: "1m", min_doc_count: "0" },
          },
        ],
        timeField: "@timestamp",
      };

/** How many lines of each application a query in Lucene's language finds, for a rule that looks back so far. */
export const counted = (query: string, within: string): object => ({
  query,
  metrics: [{ id: "1", type: "count" }],
  bucketAggs: [
    ...["namespace", "app"].map((field, index) => ({
      ...{ id: String(index + 2), type: "terms", field },
      // Lines of a pod without that label count as well.
      settings: { size: "500", order: "desc", orderBy: "_count", missing: "" },
    })),
    {
      ...{ id: "4", type: "date_histogram", field: "@timestamp" },
      // Two pieces at most: the sum is the same, and there is a limit to their number.
      settings: { interval: `${seconds(within)}s`, min_doc_count: "0" },
    },
  ],
  timeField: "@timestamp",
});
