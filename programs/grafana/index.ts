import { dashboardFiles } from "../../dashboards";
import { yaml } from "../../config/yaml";
import { pathOf } from "../addresses";
import { ampAccount, ampCalls } from "../amp";
import type { Program } from "../program";
import { alerting, grafanaAlerts } from "./alerting";
import { authorities } from "./authorities";
import { databaseCalls, databaseSecrets } from "./database";
import { datasources } from "./datasources";
import { oidcCalls, oidcSecrets } from "./oidc";
import { DASHBOARDS, DATA, dashboardProviders, grafanaEnvironment } from "./server";

const GRAFANA = "/usr/share/grafana/bin/grafana";
const PROVISIONING = "/etc/grafana/provisioning";

/** Dashboards and datasources; the administrator's password and its rotation are in components/grafana-stack.ts. */
export const grafana: Program = {
  name: "grafana",
  component: "grafana",
  workload: "StatefulSet",
  image: "grafana",
  go: true,
  user: 472,
  ports: ({ grafana }) => ({ http: grafana.port }),
  telemetry: (stack) => [{ port: "http", path: `${pathOf(stack, "grafana")}/metrics` }],
  exposed: ({ grafana }) => ({ port: "http", nodePort: grafana.nodePort }),
  pages: { title: "Grafana", what: "dashboards, logs, traces", login: true },
  replicas: ({ grafana }) => grafana.replicas,
  // One after the other: the first one alone makes the database's tables, and changes them for a new version.
  apart: true,
  command: [GRAFANA, "server", "--homepath=/usr/share/grafana"],
  // Grafana takes a password from its environment at its first start only. As an argument any process of the node could
  // read it; printf is the shell's own.
  before: {
    name: "set-password",
    command: [
      "/bin/sh",
      "-c",
      `printf '%s\\n' "$GF_SECURITY_ADMIN_PASSWORD" |
exec ${GRAFANA} cli --homepath=/usr/share/grafana admin reset-admin-password --password-from-stdin`,
    ],
  },
  env: (stack) => grafanaEnvironment(stack),
  calls: ({ settings }) => [...ampCalls(settings), ...databaseCalls(settings), ...oidcCalls(settings)],
  accountAnnotations: ampAccount,
  secrets: ({ settings, programs }) => [
    {
      name: "credentials",
      env: {
        GF_SECURITY_ADMIN_USER: "user",
        GF_SECURITY_ADMIN_PASSWORD: "password",
        GF_SECURITY_SECRET_KEY: "key",
      },
    },
    ...programs.flatMap(({ name, datasource, authority }) => [
      // components/logs-stack.ts makes the password.
      ...(datasource?.login ? [{ name: `${name}-login`, env: { [datasource.login.env]: "password" } }] : []),
      ...((datasource && authority?.(settings)?.secrets) ?? []),
    ]),
    ...databaseSecrets(settings),
    ...oidcSecrets(settings),
  ],
  files: (stack) => [
    {
      name: "provisioning",
      path: {
        "datasources.yaml": `${PROVISIONING}/datasources`,
        "dashboards.yaml": `${PROVISIONING}/dashboards`,
      },
      files: {
        "datasources.yaml": yaml(datasources(stack)),
        "dashboards.yaml": yaml(dashboardProviders(stack)),
      },
    },
    ...alerting(stack, `${PROVISIONING}/alerting`),
    ...authorities(stack.settings),
    ...Object.entries(dashboardFiles(stack)).map(([folder, files]) => ({
      name: `dashboards-${folder}`,
      path: `${DASHBOARDS}/${folder}`,
      reloaded: true,
      files,
    })),
  ],
  data: ({ grafana }) =>
    grafana.database ? undefined : { path: DATA, setting: "grafana.storage", ...grafana.storage },
  scratch: { tmp: { path: "/tmp" } },
  probes: (stack) => {
    const health = { path: `${pathOf(stack, "grafana")}/api/health`, port: "http" };
    // The first start makes the database, that of a new version changes it.
    const startup = { ...health, minutes: 10 };
    return {
      startup,
      ready: { ...health, delay: 10, period: 5 },
      // Its health is that of the database, too: a Grafana that was started again would not bring that one back.
      live: { ...(stack.settings.grafana.database ? { port: health.port } : health), delay: 30, period: 10 },
    };
  },
  resources: ({ grafana }) => grafana.resources,
  alerts: ({ settings }) => grafanaAlerts(settings),
};
