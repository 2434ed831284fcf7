import { type Container, clusterOf, type KubernetesObject, type Pod, podOf, podsOf } from "./support/cluster";

/* How each program runs, as the node and the kubelet are told. */

let objects: KubernetesObject[];
beforeAll(async () => {
  objects = await clusterOf({
    metrics: {
      redis: { targets: [{ name: "a", host: "b" }] },
      postgres: { targets: [{ name: "a", host: "b", username: "c", password: "d" }] },
    },
    edge: { url: "https://a.example.org", tls: { secretName: "b" } },
  });
});

interface Probe {
  httpGet: { path: string; port: string };
  initialDelaySeconds?: number;
  periodSeconds: number;
  failureThreshold?: number;
  timeoutSeconds: number;
}

/** `port/path after its first seconds, every so many`; of a start, how long it may take. */
function asked(container: Container, name: string): string | undefined {
  const probe = container[name] as Probe | undefined;
  if (!probe) return undefined;
  const { httpGet, initialDelaySeconds, periodSeconds, failureThreshold = 0, timeoutSeconds } = probe;
  expect(timeoutSeconds).toBe(5);
  const port = container.ports!.find((one) => one.name === httpGet.port)?.containerPort;
  const when = failureThreshold
    ? `for ${(failureThreshold * periodSeconds) / 60} min`
    : `after ${initialDelaySeconds} s, every ${periodSeconds} s`;
  return `${port}${httpGet.path} ${when}`;
}

const GRAFANA = "3000/api/monitoring/grafana/api/health";
const PROMETHEUS = "9090/api/monitoring/prometheus/-";
const ALERTMANAGER = "9093/api/monitoring/alertmanager/-";
const soon = (address: string) => `${address} after 1 s, every 5 s`;
const later = (address: string) => `${address} after 10 s, every 10 s`;

test.each<[app: string, kind: string, user: number, ready?: string, live?: string, startup?: string]>([
  [
    "prometheus",
    "StatefulSet",
    65534,
    `${PROMETHEUS}/ready after 5 s, every 5 s`,
    `${PROMETHEUS}/healthy after 15 s, every 10 s`,
    `${PROMETHEUS}/ready for 15 min`,
  ],
  [
    "alertmanager",
    "StatefulSet",
    65534,
    `${ALERTMANAGER}/ready after 2 s, every 5 s`,
    `${ALERTMANAGER}/healthy after 15 s, every 10 s`,
  ],
  ["kube-state-metrics", "Deployment", 65534, soon("8081/"), later("8080/healthz")],
  ["node-exporter", "DaemonSet", 65534, soon("9100/"), later("9100/")],
  ["redis-exporter", "Deployment", 59000, soon("9121/health"), later("9121/health")],
  ["postgres-exporter", "Deployment", 65534, soon("9187/"), later("9187/")],
  ["blackbox-exporter", "Deployment", 65534, soon("9115/-/healthy"), later("9115/-/healthy")],
  [
    "loki",
    "StatefulSet",
    10001,
    "3100/ready after 30 s, every 5 s",
    "3100/ready after 45 s, every 10 s",
    "3100/ready for 15 min",
  ],
  ["alloy", "DaemonSet", 0, "12345/-/ready after 2 s, every 5 s", "12345/-/healthy after 15 s, every 10 s"],
  [
    "alloy-events",
    "Deployment",
    473,
    "12345/-/ready after 2 s, every 5 s",
    "12345/-/healthy after 15 s, every 10 s",
  ],
  [
    "tempo",
    "StatefulSet",
    10001,
    "3200/ready after 5 s, every 5 s",
    "3200/ready after 60 s, every 10 s",
    "3200/ready for 15 min",
  ],
  [
    "collector",
    "StatefulSet",
    10001,
    "13133/ after 2 s, every 5 s",
    "13133/ after 15 s, every 10 s",
    "13133/ for 15 min",
  ],
  [
    "grafana",
    "StatefulSet",
    472,
    `${GRAFANA} after 10 s, every 5 s`,
    `${GRAFANA} after 30 s, every 10 s`,
    `${GRAFANA} for 10 min`,
  ],
  ["grafana-rotation", "Job", 1000],
  ["edge", "Deployment", 1000, soon("8080/healthz"), later("8080/healthz")],
])(
  "%s is a %s of user %d, asked whether it is ready, lives and has started",
  (app, kind, user, ...answers) => {
    const pod = podOf(objects, app);
    const [container] = pod.spec.containers;
    expect(pod.kind).toBe(kind);
    expect(securityOf(pod)).toEqual({
      runAsNonRoot: user !== 0,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    });
    const [ready, live, startup] = answers;
    expect(asked(container, "readinessProbe")).toBe(ready);
    expect(asked(container, "livenessProbe")).toBe(live);
    expect(asked(container, "startupProbe")).toBe(startup);
  },
);

