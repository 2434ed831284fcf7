import type { Settings } from "../config/schema";

/** What alerts are told apart by, the stronger first: a service's team is its own, whoever has its namespace. */
const BY = [
  { label: "service", key: "services" },
  { label: "namespace", key: "namespaces" },
] as const;

const owned = ({ alerting }: Settings, key: "services" | "namespaces") =>
  alerting.teams.map(({ name, [key]: those }) => ({ name, those })).filter(({ those }) => those.length > 0);

/**
 * Rules that give alerts the label `team` on their way to Alertmanager, as Prometheus and Loki read them. One that has the
 * label keeps it. Names of Kubernetes hold nothing that a pattern would read otherwise, and patterns fit as a whole.
 */
export const teamRules = (settings: Settings): object[] =>
  BY.flatMap(({ label, key }) =>
    owned(settings, key).map(({ name, those }) => ({
      source_labels: ["team", label],
      regex: `;(${those.join("|")})`,
      target_label: "team",
      replacement: name,
    })),
  );

/** The same as the template of a label, for Grafana, which has no such rules. Its alerts on lines have these two labels. */
export function teamTemplate(settings: Settings): string | undefined {
  const cases = [
    ...owned(settings, "services").map(({ name, those }) => ({ label: "app", name, those })),
    ...owned(settings, "namespaces").map(({ name, those }) => ({ label: "namespace", name, those })),
  ].map(({ label, name, those }, index) => {
    const names = those.map((one) => JSON.stringify(one)).join(" ");
    return `{{ ${index > 0 ? "else " : ""}if eq $labels.${label} ${names} }}${name}`;
  });
  return cases.length > 0 ? `${cases.join("")}{{ end }}` : undefined;
}
