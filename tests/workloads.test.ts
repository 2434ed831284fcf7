import { clusterOf, containersOf, type KubernetesObject, ofKind, type Pod, podsOf } from "./support/cluster";

/* How Kubernetes and Pulumi are told to start, update and store what the programs are. */

let objects: KubernetesObject[];
let pods: Pod[];
beforeAll(async () => {
  objects = await clusterOf();
  pods = podsOf(objects);
});

test("a pod that never became ready does not keep the corrected one from taking its place", () => {
  const sets = ofKind(objects, "StatefulSet");
  expect(sets.length).toBeGreaterThan(5);
  for (const { metadata, spec } of sets)
    expect([metadata.name, spec]).toMatchObject([metadata.name, { podManagementPolicy: "Parallel" }]);
});

test("the Job of a rotation does not start over by itself; one that failed is made anew by the next `up`", () => {
  const [{ metadata, spec }] = ofKind(objects, "Job");
  expect(spec).toMatchObject({ backoffLimit: 1, template: { spec: { restartPolicy: "Never" } } });
  expect(metadata.annotations).toMatchObject({ "pulumi.com/replaceUnready": "true" });
});

test("an image that the node has is not pulled: many clusters on a laptop could not", () => {
  for (const pod of pods)
    for (const container of containersOf(pod))
      expect([pod.app, container.imagePullPolicy]).toEqual([pod.app, "IfNotPresent"]);
});

test("a pod that is the only one of its program may be on any node", () => {
  for (const { app, spec } of pods)
    expect([app, Object.keys(spec)]).toEqual([
      app,
      expect.not.arrayContaining(["topologySpreadConstraints"]),
    ]);
});

test("volumes have names that Kubernetes takes", () => {
  for (const { app, spec } of pods)
    for (const { name } of spec.volumes)
      expect([app, name]).toEqual([app, expect.stringMatching(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)]);
});

test("a volume is one pod's, of the cluster's own class, and no `up` waits for one that its pod has yet to bind", () => {
  const claims = ofKind(objects, "PersistentVolumeClaim");
  for (const { spec, metadata } of claims) {
    const size = { requests: { storage: expect.stringMatching(/^\d+Gi$/) } };
    expect(spec).toStrictEqual({ accessModes: ["ReadWriteOnce"], resources: size });
    expect(metadata.annotations).toMatchObject({ "pulumi.com/skipAwait": "true" });
  }
  // By which a message about the volume names the key.
  const settings = claims.map(({ metadata }) => metadata.annotations["observability-stack/setting"]);
  expect(settings.sort()).toEqual([
    ...["alerting.storage", "grafana.storage", "logs.storage", "metrics.storage"],
    ...["tracing.collector.storage", "tracing.storage"],
  ]);
});

test("an account gives its token to no pod that does not ask for it, and its role is one of Kubernetes'", () => {
  for (const { automountServiceAccountToken } of ofKind(objects, "ServiceAccount"))
    expect(automountServiceAccountToken).toBe(false);
  for (const { roleRef } of ofKind(objects, "ClusterRoleBinding"))
    expect(roleRef).toMatchObject({ apiGroup: "rbac.authorization.k8s.io" });
});
