import { z } from "zod";
import { type Refuse, text } from "./common";
import { kubernetesName } from "./kubernetes";

/** Whose the alerts about these namespaces and services are. */
export const team = z
  .strictObject({
    name: text(/^[\w-]{1,63}$/, "letters, digits, - and _, at most 63 of them").describe(
      "Name of the team: the label team of its alerts, and what routes refer to.",
    ),
    namespaces: z
      .array(kubernetesName("a namespace"))
      .default([])
      .describe("Namespaces whose alerts are this team's; default none."),
    services: z
      .array(kubernetesName("a service name"))
      .default([])
      .describe(
        "Services whose alerts are this team's, whoever has their namespace, in whichever one they are; default none. Alerts on their pods are their namespace's.",
      ),
  })
  .refine(
    ({ namespaces, services }) => namespaces.length + services.length > 0,
    "allowed: at least one of namespaces, services",
  );

export interface CheckedTeams {
  teams: { name: string; namespaces: string[]; services: string[] }[];
  routes: { team?: string }[];
}

/** Each namespace and each service has one team, and routes refer to teams that there are. */
export function checkTeams({ teams, routes }: CheckedTeams, refuse: Refuse): void {
  for (const [key, what] of [
    ["namespaces", "namespace"],
    ["services", "service"],
  ] as const) {
    const taken = new Map<string, string>();
    teams.forEach(({ name, [key]: those }, index) =>
      those.forEach((one, place) => {
        const owner = taken.get(one);
        if (owner !== undefined)
          refuse(
            ["alerting", "teams", index, key, place],
            `${one} is in team ${owner} already; allowed: each ${what} once, in one team`,
          );
        taken.set(one, owner ?? name);
      }),
    );
  }
  const names = teams.map(({ name }) => name).join(", ") || "none, since alerting.teams is empty";
  routes.forEach(({ team }, index) => {
    if (team !== undefined && !teams.some(({ name }) => name === team))
      refuse(["alerting", "routes", index, "team"], `${team} is no team; allowed: ${names}`);
  });
}
