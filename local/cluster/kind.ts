/** A cluster by kind. It is removed when that is asked for, and for no other reason. */
import { existsSync, rmSync } from "node:fs";
import { delimiter } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { download } from "../downloads";
import { UserError } from "../errors";
import type { Cluster, ClusterOptions, ImageArchive, Report } from "./cluster";
import { loadChanged } from "./images";
import {
  dockerThatMade,
  isInOwnDocker,
  kindExists,
  recordedPorts,
  rememberDocker,
  writeRecord,
} from "./kind-record";
import { findKubectl } from "./kubectl";
import { adminKubeconfig, directoryOf, type HostPort } from "./place";
import { assertPortsFree, free } from "./ports";
import { pullInto } from "./pull";
import { must, run } from "./run";

/** The Docker that kind makes nodes in. */
export interface Docker {
  /** What `docker` and `kind` are told besides the user's environment. */
  env?: Record<string, string>;
  /** Provides the image that nodes are made of. Default: kind pulls its own. */
  nodeImage?: () => Promise<string>;
  /** What kubeadm is told on it. */
  kubeadmPatches?: string[];
}

/** The user's Docker, with the kind on the PATH, else a downloaded one. Errors: UserError where there is neither. */
export async function usersDocker(report: Report): Promise<Docker> {
  if (!(await run("kind", ["version"])).failed) return {};
  const kind = await download("kind", report);
  if ("directory" in kind) return { env: { PATH: [kind.directory, process.env.PATH].join(delimiter) } };
  throw new UserError(
    `There is no \`kind\` command, and it cannot be downloaded: ${kind.reason}.\n` +
      "Install kind (https://kind.sigs.k8s.io) and run the command again, or name a cluster of yours: --context NAME.",
  );
}

/** The cluster of that name that was made here, if it answers. No side effects. */
export async function findKind(
  name: string,
  docker: () => Promise<Docker>,
  report: Report,
): Promise<Cluster | undefined> {
  if (!kindExists(name)) return undefined;
  const cluster = clusterOf(name, docker, await findKubectl(report));
  return (await answers(cluster)) ? cluster : undefined;
}

/**
 * The containers of the cluster, none if there is no such cluster. No side effects.
 * Errors: UserError for one that is not ours, that was never finished, or that lacks one of these ports.
 */
export async function usableContainers(
  name: string,
  hostPorts: HostPort[],
  docker: Docker,
): Promise<string[]> {
  const list = ["get", "nodes", "--name", name];
  const listed = await must("kind", list, `cannot look for cluster ${name}`, docker.env);
  const containers = listed.split("\n").filter(Boolean);
  if (containers.length === 0) {
    if (!docker.nodeImage) await refuseOtherDocker(name);
    return [];
  }
  if (!kindExists(name))
    throw new UserError(
      `--cluster ${name}: kind has a cluster of this name that npm run up did not make; it is left as it is.\n` +
        `Use it by --context kind-${name}, or name another by --cluster NAME, or delete it: kind delete cluster --name ${name}`,
    );
  const anew = `To give it up with its data and make it anew: npm run up -- --cluster ${name} --recreate`;
  // kind writes the kubeconfig last.
  if (!existsSync(adminKubeconfig(name)))
    throw new UserError(`The local cluster ${name} was not finished when it was made.\n${anew}`);
  const made = recordedPorts(name);
  if (hostPorts.every((wanted) => made.some((port) => isDeepStrictEqual(port, wanted)))) return containers;
  const lead = (ports: HostPort[]) =>
    ports.map(({ host, node }) => `localhost:${host} to its port ${node}`).join(", ");
  throw new UserError(
    `The local cluster ${name} leads ${lead(made)}; wanted: ${lead(hostPorts)}. ` +
      `Ports cannot be changed later; --port-offset is given at each up.\n${anew}`,
  );
}

/** Docker Desktop, Colima, a DOCKER_HOST: whoever changes between them has not lost what is in the other. */
async function refuseOtherDocker(name: string): Promise<void> {
  const made = dockerThatMade(name);
  if (!made || made === (await idOfDocker())) return;
  throw new UserError(
    `The local cluster ${name} was made in another Docker than the one that answers now. Its data is there.\n` +
      "Change back (`docker context use`, DOCKER_HOST) and run the command again, or name another cluster: --cluster NAME.\n" +
      `To give it up and make it here: npm run up -- --cluster ${name} --recreate`,
  );
}

