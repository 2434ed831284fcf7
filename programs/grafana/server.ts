import { pathOf, userUrl } from "../addresses";
import { ampOf } from "../amp";
import type { Stack } from "../program";
import { evaluates } from "./alerting";
import { databaseEnvironment } from "./database";
import { oidcEnvironment } from "./oidc";

/** Grafana takes another name at its first start only, so that it could not be changed later. */
export const ADMIN = "admin";

/**
 * Grafana's settings as environment variables; no secret is among them. The administrator and the key that
 * encrypts secrets in the database come from the generated Secret.
 */
export function grafanaEnvironment(stack: Stack): Record<string, string> {
  const path = pathOf(stack, "grafana");
  // With a database elsewhere nothing is kept here, and there is no volume.
  const data = stack.settings.grafana.database ? "/tmp/grafana" : DATA;
  return {
    GF_PATHS_DATA: data,
    GF_PATHS_LOGS: `${data}/log`,
    GF_PATHS_PLUGINS: `${data}/plugins`,
    GF_PATHS_PROVISIONING: "/etc/grafana/provisioning",
    GF_SERVER_HTTP_PORT: String(stack.settings.grafana.port),
    ...(path
      ? { GF_SERVER_ROOT_URL: `${userUrl(stack, "grafana")}/`, GF_SERVER_SERVE_FROM_SUB_PATH: "true" }
      : {}),
    ...(ampOf(stack.settings) ? { GF_AUTH_SIGV4_AUTH_ENABLED: "true" } : {}),
    GF_USERS_ALLOW_SIGN_UP: "false",
    ...databaseEnvironment(stack.settings),
    ...oidcEnvironment(stack.settings),
    GF_LOG_MODE: "console",
    GF_LOG_LEVEL: "warn",
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
    GF_NEWS_NEWS_FEED_ENABLED: "false",
    // Prometheus and Loki ask by themselves: Grafana evaluates rules only where no other program can.
    GF_UNIFIED_ALERTING_EXECUTE_ALERTS: String(evaluates(stack.settings)),
  };
}

/** Dashboards are files; a changed one is taken over within 30 s. */
export function dashboardProviders({ settings }: Stack): object {
  return {
    apiVersion: 1,
    providers: Object.entries(settings.grafana.folders).map(([role, folder]) => ({
      name: role,
      orgId: 1,
      folder,
      folderUid: role,
      type: "file",
      disableDeletion: false,
      allowUiUpdates: true,
      updateIntervalSeconds: 30,
      options: { path: `${DASHBOARDS}/${role}`, foldersFromFilesStructure: false },
    })),
  };
}

/** Each folder's ConfigMap is a directory below it. */
export const DASHBOARDS = "/etc/grafana/dashboards";

/** Where its volume is. */
export const DATA = "/var/lib/grafana";
