import { createHash } from "node:crypto";
import type { Resource } from "@pulumi/pulumi";
import type { Settings } from "../../config/schema";
import { settingsOf } from "../../config/settings";

/** A resource as the program asked for it. */
export interface Made {
  type: string;
  name: string;
  /** Name of the component that it belongs to; none for the components themselves. */
  parent?: string;
  protect: boolean;
  /** Names of what must be there before. */
  after: string[];
  /** Looked up, not made. */
  existing: boolean;
  inputs: Inputs;
}

interface Inputs {
  kind?: string;
  immutable?: boolean;
  metadata?: { name?: string; namespace?: string };
  [key: string]: unknown;
}

const hash = (value: object) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);

/**
 * Makes all components with a fresh Pulumi under mocks. As in a cluster, a name that Pulumi chooses changes with
 * the contents, and a password with its keepers: what refers to them is seen to change as well.
 */
export async function madeWith(given: Record<string, unknown> = {}): Promise<Map<string, Made>> {
  const settings = settingsOf(given, "test");
  const made = new Map<string, Made>();
  const asked = new Map<string, Pick<Made, "inputs" | "existing">>();
  let failure: unknown;
  await jest.isolateModulesAsync(async () => {
    const pulumi = await import("@pulumi/pulumi");
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs, id }) => {
          asked.set(`${type} ${name}`, { inputs: inputs as Inputs, existing: Boolean(id) });
          const metadata = { ...inputs.metadata, name: inputs.metadata?.name ?? `${name}-${hash(inputs)}` };
          return { id: id || name, state: { ...inputs, metadata, result: `password-${hash(inputs)}` } };
        },
        call: ({ inputs }) => inputs,
      },
      "observability-stack",
      "test",
      false,
    );
    (await import("../../local/render")).acceptHooks();
    try {
      await pulumi.runtime.runInPulumiStack(async () => {
        const names = new Map<Resource, string>();
        pulumi.runtime.registerStackTransformation(({ resource, type, name, opts }) => {
          names.set(resource, name);
          const waits = "dependsOn" in opts ? [opts.dependsOn ?? []].flat() : [];
          made.set(`${type} ${name}`, {
            type,
            name,
            parent: opts.parent && names.get(opts.parent),
            protect: opts.protect ?? false,
            after: waits.flatMap((one) => names.get(one as Resource) ?? []),
            existing: false,
            inputs: {},
          });
          return undefined;
        });
        // Pulumi ends the process when its program throws; here the test is to see the error.
        await program(settings).catch((error: unknown) => (failure = error));
        return {};
      });
    } finally {
      await pulumi.runtime.disconnect();
    }
  });
  if (failure) throw failure;
  for (const [id, one] of made) Object.assign(one, asked.get(id));
  return made;
}

/** As index.ts does it, without a cluster's provider. */
async function program(settings: Settings): Promise<void> {
  const { Namespaces } = await import("../../components/namespaces");
  const { MetricsStack } = await import("../../components/metrics-stack");
  const { LogsStack } = await import("../../components/logs-stack");
  const { TracingStack } = await import("../../components/tracing-stack");
  const { GrafanaStack } = await import("../../components/grafana-stack");
  const after = new Namespaces("namespaces", settings).all;
  const { first } = new MetricsStack("metrics", { settings, after });
  const args = { settings, after, first };
  new LogsStack("logs", args);
  new TracingStack("tracing", args);
  new GrafanaStack("grafana", args);
}

/** Names of what differs between the two, or is in one of them only. */
export const changed = (before: Map<string, Made>, after: Map<string, Made>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => JSON.stringify(before.get(id)?.inputs) !== JSON.stringify(after.get(id)?.inputs))
    .map((id) => id.split(" ")[1])
    .sort();
