import type { types } from "@pulumi/kubernetes";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf, portsOf, type Program } from "../../config/addresses";
import { policies, type Policy } from "../../config/flows";
import type { Settings } from "../../config/schema";
import { objectLabels, selectorLabels } from "./labels";
import { type PodSpec, podTemplate } from "./pod";
import { withinLimit } from "./size";

/** What every component is given. */
export interface PartArgs {
  /** The stack's settings, complete (config/schema.ts). */
  settings: Settings;
  /** What must be there before any object of the component: the namespaces. */
  after: pulumi.Resource[];
}

const WAIT = { create: "10m", update: "10m", delete: "5m" };

/**
 * A component of the stack: the base of the four. It turns programs into Kubernetes objects, named
 * `<component>-<program>-<what>` in Pulumi and by the program in the cluster, each a child of the component.
 */
export abstract class Part extends pulumi.ComponentResource {
  protected readonly settings: Settings;
  private readonly after: pulumi.Resource[];
  protected readonly stack = pulumi.getStack();

  constructor(
    type: string,
    private readonly name: string,
    { settings, after }: PartArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(`observability:index:${type}`, name, {}, opts);
    this.settings = settings;
    this.after = after;
  }

  /** A file of configuration that its program re-reads by itself: a fixed name, changed in place, no restart. */
  protected reloadedFile(program: Program, what: string, files: Record<string, string>) {
    const data = withinLimit(`${program}-${what}`, files);
    return new core.ConfigMap(
      this.child(program, what),
      { metadata: this.metadata(program, `${program}-${what}`), data },
      this.options(),
    );
  }

  /** A file of configuration that is read at the start: immutable and named anew, so that a change rolls its pods. */
  protected startFile(program: Program, what: string, files: Record<string, string>) {
    const data = withinLimit(`${program}-${what}`, files);
    return new core.ConfigMap(
      this.child(program, what),
      { metadata: this.metadata(program), immutable: true, data },
      this.options(),
    );
  }

  /** A Secret: immutable and named anew like a start file. The only place secrets are put into. */
  protected secret(program: Program, what: string, stringData: Record<string, pulumi.Input<string>>) {
    return new core.Secret(
      this.child(program, what),
      { metadata: this.metadata(program), immutable: true, stringData },
      this.options(),
    );
  }

  /** A volume of its own beside the workload: growing it is an edit of the claim and replaces nothing. */
  protected claim(program: Program, { size, class: storageClassName }: Settings["logs"]["storage"]) {
    const claim = new core.PersistentVolumeClaim(
      this.child(program, "data"),
      {
        metadata: this.metadata(program, `${program}-data`),
        spec: {
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: size } },
          ...(storageClassName ? { storageClassName } : {}),
        },
      },
      this.options({ protect: this.settings.protect }),
    );
    return { persistentVolumeClaim: { claimName: claim.metadata.name } };
  }

  /** A Service with all ports of the program; `nodePort` opens the port `exposed` on every node. */
  protected service(program: Program, nodePort: number | null = null, exposed = "metrics") {
    return new core.Service(
      this.child(program, "service"),
      {
        metadata: this.metadata(program, program),
        spec: {
          type: nodePort === null ? "ClusterIP" : "NodePort",
          selector: selectorLabels(this.stack, program),
          ports: Object.entries(portsOf(this.settings, program)).map(([name, port]) => ({
            name,
            port,
            targetPort: name,
            ...(nodePort !== null && name === exposed ? { nodePort } : {}),
          })),
        },
      },
      this.options(),
    );
  }

  /** An account for a program that asks the Kubernetes API, with a cluster-wide role whose name holds the stack. */
  protected account(program: Program, rules: types.input.rbac.v1.PolicyRule[]): pulumi.Output<string> {
    const account = new core.ServiceAccount(
      this.child(program, "account"),
      { metadata: this.metadata(program, program), automountServiceAccountToken: false },
      this.options(),
    );
    const metadata = {
      ...this.metadata(program, `observability-${this.stack}-${program}`),
      namespace: undefined,
    };
    const role = new rbac.ClusterRole(this.child(program, "role"), { metadata, rules }, this.options());
    new rbac.ClusterRoleBinding(
      this.child(program, "role-binding"),
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: program, namespace: namespaceOf(this.settings, program) }],
      },
      this.options(),
    );
    return account.metadata.name;
  }

  /** One replica with data of its own: the old pod is gone before the new one opens the volume. */
  protected statefulSet(program: Program, spec: PodSpec) {
    return new apps.StatefulSet(
      this.child(program, "server"),
      {
        metadata: this.metadata(program, program),
        spec: { ...this.podSet(program, spec), serviceName: program, replicas: 1, revisionHistoryLimit: 3 },
      },
      this.options(),
    );
  }

  protected deployment(program: Program, spec: PodSpec) {
    return new apps.Deployment(
      this.child(program, "server"),
      {
        metadata: this.metadata(program, program),
        spec: { ...this.podSet(program, spec), replicas: 1, revisionHistoryLimit: 3 },
      },
      this.options(),
    );
  }

  protected daemonSet(program: Program, spec: PodSpec) {
    return new apps.DaemonSet(
      this.child(program, "agent"),
      { metadata: this.metadata(program, program), spec: this.podSet(program, { ...spec, agent: true }) },
      this.options(),
    );
  }

  /** Runs once; a changed pod makes a new Job, and so does the next `up` after one that failed. */
  protected job(program: Program, spec: PodSpec, dependsOn: pulumi.Resource[]) {
    const template = podTemplate(this.settings, this.stack, program, spec);
    const metadata = this.metadata(program);
    return new batch.Job(
      this.child(program, "job"),
      {
        metadata: {
          ...metadata,
          annotations: { ...metadata.annotations, "pulumi.com/replaceUnready": "true" },
        },
        spec: {
          backoffLimit: 1,
          template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } },
        },
      },
      this.options({ dependsOn, deleteBeforeReplace: false }),
    );
  }

  /** The network policies of these programs, from the one flow table. */
  protected allow(...programs: Program[]) {
    const all = policies(this.settings, (program) => selectorLabels(this.stack, program));
    for (const program of programs) this.policy(all.find((policy) => policy.program === program)!);
  }

  private policy({ program, ingress, egress }: Policy) {
    new networking.NetworkPolicy(
      this.child(program, "policy"),
      {
        metadata: this.metadata(program, program),
        spec: {
          podSelector: { matchLabels: selectorLabels(this.stack, program) },
          policyTypes: ["Ingress", "Egress"],
          ingress,
          egress,
        },
      },
      this.options(),
    );
  }

  private podSet(program: Program, spec: PodSpec) {
    return {
      selector: { matchLabels: selectorLabels(this.stack, program) },
      template: podTemplate(this.settings, this.stack, program, spec),
    };
  }

  private child = (program: Program, what: string) =>
    program === this.name ? `${program}-${what}` : `${this.name}-${program}-${what}`;

  private metadata(program: Program, name?: string) {
    return {
      ...(name ? { name } : {}),
      namespace: namespaceOf(this.settings, program),
      labels: objectLabels(this.settings, this.stack, program),
      annotations: this.settings.placement.annotations,
    };
  }

  protected options = ({
    dependsOn = [],
    ...more
  }: pulumi.CustomResourceOptions & {
    dependsOn?: pulumi.Resource[];
  } = {}): pulumi.CustomResourceOptions => ({
    parent: this,
    customTimeouts: WAIT,
    ...more,
    dependsOn: [...this.after, ...dependsOn],
  });
}
