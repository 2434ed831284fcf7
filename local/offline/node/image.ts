/**
 * The image that kind makes nodes of, where its own cannot be pulled: Debian, the files of kind's base image, which lie
 * in kind's module, Kubernetes, and the images of the control plane.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import execa from "execa";
import { build, programOf } from "../build";
import { cached, keyOf, type Report } from "../../cache";
import { debianPackages } from "../debian";
import { controlPlane } from "./control-plane";

/** Of what kind's own base image holds, what a single node needs. */
const PACKAGES = [
  ...["systemd", "conntrack", "iptables", "nftables", "iproute2", "ethtool", "util-linux", "mount", "kmod"],
  ...["procps", "ca-certificates", "containerd", "runc", "containernetworking-plugins"],
  // For the service open-volumes alone.
  "inotify-tools",
];

/** Files that are laid over it. */
const ours = join(__dirname, "files");

/** Its name in a Docker, which has it afterwards. */
export async function provideNodeImage(
  env: Record<string, string>,
  debian: string,
  report: Report,
): Promise<string> {
  const directory = await nodeImage(debian, report);
  const ref = `observability-stack/node:${directory.split("-").at(-1)}`;
  if (!(await execa("docker", ["image", "inspect", ref], { env, reject: false })).failed) return ref;
  report("node image: unpacking");
  const bare = `${ref}-bare`;
  await execa("docker", ["import", join(directory, "node.tar"), bare], { env });
  // What import cannot say: systemd ends by another signal than other programs.
  const entrypoint = `["/kind/own-entrypoint", "/usr/local/bin/entrypoint", "/sbin/init"]`;
  const input = `FROM ${bare}\nENV container=docker\nSTOPSIGNAL SIGRTMIN+3\nENTRYPOINT ${entrypoint}\n`;
  await execa("docker", ["build", "--quiet", "--tag", ref, "-"], {
    env: { ...env, DOCKER_BUILDKIT: "0" },
    input,
  });
  return ref;
}

async function nodeImage(debian: string, report: Report): Promise<string> {
  const [kind, kubernetes] = [await build("kind", report), await build("kubernetes", report)];
  const archives = await controlPlane(report);
  const script = join(__dirname, "image.sh");
  const files = readdirSync(ours, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const contents = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  const key = keyOf(...PACKAGES, kind, kubernetes, ...archives, readFileSync(script), ...contents);
  return cached(`images/node-${key}`, report, async (unfinished) => {
    report("node image: Debian packages, about two minutes");
    const tools = await debianPackages("mmdebstrap", ["mmdebstrap"], report);
    const scratch = mkdtempSync(`${unfinished}.root-`);
    const root = join(scratch, "root");
    try {
      const path = `${tools}/usr/bin:${process.env.PATH}`;
      const leaveOut = ["man", "doc", "locale"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
      const args = ["--mode=root", "--variant=essential", `--include=${PACKAGES.join(",")}`, ...leaveOut];
      const from = ["bookworm", root, "http://deb.debian.org/debian"];
      await execa("perl", [join(tools, "usr/bin/mmdebstrap"), ...args, ...from], { env: { PATH: path } });

      cpSync(join(kind, "files"), root, { recursive: true });
      for (const name of ["kubelet", "kubeadm", "kubectl"])
        cpSync(join(kubernetes, name), join(root, "usr/bin", name));
      writeFileSync(join(root, "kind/version"), `v${programOf("kubernetes").version}`);
      cpSync(ours, root, { recursive: true });
      await execa("chroot", [root, "sh", "-ec", readFileSync(script, "utf8")]);
      report("node image: images of the control plane");
      await importImages(debian, scratch, root, archives);
      const archive = ["-cf", join(unfinished, "node.tar"), "."];
      await execa("tar", [
        "-C",
        root,
        "--exclude=./proc/*",
        "--exclude=./sys/*",
        "--exclude=./dev/*",
        ...archive,
      ]);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}

/** Into the store of the node's containerd, by another one that has its files there. */
async function importImages(
  debian: string,
  scratch: string,
  root: string,
  archives: string[],
): Promise<void> {
  const address = join(scratch, "socket");
  const config = join(scratch, "containerd.toml");
  writeFileSync(
    config,
    `version = 2
root = "${root}/var/lib/containerd"
state = "${scratch}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "${address}"
`,
  );
  const containerd = spawn(join(debian, "usr/bin/containerd"), ["--config", config], { stdio: "ignore" });
  try {
    const ctr = (...args: string[]) =>
      execa(join(debian, "usr/bin/ctr"), ["--address", address, "--namespace", "k8s.io", ...args]);
    for (let i = 0; i < 50 && (await ctr("version").catch(() => undefined)) === undefined; i++)
      await delay(100);
    for (const archive of archives) await ctr("images", "import", "--no-unpack", "--digests", archive);
  } finally {
    containerd.kill();
    if (containerd.exitCode === null) await new Promise((ended) => containerd.once("exit", ended));
  }
}
