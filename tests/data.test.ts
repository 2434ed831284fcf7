import {
  clusterOf,
  configOf,
  containersOf,
  environmentOf,
  type KubernetesObject,
  podOf,
} from "./support/cluster";

/* Every store keeps its data on its volume, and deletes what the settings say. */

let objects: KubernetesObject[];
beforeAll(async () => {
  objects = await clusterOf();
});

const below = (directory: string, path: string) => path === directory || path.startsWith(`${directory}/`);

/** The claim that a path of a program lies on, in each of its containers. */
const claimsOf = (app: string, path: string) => {
  const pod = podOf(objects, app);
  return containersOf(pod).map(({ volumeMounts }) => {
    const [mount] = volumeMounts
      .filter(({ mountPath }) => below(mountPath, path))
      .sort((a, b) => b.mountPath.length - a.mountPath.length);
    const volume = pod.spec.volumes.find(({ name }) => name === mount?.name);
    return mount?.readOnly ? undefined : volume?.persistentVolumeClaim?.claimName;
  });
};

const argument = (app: string, name: string) =>
  podOf(objects, app)
    .spec.containers[0].args!.find((arg) => arg.startsWith(`${name}=`))!
    .slice(name.length + 1);

interface Loki {
  common: { path_prefix: string; storage: { filesystem: Record<string, string> } };
  compactor: { working_directory: string; retention_enabled: boolean; delete_request_store: string };
  limits_config: { retention_period: string; reject_old_samples_max_age: string };
  schema_config: { configs: { object_store: string; index: { period: string } }[] };
  ingester: { wal: { dir: string } };
}
const loki = (from: KubernetesObject[]) => configOf<Loki>(from, "loki", "/etc/loki/loki.yaml");

interface Tempo {
  compactor: { compaction: { block_retention: string } };
  storage: { trace: { local: { path: string }; wal: { path: string } } };
}
const tempo = (from: KubernetesObject[]) => configOf<Tempo>(from, "tempo", "/etc/tempo/tempo.yaml");

interface Prometheus {
  storage: { tsdb: { retention: Record<string, string> } };
}
const prometheus = (from: KubernetesObject[]) =>
  configOf<Prometheus>(from, "prometheus", "/etc/prometheus/config/prometheus.yml");

test("Loki's lines, index, log and marks of deletion are on its volume", () => {
  const { common, compactor, ingester } = loki(objects);
  const paths = [
    common.path_prefix,
    ...Object.values(common.storage.filesystem),
    compactor.working_directory,
    ingester.wal.dir,
  ];
  expect(paths).toHaveLength(5);
  for (const path of paths) expect([path, claimsOf("loki", path)]).toEqual([path, ["loki-data"]]);
});

test("Loki deletes: the compactor does, from the store where the lines are", () => {
  const { compactor, schema_config } = loki(objects);
  expect(compactor).toMatchObject({ retention_enabled: true, delete_request_store: "filesystem" });
  for (const { object_store, index } of schema_config.configs)
    // Retention works on index tables of a day.
    expect([object_store, index.period]).toEqual([compactor.delete_request_store, "24h"]);
});

test("Tempo's blocks and log are on its volume", () => {
  const { local, wal } = tempo(objects).storage.trace;
  for (const { path } of [local, wal])
    expect([path, claimsOf("tempo", path)]).toEqual([path, ["tempo-data"]]);
});

test("Prometheus' and Alertmanager's data are on their volumes", () => {
  expect(claimsOf("prometheus", argument("prometheus", "--storage.tsdb.path"))).toEqual(["prometheus-data"]);
  expect(claimsOf("alertmanager", argument("alertmanager", "--storage.path"))).toEqual(["alertmanager-data"]);
});

test("Grafana's database is on its volume, and a new password is written into the same one", () => {
  const path = environmentOf(objects, "grafana").GF_PATHS_DATA;
  expect(claimsOf("grafana", path)).toEqual(["grafana-data", "grafana-data"]);
  const paths = containersOf(podOf(objects, "grafana")).map(
    ({ env }) => env.find(({ name }) => name === "GF_PATHS_DATA")?.value,
  );
  expect(paths).toEqual([path, path]);
});

test("what is kept is what the settings say; else the defaults", async () => {
  const kept = (from: KubernetesObject[]) => ({
    logs: loki(from).limits_config,
    traces: tempo(from).compactor.compaction,
    metrics: prometheus(from).storage.tsdb.retention,
  });
  expect(kept(objects)).toMatchObject({
    logs: { retention_period: "7d", reject_old_samples_max_age: "169h" },
    traces: { block_retention: "48h" },
    metrics: { time: "7d", size: "4GB" },
  });
  const others = await clusterOf({
    logs: { retention: { time: "30d" } },
    tracing: { retention: { time: "2w" } },
    metrics: { retention: { time: "36h", size: "1.5Gi" } },
  });
  expect(kept(others)).toMatchObject({
    logs: { retention_period: "30d", reject_old_samples_max_age: "721h" },
    traces: { block_retention: "336h" },
    metrics: { time: "36h", size: "1536MB" },
  });
});
