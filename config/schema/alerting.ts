import { z } from "zod";
import { seconds } from "../units";
import { allowed, duration, httpUrl, replicas, resources, secret, text } from "./common";
import { kubernetesName, storage } from "./kubernetes";
import { muteTiming } from "./mute";
import { ownAlerts } from "./own-alerts";
import { rules } from "./rules";
import { team } from "./teams";

const smarthost = () => {
  const words = "host:port with a port from 1 to 65535, such as smtp.example.org:587";
  return text(/^(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):[1-9]\d{0,4}$/, words).refine(
    (host) => Number(host.split(":").at(-1)) <= 65535,
    allowed(words),
  );
};

const email = () => {
  const error = allowed("an e-mail address");
  return z.email({ error, abort: true }).meta({ errorMessage: error });
};

/** These two are made by the stack itself. */
const OWN_RECEIVERS = ["nobody", "heartbeat"];

const receiver = z
  .strictObject({
    name: text(/\S/, "a name that routes can refer to")
      .refine(
        (name) => !OWN_RECEIVERS.includes(name),
        allowed(`any name but ${OWN_RECEIVERS.join(" and ")}, which the stack has itself`),
      )
      .describe("Name that routes refer to."),
    slack: z
      .strictObject({
        url: secret(httpUrl("the URL of a Slack incoming webhook")).describe(
          "Incoming webhook. Set it with --secret.",
        ),
        channel: text(
          /^(?:[#@][\p{L}\p{N}._-]{1,80}|[CDGU][A-Z0-9]{7,20})$/u,
          'a channel in quotes such as "#alerts", a person such as "@anna", or an id such as C0123456789',
        ).describe("Channel, such as #alerts, in quotes."),
      })
      .optional()
      .describe("Slack channel."),
    email: z
      .strictObject({ to: email().describe("Address that is written to.") })
      .optional()
      .describe("E-mail; needs alerting.smtp."),
    webhook: z
      .strictObject({
        url: secret(httpUrl()).describe("URL. May be a secret."),
      })
      .optional()
      .describe("POSTs Alertmanager's JSON to a URL."),
    pagerduty: z
      .strictObject({
        routingKey: secret(text(/^\S+$/, "the integration key of a PagerDuty service")).describe(
          "Integration key of a PagerDuty service (Events API v2). Set it with --secret.",
        ),
      })
      .optional()
      .describe("Opens an incident at PagerDuty, and resolves it."),
  })
  .refine(
    (r) => r.slack || r.email || r.webhook || r.pagerduty,
    "allowed: at least one of slack, email, webhook, pagerduty",
  );

const route = z
  .strictObject({
    severity: z
      .enum(["critical", "warning"])
      .optional()
      .describe("Severity of the alerts that take this route; default: any."),
    team: z
      .string()
      .optional()
      .describe("Name of the team of alerting.teams whose alerts these are; default: any."),
    namespace: kubernetesName("a namespace")
      .optional()
      .describe("Namespace that the alerts are about; default: any."),
    service: kubernetesName("a service name")
      .optional()
      .describe("Service that the alerts are about; default: any."),
    receiver: z.string().describe("Name of a receiver."),
    mute: z
      .array(z.string())
      .default([])
      .describe(
        "Names of alerting.muteTimings in which this route tells nobody; default none. What takes no route cannot be muted.",
      ),
  })
  .refine(
    ({ severity, team, namespace, service }) => severity ?? team ?? namespace ?? service,
    "allowed: at least one of severity, team, namespace, service; what no route takes goes to the first receiver",
  );

interface Intervals {
  groupInterval: string;
  repeatInterval: string;
}

/** Alertmanager looks at a group once in that time. */
const tooOften = ({ groupInterval, repeatInterval }: Intervals) =>
  `${repeatInterval} is less than alerting.groupInterval (${groupInterval}), before which nothing is said of a group; allowed: at least as long. Raise it, or lower the other.`;

export const alerting = z
  .strictObject({
    receivers: z
      .array(receiver)
      .default([])
      .describe("Who is told. The first one receives whatever no route takes; none: alerts are shown only."),
    routes: z
      .array(route)
      .default([])
      .describe(
        "Which alerts go to which receiver: by severity, team, namespace, service. The first that fits takes an alert.",
      ),
    teams: z
      .array(team)
      .default([])
      .describe(
        "Whose alerts are whose: those about these namespaces or services get the label team, for routes and messages; default none. One that has the label already, by an expression of yours, keeps it.",
      ),
    muteTimings: z
      .array(muteTiming)
      .default([])
      .describe("Hours in which routes that name them tell nobody; default none."),
    heartbeat: z
      .strictObject({
        url: secret(httpUrl()).describe("URL of the dead man's switch."),
        interval: duration().default("5m").describe("How often it is told that all is well; default 5m."),
      })
      .nullable()
      .default(null)
      .describe("External service that the always-firing Watchdog alert reports to; default null: none."),
    smtp: z
      .strictObject({
        smarthost: smarthost().describe("Mail server as host:port."),
        from: email().describe("Sender."),
        username: text(/\S/, "the user name at the mail server")
          .optional()
          .describe("User name, where the server wants one."),
        password: secret(text(/\S/, "the mail server's password"))
          .optional()
          .describe("Password. Set it with --secret."),
        requireTls: z
          .boolean()
          .default(true)
          .describe(
            "Whether mails are sent after STARTTLS, which the server must offer then; default true. False: for port 465, where TLS comes first, or in clear text to a relay inside the cluster, without a password.",
          ),
      })
      .superRefine(({ smarthost, username, password, requireTls }, context) => {
        if (password !== undefined && !requireTls && !smarthost.endsWith(":465"))
          context.addIssue({
            code: "custom",
            path: ["requireTls"],
            message:
              "is false; allowed: true beside a password, which would be sent in clear text; false with port 465",
          });
        if ((username === undefined) !== (password === undefined))
          context.addIssue({
            code: "custom",
            path: [username === undefined ? "username" : "password"],
            message: "is missing; allowed: user name and password, or neither",
          });
      })
      .nullable()
      .default(null)
      .describe("Mail server for receivers with email; default null: none."),
    groupWait: duration()
      .default("30s")
      .describe(
        "How long the first message about a group of alerts waits for others of the group; default 30s.",
      ),
    groupInterval: duration()
      .default("5m")
      .describe(
        "How long a group that was told waits before a message about alerts that came or ended; default 5m.",
      ),
    repeatInterval: duration()
      .default("4h")
      .describe(
        "After how long the same message is sent again while its alerts still fire; default 4h. At least groupInterval.",
      ),
    runbookUrl: httpUrl()
      .regex(/^[^#]*$/, {
        error: allowed("a URL without #: the alert's heading is put behind it"),
        abort: true,
      })
      .nullable()
      .default(null)
      .describe(
        "Page that every alert's runbook_url leads to, with one heading an alert; default null: the one that the edge serves at /runbook. Without the edge it is needed beside receivers.",
      ),
    unattended: z
      .boolean()
      .default(false)
      .describe("Whether alerts may tell nobody; default false: there must be a receiver. Kind: true."),
    rules,
    extraAlerts: ownAlerts()
      .default([])
      .describe("Alerts of your own, on metrics or on log lines; default none."),
    replicas: replicas(1, 3).describe(
      "Pods of Alertmanager; default 1. With 3, which tell each other whom they told, alerts are heard while a node is away.",
    ),
    resources: resources("10m 32Mi", "200m 128Mi"),
    storage: storage("1Gi"),
  })
  .refine((intervals) => seconds(intervals.repeatInterval) >= seconds(intervals.groupInterval), {
    path: ["repeatInterval"],
    error: ({ input }) => tooOften(input as Intervals),
  })
  .prefault({})
  .describe("Alertmanager: who is told of what, and the thresholds of the rules.");
