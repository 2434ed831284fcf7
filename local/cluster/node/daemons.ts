/** The programs of the node: what is started, with which arguments, and after what. */
import { serviceRange, type Spec } from "./place";
import { inside } from "./mounts";

export interface Daemon {
  name: string;
  command: string;
  args: string[];
  /** It is started as soon as this address answers with 200. */
  after?: string;
}

const etcd = "http://127.0.0.1:2379";
const pki = (file: string) => inside.state(`pki/${file}`);
const flags = (values: Record<string, string | number | boolean>) =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

export function daemons(spec: Spec): Daemon[] {
  const apiReady = "https://127.0.0.1:6443/readyz";
  return [
    {
      name: "etcd",
      command: inside.debian("usr/bin/etcd"),
      args: flags({
        "data-dir": inside.state("etcd"),
        "listen-client-urls": etcd,
        "advertise-client-urls": etcd,
        "listen-peer-urls": "http://127.0.0.1:2380",
        "initial-advertise-peer-urls": "http://127.0.0.1:2380",
        "initial-cluster": "default=http://127.0.0.1:2380",
      }),
    },
    {
      name: "containerd",
      command: inside.debian("usr/bin/containerd"),
      args: flags({ config: inside.state("containerd.toml") }),
    },
    {
      name: "kube-apiserver",
      command: inside.kubernetes("kube-apiserver"),
      after: `${etcd}/health`,
      args: flags({
        "advertise-address": spec.nodeAddress,
        "etcd-servers": etcd,
        "tls-cert-file": pki("apiserver.crt"),
        "tls-private-key-file": pki("apiserver.key"),
        "client-ca-file": pki("ca.crt"),
        "kubelet-certificate-authority": pki("ca.crt"),
        "kubelet-client-certificate": pki("apiserver-kubelet-client.crt"),
        "kubelet-client-key": pki("apiserver-kubelet-client.key"),
        "kubelet-preferred-address-types": "InternalIP",
        "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
        "service-account-key-file": pki("service-account.crt"),
        "service-account-signing-key-file": pki("service-account.key"),
        "service-cluster-ip-range": serviceRange,
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": true, // node agents mount directories of the node
      }),
    },
    {
      name: "kube-controller-manager",
      command: inside.kubernetes("kube-controller-manager"),
      after: apiReady,
      args: flags({
        kubeconfig: pki("controller-manager.kubeconfig"),
        "use-service-account-credentials": true,
        "service-account-private-key-file": pki("service-account.key"),
        "root-ca-file": pki("ca.crt"),
        "leader-elect": false,
        "enable-hostpath-provisioner": true,
        "flex-volume-plugin-dir": "/var/lib/kubelet/plugins",
        "kube-api-qps": 100,
        "kube-api-burst": 200,
        "bind-address": "127.0.0.1",
      }),
    },
    {
      name: "kube-scheduler",
      command: inside.kubernetes("kube-scheduler"),
      after: apiReady,
      args: flags({
        kubeconfig: pki("scheduler.kubeconfig"),
        "leader-elect": false,
        "bind-address": "127.0.0.1",
      }),
    },
    {
      name: "kubelet",
      command: inside.kubernetes("kubelet"),
      after: apiReady,
      args: flags({
        config: inside.state("kubelet.json"),
        kubeconfig: pki("kubelet.kubeconfig"),
        "node-ip": spec.nodeAddress,
        "hostname-override": spec.nodeName,
      }),
    },
    {
      name: "kube-proxy",
      command: inside.kubernetes("kube-proxy"),
      after: apiReady,
      args: flags({ config: inside.state("kube-proxy.json") }),
    },
    {
      name: "coredns",
      command: inside.coredns("coredns"),
      after: apiReady,
      args: ["-conf", inside.state("Corefile")],
    },
  ];
}
