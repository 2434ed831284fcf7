/* Grafana with a PostgreSQL: what it is told, what is made of it, and what is refused. */
import { basename, dirname } from "node:path/posix";
import { settingsOf } from "../config/settings";
import { AUTHORITY, selfSigned } from "./support/certificate";
import { type Made, madeWith } from "./support/components";
import {
  clusterOf,
  containersOf,
  environmentOf,
  type KubernetesObject,
  objectsOf,
  ofKind,
  podsOf,
} from "./support/cluster";

const database = { host: "pg.example.org", port: 6432, password: "password-of-the-database" };

describe("two replicas", () => {
  let made: Map<string, Made>;
  let objects: KubernetesObject[];
  beforeAll(async () => {
    made = await madeWith({ grafana: { replicas: 2, database } });
    objects = objectsOf(made);
  });
  const pods = () => podsOf(objects).filter(({ app, kind }) => app === "grafana" && kind === "StatefulSet");
  const resource = (name: string) => [...made.values()].find((one) => one.name === name)!;

  test("ask the same database, whose password comes by a Secret, before the start and after", () => {
    expect(environmentOf(objects, "grafana")).toMatchObject({
      GF_DATABASE_TYPE: "postgres",
      GF_DATABASE_HOST: "pg.example.org:6432",
      GF_DATABASE_NAME: "grafana",
      GF_DATABASE_USER: "grafana",
      GF_DATABASE_SSL_MODE: "require",
    });
    expect(pods()).toHaveLength(2);
    for (const container of pods().flatMap(containersOf)) {
      const { valueFrom } = container.env.find(({ name }) => name === "GF_DATABASE_PASSWORD")!;
      const secret = objects.find(({ metadata }) => metadata.name === valueFrom!.secretKeyRef!.name)!;
      expect(secret).toMatchObject({
        kind: "Secret",
        stringData: { [valueFrom!.secretKeyRef!.key]: "password-of-the-database" },
      });
    }
    const others = objects.filter(({ kind }) => kind !== "Secret");
    expect(JSON.stringify(others)).not.toContain("password-of-the-database");
  });

  test("keep nothing of their own: no claim, and files that a start writes in a directory that is empty", () => {
    expect(ofKind(objects, "PersistentVolumeClaim").map(({ metadata }) => metadata.name)).not.toContain(
      "grafana-data",
    );
    for (const { spec } of pods()) {
      expect(spec.volumes.filter((volume) => volume.persistentVolumeClaim)).toEqual([]);
      const [{ volumeMounts, env }] = spec.containers;
      const path = env.find(({ name }) => name === "GF_PATHS_DATA")!.value!;
      const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`))!;
      expect(spec.volumes.find(({ name }) => name === mount.name)).toHaveProperty("emptyDir");
    }
  });

  test("start one after the other, and sessions are ended when both have the new password", () => {
    expect(resource("grafana-server").after).not.toContain("grafana-server-1");
    expect(resource("grafana-server-1").after).toContain("grafana-server");
    expect(resource("grafana-grafana-rotation-job").after).toContain("grafana-server-1");
  });

  test("are drained one at a time, and avoid each other's node", () => {
    const [budget] = ofKind(objects, "PodDisruptionBudget").filter(
      ({ metadata }) => metadata.name === "grafana",
    );
    expect(budget.spec).toMatchObject({ maxUnavailable: 1 });
    for (const { spec } of pods())
      expect(spec).toMatchObject({
        topologySpreadConstraints: [
          { topologyKey: "topology.kubernetes.io/zone" },
          { topologyKey: "kubernetes.io/hostname" },
        ],
      });
  });

  test("are not started again while the database is away, and get no requests", () => {
    for (const { spec } of pods())
      expect(spec.containers).toEqual([
        expect.objectContaining({
          livenessProbe: expect.objectContaining({ tcpSocket: { port: "http" } }) as unknown,
          readinessProbe: expect.objectContaining({
            httpGet: { path: expect.stringMatching(/\/api\/health$/) as unknown, port: "http" },
          }) as unknown,
        }),
      ]);
  });

  test("may reach the database's port", () => {
    const policy = ofKind(objects, "NetworkPolicy").find(({ metadata }) => metadata.name === "grafana")!;
    const { egress } = policy.spec as { egress: { to?: object[]; ports: { port: number }[] }[] };
    expect(egress.filter(({ ports }) => ports.some(({ port }) => port === 6432))).toEqual([
      expect.objectContaining({ ports: [{ protocol: "TCP", port: 6432 }] }),
    ]);
  });
});

test("an authority of the user's is a file beside it, before the start and after", async () => {
  const objects = await clusterOf({
    grafana: { database: { ...database, sslmode: "verify-full", ca: AUTHORITY } },
  });
  const { GF_DATABASE_CA_CERT_PATH: path } = environmentOf(objects, "grafana");
  const pod = podsOf(objects).find(({ app, kind }) => app === "grafana" && kind === "StatefulSet")!;
  for (const { volumeMounts } of containersOf(pod)) {
    const mount = volumeMounts.find(({ mountPath }) => mountPath === dirname(path))!;
    const { configMap } = pod.spec.volumes.find(({ name }) => name === mount.name)!;
    const { data } = ofKind(objects, "ConfigMap").find(({ metadata }) => metadata.name === configMap!.name)!;
    expect(data).toEqual({ [basename(path)]: AUTHORITY });
  }
});

test("an authority that would not be looked at is refused", () => {
  expect(() => settingsOf({ grafana: { database: { ...database, ca: AUTHORITY } } }, "test")).toThrow(
    "grafana.database.ca would not be looked at; allowed: beside sslmode: verify-full. Set that, or remove ca.",
  );
});

test("who pastes a private key for the certificate does not read it in the message", async () => {
  const { key } = await selfSigned("pg.example.org");
  const wrong = () =>
    settingsOf({ grafana: { database: { ...database, sslmode: "verify-full", ca: key } } }, "test");
  expect(wrong).toThrow(
    /grafana\.database\.ca is not usable, a text of \d+ characters; allowed: certificates in PEM/,
  );
  expect(wrong).not.toThrow(key.split("\n")[1]);
});

test("without one nothing of it is there, and the volume is", async () => {
  const objects = await clusterOf();
  const names = Object.keys(environmentOf(objects, "grafana"));
  expect(names.filter((name) => name.startsWith("GF_DATABASE_"))).toEqual([]);
  expect(ofKind(objects, "PersistentVolumeClaim").map(({ metadata }) => metadata.name)).toContain(
    "grafana-data",
  );
});

test("two replicas on SQLite are refused, and the message says what to do", () => {
  expect(() => settingsOf({ grafana: { replicas: 2 } }, "test")).toThrow(
    /grafana\.replicas .*2 needs grafana\.database; allowed: 1 on SQLite, since no replica sees the users and sessions of another\. Set grafana\.database, or 1\./,
  );
  expect(() => settingsOf({ grafana: { replicas: 2, database } }, "test")).not.toThrow();
  expect(() => settingsOf({ grafana: { database } }, "test")).not.toThrow();
});

test("a database without a host or a password is refused", () => {
  expect(() => settingsOf({ grafana: { database: {} } }, "test")).toThrow(
    /grafana\.database\.host is missing.*grafana\.database\.password is missing/s,
  );
});
