import type { Settings } from "../../config/schema";
import type { Call, Secrets } from "../program";
import { DATABASE_CA } from "./authorities";

/** The PostgreSQL that several replicas share; without one Grafana keeps SQLite on its volume. */

/** What Grafana is told of it, save the password. */
export function databaseEnvironment({ grafana: { database } }: Settings): Record<string, string> {
  if (!database) return {};
  return {
    GF_DATABASE_TYPE: "postgres",
    GF_DATABASE_HOST: `${database.host}:${database.port}`,
    GF_DATABASE_NAME: database.name,
    GF_DATABASE_USER: database.username,
    GF_DATABASE_SSL_MODE: database.sslmode,
    ...(database.ca ? { GF_DATABASE_CA_CERT_PATH: DATABASE_CA } : {}),
  };
}

export const databaseCalls = ({ grafana: { database } }: Settings): Call[] =>
  database ? [{ to: "elsewhere", hosts: [database.host], ports: [database.port], why: "its database" }] : [];

export const databaseSecrets = ({ grafana: { database } }: Settings): Secrets[] =>
  database
    ? [
        {
          name: "database",
          values: { password: database.password },
          env: { GF_DATABASE_PASSWORD: "password" },
        },
      ]
    : [];
