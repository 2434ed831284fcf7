/** The images that kubeadm wants on a node, under its names. */
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import pMap from "p-map";
import { build, programOf } from "../build";
import type { Report } from "../../cache";
import { debianPackages } from "../debian";
import { archiveOf } from "../images/archive";
import { copy, withLibraries } from "../images/files";
import { program, type Recipe } from "../images/recipes";

const kubernetes = `v${programOf("kubernetes").version}`;

const kubeProxy: Recipe = {
  ...program("kubernetes", "kube-proxy", "/usr/local/bin/kube-proxy", 0),
  inputs: async (report) => [
    await build("kubernetes", report),
    await debianPackages("iptables", ["iptables", "libip6tc2", "libnftnl11", "libmnl0"], report),
  ],
  async fill(root, [directory, tree]) {
    await copy(join(directory, "kube-proxy"), join(root, "usr/local/bin/kube-proxy"));
    const sbin = join(root, "usr/sbin");
    await withLibraries(
      join(tree, "usr/sbin/xtables-nft-multi"),
      join(sbin, "xtables-nft-multi"),
      root,
      tree,
    );
    for (const name of ["iptables", "ip6tables"])
      for (const end of ["", "-save", "-restore"]) symlinkSync("xtables-nft-multi", join(sbin, name + end));
    const modules = `usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/xtables`;
    // One of the modules needs more than the program; some are links to others.
    const needsMore = join(modules, "libxt_statistic.so");
    await withLibraries(join(tree, needsMore), join(root, needsMore), root, tree);
    cpSync(join(tree, modules), join(root, modules), { recursive: true, verbatimSymlinks: true });
  },
};

const images: Record<string, Recipe> = {
  ...Object.fromEntries(
    ["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) => [
      `registry.k8s.io/${name}:${kubernetes}`,
      program("kubernetes", name, `/usr/local/bin/${name}`, 0),
    ]),
  ),
  [`registry.k8s.io/kube-proxy:${kubernetes}`]: kubeProxy,
  [`registry.k8s.io/etcd:${programOf("etcd").version}-0`]: program("etcd", "etcd", "/usr/local/bin/etcd", 0),
  [`registry.k8s.io/coredns/coredns:v${programOf("coredns").version}`]: program(
    "coredns",
    "coredns",
    "/coredns",
    0,
  ),
  // What every pod begins with.
  "registry.k8s.io/pause:3.10": program("pause", "pause", "/pause", 65535),
};

/** Their archives. */
export const controlPlane = (report: Report): Promise<string[]> =>
  pMap(Object.entries(images), ([ref, recipe]) => archiveOf(ref.split(/[/:]/).at(-2)!, recipe, ref, report), {
    concurrency: 2,
  });
