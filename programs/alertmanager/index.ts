import { alert, type Rule } from "../../alerts/alert";
import type { Settings } from "../../config/schema";
import { goDuration, seconds } from "../../config/units";
import { addressesOf, pathOf, userUrl } from "../addresses";
import { inhibitions } from "./inhibitions";
import { groupsPage, incident, mailMessage, slackMessage } from "./messages";
import { configFile } from "../overrides";
import { nobody, type Program, type Stack } from "../program";

/** Groups, routes and holds back alerts, and tells people. The engine that pages. */
export const alertmanager: Program = {
  name: "alertmanager",
  component: "metrics",
  workload: "StatefulSet",
  image: "alertmanager",
  go: true,
  user: nobody,
  ports: (settings) => ({ http: 9093, ...(several(settings) ? { gossip: GOSSIP } : {}) }),
  telemetry: (stack) => [{ port: "http", path: `${pathOf(stack, "alertmanager")}/metrics` }],
  pages: { title: "Alertmanager", what: "alerts that are on, silences", login: false },
  calls: ({ settings }) => [
    { to: "receivers", why: "whoever is told: Slack, mail servers, webhooks" },
    ...(several(settings)
      ? [{ to: "alertmanager", ports: ["gossip"], udp: true as const, why: "tells the others who was told" }]
      : []),
  ],
  replicas: ({ alerting }) => alerting.replicas,
  apart: true,
  podEnv: (settings): Record<string, string> => (several(settings) ? { POD_IP: "status.podIP" } : {}),
  args: (stack) => alertmanagerArgs(stack),
  files: (stack) => [
    {
      name: "config",
      path: "/etc/alertmanager/config",
      files: { "alertmanager.yml": configFile(stack, "alertmanager", alertmanagerConfig(stack)) },
    },
  ],
  secrets: ({ settings }) => {
    const values = alertmanagerSecrets(settings);
    return Object.keys(values).length > 0
      ? [{ name: "receivers", volume: "secrets", path: SECRETS, values }]
      : [];
  },
  data: ({ alerting }) => ({ path: "/alertmanager", setting: "alerting.storage", ...alerting.storage }),
  probes: (stack) => {
    const at = (path: string) => ({ path: `${pathOf(stack, "alertmanager")}/-/${path}`, port: "http" });
    return {
      ready: { ...at("ready"), delay: 2, period: 5 },
      live: { ...at("healthy"), delay: 15, period: 10 },
    };
  },
  resources: ({ alerting }) => alerting.resources,
  alerts: ({ settings }) => [
    {
      name: "alertmanager",
      rules: [
        alert(settings, "NotificationsFailing", {
          // It tries again at every groupInterval. A receiver that is back is no trouble any more.
          expr: `sum by (env, region, receiver_name, integration) (increase(alertmanager_notifications_failed_total[${tries(settings)}])) > 0`,
          for: settings.alerting.rules.notificationsFailing.for,
          severity: "critical",
          summary:
            "Alertmanager cannot tell the receiver {{ $labels.receiver_name }} by {{ $labels.integration }}",
          description: `For ${settings.alerting.rules.notificationsFailing.for}: somebody is not told of alerts.`,
        }),
        ...(several(settings) ? [membersAlert(settings)] : []),
      ],
    },
  ],
  datasource: {
    signal: "alerts",
    name: "Alertmanager",
    type: "alertmanager",
    port: "http",
    path: (stack) => pathOf(stack, "alertmanager"),
    jsonData: () => ({ implementation: "prometheus", handleGrafanaManagedAlerts: false }),
  },
};

/** Where replicas tell each other what they have told: then only one of them does. */
const GOSSIP = 9094;
const several = ({ alerting }: Settings): boolean => alerting.replicas > 1;

/** Of those that answer: one that does not is missed by another alert. */
const membersAlert = (settings: Settings): Rule =>
  alert(settings, "AlertmanagerMembersInconsistent", {
    expr: "min by (env, region) (alertmanager_cluster_members)\n<\ncount by (env, region) (alertmanager_cluster_members)",
    for: settings.alerting.rules.alertmanagerMembersInconsistent.for,
    severity: "warning",
    summary: "Alertmanager's replicas do not see each other: one sees {{ $value }} of them",
    description: `For ${settings.alerting.rules.alertmanagerMembersInconsistent.for}: people are told of each alert more than once.`,
  });

/** A time in which there was a try. */
const tries = ({ alerting }: Settings): string => `${Math.max(360, seconds(alerting.groupInterval) + 60)}s`;

/** For so long Alertmanager knows by itself whom it has told. Then it would tell them as if for the first time. */
const REMEMBERS = "120h";
const retention = ({ alerting: { repeatInterval } }: Settings): string[] =>
  seconds(repeatInterval) > seconds(REMEMBERS)
    ? [`--data.retention=${goDuration(`${2 * seconds(repeatInterval)}s`)}`]
    : [];

/** Where the Secret with the receivers' secrets is mounted. */
export const SECRETS = "/etc/alertmanager/secrets";

/**
 * Every secret of the receivers, by the name of the file that Alertmanager reads it from. They are put into one
 * Kubernetes Secret; the configuration names the files only.
 */