const securityOf = ({ spec }: Pod) => (spec as unknown as { securityContext: object }).securityContext;

test("programs in Go collect garbage at nine tenths of their memory limit", () => {
  const limits = podsOf(objects).map(({ app, spec: { containers } }) => [
    app,
    containers[0].env.find(({ name }) => name === "GOMEMLIMIT")?.value,
  ]);
  expect(Object.fromEntries(limits)).toEqual({
    ...{ prometheus: "460MiB", loki: "460MiB", grafana: "460MiB" },
    ...{ tempo: "460MiB", collector: "230MiB" },
    ...{ alloy: "230MiB", "alloy-events": "115MiB", alertmanager: "115MiB", "kube-state-metrics": "460MiB" },
    ...{ "node-exporter": "57MiB", "redis-exporter": "57MiB", "postgres-exporter": "57MiB", edge: "57MiB" },
    "blackbox-exporter": "57MiB",
    "grafana-rotation": undefined, // Node
  });
});

test("no pod has a token of the API, or the addresses of all Services, that does not need it", () => {
  const tokens = podsOf(objects).filter(({ spec }) => {
    const { automountServiceAccountToken, enableServiceLinks } = spec as unknown as Record<string, boolean>;
    expect(enableServiceLinks).toBe(false);
    return automountServiceAccountToken;
  });
  expect(tokens.map(({ app }) => app).sort()).toEqual(
    ["alloy", "alloy-events", "collector", "kube-state-metrics", "prometheus"].sort(),
  );
});

describe("node-exporter", () => {
  const args = () => podOf(objects, "node-exporter").spec.containers[0].args!;
  const pattern = (name: string) =>
    new RegExp(
      args()
        .find((arg) => arg.startsWith(`--collector.filesystem.${name}-exclude=`))!
        .replace(/^[^=]*=/, ""),
    );

  test("sees disks that are mounted while it runs", () => {
    const { volumeMounts } = podOf(objects, "node-exporter").spec.containers[0];
    expect(volumeMounts.filter((mount) => "mountPropagation" in mount)).toEqual([
      { name: "root", mountPath: "/host/root", readOnly: true, mountPropagation: "HostToContainer" },
    ]);
  });

  test("collects processor, memory, pressure and disks, and of what it has by default nothing else", () => {
    expect(args()).toContain("--collector.disable-defaults");
    const collected = args().flatMap((arg) => /^--collector\.([a-z]+)$/.exec(arg)?.[1] ?? []);
    expect(collected.join(" ")).toBe(
      "cpu diskstats filesystem loadavg meminfo pressure stat time uname vmstat",
    );
  });

  test.each([
    ["mount-points", ["/", "/home", "/var/lib", "/var/lib/data", "/mnt/sys", "/devices", "/runner"], true],
    ["mount-points", ["/proc", "/sys/fs/cgroup", "/dev/shm", "/run/lock"], false],
    ["mount-points", ["/var/lib/kubelet/pods/a/volumes/b", "/var/lib/docker/overlay2/a"], false],
    ["fs-types", ["ext4", "xfs", "btrfs", "nfs4", "zfs"], true],
    ["fs-types", ["tmpfs", "overlay", "cgroup2", "proc", "sysfs", "squashfs", "fuse.lxcfs", "nsfs"], false],
  ])("of file systems by %s %j are looked at: %j", (name, examples, looked) => {
    for (const example of examples)
      expect([example, !pattern(name).test(example)]).toEqual([example, looked]);
  });
});

