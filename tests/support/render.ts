import type { Manifest } from "../../local/render";
import { stackConfig, stackFile } from "../../local/stack-config";

export type { Manifest };

/** Renders a stack with a fresh Pulumi; `given` is laid over its stack file. */
export async function rendered(stack: string, given: Record<string, unknown> = {}): Promise<Manifest[]> {
  const config = { ...stackConfig(stackFile(stack)) };
  for (const [key, value] of Object.entries(given)) config[`observability:${key}`] = value;
  let manifests: Manifest[] = [];
  await jest.isolateModulesAsync(async () => {
    const { renderManifests } = await import("../../local/render");
    manifests = await renderManifests(stack, config);
  });
  return manifests;
}

interface Container {
  name: string;
  image: string;
  args?: string[];
  env?: { name: string; value?: string }[];
  readinessProbe?: object;
  livenessProbe?: object;
  resources: Record<"requests" | "limits", { cpu: string; memory: string }>;
  securityContext: Record<string, unknown>;
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  volumes: Record<string, unknown>[];
  securityContext: Record<string, unknown>;
  [field: string]: unknown;
}

export interface Template {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: PodSpec;
}

/** Everything that makes pods, with its pods' template. */
export const withPods = (manifests: Manifest[]): { manifest: Manifest; template: Template }[] =>
  manifests
    .filter(({ kind }) => ["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind))
    .map((manifest) => ({ manifest, template: (manifest.spec as { template: Template }).template }));

export const idOf = ({ kind, metadata }: Manifest): string =>
  `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
