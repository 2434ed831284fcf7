import { userUrl } from "../programs/addresses";
import { type Lines, logsBackend, tracesBackend, uidOf } from "../programs/backends";
import { isDeployed, type Stack } from "../programs/program";
import type { Rule, RuleGroup } from "./alert";
import { label, type Lead, leadOf } from "./leads";

/** Puts the links into alerts that messages show: `dashboard_url`, `logs_url` and `traces_url`, where there are such. */
export const withLinks = (stack: Stack, group: RuleGroup): RuleGroup => ({
  ...group,
  rules: group.rules.map((rule) =>
    rule.alert ? { ...rule, annotations: { ...rule.annotations, ...links(stack, group.name, rule) } } : rule,
  ),
});

function links(stack: Stack, group: string, rule: Rule): Record<string, string> {
  const { dashboard, variables = [], unless = [], ...lead } = leadOf(stack, group, rule.alert!);
  const query = variables.map((name) => `var-${name}=${label(name)}`).join("&");
  const usual = found(stack, lead);
  const others = unless.map((other) => ({ ...other, urls: found(stack, { ...lead, ...other.lead }) }));
  return {
    dashboard_url: `${userUrl(stack, "grafana")}/d/${dashboard}${query && `?${query}`}`,
    ...Object.fromEntries(
      Object.entries(usual).map(([name, url]) => [
        name,
        either(
          others.map(({ labels, urls }) => ({ labels, text: urls[name] })),
          url,
        ),
      ]),
    ),
  };
}

/** Lines and traces, where there are such. */
function found(stack: Stack, { lines, traces }: Pick<Lead, "lines" | "traces">): Record<string, string> {
  const { logs } = logsBackend(stack);
  const asked = traces && tracesBackend(stack).traces.show?.(traces);
  return {
    ...(lines && isKept(stack, lines) ? { logs_url: explore(stack, "logs", logs.show(lines)) } : {}),
    ...(asked ? { traces_url: explore(stack, "traces", asked) } : {}),
  };
}

/** The text of alerts with such labels, else the usual one: Prometheus chooses. */
function either(others: { labels: Record<string, string>; text?: string }[], usual: string): string {
  const chosen = others.filter(({ text }) => text !== usual);
  if (chosen.length === 0) return usual;
  const cases = chosen.map(({ labels, text = "" }) => {
    const equal = Object.entries(labels).map(([name, value]) => `(eq $labels.${name} "${value}")`);
    return `if and ${equal.join(" ")} }}${text}`;
  });
  return `{{ ${[...cases, `}}${usual}`].join("{{ else ")}{{ end }}`;
}

/** Events are collected where Loki keeps them. */
const isKept = (stack: Stack, { app }: Lines) =>
  app !== "kubernetes-events" || isDeployed(stack, "alloy-events");

/** As Grafana writes it. Messages put the hour before the alert in its place. */
export const LAST_HOUR = "now-1h";

/** Explore, in the form that Grafana 10 writes into the address bar and later ones still read. */
function explore(stack: Stack, signal: "logs" | "traces", asked: object): string {
  const shown = {
    datasource: uidOf(stack, signal),
    queries: [{ refId: "A", ...asked }],
    range: { from: LAST_HOUR, to: "now" },
  };
  // What Prometheus fills in must stay as it is.
  const left = encodeURIComponent(JSON.stringify(shown)).replace(/%7B%7B.+?%7D%7D/g, decodeURIComponent);
  return `${userUrl(stack, "grafana")}/explore?orgId=1&left=${left}`;
}
