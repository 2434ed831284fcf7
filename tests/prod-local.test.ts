/** Production on a laptop is Pulumi.prod.yaml with a few keys that a laptop cannot have as they are: each is listed here. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, loadAll } from "js-yaml";
import { repoDir } from "../local/paths";
import { type KubernetesObject } from "./support/cluster";
import { faultsOf } from "./support/admitted";
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
  ...Object.fromEntries(
    ["replicas", "database.host", "database.password"].map((key) => [
      `grafana.${key}`,
      "one Grafana on its volume: there is no PostgreSQL beside it",
    ]),
  ),
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
  expect(run(here)).toEqual({ ...run(there), grafana: 1 });
  expect(faultsOf(here)).toEqual([]);
});

test("its S3 is where the stack looks for it, with the buckets that it names", () => {
  const objects = loadAll(
    readFileSync(join(repoDir, "examples/prod-local/minio.yaml"), "utf8"),
  ) as KubernetesObject[];
  const { metadata } = objects.find(({ kind }) => kind === "Service")!;
  const { logs, tracing } = stackWith(local).settings;
  for (const s3 of [logs.s3!, tracing.s3!]) {
    expect(s3.endpoint).toBe(`http://${metadata.name}.${metadata.namespace}.svc:9000`);
    expect(JSON.stringify(objects)).toContain(`/data/${s3.bucket}`);
  }
});
