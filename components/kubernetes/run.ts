import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import type * as pulumi from "@pulumi/pulumi";
import { namespaceOf, replicasOf } from "../../programs/addresses";
import { isCalled, policyOf } from "../../programs/flows";
import type { Files, Program, Secrets, Stack } from "../../programs/program";
import { makeClaims } from "./claims";
import { selectorLabels } from "./labels";
import { Objects, partsOf, type Place } from "./objects";
import { makeIngress, makeService } from "./service";
import { withinLimit } from "./size";
import type { Names } from "./volumes";
import { makeDisruptionBudget, makeWorkload } from "./workload";

/** Values of a Secret that the component generates: by the Secret's name in the program, then by key. */
export type Generated = Record<string, Record<string, pulumi.Input<string>>>;

/** What other programs may refer to. */
export interface Running {
  workload: pulumi.Resource;
  secrets: Map<string, pulumi.Output<string>>;
}

export interface Surroundings {
  place: Place;
  /** Programs that were made before. */
  running: Map<string, Running>;
  /** Workloads that must be ready before this one is made. */
  after: pulumi.Resource[];
  generated: Generated;
}

/** Turns a program into Kubernetes objects. */
export function run(stack: Stack, program: Program, around: Surroundings): Running {
  const { running, generated } = around;
  const objects = new Objects(stack, program, around.place);
  const names: Names = { files: new Map(), secrets: new Map() };
  const account = makeAccount(objects);
  for (const files of program.files?.(stack) ?? []) names.files.set(files.name, makeFiles(objects, files));
  const own = new Map<string, pulumi.Output<string>>();
  for (const secrets of program.secrets?.(stack) ?? []) {
    const { name, of = program.name, existing } = secrets;
    if (existing) {
      names.secrets.set(name, existing.name);
      continue;
    }
    if (of === program.name) own.set(name, makeSecret(objects, secrets, generated));
    names.secrets.set(name, of === program.name ? own.get(name)! : running.get(of)!.secrets.get(name)!);
  }
  const data = program.data?.(stack.settings);
  const deployed = (program.after ?? []).flatMap((other) => running.get(other)?.workload ?? []);
  const before = [...around.after, ...deployed];
  // Each part waits for the one before: an update never takes all of them away.
  for (const part of partsOf(stack, program)) {
    const claim = data && makeClaims(objects, data, part);
    before.push(makeWorkload(objects, part, { ...names, claim }, account, [...before]));
  }
  const workload = before.at(-1)!;
  if (replicasOf(stack, program) > 1) makeDisruptionBudget(objects);
  if (isCalled(stack, program)) makeService(objects);
  makeIngress(objects);
  makePolicy(objects);
  return { workload, secrets: own };
}

/** The cluster-wide role's name holds the stack, so that two stacks can live in one cluster. */
function makeAccount(objects: Objects): string | undefined {
  const { stack, program } = objects;
  const { name, kubernetesApi } = program;
  const annotations = program.accountAnnotations?.(stack.settings);
  if (!kubernetesApi && !annotations) return undefined;
  const metadata = objects.metadata(name);
  objects.make(core.ServiceAccount, "account", {
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } },
    automountServiceAccountToken: false,
  });
  if (!kubernetesApi) return name;
  const clusterWide = { ...objects.metadata(`observability-${stack.name}-${name}`), namespace: undefined };
  const role = objects.make(rbac.ClusterRole, "role", { metadata: clusterWide, rules: kubernetesApi });
  objects.make(rbac.ClusterRoleBinding, "role-binding", {
    metadata: clusterWide,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
    subjects: [{ kind: "ServiceAccount", name, namespace: namespaceOf(stack.settings, program) }],
  });
  return name;
}

/** What the program re-reads has a fixed name; the rest is immutable and named anew, so that a change rolls its pods. */
function makeFiles(objects: Objects, { name: what, files, reloaded }: Files): pulumi.Output<string> {
  const name = `${objects.program.name}-${what}`;
  const data = withinLimit(name, files);
  const args = reloaded
    ? { metadata: objects.metadata(name), data }
    : { metadata: objects.metadata(), immutable: true, data };
  return objects.make(core.ConfigMap, what, args).metadata.name;
}

/** Immutable and named anew like a start file. The only place secrets are put into. */
function makeSecret(
  objects: Objects,
  { name, values }: Secrets,
  generated: Generated,
): pulumi.Output<string> {
  const stringData = values ?? generated[name];
  if (!stringData) throw new Error(`${objects.program.name}: nobody generates the Secret ${name}`);
  const args = { metadata: objects.metadata(), immutable: true, stringData };
  return objects.make(core.Secret, name, args).metadata.name;
}

function makePolicy(objects: Objects): void {
  const { stack, program } = objects;
  objects.make(networking.NetworkPolicy, "policy", {
    metadata: objects.metadata(program.name),
    spec: {
      podSelector: { matchLabels: selectorLabels(stack.name, program.name) },
      policyTypes: ["Ingress", "Egress"],
      ...policyOf(stack, program, (name) => selectorLabels(stack.name, name)),
    },
  });
}
