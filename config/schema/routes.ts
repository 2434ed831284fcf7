import type { Refuse } from "./common";

const LABELS = ["severity", "team", "namespace", "service"] as const;

/** What a route asks of an alert; any where a label is missing. */
type Asked = Partial<Record<(typeof LABELS)[number], string>>;

interface Team {
  name: string;
  namespaces: string[];
  services: string[];
}

export interface CheckedRoutes {
  routes: Asked[];
  teams: Team[];
  extraAlerts: { metrics?: string; logs?: string }[];
}

/** Each route takes some alert: one that never does would be a message that somebody waits for. */
export function checkRoutes({ routes, teams, extraAlerts }: CheckedRoutes, refuse: Refuse): void {
  // An expression of the user's own may say a team itself, whatever its alert is about.
  const known = extraAlerts.some(({ metrics, logs }) => metrics ?? logs) ? [] : teams;
  routes.forEach((route, index) => {
    const { team, namespace, service } = route;
    const owners = ownersOf(route, known);
    if (team !== undefined && known.some(({ name }) => name === team) && !owners.includes(team))
      refuse(
        ["alerting", "routes", index, "team"],
        `${team} has no alert about ${service ?? namespace}, so that this route is never taken; allowed: ${owners.join(" or ") || "a team that has it by alerting.teams"}. Correct the one or the other, or leave one out.`,
      );
    const takers = kindsOf(route, known).map((kind) =>
      routes.slice(0, index).findIndex((earlier) => takes(earlier, kind)),
    );
    if (takers.includes(-1)) return;
    const before = [...new Set(takers)].sort((a, b) => a - b).map((taker) => `routes[${taker}]`);
    refuse(
      ["alerting", "routes", index],
      `is never taken, since ${before.join(" and ")} ${before.length > 1 ? "take" : "takes"} all of its alerts; allowed: the narrower one first. One receiver may have slack, email, webhook and pagerduty together.`,
    );
  });
}

const takes = (route: Asked, alert: Asked): boolean =>
  LABELS.every((label) => !route[label] || route[label] === alert[label]);

/** Teams that alerts about this service and namespace may be of: by the service, else by the namespace. */
function ownersOf({ namespace, service }: Asked, teams: Team[]): string[] {
  const owners = teams.filter(({ services }) => service !== undefined && services.includes(service));
  if (owners.length > 0) return owners.map(({ name }) => name);
  return teams
    .filter(({ namespaces, services }) => {
      const byNamespace = namespace === undefined ? namespaces.length > 0 : namespaces.includes(namespace);
      return byNamespace || (service === undefined && services.length > 0);
    })
    .map(({ name }) => name);
}

/** All that a route could take, in parts that an earlier route takes as a whole or not at all. */
function kindsOf(route: Asked, teams: Team[]): Asked[] {
  const bySeverity = route.severity
    ? [route]
    : ["critical", "warning"].map((severity) => ({ ...route, severity }));
  const team = teams.find(({ name }) => name === route.team);
  if (!team || route.namespace || route.service) return bySeverity;
  return bySeverity.flatMap((kind) => [
    ...team.namespaces.map((namespace) => ({ ...kind, namespace })),
    ...team.services.map((service) => ({ ...kind, service })),
  ]);
}
