import { type Dashboard, NAMESPACE } from "./dashboard";
import { logRates, logs } from "./panels";

/** How many lines, of which level and application; the errors; and a search. */
export function logsDashboard(): Dashboard {
  const of = 'namespace="$namespace", app=~"$service"';
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
        query: 'label_values(up{namespace="$namespace", service!=""}, service)',
        all: true,
      },
      { name: "search", label: "Search (regular expression)" },
    ],
    rows: [
      {
        height: 8,
        panels: [
          logRates(
            "Lines by level",
            "short",
            "Lines a second. A rise of error or warn tells when it began.",
            [{ expr: `sum by (level) (rate({${of}}[5m]))`, legend: "{{level}}" }],
          ),
          logRates("Lines by application", "short", "Lines a second. Who writes most fills the disk first.", [
            { expr: `sum by (app) (rate({${of}}[5m]))`, legend: "{{app}}" },
          ]),
          logRates("Bytes by application", "Bps", "What retention has to hold.", [
            { expr: `sum by (app) (bytes_rate({${of}}[5m]))`, legend: "{{app}}" },
          ]),
        ],
      },
      {
        height: 9,
        panels: [
          logs(
            "Errors",
            "Level error and fatal. A line's details lead to its trace.",
            `{${of}, level=~"error|fatal"}`,
          ),
        ],
      },
      {
        height: 12,
        panels: [
          logs(
            "Search",
            "Lines that match what is typed above, in capitals or not.",
            `{${of}} |~ "(?i)$search"`,
          ),
        ],
      },
    ],
  };
}
