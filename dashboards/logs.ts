import { type Dashboard, NAMESPACE, SERVICES } from "./dashboard";
import { logsBackend } from "../programs/backends";
import type { Stack } from "../programs/program";
import { logRates, logs } from "./panels";

/** How many lines, of which level and application; the errors; and a search. */
export function logsDashboard(stack: Stack): Dashboard {
  const { per, search } = logsBackend(stack).logs;
  const of = { namespace: "$namespace", apps: "$service" };
  return {
    uid: "logs",
    folder: "services",
    title: "Logs",
    description: "How many lines of which level and application, the errors, and a search.",
    variables: [
      { ...NAMESPACE, query: "label_values(kube_pod_info, namespace)" },
      {
        name: "service",
        label: "Application",
        query: `label_values({${SERVICES}, namespace="$namespace"}, service)`,
        all: true,
      },
      { name: "search", label: `Search (${search.words})`, typed: search.any },
    ],
    rows: [
      {
        height: 8,
        panels: [
          logRates(
            "Lines by level",
            `Lines a ${per}. A rise of error or warn tells when it began.`,
            "level",
            of,
          ),
          logRates(
            "Lines by application",
            `Lines a ${per}. Who writes most fills the disk first.`,
            "app",
            of,
          ),
          logRates(
            "Bytes by application",
            "What retention has to hold. One far above the others: lower its level, or raise the storage's size.",
            "app",
            of,
            "bytes",
          ),
        ],
      },
      {
        height: 9,
        panels: [
          logs("Errors", "Level error and fatal. A line's details lead to its trace.", {
            ...of,
            errors: true,
          }),
        ],
      },
      {
        height: 12,
        panels: [
          logs("Search", "Lines that match what is typed above, in capitals or not.", {
            ...of,
            search: "$search",
          }),
        ],
      },
    ],
  };
}
