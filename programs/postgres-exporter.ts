import { alert, type RuleGroup } from "../alerts/alert";
import type { Settings } from "../config/schema";
import { yaml } from "../config/yaml";
import { nobody, type Program } from "./program";
import { targetsJob } from "./targets";

const SECRETS = "/etc/postgres-exporter";
/** Who signed the servers' certificates, where the user names somebody. */
const AUTHORITIES = "/etc/postgres-authorities";
const fileOf = (target: string) => `${target}.pem`;

/** PostgreSQL servers as metrics. */
export const postgresExporter: Program = {
  name: "postgres-exporter",
  component: "metrics",
  workload: "Deployment",
  image: "postgres-exporter",
  go: true,
  user: nobody,
  enabled: ({ metrics }) => metrics.postgres.targets.length > 0,
  ports: () => ({ http: 9187 }),
  telemetry: () => [{ port: "http" }],
  calls: ({ settings }) => [
    {
      to: "elsewhere",
      hosts: settings.metrics.postgres.targets.map(({ host }) => host),
      ports: settings.metrics.postgres.targets.map(({ port }) => port),
      why: "asks the servers",
    },
  ],
  args: () => [`--config.file=${SECRETS}/postgres_exporter.yml`],
  // Each server's role and password are a module of their own, which Prometheus names with the server.
  secrets: ({ settings }) => {
    const modules = settings.metrics.postgres.targets.map(({ name, username, password, sslmode, ca }) => [
      name,
      {
        type: "userpass",
        userpass: { username, password },
        options: { sslmode, ...(ca ? { sslrootcert: `${AUTHORITIES}/${fileOf(name)}` } : {}) },
      },
    ]);
    const config = yaml({ auth_modules: Object.fromEntries(modules) });
    return [{ name: "config", path: SECRETS, values: { "postgres_exporter.yml": config } }];
  },
  files: ({ settings }) => {
    const files = settings.metrics.postgres.targets.flatMap(({ name, ca }) =>
      ca ? [[fileOf(name), ca] as const] : [],
    );
    return files.length > 0
      ? [{ name: "authorities", path: AUTHORITIES, files: Object.fromEntries(files) }]
      : [];
  },
  probes: () => ({
    ready: { path: "/", port: "http", delay: 1, period: 5 },
    live: { path: "/", port: "http", delay: 10, period: 10 },
  }),
  resources: ({ metrics }) => metrics.postgres.resources,
  scrapeJobs: (stack) => [
    targetsJob(
      stack,
      "postgres-exporter",
      "postgres",
      "/probe",
      stack.settings.metrics.postgres.targets.map(({ name, host, port, database }) => ({
        name,
        target: `${host}:${port}/${database}`,
        params: { auth_module: name },
      })),
    ),
  ],
  alerts: ({ settings }) => [postgresAlerts(settings)],
};

function postgresAlerts(settings: Settings): RuleGroup {
  const { postgresDown, postgresConnections } = settings.alerting.rules;
  return {
    name: "postgres",
    rules: [
      alert(settings, "PostgreSQLDown", {
        expr: 'pg_up{job="postgres"} == 0\nor\nup{job="postgres"} == 0',
        for: postgresDown.for,
        severity: "critical",
        summary: "PostgreSQL {{ $labels.instance }} does not answer",
        description: `The exporter has not reached it for ${postgresDown.for}.`,
      }),
      alert(settings, "PostgreSQLConnectionsNearLimit", {
        expr: `sum by (env, region, instance) (pg_stat_database_numbackends{job="postgres"})
/ max by (env, region, instance) (pg_settings_max_connections{job="postgres"}) > ${postgresConnections.threshold}`,
        for: postgresConnections.for,
        severity: "warning",
        summary:
          "PostgreSQL {{ $labels.instance }} has {{ $value | humanizePercentage }} of the connections that it may have",
        description: `For ${postgresConnections.for}. At 100 % it refuses every login.`,
      }),
    ],
  };
}
