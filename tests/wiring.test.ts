import {
  clusterOf,
  containersOf,
  filesOf,
  fits,
  type KubernetesObject,
  ofKind,
  type Pod,
  podsOf,
} from "./support/cluster";

/* The objects fit together: what one refers to is there, and what is there is referred to. */

let objects: KubernetesObject[];
let pods: Pod[];
beforeAll(async () => {
  objects = await clusterOf({
    services: [{ name: "board-service", namespace: "shop", port: 8000 }],
    alerting: { receivers: [{ name: "team", webhook: { url: "https://hook.example.org/" } }] },
  });
  pods = podsOf(objects);
});

const inside = ({ metadata }: KubernetesObject) => pods.some((pod) => pod.namespace === metadata.namespace);
const placed = (namespace: string, kind: string, name: string) => `${kind} ${namespace}/${name}`;

/** Everything that a pod cannot start without. */
const references = ({ namespace, spec }: Pod, pod: Pod): string[] => {
  const to = (kind: string, name?: string) => (name ? [placed(namespace, kind, name)] : []);
  return [
    ...to("ServiceAccount", spec.serviceAccountName),
    ...spec.volumes.flatMap(({ configMap, secret, projected, persistentVolumeClaim }) => [
      ...to("ConfigMap", configMap?.name),
      ...to("Secret", secret?.secretName),
      ...to("PersistentVolumeClaim", persistentVolumeClaim?.claimName),
      ...(projected?.sources ?? []).flatMap((source) => [
        ...to("ConfigMap", source.configMap?.name),
        ...to("Secret", source.secret?.name),
      ]),
    ]),
    ...containersOf(pod).flatMap(({ env }) =>
      env.flatMap(({ valueFrom }) => to("Secret", valueFrom?.secretKeyRef?.name)),
    ),
  ];
};

test("what pods mount and refer to is made, and what is made is used by one", () => {
  const used = new Set(pods.flatMap((pod) => references(pod, pod)));
  const made = ofKind(objects, "ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount")
    .filter(inside)
    .map(({ kind, metadata }) => placed(metadata.namespace!, kind, metadata.name));
  expect([...used].sort()).toEqual(made.sort());
});

test("every file and every key that is referred to exists, and every volume is mounted, once", () => {
  for (const pod of pods) {
    for (const { path, text } of filesOf(objects, pod)) expect([path, typeof text]).toEqual([path, "string"]);
    for (const { env, volumeMounts } of containersOf(pod)) {
      for (const { name, key } of env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []))
        expect(
          ofKind(objects, "Secret").find(({ metadata }) => metadata.name === name)!.stringData,
        ).toHaveProperty([key]);
      expect(volumeMounts.map(({ name }) => name).sort()).toEqual(
        pod.spec.volumes.map(({ name }) => name).sort(),
      );
      expect(new Set(volumeMounts.map(({ mountPath }) => mountPath)).size).toBe(volumeMounts.length);
      for (const { name, mountPath } of volumeMounts)
        expect([pod.app, name, mountPath]).toEqual([pod.app, name, expect.stringMatching(/^\/./)]);
    }
  }
});

test("files that arguments and commands name are there", () => {
  for (const pod of pods) {
    const paths = filesOf(objects, pod).map(({ path }) => path);
    const named = containersOf(pod)
      .flatMap(({ command = [], args = [] }) => [...command, ...args])
      .flatMap((argument) => /(?:^|=)(\/.+\.(?:ya?ml|json|mjs|alloy))$/.exec(argument)?.[1] ?? []);
    for (const path of named) expect([pod.app, paths]).toEqual([pod.app, expect.arrayContaining([path])]);
  }
});

interface ServiceSpec {
  selector: Record<string, string>;
  ports: { name: string; port: number; targetPort: string }[];
}

test("a Service finds the pods of its program and no others, by ports that they have", () => {
  const services = ofKind(objects, "Service");
  expect(services.length).toBeGreaterThan(6);
  for (const { metadata, spec } of services) {
    const { selector, ports } = spec as ServiceSpec;
    const found = pods.filter(
      ({ namespace, labels }) => namespace === metadata.namespace && fits(labels, selector),
    );
    expect([metadata.name, found.map(({ app }) => app)]).toEqual([metadata.name, [metadata.name]]);
    const open = Object.fromEntries(
      found[0].spec.containers[0].ports!.map(({ name, containerPort }) => [name, containerPort]),
    );
    for (const { name, port, targetPort } of ports)
      expect([metadata.name, name, open[targetPort]]).toEqual([metadata.name, name, port]);
  }
});

