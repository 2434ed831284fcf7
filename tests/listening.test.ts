import {
  clusterOf,
  configOf,
  fileOf,
  filesOf,
  type KubernetesObject,
  podOf,
  podsOf,
} from "./support/cluster";

/* A program listens on the ports that its pod, and so its Service and its policy, say. */

let objects: KubernetesObject[];
beforeAll(async () => {
  objects = await clusterOf({
    metrics: {
      redis: { targets: [{ name: "cache", host: "redis.shop.svc" }] },
      postgres: { targets: [{ name: "board", host: "pg.shop.svc", username: "u", password: "p" }] },
    },
    edge: { url: "https://ops.example.org", tls: { secretName: "certificate" } },
  });
});

const numbers = (texts: Iterable<RegExpMatchArray>) => [...texts].map(([, port]) => Number(port));
const argumentsOf = (app: string) => (podOf(objects, app).spec.containers[0].args ?? []).join("\n");

/** The ports in what each program is told; those that are told nothing listen where they always do. */
const told: Record<string, () => number[]> = {
  prometheus: () => [9090],
  alertmanager: () => [9093],
  "node-exporter": () => [9100],
  "redis-exporter": () => [9121],
  "postgres-exporter": () => [9187],
  "blackbox-exporter": () => [9115],
  "kube-state-metrics": () =>
    numbers(argumentsOf("kube-state-metrics").matchAll(/^--(?:telemetry-)?port=(\d+)$/gm)),
  alloy: () => numbers(argumentsOf("alloy").matchAll(/^--server\.http\.listen-addr=0\.0\.0\.0:(\d+)$/gm)),
  "alloy-events": () =>
    numbers(argumentsOf("alloy-events").matchAll(/^--server\.http\.listen-addr=0\.0\.0\.0:(\d+)$/gm)),
  loki: () => {
    const { server } = configOf<{ server: Record<string, number> }>(objects, "loki", "/etc/loki/loki.yaml");
    return [server.http_listen_port, server.grpc_listen_port];
  },
  tempo: () =>
    numbers(
      fileOf(objects, "tempo", "/etc/tempo/tempo.yaml").matchAll(
        /(?:http_listen_port: |endpoint: "?0\.0\.0\.0:)(\d+)/g,
      ),
    ),
  collector: () => {
    const text = fileOf(objects, "collector", "/etc/collector/config.yaml");
    return numbers(text.matchAll(/(?:endpoint: "?0\.0\.0\.0:|^ +port: )(\d+)/gm));
  },
  grafana: () => [3000],
  edge: () => numbers(fileOf(objects, "edge", "/etc/edge/caddy.json").matchAll(/^ *":(\d+)"$/gm)),
  "grafana-rotation": () => [],
};

test("every program is here", () => {
  expect(
    podsOf(objects)
      .map(({ app }) => app)
      .sort(),
  ).toEqual(Object.keys(told).sort());
});

test.each(Object.entries(told))("%s", (app, ports) => {
  const open = (podOf(objects, app).spec.containers[0].ports ?? []).map(({ containerPort }) => containerPort);
  expect(ports().sort()).toEqual(open.sort());
});

test("Prometheus finds its rules where it looks, and asks the Alertmanager of the stack", () => {
  const { rule_files, alerting } = configOf<{ rule_files: string[]; alerting: object }>(
    objects,
    "prometheus",
    "/etc/prometheus/config/prometheus.yml",
  );
  const rules = filesOf(objects, podOf(objects, "prometheus"))
    .map(({ path }) => path)
    .filter((path) => path.endsWith(".yaml"));
  expect(rules.length).toBeGreaterThan(2);
  const directory = rules[0].slice(0, rules[0].lastIndexOf("/"));
  expect(rule_files).toEqual([`${directory}/*.yaml`]);
  for (const path of rules) expect(path).toMatch(new RegExp(`^${directory}/[\\w-]+\\.yaml$`));
  expect(alerting).toEqual({
    alertmanagers: [
      {
        path_prefix: "/api/monitoring/alertmanager",
        static_configs: [{ targets: ["alertmanager.observability.svc:9093"] }],
      },
    ],
  });
});
