/** The pure parts of the local node. That it runs is proven in tests/cluster. */
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { read, subjects, writeCertificates } from "../../local/cluster/node/certificates";
import { hierarchies } from "../../local/cluster/node/cgroups";
import { daemons } from "../../local/cluster/node/daemons";
import { writeFiles } from "../../local/cluster/node/files";
import { alive } from "../../local/cluster/node/health";
import {
  apiServiceAddress,
  linkAddresses,
  placeOf,
  readSpec,
  type Spec,
} from "../../local/cluster/node/place";

const scratch = mkdtempSync(join(tmpdir(), "node-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const spec = (directory: string): Spec => ({
  name: "trial",
  id: "obs-00000000",
  directory,
  nodeName: "trial-node",
  hostAddress: "198.18.0.1",
  nodeAddress: "198.18.0.2",
  apiPort: 40000,
  hostPorts: [{ host: 8080, node: 30080 }],
  binaries: { kubernetes: "/k", coredns: "/c", debian: "/d" },
});

test("every name gives an interface name that Linux takes, and two names never the same", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(placeOf(a).id).toMatch(/^obs-[0-9a-f]{8}$/);
      expect(placeOf(a).id === placeOf(b).id).toBe(a === b);
    }),
  );
});

test("addresses avoid the networks this host has", () => {
  expect(linkAddresses("obs-000000ff", [])).toEqual({
    hostAddress: "198.18.255.1",
    nodeAddress: "198.18.255.2",
  });
  expect(linkAddresses("obs-000000ff", ["198.18.255.1", "198.18.0.1"]).nodeAddress).toBe("198.18.1.2");
  const all = Array.from({ length: 256 }, (_, i) => `198.18.${i}.1`);
  expect(() => linkAddresses("obs-00000000", all)).toThrow("no free network");
});

test("certificates: the authority is kept, the others are valid under it for their names", async () => {
  const wanted = subjects("trial-node", "198.18.0.2", apiServiceAddress);
  const pki = join(scratch, "pki");
  await writeCertificates(pki, wanted);
  const authority = read(pki, "ca");
  await writeCertificates(pki, wanted);
  expect(read(pki, "ca")).toEqual(authority);

  const ca = new X509Certificate(authority.certificate);
  for (const { file } of wanted) {
    const certificate = new X509Certificate(read(pki, file).certificate);
    expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true);
    expect(statSync(join(pki, `${file}.key`)).mode & 0o077).toBe(0);
  }
  const api = new X509Certificate(read(pki, "apiserver").certificate);
  for (const address of ["127.0.0.1", "198.18.0.2", apiServiceAddress])
    expect(api.checkIP(address)).toBe(address);
  for (const name of ["localhost", "kubernetes.default.svc"]) expect(api.checkHost(name)).toBe(name);
  expect(new X509Certificate(read(pki, "kubelet").certificate).subject).toBe(
    "CN=system:node:trial-node\nO=system:nodes",
  );
});

test("every file that a program is pointed to is written", async () => {
  const directory = join(scratch, "cluster");
  await writeFiles(spec(directory));
  const named = daemons(spec(directory)).flatMap(
    ({ args }) => args.join(" ").match(/\/mnt\/state\/[^ =]+/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(15);
  for (const path of named.filter((path) => path !== "/mnt/state/etcd")) {
    expect(() => readFileSync(path.replace("/mnt/state", directory))).not.toThrow();
  }
  expect(JSON.parse(readFileSync(join(directory, "kubeconfig"), "utf8"))).toMatchObject({
    "current-context": "trial",
    clusters: [{ cluster: { server: "https://127.0.0.1:40000" } }],
  });
  expect(readSpec({ name: "trial", id: "", directory })).toEqual(spec(directory));
  expect(readSpec({ name: "trial", id: "", directory: join(scratch, "none") })).toBeUndefined();
});

test("a new cluster has classes as kind and EKS have; one that was made before keeps its own", async () => {
  const directory = join(scratch, "storage");
  const classes = () => {
    const { items } = JSON.parse(readFileSync(join(directory, "addons.json"), "utf8"));
    return items.filter(({ kind }: { kind: string }) => kind === "StorageClass");
  };
  await writeFiles(spec(directory));
  const [standard, expandable] = classes();
  const waits = { volumeBindingMode: "WaitForFirstConsumer" };
  const isDefault = "storageclass.kubernetes.io/is-default-class";
  expect(standard).toMatchObject({ ...waits, allowVolumeExpansion: false });
  expect(standard.metadata).toEqual({ name: "standard", annotations: { [isDefault]: "true" } });
  expect(expandable).toMatchObject({ ...waits, allowVolumeExpansion: true });
  expect(expandable.metadata).toEqual({ name: "standard-expandable", annotations: { [isDefault]: "false" } });

  // Kubernetes would refuse the change, and the cluster would not get ready.
  const bindsAtOnce = { ...standard, volumeBindingMode: "Immediate" };
  writeFileSync(join(directory, "addons.json"), JSON.stringify({ items: [bindsAtOnce] }));
  await writeFiles(spec(directory));
  expect(classes()).toEqual([bindsAtOnce, expandable]);
});

test("a node is alive when it is Ready and its lease was renewed lately, in this run", () => {
  const now = Date.parse("2026-01-01T00:01:00Z");
  const answer = (status: string, lastHeartbeatTime: string, renewTime?: string) => ({
    items: [
      { status: { conditions: [{ type: "Ready", status, lastHeartbeatTime }] }, spec: {} },
      { spec: { renewTime } },
    ],
  });
  const [old, late] = ["2026-01-01T00:00:10Z", "2026-01-01T00:00:50.5Z"];
  expect(alive(answer("True", old, late), 0, now)).toBe(true);
  expect(alive(answer("True", late), 0, now)).toBe(true);
  expect(alive(answer("True", late, late), now, now)).toBe(false);
  expect(alive(answer("True", old, old), 0, now)).toBe(false);
  expect(alive(answer("Unknown", old, late), 0, now)).toBe(false);
  expect(alive({ items: [] }, 0, now)).toBe(false);
});

test("control group hierarchies of both versions are found", () => {
  const mountinfo = `24 30 0:22 / /sys rw,nosuid - sysfs sysfs rw
31 24 0:27 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
32 24 0:28 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw,nsdelegate
`;
  expect(hierarchies(mountinfo)).toEqual(["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/unified"]);
});
