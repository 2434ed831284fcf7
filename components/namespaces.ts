import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as storage from "@pulumi/kubernetes/storage/v1";
import * as pulumi from "@pulumi/pulumi";
import { givenNamespaces, type Settings } from "../config/schema";
import { objectLabels } from "./kubernetes/labels";
import { REGISTRY_LOGIN } from "./kubernetes/pod";

/**
 * The stack's two namespaces, each denying what no program asks for, and on request the applications'.
 * Namespaces that must exist are looked up, so that a missing one is an error before anything is made.
 */
export class Namespaces extends pulumi.ComponentResource {
  /** Wait for these before making anything inside. */
  readonly all: pulumi.Resource[];

  constructor(
    name: string,
    private readonly settings: Settings,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("observability:index:Namespaces", name, {}, opts);
    const { stack, agents, create, createApplications } = settings.namespaces;
    const ours = {
      "app.kubernetes.io/part-of": "observability-stack",
      "app.kubernetes.io/instance": pulumi.getStack(),
    };
    const own = [
      // Agents read the host's files, which neither of the stricter standards allows.
      this.namespace(name, agents, create, "privileged"),
      this.namespace(name, stack, create, "restricted"),
    ];
    const applications = givenNamespaces(settings).map((namespace) =>
      this.namespace(name, namespace, createApplications),
    );
    [stack, agents].forEach(
      (namespace, index) =>
        new networking.NetworkPolicy(
          `${name}-${namespace}-deny`,
          {
            metadata: { name: "default-deny", namespace, ...this.marks() },
            // Whatever else lives in a namespace that is not ours to make keeps its traffic.
            spec: { podSelector: create ? {} : { matchLabels: ours }, policyTypes: ["Ingress", "Egress"] },
          },
          { parent: this, dependsOn: own[1 - index] },
        ),
    );
    this.all = [...own, ...applications, ...this.login(name, own), ...this.gp3(name)];
    this.registerOutputs();
  }

  /** Of a fixed name: a new password serves the next pull, and no pod is replaced for it. */
  private login(name: string, own: pulumi.Resource[]): pulumi.Resource[] {
    const { registry, registryLogin } = this.settings.placement;
    if (!registryLogin) return [];
    const { stack, agents } = this.settings.namespaces;
    const config = JSON.stringify({ auths: { [registry!.split("/")[0]]: registryLogin } });
    return [stack, agents].map(
      (namespace) =>
        new core.Secret(
          `${name}-${namespace}-${REGISTRY_LOGIN}`,
          {
            metadata: { name: REGISTRY_LOGIN, namespace, ...this.marks() },
            type: "kubernetes.io/dockerconfigjson",
            stringData: { ".dockerconfigjson": pulumi.secret(config) },
          },
          { parent: this, dependsOn: own },
        ),
    );
  }

  /** Of the whole cluster; it stays when the stack goes, since other stacks' volumes may ask for it. */
  private gp3(name: string): pulumi.Resource[] {
    if (!this.settings.placement.createGp3) return [];
    return [
      new storage.StorageClass(
        `${name}-gp3`,
        {
          metadata: { name: "gp3", ...this.marks() },
          provisioner: "ebs.csi.aws.com",
          parameters: { type: "gp3", encrypted: "true" },
          allowVolumeExpansion: true,
          reclaimPolicy: "Delete",
          volumeBindingMode: "WaitForFirstConsumer",
        },
        { parent: this, retainOnDelete: true },
      ),
    ];
  }

  private namespace(name: string, namespace: string, create: boolean, level?: "privileged" | "restricted") {
    const child = `${name}-${namespace}`;
    if (!create) return core.Namespace.get(child, namespace, { parent: this });
    const { labels, annotations } = this.marks();
    return new core.Namespace(
      child,
      {
        metadata: {
          name: namespace,
          labels: { ...labels, ...(level ? { "pod-security.kubernetes.io/enforce": level } : {}) },
          annotations,
        },
      },
      { parent: this, protect: this.settings.protect },
    );
  }

  private marks() {
    return {
      labels: objectLabels(this.settings, pulumi.getStack()),
      annotations: this.settings.placement.annotations,
    };
  }
}