test("a workload selects its own pods and no others, and a StatefulSet names its Service", () => {
  for (const { kind, metadata, spec } of ofKind(objects, "StatefulSet", "Deployment", "DaemonSet")) {
    const { selector, serviceName } = spec as {
      selector: { matchLabels: Record<string, string> };
      serviceName?: string;
    };
    expect(pods.filter(({ labels }) => fits(labels, selector.matchLabels)).map(({ app }) => app)).toEqual([
      metadata.name,
    ]);
    if (kind === "StatefulSet")
      expect(ofKind(objects, "Service").map((one) => one.metadata.name)).toContain(serviceName);
  }
});

test("probes ask ports that are there", () => {
  for (const { app, spec } of pods)
    for (const container of spec.containers)
      for (const kind of ["startupProbe", "readinessProbe", "livenessProbe"]) {
        const probe = container[kind] as { httpGet: { path: string; port: string } } | undefined;
        const names = container.ports?.map(({ name }) => name) ?? [];
        if (probe) expect([app, kind, names.includes(probe.httpGet.port)]).toEqual([app, kind, true]);
      }
});

test("what replays its data at its start is given time for it", () => {
  const patient = pods.filter(({ spec }) => spec.containers.some(({ startupProbe }) => startupProbe));
  expect(patient.map(({ app }) => app).sort()).toEqual([
    "collector",
    "grafana",
    "loki",
    "prometheus",
    "tempo",
  ]);
  for (const { spec } of patient) {
    const { periodSeconds, failureThreshold } = spec.containers[0].startupProbe as Record<string, number>;
    expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(600);
  }
});

interface Binding {
  roleRef: { kind: string; name: string };
  subjects: { kind: string; name: string; namespace: string }[];
}

test("a role is bound to the account of the program that it is named after, and only reads", () => {
  const roles = ofKind(objects, "ClusterRole");
  const bindings = ofKind(objects, "ClusterRoleBinding");
  expect(bindings.map(({ metadata }) => metadata.name)).toEqual(roles.map(({ metadata }) => metadata.name));
  const withAccount = pods.filter(({ spec }) => spec.serviceAccountName);
  expect(roles.map(({ metadata }) => metadata.name).sort()).toEqual(
    withAccount.map(({ app }) => `observability-test-${app}`).sort(),
  );
  for (const { app, namespace, spec } of withAccount) {
    const name = `observability-test-${app}`;
    const binding = bindings.find(({ metadata }) => metadata.name === name) as unknown as Binding;
    expect(binding.roleRef).toMatchObject({ kind: "ClusterRole", name });
    expect(binding.subjects).toEqual([{ kind: "ServiceAccount", name: spec.serviceAccountName, namespace }]);
    expect(spec.serviceAccountName).toBe(app);
  }
  for (const { rules } of roles)
    for (const { resources, verbs } of rules as { resources: string[]; verbs: string[] }[]) {
      expect(["get", "list", "watch"]).toEqual(expect.arrayContaining(verbs));
      for (const forbidden of ["*", "secrets", "configmaps"]) expect(resources).not.toContain(forbidden);
    }
});

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** What a program may do: `group/resource verbs`. */
const permissions = (app: string) =>
  ofKind(objects, "ClusterRole")
    .filter(({ metadata }) => metadata.name === `observability-test-${app}`)
    .flatMap(({ rules }) => rules as Rule[])
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.map((resource) => `${group ? `${group}/` : ""}${resource} ${verbs.join(",")}`),
      ),
    )
    .sort();
const watches = (...resources: string[]) => resources.map((resource) => `${resource} get,list,watch`);

test.each([
  // Finds its targets, and asks the kubelets for their metrics.
  [
    "prometheus",
    [
      ...watches("discovery.k8s.io/endpointslices", "nodes"),
      "nodes/metrics get",
      ...watches("pods", "services"),
    ],
  ],
  // The names of the pods whose logs it reads.
  ["alloy", watches("pods")],
  ["alloy-events", watches("events")],
  // The pod, its namespace and its Deployment by the address that a span came from.
  ["collector", watches("apps/replicasets", "namespaces", "pods")],
])("%s may ask the API for what it needs: %j", (app, expected) => {
  expect(permissions(app)).toEqual(expected);
});

test("kube-state-metrics may watch exactly what it is told to watch", () => {
  const pod = pods.find(({ app }) => app === "kube-state-metrics")!;
  const told = pod.spec.containers[0].args!.find((arg) => arg.startsWith("--resources="))!;
  const watched = permissions("kube-state-metrics").map(
    (one) => /^(?:[\w.]+\/)?(\w+) get,list,watch$/.exec(one)?.[1],
  );
  expect(watched.sort()).toEqual(told.slice("--resources=".length).split(",").sort());
});
