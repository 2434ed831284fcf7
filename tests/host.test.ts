import { clusterOf, containersOf, type KubernetesObject, podOf, podsOf } from "./support/cluster";

/* What pods may do on their node. */

let objects: KubernetesObject[];
beforeAll(async () => {
  objects = await clusterOf();
});

test("directories of the node are read only, save for the agent's positions, which are the stack's own", () => {
  const seen = podsOf(objects).flatMap((pod) =>
    pod.spec.volumes.flatMap(({ name, hostPath }) =>
      containersOf(pod).flatMap(({ volumeMounts }) =>
        volumeMounts
          .filter((mount) => hostPath && mount.name === name)
          .map(({ readOnly }) => `${pod.app} ${readOnly ? "reads" : "writes"} ${hostPath!.path}`),
      ),
    ),
  );
  expect(seen.sort()).toEqual([
    "alloy reads /var/log/pods",
    "alloy writes /var/lib/observability/test/alloy",
    "node-exporter reads /",
    "node-exporter reads /proc",
    "node-exporter reads /sys",
  ]);
});

test("the agent's positions outlive its pod: it is told to keep them where the node's directory is", () => {
  const { spec } = podOf(objects, "alloy");
  const [{ args, volumeMounts }] = spec.containers;
  const { name } = spec.volumes.find(({ hostPath }) => hostPath?.path.startsWith("/var/lib/observability/"))!;
  const { mountPath } = volumeMounts.find((mount) => mount.name === name)!;
  expect(args).toContain(`--storage.path=${mountPath}`);
});

test("a node agent finds what it reads below its own root", () => {
  const [{ args, volumeMounts }] = podOf(objects, "node-exporter").spec.containers;
  const paths = Object.fromEntries(volumeMounts.map(({ name, mountPath }) => [name, mountPath]));
  expect(args).toEqual(
    expect.arrayContaining([
      `--path.procfs=${paths.proc}`,
      `--path.sysfs=${paths.sys}`,
      `--path.rootfs=${paths.root}`,
    ]),
  );
});

test("no container has a capability, but for the proxy's binary, which does not start without its own", () => {
  const added = podsOf(objects).flatMap((pod) =>
    containersOf(pod).flatMap(({ securityContext }) =>
      (securityContext.capabilities.add ?? []).map((capability) => `${pod.app} ${capability}`),
    ),
  );
  expect(added).toEqual(["edge NET_BIND_SERVICE"]);
});
