import { type Refuse, repeated } from "./common";
import { LAPTOPS_URL } from "./edge";
import { checkRoutes } from "./routes";
import { checkTeams, type CheckedTeams } from "./teams";

export interface CheckedAlerting {
  platform: string;
  alerting: Alerting;
  edge: { enabled: boolean; url: string };
}

interface Alerting extends CheckedTeams {
  receivers: { name: string; email?: object }[];
  routes: {
    severity?: string;
    team?: string;
    namespace?: string;
    service?: string;
    receiver: string;
    mute: string[];
  }[];
  muteTimings: { name: string }[];
  extraAlerts: { name: string; metrics?: string; logs?: string; lucene?: object }[];
  smtp: object | null;
  unattended: boolean;
  runbookUrl: string | null;
}

/** Somebody is told, and of a page to open; receivers, routes, teams and mute timings refer to each other by name. */
export function checkAlerting({ platform, alerting, edge }: CheckedAlerting, refuse: Refuse): void {
  const { receivers, routes, muteTimings, smtp } = alerting;
  const names = (those: { name: string }[], key: string) =>
    those.map(({ name }) => name).join(", ") || `none, since alerting.${key} is empty`;
  if (receivers.length === 0 && !alerting.unattended)
    refuse(
      ["alerting", "receivers"],
      "names nobody, so that alerts tell nobody; allowed: at least one receiver, or alerting.unattended: true while there is none",
    );
  if (receivers.length > 0 && !edge.enabled && alerting.runbookUrl === null)
    refuse(
      ["alerting", "runbookUrl"],
      "is missing; allowed: the URL of a page with alerts/RUNBOOK.md, to which messages lead, or edge.enabled: true, which serves it",
    );
  if (receivers.length > 0 && edge.enabled && platform !== "kind" && edge.url === LAPTOPS_URL)
    refuse(
      ["edge", "url"],
      `is ${LAPTOPS_URL}, which messages would lead to, and only the local cluster is there; allowed: the address that people type, such as https://observability.example.org. Set it, or another port of localhost where everybody forwards one.`,
    );
  for (const key of ["receivers", "teams", "muteTimings", "extraAlerts"] as const)
    repeated(alerting[key].map(({ name }) => name)).forEach(({ index, value }) =>
      refuse(["alerting", key, index, "name"], `${value} is named twice; allowed: each name once`),
    );
  receivers.forEach(({ email }, index) => {
    if (email && !smtp)
      refuse(["alerting", "receivers", index, "email"], "needs a mail server; set alerting.smtp as well");
  });
  // The first one has what no route takes.
  receivers.slice(1).forEach(({ name }, index) => {
    if (!routes.some(({ receiver }) => receiver === name))
      refuse(
        ["alerting", "receivers", index + 1, "name"],
        `${name} is told nothing; allowed: the first receiver, which has what no route takes, or one that alerting.routes[].receiver names. Add a route to it, or remove it.`,
      );
  });
  if (smtp && !receivers.some(({ email }) => email))
    refuse(
      ["alerting", "smtp"],
      "is without effect, since no receiver has email; allowed: beside a receiver with email. Give one to a receiver of alerting.receivers, or remove alerting.smtp.",
    );
  checkTeams(alerting, refuse);
  routes.forEach(({ receiver, mute }, index) => {
    if (!receivers.some(({ name }) => name === receiver))
      refuse(
        ["alerting", "routes", index, "receiver"],
        `is no receiver; allowed: ${names(receivers, "receivers")}`,
      );
    mute.forEach((timing, place) => {
      if (!muteTimings.some(({ name }) => name === timing))
        refuse(
          ["alerting", "routes", index, "mute", place],
          `${timing} is no mute timing; allowed: ${names(muteTimings, "muteTimings")}`,
        );
    });
  });
  muteTimings.forEach(({ name }, index) => {
    if (!routes.some(({ mute }) => mute.includes(name)))
      refuse(
        ["alerting", "muteTimings", index, "name"],
        `${name} mutes nothing; allowed: a name that alerting.routes[].mute lists. Add it to a route, or remove it.`,
      );
  });
  checkRoutes(alerting, refuse);
}
