/**
 * Kibana does not run here. What its configuration means is held against the documentation of its version (elastic.co,
 * "Configure Kibana"), each key by hand; its users and their rights are tried on the real Elasticsearch (elasticsearch.test.ts).
 */
import { settingsOf } from "../config/settings";
import { faultsOf } from "./support/admitted";
import {
  clusterOf,
  configOf,
  environmentOf,
  fileOf,
  type KubernetesObject,
  ofKind,
  podOf,
} from "./support/cluster";
import { madeWith } from "./support/components";
import { stackWith } from "./support/servers";

const FILE = "/etc/kibana/kibana.yml";
const KIBANA = { backend: "elasticsearch", elasticsearch: { kibana: { enabled: true } } };
const PATH = "/api/monitoring/kibana";

let objects: KubernetesObject[];
let config: Record<string, unknown>;
beforeAll(async () => {
  objects = await clusterOf({ logs: KIBANA });
  config = configOf(objects, "kibana", FILE);
});

test("it is admitted, and without its switch nothing of it is there", async () => {
  expect(faultsOf(stackWith({ logs: KIBANA }))).toEqual([]);
  const without = await clusterOf({ logs: { backend: "elasticsearch" } });
  // The runbook speaks of it.
  const text = JSON.stringify(without, (key, value: unknown) => (key === "runbook.html" ? "" : value));
  expect(text).not.toMatch(/kibana/i);
});

test("beside Loki it is refused, with what to do", () => {
  expect(() => settingsOf({ logs: { elasticsearch: { kibana: { enabled: true } } } }, "kind")).toThrow(
    /observability:logs\.elasticsearch .*logs\.backend/,
  );
});

test("it lives below the path that the edge serves, and so do its probes", async () => {
  expect(config).toMatchObject({
    "server.host": "0.0.0.0",
    "server.port": 5601,
    "server.basePath": PATH,
    "server.rewriteBasePath": true,
    "server.publicBaseUrl": `http://localhost:8080${PATH}`,
    "xpack.security.secureCookies": false,
  });
  const [container] = podOf(objects, "kibana").spec.containers;
  expect(container.ports).toEqual([expect.objectContaining({ name: "http", containerPort: 5601 })]);
  for (const probe of ["startupProbe", "readinessProbe"])
    expect(container[probe]).toMatchObject({ httpGet: { path: `${PATH}/login`, port: "http" } });
  // While Elasticsearch is away a restart would help nobody.
  expect(container.livenessProbe).toMatchObject({ tcpSocket: { port: "http" } });
  expect(fileOf(objects, "edge", "/etc/edge/caddy.json")).toContain('"kibana.observability.svc:5601"');
});

test("without the edge it is at the root, and where that is https its cookies go by https alone", async () => {
  const alone = configOf<object>(await clusterOf({ logs: KIBANA, edge: { enabled: false } }), "kibana", FILE);
  for (const key of ["server.basePath", "server.rewriteBasePath", "server.publicBaseUrl"])
    expect(alone).not.toHaveProperty([key]);
  const given = { platform: "eks", alerting: { unattended: true }, logs: KIBANA };
  const edge = { enabled: true, url: "https://a.example.org" };
  expect(configOf(await clusterOf({ ...given, edge }), "kibana", FILE)).toMatchObject({
    "server.publicBaseUrl": `https://a.example.org${PATH}`,
    "xpack.security.secureCookies": true,
  });
});

test("its passwords and keys are generated, reach it by its environment alone, and no two are one", () => {
  expect(config).toMatchObject({
    "elasticsearch.hosts": ["http://elasticsearch.observability.svc:9200"],
    "elasticsearch.username": "kibana-server",
    "elasticsearch.password": "${ELASTICSEARCH_PASSWORD}",
    "xpack.security.encryptionKey": "${SESSION_KEY}",
    "xpack.encryptedSavedObjects.encryptionKey": "${OBJECTS_KEY}",
  });
  const { env } = podOf(objects, "kibana").spec.containers[0] as {
    env: { name: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  };
  const secretOf = (name: string) => env.find((one) => one.name === name)!.valueFrom!.secretKeyRef;
  const { stringData } = ofKind(objects, "Secret").find(
    ({ metadata }) => metadata.name === secretOf("SESSION_KEY").name,
  )!;
  const values = ["ELASTICSEARCH_PASSWORD", "SESSION_KEY", "OBJECTS_KEY"].map(
    (name) => stringData![secretOf(name).key],
  );
  expect(values).toEqual([
    expect.stringMatching(/^made-by-logs-elasticsearch-kibana-server/),
    expect.stringMatching(/^made-by-logs-kibana-session-key/),
    expect.stringMatching(/^made-by-logs-kibana-objects-key/),
  ]);
  const others = JSON.stringify(objects.filter(({ kind }) => kind !== "Secret"));
  for (const value of values) expect(others).not.toContain(value);
});

test("it does not start by the image's script, which would show the password among the processes", () => {
  const [{ command, args }] = podOf(objects, "kibana").spec.containers as unknown as {
    command: string[];
    args?: string[];
  }[];
  expect([command, args ?? []]).toEqual([["/usr/share/kibana/bin/kibana"], []]);
  expect(environmentOf(objects, "kibana")).toMatchObject({
    KBN_PATH_CONF: "/etc/kibana",
    // Two thirds of 1536Mi; then what the image's node.options says, which KBN_PATH_CONF hides.
    NODE_OPTIONS:
      "--max-old-space-size=1024 --unhandled-rejections=warn --dns-result-order=ipv4first --openssl-legacy-provider",
  });
});

test("it starts when Elasticsearch is there, writes where it may, and says what goes wrong", async () => {
  const made = [...(await madeWith({ logs: KIBANA })).values()];
  expect(made.find(({ name }) => name === "logs-kibana-server")!.after).toContain(
    "logs-elasticsearch-server",
  );
  const written = podOf(objects, "kibana").spec.containers[0].volumeMounts.map(({ mountPath }) => mountPath);
  expect(written.sort()).toEqual(["/etc/kibana", "/tmp", "/usr/share/kibana/data"]);
  expect(config).toMatchObject({
    "logging.appenders.output": { type: "console", layout: { type: "json" } },
    "logging.root": { level: "warn", appenders: ["output"] },
    "xpack.security.session.idleTimeout": "8h",
    "xpack.reporting.enabled": false,
  });
});

test("it calls nobody but Elasticsearch and the name server", () => {
  const { spec } = ofKind(objects, "NetworkPolicy").find(({ metadata }) => metadata.name === "kibana")!;
  const matchLabels = expect.objectContaining({ "app.kubernetes.io/name": "elasticsearch" }) as object;
  expect((spec as { egress: object[] }).egress).toEqual([
    { ports: ["UDP", "TCP"].map((protocol) => ({ port: 53, protocol })) },
    {
      to: [expect.objectContaining({ podSelector: { matchLabels } })],
      ports: [{ port: 9200, protocol: "TCP" }],
    },
  ]);
  expect(config).toMatchObject({
    "telemetry.optIn": false,
    "telemetry.allowChangingOptInStatus": false,
    "newsfeed.enabled": false,
    "map.includeElasticMapsService": false,
    "xpack.fleet.isAirGapped": true,
  });
});
