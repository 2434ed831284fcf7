import { z } from "zod";
import { authorities, port, resources, secret, text } from "./common";
import { looksAtAuthority, notLookedAt } from "./database";
import { kubernetesName } from "./kubernetes";

const target = (example: string) => ({
  name: kubernetesName("a name").describe("Label instance of the server's metrics."),
  host: text(/^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/, "a host name or IPv4 address, without a port").describe(
    `Host name or address, such as ${example}.`,
  ),
});

export const redis = z
  .strictObject({
    targets: z
      .array(
        z.strictObject({
          ...target("redis.shop.svc"),
          port: port().default(6379).describe("Port; default 6379."),
          username: text(/^[\w.-]+$/, "letters, digits, _, . and -")
            .optional()
            .describe("User of an access control list; default: none."),
          password: secret(text(/\S/, "the server's password"))
            .optional()
            .describe("Password. Set it with --secret."),
        }),
      )
      .default([])
      .describe("Servers that are watched; default none: no exporter."),
    resources: resources("10m 24Mi", "100m 64Mi"),
  })
  .prefault({})
  .describe("redis-exporter: Redis servers as metrics.");

export const postgres = z
  .strictObject({
    targets: z
      .array(
        z
          .strictObject({
            ...target("postgres.shop.svc"),
            port: port().default(5432).describe("Port; default 5432."),
            database: text(/^[\w-]+$/, "letters, digits, _ and -")
              .default("postgres")
              .describe("Database to connect to; default postgres."),
            sslmode: z
              .enum(["disable", "require", "verify-full"])
              .default("require")
              .describe(
                "How the connection is encrypted; default require. verify-full looks at the certificate too, by `ca` or by what the exporter's image trusts.",
              ),
            ca: authorities().describe(
              "Who signed the server's certificate, in PEM, such as the bundle that Amazon RDS publishes for a region; default null: somebody whom the exporter's image trusts.",
            ),
            username: text(/\S/, "the name of a role that may read pg_monitor's views").describe(
              "Role; `GRANT pg_monitor TO role` is all it needs.",
            ),
            password: secret(text(/\S/, "the role's password")).describe("Password. Set it with --secret."),
          })
          .refine(looksAtAuthority, notLookedAt),
      )
      .default([])
      .describe("Servers that are watched; default none: no exporter."),
    resources: resources("10m 24Mi", "100m 64Mi"),
  })
  .prefault({})
  .describe("postgres-exporter: PostgreSQL servers as metrics.");

export const certificates = z
  .strictObject({ resources: resources("10m 24Mi", "100m 64Mi") })
  .prefault({})
  .describe(
    "blackbox-exporter: when the certificates of edge.tls and logs.elasticsearch.tls end; it is there with either of them.",
  );
