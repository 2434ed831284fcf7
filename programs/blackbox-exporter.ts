import { alert, type RuleGroup } from "../alerts/alert";
import type { Settings } from "../config/schema";
import { seconds } from "../config/units";
import { yaml } from "../config/yaml";
import { addressOf } from "./addresses";
import { nobody, type Program } from "./program";
import { targetsJob } from "./targets";

const CONFIG = "/etc/blackbox-exporter";
const JOB = "certificates";
const MODULE = "certificate";

/** Programs that may have a certificate of the user's, the port where they show it, and when they have one. */
const SHOWN = [
  { name: "edge", port: "https", when: ({ edge }: Settings) => edge.enabled && edge.tls !== null },
  // Where lines are kept elsewhere, its settings are refused.
  { name: "elasticsearch", port: "http", when: ({ logs }: Settings) => logs.elasticsearch.tls !== null },
  {
    name: "logstash",
    port: "beats",
    when: ({ logs: { elasticsearch } }: Settings) =>
      elasticsearch.tls !== null && elasticsearch.logstash.enabled,
  },
];
const shownWith = (settings: Settings) => SHOWN.filter(({ when }) => when(settings));

const config = {
  modules: {
    [MODULE]: {
      prober: "tcp",
      tcp: {
        tls: true,
        // The date alone is asked. Who signed a certificate, and for which name, is looked at by those who rely on it; and
        // of one that has ended the date is wanted most.
        tls_config: { insecure_skip_verify: true },
      },
    },
  },
};

/** When certificates end, as metrics: it connects to whoever shows one, as users do, and sees which one it is. */
export const blackboxExporter: Program = {
  name: "blackbox-exporter",
  component: "metrics",
  workload: "Deployment",
  image: "blackbox-exporter",
  go: true,
  user: nobody,
  enabled: (settings) => shownWith(settings).length > 0,
  ports: () => ({ http: 9115 }),
  telemetry: () => [{ port: "http" }],
  calls: ({ settings }) =>
    shownWith(settings).map(({ name, port }) => ({ to: name, ports: [port], why: "sees its certificate" })),
  args: () => [`--config.file=${CONFIG}/blackbox.yml`],
  files: () => [{ name: "config", path: CONFIG, files: { "blackbox.yml": yaml(config) } }],
  probes: () => ({
    ready: { path: "/-/healthy", port: "http", delay: 1, period: 5 },
    live: { path: "/-/healthy", port: "http", delay: 10, period: 10 },
  }),
  resources: ({ metrics }) => metrics.certificates.resources,
  scrapeJobs: (stack) => [
    targetsJob(
      stack,
      "blackbox-exporter",
      JOB,
      "/probe",
      // By the Service: replicas have one certificate, and it is one target and one alert.
      shownWith(stack.settings).map(({ name, port }) => ({
        name,
        target: addressOf(stack, name, port),
        params: { module: MODULE },
      })),
    ),
  ],
  alerts: ({ settings }) => [certificateAlerts(settings)],
};

function certificateAlerts(settings: Settings): RuleGroup {
  const { within, for: wait } = settings.alerting.rules.certificateAboutToEnd;
  return {
    name: JOB,
    rules: [
      alert(settings, "CertificateAboutToEnd", {
        // What was seen last goes on while nobody answers: that says no other date, and others say that it is so.
        expr: `last_over_time(probe_ssl_earliest_cert_expiry{job="${JOB}"}[1h]) - time() < ${seconds(within)}`,
        for: wait,
        severity: "warning",
        summary:
          "The certificate of {{ $labels.instance }} {{ if gt $value 0.0 }}ends in {{ $value | humanizeDuration }}{{ else }}has ended{{ end }}",
        description: `Less than ${within} were left for ${wait}: its renewal has failed, or it is nobody's task. Once it has ended, whoever looks at it is not served.`,
      }),
    ],
  };
}
