/** The configuration files of the node's programs, as objects. Paths are those inside the node (see mounts.ts). */
import { dnsServiceAddress, podRange, type Spec } from "./place";
import { type Identity } from "./certificates";
import { inside } from "./mounts";
import type { StorageClass } from "./storage";

const pauseImage = "registry.k8s.io/pause:3.10";

/** A kubeconfig with everything in it. */
export function kubeconfig(server: string, name: string, ca: string, user: Identity): object {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server, "certificate-authority-data": base64(ca) } }],
    users: [
      {
        name,
        user: { "client-certificate-data": base64(user.certificate), "client-key-data": base64(user.key) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
}

export const kubelet = (spec: Spec) => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  // Prometheus reads the metrics with the token of its service account.
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: inside.state("pki/ca.crt") },
  },
  authorization: { mode: "Webhook" },
  tlsCertFile: inside.state("pki/kubelet.crt"),
  tlsPrivateKeyFile: inside.state("pki/kubelet.key"),
  containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
  cgroupDriver: "cgroupfs",
  cgroupRoot: `/${spec.id}`,
  failCgroupV1: false,
  failSwapOn: false,
  featureGates: { KubeletInUserNamespace: true }, // goes on where a kernel setting may not be changed
  oomScoreAdj: 0,
  clusterDNS: [dnsServiceAddress],
  clusterDomain: "cluster.local",
  resolvConf: inside.state("resolv.conf"),
  volumePluginDir: "/var/lib/kubelet/plugins",
  // Configuration reaches the pods within seconds.
  configMapAndSecretChangeDetectionStrategy: "Watch",
  syncFrequency: "10s",
  // A full disk of the developer is no reason to evict, and the images cannot be pulled again.
  evictionHard: {
    "memory.available": "100Mi",
    "nodefs.available": "1%",
    "nodefs.inodesFree": "1%",
    "imagefs.available": "1%",
  },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
});

export const kubeProxy = (spec: Spec) => ({
  apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
  kind: "KubeProxyConfiguration",
  clientConnection: { kubeconfig: inside.state("pki/proxy.kubeconfig") },
  hostnameOverride: spec.nodeName,
  mode: "iptables", // so that node ports answer on every address
  clusterCIDR: podRange,
  oomScoreAdj: 0,
  // Limits of the whole machine: leave them as they are.
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
});

export const cni = {
  cniVersion: "1.0.0",
  name: "pods",
  plugins: [
    {
      type: "bridge",
      bridge: "cni0",
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: { type: "host-local", ranges: [[{ subnet: podRange }]], routes: [{ dst: "0.0.0.0/0" }] },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};

/** TOML. Paths are the defaults, which cAdvisor expects, save those that lie outside of the node's own directories. */
export const containerd = `version = 2
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp",
]

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  disable_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${inside.debian("usr/lib/cni")}"
    conf_dir = "${inside.state("cni")}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`;

export const corefile = (spec: Spec) => `.:53 {
  bind ${spec.nodeAddress}
  errors
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig ${inside.state("pki/dns.kubeconfig")}
    ttl 30
  }
  cache 30
}
`;

/**
 * What every cluster is expected to have: classes of volumes, and the DNS service under its usual name and address
 * (CoreDNS is a process of the node here, so the service has no selector).
 */
export const addons = (spec: Spec, classes: StorageClass[]): object => ({
  apiVersion: "v1",
  kind: "List",
  items: [
    ...classes,
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
      spec: {
        clusterIP: dnsServiceAddress,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        name: "kube-dns",
        namespace: "kube-system",
        labels: {
          "kubernetes.io/service-name": "kube-dns",
          "endpointslice.kubernetes.io/managed-by": "observability-stack",
        },
      },
      addressType: "IPv4",
      endpoints: [{ addresses: [spec.nodeAddress], conditions: { ready: true } }],
      ports: [
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "dns-tcp", port: 53, protocol: "TCP" },
      ],
    },
  ],
});
