/**
 * The node's own view of the file system. It sees the host's, with these directories its own: what the programs of
 * a node write by default stays within the cluster, and several clusters do not meet. Paths under /mnt are short,
 * as sockets need, and the same for every cluster.
 */
import { execFileSync } from "node:child_process";
import {
  chmod,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  watch,
  writeFileSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { Spec } from "./place";

/** Paths as the node's programs see them. */
export const inside = {
  state: (path: string) => join("/mnt/state", path),
  kubernetes: (path: string) => join("/mnt/kubernetes", path),
  coredns: (path: string) => join("/mnt/coredns", path),
  debian: (path: string) => join("/mnt/debian", path),
};

const machineSettings = [
  ...["vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops"],
  ...["kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes"],
];

const mount = (...args: string[]) => execFileSync("mount", args);

/** To be called in a mount namespace of its own, once. */
export function mountNode(spec: Spec): void {
  mount("--make-rprivate", "/"); // nothing reaches the host ...
  mount("-t", "tmpfs", "tmpfs", "/mnt");
  const bind = (from: string, to: string) => {
    mkdirSync(to, { recursive: true });
    mount("--rbind", from, to);
  };
  bind(spec.directory, inside.state(""));
  bind(spec.binaries.kubernetes, inside.kubernetes(""));
  bind(spec.binaries.coredns, inside.coredns(""));
  bind(spec.binaries.debian, inside.debian(""));

  // Devices of this network namespace instead of the host's.
  mkdirSync("/mnt/sys");
  mount("-t", "sysfs", "sysfs", "/mnt/sys");
  mount("--rbind", "/sys/fs/cgroup", "/mnt/sys/fs/cgroup");
  mount("--rbind", "/mnt/sys", "/sys");

  // The kubelet insists on changing settings of the whole machine: let it change a copy.
  mkdirSync("/mnt/sysctl");
  for (const setting of machineSettings) {
    const copy = join("/mnt/sysctl", setting.replaceAll("/", "."));
    writeFileSync(copy, readFileSync(join("/proc/sys", setting)));
    mount("--bind", copy, join("/proc/sys", setting));
  }

  for (const [directory, name] of [
    ["/var/lib", "var-lib"],
    ["/var/log", "var-log"],
    ["/tmp", "tmp"],
  ]) {
    mkdirSync(inside.state(`node/${name}`), { recursive: true });
    mount("--bind", inside.state(`node/${name}`), directory);
  }
  chmodSync("/tmp", 0o1777);
  mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run");
  mount("--make-rshared", "/"); // ... while pods may ask for what is mounted later
}

/**
 * The provisioner of volumes makes directories that only root may write, and nothing in Kubernetes changes the
 * owner of a hostPath volume (`fsGroup` does not): open them, as pods are not root.
 */
export function openVolumes(): void {
  const volumes = "/tmp/hostpath_pv";
  mkdirSync(volumes, { recursive: true });
  const open = () => {
    for (const volume of readdirSync(volumes)) {
      const path = join(volumes, volume);
      // Opening one is reported as a change of its directory, too: open those only that are not open yet, or it would
      // go on without end. One that is gone by now needs no opening.
      const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o777;
      if ((mode & 0o777) !== 0o777) chmod(path, 0o777, () => undefined);
    }
  };
  open();
  watch(volumes, open);
}
