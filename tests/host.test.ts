import { clusterOf, containersOf, fileOf, type KubernetesObject, podOf, podsOf } from "./support/cluster";

/* What pods may do on their node. */

let objects: KubernetesObject[];
beforeAll(async () => {
  objects = await clusterOf();
});

test("directories of the node are read only, save for the agent's positions, which are the stack's own and made by it", () => {
  const seen = podsOf(objects).flatMap((pod) =>
    pod.spec.volumes.flatMap(({ name, hostPath }) =>
      containersOf(pod).flatMap(({ volumeMounts }) =>
        volumeMounts
          .filter((mount) => hostPath && mount.name === name)
          .map(({ readOnly }) => {
            const { path, type } = hostPath!;
            return `${pod.app} ${readOnly ? "reads" : "writes"} ${path}${type ? ` (${type})` : ""}`;
          }),
      ),
    ),
  );
  expect(seen.sort()).toEqual([
    "alloy reads /var/log/pods (Directory)",
    "alloy writes /var/lib/observability/test/alloy (DirectoryOrCreate)",
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

test("the agent is told its node, whose pods alone it asks for", () => {
  expect(podOf(objects, "alloy").spec.containers[0].env).toContainEqual({
    name: "NODE_NAME",
    valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } },
  });
  expect(fileOf(objects, "alloy", "/etc/alloy/config.alloy")).toContain('sys.env("NODE_NAME")');
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