test("what is empty at each start is bounded where a program fills it", () => {
  const scratch = podsOf(objects).flatMap(({ app, spec }) =>
    spec.volumes.flatMap(({ name, emptyDir }) => (emptyDir ? [[app, name, emptyDir]] : [])),
  );
  expect(scratch.sort()).toEqual([
    ["alloy-events", "data", { sizeLimit: "1Gi" }],
    ["edge", "tmp", {}],
    ["grafana", "tmp", {}],
  ]);
});

describe("kube-state-metrics", () => {
  const argument = (name: string) =>
    podOf(objects, "kube-state-metrics")
      .spec.containers[0].args!.find((arg) => arg.startsWith(`--${name}=`))!
      .slice(name.length + 3)
      .split(",");
  const of = (kind: string, ...names: string[]) => names.map((name) => `kube_${kind}_${name}`);
  const kept = [
    ...of(
      "pod",
      "info",
      "created",
      "owner",
      "status_phase",
      "status_ready",
      "status_unschedulable",
      "start_time",
    ),
    ...of("pod_container", "info", "resource_requests", "resource_limits", "status_ready"),
    ...of("pod_container_status", "restarts_total", "waiting_reason", "last_terminated_reason"),
    ...of("pod_init_container_status", "restarts_total", "waiting_reason"),
    ...of("node", "info", "status_condition", "status_allocatable", "spec_unschedulable"),
    ...of("persistentvolumeclaim", "info", "status_phase", "resource_requests_storage_bytes"),
    ...of("deployment", "spec_replicas", "status_replicas", "status_replicas_unavailable"),
    ...of("deployment", "status_condition", "status_observed_generation", "metadata_generation"),
    ...of("statefulset", "replicas", "status_replicas_ready", "status_observed_generation"),
    ...of("statefulset", "metadata_generation"),
    ...of("daemonset", "status_desired_number_scheduled", "status_number_unavailable"),
    ...of("job", "complete", "failed", "owner", "status_failed", "status_start_time"),
    ...of("cronjob", "spec_suspend", "next_schedule_time", "status_last_schedule_time"),
    ...of("cronjob", "status_last_successful_time"),
    ...of("horizontalpodautoscaler", "spec_max_replicas", "status_current_replicas", "status_condition"),
    ...["kube_namespace_status_phase", "kube_resourcequota", "kube_replicaset_owner"],
  ];
  const dropped = [
    ...of(
      "pod",
      "labels",
      "tolerations",
      "status_qos_class",
      "status_phase_since",
      "container_state_started",
    ),
    ...["my_kube_pod_info", "kube_node_labels", "kube_deployment_labels", "kube_replicaset_spec_replicas"],
    ...["kube_job_spec_parallelism", "kube_resourcequota_created", "kube_namespace_labels"],
  ];

  test("keeps what rules, dashboards and people on call read, and leaves out what they do not", () => {
    const patterns = argument("metric-allowlist").map((text) => new RegExp(text));
    const matching = (name: string) => patterns.filter((pattern) => pattern.test(name)).length;
    expect(kept.filter((name) => matching(name) !== 1)).toEqual([]);
    expect(dropped.filter((name) => matching(name) !== 0)).toEqual([]);
  });

  test("looks at the kinds of object that those are about, which are those that it may see", () => {
    const kinds = new Set(kept.map((name) => name.split("_")[1]));
    const watched = argument("resources").map((name) => name.replace(/s$/, ""));
    expect([...kinds].filter((kind) => !watched.includes(kind))).toEqual([]);
    const role = objects.find(
      ({ kind, metadata }) => kind === "ClusterRole" && metadata.name.endsWith("kube-state-metrics"),
    )!;
    const may = (role.rules as { resources: string[] }[]).flatMap(({ resources }) => resources);
    expect(argument("resources").sort()).toEqual(may.sort());
  });
});
