import { refOf } from "../../../local/images";

export interface Postgres {
  /** An existing namespace. */
  namespace: string;
  /** Of the role `exporter`, which may read all statistics and nothing else. */
  password: string;
  /** Default `postgres`. */
  name?: string;
}

const PORT = 5432;
const BIN = "/usr/lib/postgresql/15/bin";

/** Upstream's image and ours have the same paths, user and shell. The database is as long-lived as its pod. */
const INIT = `
[ ! -e /data/pg ] || exit 0 # the node was restarted, not the pod
set -e
${BIN}/initdb --pgdata=/data/pg --no-locale --encoding=UTF8 --username=postgres --auth-local=trust --auth-host=scram-sha-256
echo "host all all all scram-sha-256" >> /data/pg/pg_hba.conf
${BIN}/postgres --single -D /data/pg postgres << END
CREATE ROLE exporter LOGIN PASSWORD '$EXPORTER_PASSWORD' IN ROLE pg_monitor
CREATE EXTENSION pg_stat_statements
END`;

/** A real PostgreSQL to test against: Secret, Deployment and Service, as plain objects that `kubectl apply` takes. */
export function postgresManifests({ namespace, password, name = "postgres" }: Postgres): object[] {
  const metadata = { name, namespace, labels: { app: name } };
  const container = {
    image: refOf("postgres"),
    imagePullPolicy: "IfNotPresent",
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
  const pod = {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } },
    initContainers: [
      {
        ...container,
        name: "init",
        command: ["/bin/sh", "-c", INIT],
        env: [{ name: "EXPORTER_PASSWORD", valueFrom: { secretKeyRef: { name, key: "password" } } }],
      },
    ],
    containers: [
      {
        ...container,
        name: "postgres",
        command: [`${BIN}/postgres`, "-D", "/data/pg"],
        args: ["listen_addresses=*", "unix_socket_directories=/tmp", "shared_buffers=16MB"]
          .concat("shared_preload_libraries=pg_stat_statements")
          .flatMap((setting) => ["-c", setting]),
        ports: [{ name: "postgres", containerPort: PORT }],
        readinessProbe: { tcpSocket: { port: "postgres" }, periodSeconds: 2 },
      },
    ],
    volumes: ["data", "tmp"].map((volume) => ({ name: volume, emptyDir: {} })),
  };
  const selector = { app: name };
  const template = { metadata: { labels: selector }, spec: pod };
  return [
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { password } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { selector: { matchLabels: selector }, template },
    },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector, ports: [{ port: PORT }] } },
  ];
}
