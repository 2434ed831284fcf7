/** The programs of a node, from the cache; built or downloaded the first time. */
import { build } from "../../build";
import { debianPackages } from "../../debian";
import type { Report } from "../cluster";
import type { Binaries } from "./place";

/** Libraries among them are those that a plain Debian lacks. */
const DEBIAN = [
  ...["containerd", "runc", "containernetworking-plugins", "etcd-server", "conntrack", "iptables"],
  ...["libip6tc2", "libnetfilter-conntrack3", "libnfnetlink0", "libnftnl11"],
];

export const kubernetesBinaries = (report: Report) => build("kubernetes", report);

export async function nodeBinaries(report: Report): Promise<Binaries> {
  return {
    kubernetes: await kubernetesBinaries(report),
    coredns: await build("coredns", report),
    debian: await debianPackages("node", DEBIAN, report),
  };
}
