/** The systems of examples/: each renders, and its table in README.md says what its stack file makes of the settings. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { settingsOf } from "../config/settings";
import { repoDir } from "../local/paths";
import { ownSettings, stackConfig, stackFile } from "../local/stack-config";
import { faultsOf } from "./support/admitted";
import { clusterOf, containersOf, type KubernetesObject, ofKind, podOf } from "./support/cluster";
import { stackWith } from "./support/servers";

const NAMES = ["tiketi", "wealist-kind", "wealist-prod", "ticketing", "elk-jaeger"];
const readme = readFileSync(join(repoDir, "examples/README.md"), "utf8");

const given = (name: string) => ownSettings(stackConfig(stackFile(name)));

/** `key: value` of the second column of a system's table. */
function rowsOf(name: string): [string, unknown][] {
  const section = readme.split("\n## ").find((part) => part.startsWith(`${name}\n`))!;
  const cells = section.split("\n").flatMap((line) => /^\|.*\|(.*)\|$/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`([^`]+): ([^`]+)`/g)].map(([, key, value]): [string, unknown] => [key, load(value)]),
  );
}

const valueAt = (settings: object, key: string): unknown =>
  key.split(".").reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], settings);

test("--stack takes the file in the checkout, else that of an example", () => {
  expect(stackFile("kind")).toBe(join(repoDir, "Pulumi.kind.yaml"));
  expect(stackFile("tiketi")).toBe(join(repoDir, "examples/Pulumi.tiketi.yaml"));
  expect(stackFile("nobody")).toBe(join(repoDir, "Pulumi.nobody.yaml"));
});

describe.each(NAMES)("%s", (name) => {
  test.each(rowsOf(name))("%s is %j, as the table says", (key, value) => {
    expect(valueAt(settingsOf(given(name), name), key)).toEqual(value);
  });

  test("has a table, and is admitted by an API server", () => {
    expect(rowsOf(name).length).toBeGreaterThan(5);
    expect(faultsOf(stackWith(given(name)))).toEqual([]);
  });
});

describe("tiketi has the source's own figures", () => {
  let objects: KubernetesObject[];
  beforeAll(async () => {
    objects = await clusterOf(given("tiketi"));
  });
  const server = (app: string) => containersOf(podOf(objects, app)).find(({ name }) => name === app)!;
  const amounts = (cpu: string, memory: string, limitCpu: string, limitMemory: string) => ({
    requests: { cpu, memory },
    limits: { cpu: limitCpu, memory: limitMemory },
  });

  test.each([
    ["prometheus", amounts("100m", "256Mi", "500m", "512Mi")],
    ["grafana", amounts("100m", "256Mi", "500m", "512Mi")],
    ["zipkin", amounts("100m", "256Mi", "500m", "512Mi")],
    ["loki", amounts("100m", "256Mi", "500m", "512Mi")],
    ["promtail", amounts("50m", "128Mi", "200m", "256Mi")],
  ])("%s: requests and limits", (app, resources) => {
    expect(server(app).resources).toEqual(resources);
  });

  /** Of Loki the source says no period. */
  const probe = (path: string, initialDelaySeconds: number, period?: number) => ({
    httpGet: expect.objectContaining({ path: expect.stringMatching(new RegExp(`${path}$`)) }),
    ...{ initialDelaySeconds, ...(period ? { periodSeconds: period } : {}) },
  });

  test.each([
    ["prometheus", probe("/-/ready", 5, 5), probe("/-/healthy", 15, 10)],
    ["grafana", probe("/api/health", 10, 5), probe("/api/health", 30, 10)],
    ["loki", probe("/ready", 30), probe("/ready", 45)],
  ])("%s: probes", (app, ready, live) => {
    expect(server(app)).toMatchObject({ readinessProbe: ready, livenessProbe: live });
  });

  test.each([
    ["prometheus", 9090, 30090],
    ["grafana", 3006, 30006],
    ["zipkin", 9411, 30411],
  ])("%s: port %i, NodePort %i", (app, port, nodePort) => {
    const service = ofKind(objects, "Service").find(({ metadata }) => metadata.name === app)!;
    expect(service.spec).toMatchObject({
      type: "NodePort",
      ports: expect.arrayContaining([expect.objectContaining({ port, nodePort })]),
    });
  });

  test("Loki is reached inside of the cluster alone", () => {
    const service = ofKind(objects, "Service").find(({ metadata }) => metadata.name === "loki")!;
    expect(JSON.stringify(service.spec)).not.toContain("nodePort");
  });
});