export function alertmanagerSecrets({ alerting }: Settings): Record<string, string> {
  const files: Record<string, string> = {};
  alerting.receivers.forEach((receiver, index) => {
    if (receiver.slack) files[`slack-${index}`] = receiver.slack.url;
    if (receiver.webhook) files[`webhook-${index}`] = receiver.webhook.url;
    if (receiver.pagerduty) files[`pagerduty-${index}`] = receiver.pagerduty.routingKey;
  });
  if (alerting.heartbeat) files.heartbeat = alerting.heartbeat.url;
  if (alerting.smtp?.password) files.smtp = alerting.smtp.password;
  return files;
}

/** Routing, grouping, inhibition and the watchdog. */
export function alertmanagerConfig(stack: Stack): object {
  const { alerting } = stack.settings;
  const { smtp, heartbeat } = alerting;
  const file = (name: string) => `${SECRETS}/${name}`;
  return {
    global: smtp
      ? {
          smtp_smarthost: smtp.smarthost,
          smtp_from: smtp.from,
          smtp_require_tls: smtp.requireTls,
          ...(smtp.username ? { smtp_auth_username: smtp.username } : {}),
          ...(smtp.password ? { smtp_auth_password_file: file("smtp") } : {}),
        }
      : {},
    route: {
      receiver: alerting.receivers[0]?.name ?? "nobody",
      group_by: ["alertname", "namespace", "service"],
      group_wait: alerting.groupWait,
      group_interval: alerting.groupInterval,
      repeat_interval: alerting.repeatInterval,
      routes: [
        {
          // It fires always: the heartbeat's absence is the alarm. It must never reach a person.
          matchers: ['alertname="Watchdog"'],
          receiver: heartbeat ? "heartbeat" : "nobody",
          group_wait: "0s",
          // Told at every group interval: with two equal intervals Alertmanager leaves out every second one.
          group_interval: heartbeat?.interval ?? "5m",
          repeat_interval: "1s",
        },
        ...alerting.routes.map(({ receiver, mute, ...labels }) => ({
          matchers: Object.entries(labels).map(([label, value]) => `${label}="${value}"`),
          receiver,
          ...(mute.length > 0 ? { mute_time_intervals: mute } : {}),
        })),
      ],
    },
    ...(alerting.muteTimings.length > 0 ? { time_intervals: alerting.muteTimings.map(timeInterval) } : {}),
    inhibit_rules: inhibitions,
    receivers: [
      { name: "nobody" },
      ...(heartbeat
        ? [{ name: "heartbeat", webhook_configs: [{ url_file: file("heartbeat"), send_resolved: false }] }]
        : []),
      ...alerting.receivers.map((receiver, index) => ({
        name: receiver.name,
        ...(receiver.slack && {
          slack_configs: [
            {
              api_url_file: file(`slack-${index}`),
              channel: receiver.slack.channel,
              send_resolved: true,
              ...slackMessage(stack),
            },
          ],
        }),
        ...(receiver.email && {
          email_configs: [{ to: receiver.email.to, send_resolved: true, ...mailMessage(stack) }],
        }),
        ...(receiver.webhook && {
          webhook_configs: [{ url_file: file(`webhook-${index}`), send_resolved: true }],
        }),
        ...(receiver.pagerduty && {
          pagerduty_configs: [
            {
              routing_key_file: file(`pagerduty-${index}`),
              send_resolved: true,
              ...incident(stack),
            },
          ],
        }),
      })),
    ],
  };
}

const timeInterval = ({ name, times, weekdays, timeZone }: Settings["alerting"]["muteTimings"][number]) => ({
  name,
  time_intervals: [
    {
      ...(times ? { times: times.map(({ start, end }) => ({ start_time: start, end_time: end })) } : {}),
      ...(weekdays ? { weekdays } : {}),
      location: timeZone,
    },
  ],
});

/** Command line of the server. */
export const alertmanagerArgs = (stack: Stack): string[] => [
  "--config.file=/etc/alertmanager/config/alertmanager.yml",
  "--storage.path=/alertmanager",
  // What it has told, and silences, are written at a polite end and this often: more than that is not forgotten when it is
  // killed. By default it is a quarter of an hour.
  "--data.maintenance-interval=1m",
  // The alert NotificationsFailing names the receiver.
  "--enable-feature=receiver-name-in-metrics",
  ...retention(stack.settings),
  // Messages of receivers that have no link of their own name it as the sender.
  `--web.external-url=${pathOf(stack, "alertmanager") ? userUrl(stack, "alertmanager") : groupsPage(stack)}`,
  `--web.route-prefix=${pathOf(stack, "alertmanager") || "/"}`,
  ...(several(stack.settings)
    ? [
        // By the pod's own address, which it also tells the others: asked for none, it takes private ones only.
        `--cluster.listen-address=[$(POD_IP)]:${GOSSIP}`,
        ...addressesOf(stack, "alertmanager", "gossip").map((address) => `--cluster.peer=${address}`),
      ]
    : // No gossip, and no port for it.
      ["--cluster.listen-address="]),
];