const idOfDocker = (): Promise<string> =>
  must("docker", ["info", "--format", "{{.ID}}"], "cannot ask Docker for its ID");

type KindOptions = Required<Pick<ClusterOptions, "name" | "hostPorts" | "spareHostPorts" | "patience">>;

/**
 * Reuses a cluster, which is started where it is stopped; makes it where there is none.
 * `patience`: seconds until it must answer.
 * Errors: UserError for a port in use, for a cluster that cannot be used (above) or does not answer, and if kind fails.
 */
export async function provideKind(options: KindOptions, docker: Docker, report: Report): Promise<Cluster> {
  const { name, hostPorts, patience } = options;
  const containers = await usableContainers(name, hostPorts, docker);
  if (containers.length === 0) await make(options, docker, report);
  const cluster = clusterOf(name, async () => docker, await findKubectl(report, isInOwnDocker(name)));
  if (await answers(cluster)) return cluster;
  if (containers.length > 0) {
    report(`cluster ${name} does not answer: starting its containers, if they are stopped`);
    const what = `cannot start cluster ${name}, which is left as it is`;
    await must("docker", ["start", ...containers], what, docker.env);
  }
  for (const began = Date.now(); ; await delay(1000)) {
    const seconds = Math.round((Date.now() - began) / 1000);
    report(`cluster ${name}: waiting for its API server, ${seconds} s of at most ${patience} s`);
    if (await answers(cluster)) return cluster;
    if (seconds >= patience)
      throw new UserError(
        `The local cluster ${name} does not answer. Its data is untouched. Look at \`docker ps --all\` and ` +
          `\`docker logs ${containers[0] ?? `${name}-control-plane`}\`, then run the command again.\n` +
          `To remove it with its data: npm run down -- --cluster ${name}`,
      );
  }
}

async function make(
  { name, hostPorts, spareHostPorts }: KindOptions,
  docker: Docker,
  report: Report,
): Promise<void> {
  rmSync(directoryOf(name), { recursive: true, force: true });
  await assertPortsFree(hostPorts.map(({ host }) => host));
  const ports = [...hostPorts, ...(await free(spareHostPorts))];
  report(
    `kind makes cluster ${name}${docker.nodeImage ? "" : "; the first time it pulls an image of 400 MB"}`,
  );
  const record = writeRecord(name, ports, await docker.nodeImage?.(), docker.kubeadmPatches);
  if (!docker.nodeImage) rememberDocker(name, await idOfDocker());
  const files = ["--config", record, "--kubeconfig", adminKubeconfig(name)];
  const create = ["create", "cluster", "--name", name, ...files, "--wait", "120s"];
  await must("kind", create, `cannot make cluster ${name}`, docker.env).catch((error: unknown) => {
    // kind has taken away what it had begun; whatever has this name later is not ours.
    rmSync(directoryOf(name), { recursive: true });
    throw error;
  });
}

/** Deletes the cluster, if kind has it. */
export async function removeKind(name: string, docker: Docker): Promise<void> {
  const args = ["delete", "cluster", "--name", name, "--kubeconfig", adminKubeconfig(name)];
  await must("kind", args, `cannot delete cluster ${name}`, docker.env);
}

function clusterOf(name: string, docker: () => Promise<Docker>, kubectl: string): Cluster {
  const load = async ({ ref, archive }: ImageArchive) => {
    const args = ["load", "image-archive", archive, "--name", name];
    return must("kind", args, `cannot load image ${ref}`, (await docker()).env);
  };
  return {
    kind: "kind",
    name,
    kubeconfig: adminKubeconfig(name),
    kubectl,
    pulls: !isInOwnDocker(name),
    hostPorts: recordedPorts(name),
    loadImages: (images, report) => loadChanged(directoryOf(name), images, load, report),
    buildImage: async (ref, directory, report) => {
      report(`image ${ref}: docker build`);
      const { env } = await docker();
      await must("docker", ["build", "--tag", ref, directory], `cannot build ${ref}`, env);
      await must("kind", ["load", "docker-image", ref, "--name", name], `cannot load ${ref}`, env);
    },
    pullImages: async (refs, report) =>
      refs.length > 0 ? pullInto(`${name}-control-plane`, refs, (await docker()).env, report) : undefined,
  };
}

async function answers({ kubectl, kubeconfig }: Cluster): Promise<boolean> {
  const ask = ["--kubeconfig", kubeconfig, "--request-timeout", "5s", "get", "--raw", "/readyz"];
  return !(await run(kubectl, ask)).failed;
}
