import { parser } from "@prometheus-io/lezer-promql";

/** The metrics that a query in PromQL reads by their names. */
export function metricNames(query: string): string[] {
  const names: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.name === "Identifier" && node.parent?.type.name === "VectorSelector")
        names.push(query.slice(from, to));
    },
  });
  return names;
}
