/** Writes everything the programs of a node read: certificates, kubeconfigs, settings. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { read, subjects, writeCertificates } from "./certificates";
import { inside } from "./mounts";
import { adminKubeconfig, apiServiceAddress, type Spec } from "./place";
import * as settings from "./settings";
import { storageClasses } from "./storage";

export async function writeFiles(spec: Spec): Promise<void> {
  const at = (path: string) => join(spec.directory, path);
  const write = (path: string, content: string | object) =>
    writeFileSync(at(path), typeof content === "string" ? content : JSON.stringify(content, null, 2), {
      mode: 0o600,
    });

  for (const directory of ["bin", "cni"]) mkdirSync(at(directory), { recursive: true });
  await writeCertificates(at("pki"), subjects(spec.nodeName, spec.nodeAddress, apiServiceAddress));
  const ca = read(at("pki"), "ca").certificate;
  for (const user of ["controller-manager", "scheduler", "proxy", "dns", "kubelet"]) {
    const server = `https://${spec.nodeAddress}:6443`;
    write(`pki/${user}.kubeconfig`, settings.kubeconfig(server, spec.name, ca, read(at("pki"), user)));
  }
  // By way of localhost, which no proxy settings of the user apply to.
  const server = `https://127.0.0.1:${spec.apiPort}`;
  writeFileSync(
    adminKubeconfig(spec),
    JSON.stringify(settings.kubeconfig(server, spec.name, ca, read(at("pki"), "admin"))),
    { mode: 0o600 },
  );

  write("containerd.toml", settings.containerd);
  write("cni/pods.conflist", settings.cni);
  write("kubelet.json", settings.kubelet(spec));
  write("kube-proxy.json", settings.kubeProxy(spec));
  write("Corefile", settings.corefile(spec));
  write("addons.json", settings.addons(spec, storageClasses(at("addons.json"))));
  // For pods that ask for the node's DNS: there is no way out of the node, so it is the cluster's.
  write("resolv.conf", `nameserver ${spec.nodeAddress}\n`);

  for (const program of ["iptables", "ip6tables"]) {
    for (const name of [program, `${program}-save`, `${program}-restore`]) {
      write(`bin/${name}`, iptables(name));
      chmodSync(at(`bin/${name}`), 0o755);
    }
  }
  write("cluster.json", spec);
}

/** Debian's iptables finds its libraries only where the package manager would have put them. */
const iptables = (name: string) => `#!/bin/sh
LD_LIBRARY_PATH=${libraries()} XTABLES_LIBDIR=${libraries()}/xtables exec ${inside.debian("usr/sbin/xtables-nft-multi")} ${name} "$@"
`;

const libraries = () => inside.debian(`usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`);
