/** Production on a laptop is Pulumi.prod.yaml with a few keys that a laptop cannot have as they are: each is listed here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { refOf } from "../local/images";
import { repoDir } from "../local/paths";
import { faultsOf } from "./support/admitted";
import type { Container, KubernetesObject } from "./support/cluster";
import { manifestsOf } from "./support/prod-local";
import { stackWith } from "./support/servers";

type Tree = Record<string, unknown>;

const configOf = (file: string): Tree => {
  const { config } = load(readFileSync(join(repoDir, file), "utf8")) as { config: Tree };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.split(":")[1], value]));
};
const leaves = (value: unknown, path = ""): [string, unknown][] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
    : [[path, value]];

const prod = configOf("Pulumi.prod.yaml");
const local = configOf("examples/prod-local/Pulumi.kind.yaml");

/** Key -> why it differs. */
const PATCHED: Record<string, string> = {
  platform: "volumes, NodePorts and protection are those of kind",
  "namespaces.createApplications": "the services' namespace is not there",
  "placement.createGp3": "kind has a class of its own",
  ...Object.fromEntries(
    ["logs", "tracing"].flatMap((signal) =>
      ["endpoint", "accessKeyId", "secretAccessKey"].map((key) => [
        `${signal}.s3.${key}`,
        "the bucket is MinIO's, where no identity of AWS is known",
      ]),
    ),
  ),
  "grafana.database.host": "the database is a PostgreSQL beside it",
  "grafana.database.sslmode": "which has no certificate",
  "edge.url": "localhost, the platform's",
  "edge.ingress.certificateArn": "there is no load balancer",
  "edge.anonymous": "kind asks for no password otherwise",
};

test("differs from Pulumi.prod.yaml in these keys alone", () => {
  const [there, here] = [new Map(leaves(prod)), new Map(leaves(local))];
  const keys = [...new Set([...there.keys(), ...here.keys()])];
  const differ = keys.filter((key) => JSON.stringify(there.get(key)) !== JSON.stringify(here.get(key)));
  expect(differ.sort()).toEqual(Object.keys(PATCHED).sort());
});

test("deploys the same programs, as often, and is admitted", () => {
  const [there, here] = [stackWith(prod), stackWith(local)];
  const run = ({ programs, settings }: typeof there) =>
    Object.fromEntries(programs.map(({ name, replicas }) => [name, replicas?.(settings) ?? 1]));
  expect(run(here)).toEqual(run(there));
  expect(faultsOf(here)).toEqual([]);
});

/** Under which pods find the Service of these. */
const hostOf = (objects: KubernetesObject[]) => {
  const { metadata } = objects.find(({ kind }) => kind === "Service")!;
  return `${metadata.name}.${metadata.namespace}.svc`;
};

test("its S3 is where the stack looks for it, with the buckets that it names", () => {
  const objects = manifestsOf("minio.yaml");
  const { logs, tracing } = stackWith(local).settings;
  for (const s3 of [logs.s3!, tracing.s3!]) {
    expect(s3.endpoint).toBe(`http://${hostOf(objects)}:9000`);
    expect(JSON.stringify(objects)).toContain(`/data/${s3.bucket}`);
  }
});

describe("its PostgreSQL", () => {
  const objects = manifestsOf("postgres.yaml");
  const { spec } = objects.find(({ kind }) => kind === "Deployment") as unknown as {
    spec: { template: { spec: { initContainers: Container[]; containers: Container[] } } };
  };
  const { initContainers, containers } = spec.template.spec;

  test("is where Grafana looks for it, with the role, the database and the password that it has", () => {
    const { host, port, name, username, password } = stackWith(local).settings.grafana.database!;
    expect([host, port]).toEqual([hostOf(objects), containers[0].ports![0].containerPort]);
    const [{ env, command }] = initContainers;
    const secret = objects.find(({ kind }) => kind === "Secret")!;
    const { secretKeyRef } = env[0].valueFrom!;
    expect(secret.metadata.name).toBe(secretKeyRef!.name);
    expect(secret.stringData![secretKeyRef!.key]).toBe(password);
    expect(command!.join()).toContain(`CREATE ROLE ${username} LOGIN PASSWORD '$${env[0].name}'`);
    expect(command!.join()).toContain(`CREATE DATABASE ${name} OWNER ${username}`);
  });

  test("begins again where a start ended half-way", () => {
    const [, begins] = initContainers[0].command!.join().split("exit 0");
    expect(begins.indexOf("rm -rf /data/pg")).toBeGreaterThan(0);
    expect(begins.indexOf("rm -rf /data/pg")).toBeLessThan(begins.indexOf("./initdb --pgdata=/data/pg"));
  });

  test("is of the image that the sample workload has, and is not told its password but by the Secret", () => {
    expect([...initContainers, ...containers].map(({ image }) => image)).toEqual([
      refOf("postgres"),
      refOf("postgres"),
    ]);
    expect(JSON.stringify(spec)).not.toContain(stackWith(local).settings.grafana.database!.password);
  });
});
