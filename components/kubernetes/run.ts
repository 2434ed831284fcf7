import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf } from "../../programs/addresses";
import { isCalled, policyOf } from "../../programs/flows";
import type { Files, Program, Secrets, Stack } from "../../programs/program";
import { objectLabels, selectorLabels } from "./labels";
import { podTemplate } from "./pod";
import { withinLimit } from "./size";
import type { Names } from "./volumes";

/** Values of a Secret that the component generates: by the Secret's name in the program, then by key. */
export type Generated = Record<string, Record<string, pulumi.Input<string>>>;

/** Where a program's objects belong. */
export interface Place {
  /** The component that is their parent. */
  parent: pulumi.ComponentResource;
  /** Its name, with which their names begin. */
  name: string;
  /** What must be there before any of them: the namespaces. */
  after: pulumi.Resource[];
}

/** What other programs of the component may refer to. */
export interface Running {
  workload: pulumi.Resource;
  secrets: Map<string, pulumi.Output<string>>;
}

export const WAIT = { create: "10m", update: "10m", delete: "5m" };

/**
 * Turns a program into Kubernetes objects, named `<component>-<program>-<what>` in Pulumi and by the program in the
 * cluster.
 *
 * @param running programs of the same component that were made before
 */
export function run(
  stack: Stack,
  program: Program,
  place: Place,
  running: Map<string, Running>,
  generated: Generated,
): Running {
  const { settings } = stack;
  const child = (what: string) =>
    program.name === place.name ? `${program.name}-${what}` : `${place.name}-${program.name}-${what}`;
  const metadata = (name?: string) => ({
    ...(name ? { name } : {}),
    namespace: namespaceOf(settings, program),
    labels: objectLabels(settings, stack.name, program.name),
    annotations: settings.placement.annotations,
  });
  const options = (more: pulumi.CustomResourceOptions = {}, after: pulumi.Resource[] = []) => ({
    parent: place.parent,
    customTimeouts: WAIT,
    ...more,
    dependsOn: [...place.after, ...after],
  });

  const names: Names = { files: new Map(), secrets: new Map() };
  const account = program.kubernetesApi ? makeAccount() : undefined;
  for (const files of program.files?.(stack) ?? []) names.files.set(files.name, makeFiles(files));
  const own = new Map<string, pulumi.Output<string>>();
  for (const secrets of program.secrets?.(stack) ?? []) {
    const { name, of = program.name } = secrets;
    if (of === program.name) own.set(name, makeSecret(secrets));
    names.secrets.set(name, of === program.name ? own.get(name)! : running.get(of)!.secrets.get(name)!);
  }
  const data = program.data?.(settings);
  if (data) names.claim = makeClaim(data);
  const workload = makeWorkload();
  if (isCalled(stack, program)) makeService();
  makePolicy();
  return { workload, secrets: own };

  /** The cluster-wide role's name holds the stack, so that two stacks can live in one cluster. */
  function makeAccount(): string {
    const { name } = program;
    new core.ServiceAccount(
      child("account"),
      { metadata: metadata(name), automountServiceAccountToken: false },
      options(),
    );
    const clusterWide = { ...metadata(`observability-${stack.name}-${name}`), namespace: undefined };
    const role = new rbac.ClusterRole(
      child("role"),
      { metadata: clusterWide, rules: program.kubernetesApi },
      options(),
    );
    new rbac.ClusterRoleBinding(
      child("role-binding"),
      {
        metadata: clusterWide,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name, namespace: namespaceOf(settings, program) }],
      },
      options(),
    );
    return name;
  }

  /** What the program re-reads has a fixed name; the rest is immutable and named anew, so that a change rolls its pods. */
  function makeFiles({ name: what, files, reloaded }: Files): pulumi.Output<string> {
    const name = `${program.name}-${what}`;
    const data = withinLimit(name, files);
    const args = reloaded
      ? { metadata: metadata(name), data }
      : { metadata: metadata(), immutable: true, data };
    return new core.ConfigMap(child(what), args, options()).metadata.name;
  }

  /** Immutable and named anew like a start file. The only place secrets are put into. */
  function makeSecret({ name, values }: Secrets): pulumi.Output<string> {
    const stringData = values ?? generated[name];
    if (!stringData) throw new Error(`${program.name}: nobody generates the Secret ${name}`);
    return new core.Secret(child(name), { metadata: metadata(), immutable: true, stringData }, options())
      .metadata.name;
  }

  /** A volume of its own beside the workload: growing it is an edit of the claim and replaces nothing. */
  function makeClaim({ size, class: storageClassName }: { size: string; class: string | null }) {
    return new core.PersistentVolumeClaim(
      child("data"),
      {
        metadata: metadata(`${program.name}-data`),
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: size } },
          ...(storageClassName ? { storageClassName } : {}),
        },
      },
      options({ protect: settings.protect }),
    ).metadata.name;
  }

  function makeWorkload(): pulumi.Resource {
    const { name } = program;
    const after = (program.after ?? []).map((other) => running.get(other)!.workload);
    const template = podTemplate(stack, program, names, account);
    const selector = { matchLabels: selectorLabels(stack.name, name) };
    const replicated = { selector, template, replicas: 1, revisionHistoryLimit: 3 };
    switch (program.workload) {
      // One replica with data of its own: the old pod is gone before the new one opens the volume.
      case "StatefulSet":
        return new apps.StatefulSet(
          child("server"),
          { metadata: metadata(name), spec: { ...replicated, serviceName: name } },
          options({}, after),
        );
      case "Deployment":
        return new apps.Deployment(
          child("server"),
          { metadata: metadata(name), spec: replicated },
          options({}, after),
        );
      case "DaemonSet":
        return new apps.DaemonSet(
          child("agent"),
          { metadata: metadata(name), spec: { selector, template } },
          options({}, after),
        );
      // Runs once; a changed pod makes a new Job, and so does the next `up` after one that failed.
      case "Job": {
        const { annotations, ...rest } = metadata();
        return new batch.Job(
          child("job"),
          {
            metadata: { ...rest, annotations: { ...annotations, "pulumi.com/replaceUnready": "true" } },
            spec: {
              backoffLimit: 1,
              template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } },
            },
          },
          options({ deleteBeforeReplace: false }, after),
        );
      }
    }
  }

  /** All ports of the program; the exposed one is opened on every node where the settings say so. */
  function makeService() {
    const exposed = program.exposed?.(settings);
    const nodePort = exposed?.nodePort ?? null;
    new core.Service(
      child("service"),
      {
        metadata: metadata(program.name),
        spec: {
          type: nodePort === null ? "ClusterIP" : "NodePort",
          selector: selectorLabels(stack.name, program.name),
          ports: Object.entries(program.ports(settings)).map(([name, port]) => ({
            name,
            port,
            targetPort: name,
            ...(nodePort !== null && name === exposed?.port ? { nodePort } : {}),
          })),
        },
      },
      options(),
    );
  }

  function makePolicy() {
    new networking.NetworkPolicy(
      child("policy"),
      {
        metadata: metadata(program.name),
        spec: {
          podSelector: { matchLabels: selectorLabels(stack.name, program.name) },
          policyTypes: ["Ingress", "Egress"],
          ...policyOf(stack, program, (name) => selectorLabels(stack.name, name)),
        },
      },
      options(),
    );
  }
}
