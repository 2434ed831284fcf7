import { z } from "zod";
import { authorities, port, secret, text } from "./common";

/** Grafana puts them into a connection string as they are, and expands $ and % before. */
const name = (words: string) => text(/^[\w.-]+$/, `${words}: letters, digits, _, . and -`);

/** By anything less than that the certificate is not looked at. */
export const looksAtAuthority = ({ ca, sslmode }: { ca: string | null; sslmode: string }): boolean =>
  !ca || sslmode === "verify-full";
export const notLookedAt = {
  path: ["ca"],
  error: "would not be looked at; allowed: beside sslmode: verify-full. Set that, or remove ca.",
};

/** A PostgreSQL that keeps what Grafana would keep in SQLite on its volume. */
export const database = z
  .strictObject({
    host: text(/^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/, "a host name or IPv4 address, without a port").describe(
      "Host name or address of the PostgreSQL server, such as pg.example.org.",
    ),
    port: port().default(5432).describe("Port; default 5432."),
    name: name("the name of a database")
      .default("grafana")
      .describe("Database, which must exist and belong to this Grafana alone; default grafana."),
    username: name("the name of a role")
      .default("grafana")
      .describe("Role, which must own the database: Grafana makes its tables; default grafana."),
    password: secret(
      text(
        /^[^\s$%'"\\\p{Cc}]+$/u,
        "the role's password, without spaces, quotes, \\, $ and %, which Grafana does not hand on as they are",
      ),
    ).describe("The role's password. Set it with --secret."),
    sslmode: z
      .enum(["disable", "require", "verify-full"])
      .default("require")
      .describe(
        "How the connection is encrypted; default require. verify-full looks at the certificate too, by `ca` or by what Grafana's image trusts.",
      ),
    ca: authorities().describe(
      "Who signed the server's certificate, in PEM, such as the bundle that Amazon RDS publishes for a region; default null: somebody whom Grafana's image trusts.",
    ),
  })
  .refine(looksAtAuthority, notLookedAt)
  .nullable()
  .default(null)
  .describe(
    "PostgreSQL that keeps users, sessions and dashboards of users' own; default null: SQLite on the volume. What is in SQLite is not moved; with a database there is no volume.",
  );
