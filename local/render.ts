import * as pulumi from "@pulumi/pulumi";
import { yaml } from "../config/yaml";
import { hidden, withoutPlainSecrets } from "./render-secrets";
import { standIn, type StackConfig } from "./stack-config";

/** A Kubernetes object as the API server would get it, without what only Pulumi knows. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  [key: string]: unknown;
}

const BELONGS = { label: "app.kubernetes.io/part-of", value: "observability-stack" };
/** Selects what this program has made. */
export const PART_OF = `${BELONGS.label}=${BELONGS.value}`;
/** Selects what a stack has made. Helm gives releases the second label too, and `prod` is a usual name of one. */
export const ofStack = (stack: string): string => `${PART_OF},app.kubernetes.io/instance=${stack}`;

/** Name of the stack that it belongs to, if it is of one. */
export const stackOfThis = ({ metadata: { labels = {} } }: Pick<Manifest, "metadata">): string | undefined =>
  labels[BELONGS.label] === BELONGS.value ? labels["app.kubernetes.io/instance"] : undefined;

/**
 * Runs the program without a cluster, a provider or the Pulumi CLI and returns the objects it would make, sorted.
 * Secrets are shown as `[secret]` and letters that change with what goes into them, plain texts aside; a name that
 * Pulumi would complete with random letters ends in `-[auto]`.
 *
 * @param config keys as in a stack file, such as `observability:metrics`
 */
export async function renderManifests(stack: string, config: StackConfig): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        if (!type.startsWith("kubernetes:") || !inputs.kind || id)
          return { id: id || `${name}-id`, state: { ...inputs, ...generated({ name, ...inputs }) } };
        const metadata = { ...inputs.metadata, name: inputs.metadata.name ?? `${name}-[auto]` };
        manifests.push(hidden({ ...inputs, metadata } as Manifest));
        return { id: metadata.name, state: { ...inputs, metadata } };
      },
      call: ({ inputs }) => inputs,
    },
    "observability-stack",
    stack,
    false,
  );
  const texts = Object.entries(withoutPlainSecrets(stack, config)).map(([key, value]) => [
    key.includes(":") ? key : `observability-stack:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts));
  let failure: unknown;
  await pulumi.runtime.runInPulumiStack(async () => {
    const { default: program } = await import("../index");
    // Handed on past Pulumi, which would make several promises of it that nobody waits for.
    return program().catch((error: unknown) => void (failure = error));
  });
  await pulumi.runtime.disconnect();
  if (failure) throw failure;
  return manifests.sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

/** Stand-ins for what a generated password is made of. */
const generated = (from: object) => ({ result: standIn(from), bcryptHash: standIn({ hash: from }) });

export const manifestsText = (manifests: Manifest[]): string =>
  manifests.map((manifest) => `---\n${yaml(manifest)}`).join("");

const keyOf = ({ kind, metadata }: Manifest) => `${metadata.namespace ?? ""}/${kind}/${metadata.name}`;

/** Ports that Services of these open on every node. */
export const nodePortsOf = (manifests: Manifest[]): number[] =>
  (manifests as { spec?: { ports?: { nodePort?: number }[] } }[])
    .flatMap(({ spec }) => spec?.ports ?? [])
    .flatMap(({ nodePort }) => nodePort ?? []);
