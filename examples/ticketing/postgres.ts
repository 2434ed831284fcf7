import { container, pair, pod } from "./objects";

const PORT = 5432;
const BIN = "/usr/lib/postgresql/15/bin";
/** Of the Secret, and of the objects. */
const NAME = "postgres";

/** Whose passwords the Secret has: the service that writes tickets, and postgres-exporter, which may read statistics. */
export type PostgresUser = "ticketing" | "exporter";

/** An environment variable with the password of this user. */
export const passwordOf = (name: string, user: PostgresUser) => ({
  name,
  valueFrom: { secretKeyRef: { name: NAME, key: user } },
});

export const postgresSecret = (namespace: string, passwords: Record<PostgresUser, string>) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: NAME, namespace, labels: { app: NAME } },
  stringData: passwords,
});

/** The database is as long-lived as its pod. No connection over the network goes without a password. */
const INIT = `
[ ! -e /data/complete ] || exit 0 # the node was restarted, not the pod
set -e
${BIN}/initdb --pgdata=/data/pg --no-locale --encoding=UTF8 --username=postgres --auth-local=trust --auth-host=scram-sha-256
echo "host all all all scram-sha-256" >> /data/pg/pg_hba.conf
${BIN}/postgres --single -D /data/pg postgres << END
CREATE ROLE ticketing LOGIN PASSWORD '$TICKETING_PASSWORD'
CREATE DATABASE ticketing OWNER ticketing
CREATE ROLE exporter LOGIN PASSWORD '$EXPORTER_PASSWORD' IN ROLE pg_monitor
CREATE EXTENSION pg_stat_statements
END
: > /data/complete`;

/** PostgreSQL: a Deployment and a Service. Upstream's image and ours have the same paths, user and shell. */
export function postgresManifests({ namespace, image }: { namespace: string; image: string }): object[] {
  const volumeMounts = [
    { name: "data", mountPath: "/data" },
    { name: "tmp", mountPath: "/tmp" },
  ];
  const init = container("init", image, {
    command: ["/bin/sh", "-c", INIT],
    volumeMounts,
    env: [passwordOf("TICKETING_PASSWORD", "ticketing"), passwordOf("EXPORTER_PASSWORD", "exporter")],
  });
  const settings = ["listen_addresses=*", "unix_socket_directories=/tmp", "shared_buffers=16MB"];
  const server = container(NAME, image, {
    command: [`${BIN}/postgres`, "-D", "/data/pg"],
    args: [...settings, "max_connections=20", "shared_preload_libraries=pg_stat_statements"].flatMap(
      (setting) => ["-c", setting],
    ),
    volumeMounts,
    ports: [{ name: NAME, containerPort: PORT }],
    readinessProbe: { tcpSocket: { port: NAME }, periodSeconds: 2 },
    livenessProbe: { tcpSocket: { port: NAME }, initialDelaySeconds: 20, periodSeconds: 20 },
  });
  return pair(namespace, NAME, { name: NAME, port: PORT }, pod(server, 999, [init]));
}
