import { z } from "zod";
import { above0, allowed, count, duration, fraction, httpUrl, resources, secret, text } from "./common";
import { storage } from "./kubernetes";

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
  })
  .refine((r) => r.slack || r.email || r.webhook, "allowed: at least one of slack, email, webhook");

const waiting = (wait: string) => ({
  for: duration().default(wait).describe(`How long before it fires; default ${wait}.`),
});

/** One object an alert. The figures are usual ones: high enough not to page for a hiccup. */
const rules = z
  .strictObject({
    serviceDown: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe("A scrape target of a watched service does not answer."),
    highErrorRate: z
      .strictObject({
        ...waiting("5m"),
        threshold: fraction().default(0.05).describe("Default 0.05: 5 % of the answers."),
      })
      .prefault({})
      .describe("Share of answers with status 5xx."),
    manyServerErrors: z
      .strictObject({
        count: count("a whole number of answers")
          .default(100)
          .describe("Fires at this many within five minutes; default 100."),
      })
      .prefault({})
      .describe("Answers of one service with status 5xx, however small their share is."),
    highLatency: z
      .strictObject({
        ...waiting("10m"),
        seconds: above0("seconds above 0").default(2).describe("Seconds; default 2."),
      })
      .prefault({})
      .describe("99th percentile of the duration of requests."),
    podCrashLooping: z
      .strictObject({
        restarts: count("a whole number of restarts")
          .default(5)
          .describe("Fires above this many restarts; default 5."),
        window: duration({ least: "5m", why: "within which there are four scrapes or more" })
          .default("15m")
          .describe("Within this time; default 15m."),
      })
      .prefault({})
      .describe("A container restarts again and again."),
    highMemory: z
      .strictObject({
        ...waiting("10m"),
        threshold: fraction().default(0.85).describe("Default 0.85: 85 %."),
      })
      .prefault({})
      .describe("Memory of a container against its limit."),
    highCpu: z
      .strictObject({
        ...waiting("10m"),
        threshold: fraction().default(0.8).describe("Default 0.8: 80 %."),
      })
      .prefault({})
      .describe("Processor time of a container against its limit."),
    diskPressure: z
      .strictObject({
        ...waiting("5m"),
        threshold: fraction().default(0.85).describe("Default 0.85: 85 %."),
      })
      .prefault({})
      .describe("Used share of a node's or a volume's disk: time to make room."),
    diskFull: z
      .strictObject({
        ...waiting("5m"),
        threshold: fraction().default(0.9).describe("Default 0.9: 90 %."),
      })
      .prefault({})
      .describe("The same, close to the end: somebody is woken, and DiskPressure is held back."),
    pendingPods: z
      .strictObject({
        ...waiting("10m"),
        count: count("a whole number of pods", 0)
          .default(0)
          .describe("Fires above this many pods; default 0."),
      })
      .prefault({})
      .describe("Pods that wait for a node."),
    stackTargetDown: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe("A part of the stack, a kubelet or cAdvisor does not answer its scrape."),
    configReloadFailed: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe(
        "Prometheus refuses its configuration, such as a job of your own, and goes on with the old one.",
      ),
    redisDown: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe("A server of metrics.redis.targets does not answer."),
    postgresDown: z
      .strictObject(waiting("5m"))
      .prefault({})
      .describe("A server of metrics.postgres.targets does not answer."),
  })
  .prefault({})
  .describe("Thresholds of the alert rules. Changing one restarts nothing.");

export const alerting = z
  .strictObject({
    receivers: z
      .array(receiver)
      .default([])
      .describe("Who is told. The first one receives whatever no route takes; none: alerts are shown only."),
    routes: z
      .array(
        z.strictObject({
          severity: z.enum(["critical", "warning"]).describe("Severity of the alerts that take this route."),
          receiver: z.string().describe("Name of a receiver."),
        }),
      )
      .default([])
      .describe("Which severity goes to which receiver."),
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
    groupWait: duration().default("30s").describe("Wait before a new group is sent; default 30s."),
    groupInterval: duration().default("5m").describe("Wait before news of a group; default 5m."),
    repeatInterval: duration().default("4h").describe("Wait before the same again; default 4h."),
    runbookUrl: httpUrl()
      .regex(/^[^#]*$/, {
        error: allowed("a URL without #: the alert's heading is put behind it"),
        abort: true,
      })
      .default("https://github.com/observability-stack/observability-stack/blob/main/alerts/RUNBOOK.md")
      .describe("Page that every alert's runbook_url points into; one heading an alert."),
    rules,
    resources: resources("10m 32Mi", "200m 128Mi"),
    storage: storage("1Gi"),
  })
  .prefault({})
  .describe("Alertmanager: who is told of what, and the thresholds of the rules.");
