import type { Settings } from "../config/schema";
import type { Stack } from "../programs/program";
import type { Cluster } from "./cluster";
import { UserError } from "./errors";
import { lackedSecrets } from "./given-secrets";
import { ask, listed } from "./listed";
import { type Manifest, stackOfThis } from "./render";
import { type Node, sharedNodes } from "./shared-nodes";

interface Named {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
}
interface StorageClass extends Named {
  provisioner: string;
}
interface Claim extends Manifest {
  metadata: { name: string; namespace: string; annotations?: Record<string, string> };
  spec: { storageClassName?: string };
}

/** What a cluster has of that which the stack does not bring along. */
export interface Present {
  /** Names of the volumes' claims: one that is there has its volume, whatever became of its class. */
  claims: string[];
  classes: StorageClass[];
  /** Names of CSI drivers. */
  drivers: string[];
  ingressClasses: string[];
}

/**
 * Refuses, before anything is made, what the cluster could only fail to do minutes later: volumes of a class or driver
 * that it lacks stay pending, an Ingress without its controller gets no address, a pod waits for its Secret. Says where a role may be missing,
 * and which replicas would share a node.
 */
export async function refuseUnprepared(manifests: Manifest[], stack: Stack, cluster: Cluster): Promise<void> {
  const { settings } = stack;
  const names = async (kind: string, ...args: string[]) =>
    (await listed<Named>(cluster, kind, ...args)).map(({ metadata }) => metadata.name);
  const problems = unprepared(manifests, {
    claims: await names("pvc", "-n", settings.namespaces.stack),
    classes: await listed<StorageClass>(cluster, "storageclass"),
    drivers: await names("csidriver"),
    ingressClasses: await names("ingressclass"),
  });
  problems.push(...(await lackedSecrets(stack, cluster)));
  if (problems.length > 0) throw new UserError([...problems, "Nothing was changed."].join("\n"));
  const agents = await names("daemonset", "-n", "kube-system");
  for (const line of withoutRole(settings, agents.includes("eks-pod-identity-agent"))) console.error(line);
  const nodes = await ask(cluster, "nodes", "-o", "json");
  if (!nodes) return;
  for (const line of sharedNodes(stack, (JSON.parse(nodes) as { items: Node[] }).items)) console.error(line);
}

/** A sentence for each thing that the cluster lacks, with the command that mends it. */
export function unprepared(manifests: Manifest[], present: Present): string[] {
  const claims = (
    manifests.filter(({ kind }) => kind === "PersistentVolumeClaim") as unknown as Claim[]
  ).filter(({ metadata }) => !present.claims.includes(metadata.name));
  const own = manifests.filter(({ kind }) => kind === "StorageClass") as unknown as StorageClass[];
  const classes = [...present.classes, ...own];
  return [
    ...othersClasses(own, present.classes),
    ...lackedClasses(claims, classes),
    ...lackedDrivers(claims, classes, present.drivers),
    ...lackedIngress(manifests, present.ingressClasses),
  ];
}

/** Pulumi would take it over where it is the same, and fail half-way where it is not: what a class says cannot be changed. */
const othersClasses = (own: StorageClass[], there: StorageClass[]): string[] =>
  own.flatMap((mine) => {
    const { name } = mine.metadata;
    const other = there.find((one) => one.metadata.name === name && stackOfThis(one) !== stackOfThis(mine));
    if (!other) return [];
    return [
      `observability:placement.createGp3: the cluster has a StorageClass ${name} already, which ${whose(other)} has made. Allowed: false, which takes volumes of that one.`,
    ];
  });

const whose = (object: Named): string => {
  const stack = stackOfThis(object);
  return stack ? `the stack ${stack}` : "somebody else";
};

const isDefault = ({ metadata }: StorageClass) =>
  metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";

/** Of a claim; one that names none has the cluster's default. */
const classOf = ({ spec }: Claim, classes: StorageClass[]) =>
  classes.find((one) =>
    spec.storageClassName ? one.metadata.name === spec.storageClassName : isDefault(one),
  );

function lackedClasses(claims: Claim[], classes: StorageClass[]): string[] {
  const lacking = claims.filter((claim) => !classOf(claim, classes));
  const names = [...new Set(lacking.map(({ spec }) => spec.storageClassName))];
  return names.map((name) => {
    const keys = lacking
      .filter(({ spec }) => spec.storageClassName === name)
      .map(({ metadata }) => `${metadata.annotations?.["observability-stack/setting"]}.class`);
    return [
      `observability:${[...new Set(keys)].join(", ")}: ${name ? `the cluster has no StorageClass ${name}.` : "the cluster has no default StorageClass, and null asks for it."}`,
      `Allowed: ${classes.map(({ metadata }) => metadata.name).join(", ") || "none is there; make one"}. On EKS observability:placement.createGp3: true makes the class gp3.`,
    ].join(" ");
  });
}

/** Those of AWS are add-ons; what another provisioner needs, its own cluster knows. */
const ADDONS: Record<string, string> = {
  "ebs.csi.aws.com": "aws-ebs-csi-driver",
  "efs.csi.aws.com": "aws-efs-csi-driver",
};

function lackedDrivers(claims: Claim[], classes: StorageClass[], drivers: string[]): string[] {
  const used = claims.flatMap((claim) => classOf(claim, classes) ?? []);
  return [...new Set(used)]
    .filter(({ provisioner }) => provisioner in ADDONS && !drivers.includes(provisioner))
    .map(
      ({ metadata, provisioner }) =>
        `The StorageClass ${metadata.name} takes its volumes from ${provisioner}, a driver that the cluster lacks. Install it, with a role that may make volumes: aws eks create-addon --cluster-name NAME --addon-name ${ADDONS[provisioner]} --pod-identity-associations ...`,
    );
}

function lackedIngress(manifests: Manifest[], ingressClasses: string[]): string[] {
  const wanted = manifests
    .filter(({ kind }) => kind === "Ingress")
    .map(({ spec }) => (spec as { ingressClassName: string }).ingressClassName);
  return [...new Set(wanted)]
    .filter((name) => !ingressClasses.includes(name))
    .map(
      (name) =>
        `The cluster has no IngressClass ${name}, so that nobody would reach the edge. Allowed: ${ingressClasses.join(", ") || "none is there"}. For alb install the AWS Load Balancer Controller, which makes the class, with a role that may make load balancers: helm upgrade --install aws-load-balancer-controller aws-load-balancer-controller --repo https://aws.github.io/eks-charts --namespace kube-system --set clusterName=NAME`,
    );
}

/** Who names no key and no role has the one of Pod Identity, or the node's, which only AWS knows. */
export function withoutRole({ platform, metrics, logs, tracing }: Settings, podIdentity: boolean): string[] {
  if (podIdentity || platform !== "eks") return [];
  const roles = { "metrics.amp": metrics.amp, "logs.s3": logs.s3, "tracing.s3": tracing.s3 };
  return Object.entries(roles)
    .filter(([, one]) => one && !one.roleArn && !("accessKeyId" in one && one.accessKeyId))
    .map(
      ([key]) =>
        `observability:${key} has no roleArn, and the cluster lacks the agent of EKS Pod Identity: only the node's own role is left. Set ${key}.roleArn, or: aws eks create-addon --cluster-name NAME --addon-name eks-pod-identity-agent`,
    );
}
