/**
 * A machine as most users have it: Docker runs, kind is on the PATH, registries answer. The Docker is one of our own in
 * the part of a user's; kind's own node image and the registries' content stand in for what cannot be had here.
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import execa from "execa";
import { provideOwnDocker, removeOwnDocker } from "../../../local/offline";
import { place } from "../../../local/offline/docker/place";
import { networkInterfaces } from "node:os";
import { repoDir } from "../../../local/paths";
import { provideToolchain } from "../../../local/toolchain";
import { startPublisher } from "../../support/publisher";
import { Registry } from "./registry";
import { ownState } from "./state";

export async function startUsersDocker() {
  const directory = join(ownState, "user");
  const bin = join(directory, "bin");
  const mirrors = join(directory, "certs.d");
  mkdirSync(bin, { recursive: true });
  // Users have Pulumi, or download it; here it is built where the other tests have not done so before.
  await provideToolchain(console.log, true);
  const docker = await provideOwnDocker(console.log);
  const host = networkInterfaces()[place.id]![0].address;
  const registry = await Registry.start(join(directory, "registry"), host);
  for (const name of ["docker.io", "registry.k8s.io", registry.address]) {
    mkdirSync(join(mirrors, name), { recursive: true });
    const url = `https://${registry.address}`;
    const ca = 'ca = "/etc/containerd/certs.d/ca.crt"';
    const hosts = `server = "${url}"\n${ca}\n[host."${url}"]\ncapabilities = ["pull", "resolve"]\n${ca}\n`;
    writeFileSync(join(mirrors, name, "hosts.toml"), hosts);
  }
  writeFileSync(join(mirrors, "ca.crt"), registry.authority);
  const { stdout: kind } = await execa("sh", ["-c", "command -v kind"], { env: docker.env });
  const told = {
    kind,
    node: {
      image: await docker.nodeImage(),
      extraMounts: [{ hostPath: mirrors, containerPath: "/etc/containerd/certs.d", readOnly: true }],
    },
    kubeadmConfigPatches: docker.kubeadmPatches,
    // kind's own node image has this.
    containerdConfigPatches: [
      '[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/etc/containerd/certs.d"\n',
    ],
  };
  writeFileSync(join(directory, "kind.json"), JSON.stringify(told));
  const script = join(repoDir, "tests/cluster/support/users-kind.cjs");
  writeFileSync(join(bin, "kind"), `#!/bin/sh\nexec node ${script} ${directory} "$@"\n`);
  chmodSync(join(bin, "kind"), 0o755);

  // What this machine itself asks: whether the registries answer.
  const internet = await startPublisher(["registry-1.docker.io", "registry.k8s.io"], (request, response) =>
    response.writeHead(request.url === "/v2/" ? 401 : 404).end(),
  );
  const direct: Record<string, string> = {
    ...docker.env,
    PATH: [bin, docker.env.PATH].join(delimiter),
    XDG_STATE_HOME: join(directory, "state"),
  };
  const env: Record<string, string> = {
    ...direct,
    ...internet.env,
    NO_PROXY: `${internet.env.NO_PROXY},${host}`,
  };
  return {
    env,
    /** For what needs the real internet: packages of npm. */
    direct,
    registry,
    docker: (...args: string[]) => execa("docker", args, { env, all: true, reject: false }),
    stop: async () => {
      await registry.stop();
      await internet.stop();
      await removeOwnDocker();
    },
  };
}

export type UsersDocker = Awaited<ReturnType<typeof startUsersDocker>>;
