import { LAST_HOUR } from "../../alerts/links";
import { userUrl } from "../addresses";
import type { Stack } from "../program";

/** Grafana shows what Alertmanager holds, wherever that one has no address of its own. */
export const groupsPage = (stack: Stack) => `${userUrl(stack, "grafana")}/alerting/groups`;

/** The same, with this Alertmanager chosen and the message's alerts alone. */
const groupsOfMessage = (stack: Stack) =>
  `${groupsPage(stack)}?alertmanager=Alertmanager&queryString=alertname%3D{{ .CommonLabels.alertname }}`;

const title =
  "{{ .Status | toUpper }} {{ .CommonLabels.alertname }} ({{ .CommonLabels.env }}, {{ .CommonLabels.region }}{{ with .CommonLabels.team }}, {{ . }}{{ end }})";

/** A thousand alerts in one message are read by nobody: the first ones, and how many there are more. */
const first = (count: number, alerts: string, text: string, more: string) =>
  `{{ range $place, $alert := ${alerts} }}{{ if lt $place ${count} }}${text}{{ end }}{{ end }}{{ if gt (len ${alerts}) ${count} }}and {{ len (slice ${alerts} ${count}) }} ${more}
{{ end }}`;

/** Those that fire, then those that are over: a group has both until its last alert has ended. */
const each = (text: string) =>
  first(10, ".Alerts.Firing", text, "more") + first(5, ".Alerts.Resolved", text, "more that are over");

/** The alert that stands for all of them: one that fires, where there is one. */
const FOREMOST = "index (or .Alerts.Firing .Alerts) 0";

/** An hour before the alert began, in milliseconds: who reads of it in the morning wants to see that night. */
const FROM = "(.StartsAt.Add -3600000000000).UnixMilli";

/** The dashboard of an annotation, which has variables or none, at that time. */
const since = (url: string) =>
  `{{ ${url} }}{{ if match "[?]" ${url} }}&{{ else }}?{{ end }}from={{ ${FROM} }}&to=now`;

/** The same of a query in Explore, whose range stands in the middle of its address. */
const askedSince = (url: string) => `{{ reReplaceAll "${LAST_HOUR}" (print ${FROM}) ${url} }}`;

const LINKS = [
  { title: "Dashboard", url: ".Annotations.dashboard_url", written: since },
  { title: "Logs", url: ".Annotations.logs_url", written: askedSince },
  { title: "Traces", url: ".Annotations.traces_url", written: askedSince },
  { title: "Query", url: ".GeneratorURL" },
  { title: "Runbook", url: ".Annotations.runbook_url" },
].map(({ title, url, written = (as: string) => `{{ ${as} }}` }) => ({ title, url, address: written(url) }));

/** The links that an alert has, each as `write` writes it. */
const links = (write: (title: string, url: string) => string) =>
  LINKS.map(({ title, address, url }) => `{{ if ${url} }}${write(title, address)}{{ end }}`).join("");

export const slackMessage = (stack: Stack) => ({
  title,
  title_link: groupsOfMessage(stack),
  text: each(
    `{{ if eq .Status "resolved" }}RESOLVED {{ end }}{{ .Annotations.summary }}\n${links((name, url) => `<${url}|${name}> `)}\n`,
  ),
});

/** Plain text: Alertmanager's HTML links to pages of its own, which users cannot open. */
export const mailMessage = (stack: Stack) => ({
  headers: { subject: title },
  html: "",
  text: `${each(`{{ .Status | toUpper }} {{ .Annotations.summary }}
{{ .Annotations.description }}
${links((name, url) => `${name}: ${url}\n`)}
`)}All of them: ${groupsOfMessage(stack)}
`,
});

/** PagerDuty takes critical, error, warning and info. */
export const incident = (stack: Stack) => ({
  description: `${title}: {{ (${FOREMOST}).Annotations.summary }}`,
  severity: '{{ if eq .CommonLabels.severity "warning" }}warning{{ else }}critical{{ end }}',
  client: `observability-stack ${stack.name}`,
  client_url: groupsOfMessage(stack),
  details: {
    alerts: each(`{{ .Status | toUpper }} {{ .Annotations.summary }}\n`),
  },
  // Those of one alert: a group is about one name, namespace and service.
  links: LINKS.map(({ title, url, address }) => ({
    text: title,
    href: `{{ with ${FOREMOST} }}{{ if ${url} }}${address}{{ end }}{{ end }}`,
  })),
});
