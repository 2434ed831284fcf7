import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { deploy } from "../../components";
import { settingsOf } from "../../config/settings";

/** A resource as the program asked for it. */
export interface Made {
  type: string;
  name: string;
  /** Name of the component that it belongs to; none for the components themselves. */
  parent?: string;
  protect: boolean;
  /** How long Pulumi waits until it is ready. */
  waits?: { create?: string; update?: string; delete?: string };
  /** It stays in the cluster when the stack goes. */
  stays: boolean;
  /** Names of what must be there before. */
  after: string[];
  /** Looked up, not made. */
  existing: boolean;
  /** Its name in the cluster. */
  called?: string;
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
 * Makes all components under Pulumi's mocks. As in a cluster, a name that Pulumi chooses changes with the contents,
 * and a password with its keepers: what refers to them is seen to change as well.
 */
export async function madeWith(given: Record<string, unknown> = {}): Promise<Map<string, Made>> {
  const settings = settingsOf(given, "test");
  const made = new Map<string, Made>();
  const asked = new Map<string, Pick<Made, "inputs" | "existing" | "called">>();
  let failure: unknown;
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        const called = id || (inputs.metadata?.name ?? `${name}-${hash(inputs)}`);
        asked.set(`${type} ${name}`, {
          inputs: inputs as Inputs,
          existing: Boolean(id),
          called,
        });
        const from = `${name}-${hash(inputs)}`;
        const generated = { result: `made-by-${from}`, bcryptHash: `hash-of-${from}` };
        return { id: id || name, state: { metadata: { name: called }, ...generated } };
      },
      call: ({ inputs }) => inputs,
    },
    "observability-stack",
    "test",
    false,
  );
  // Pulumi notes where each promise was made, which under Jest takes most of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    await pulumi.runtime.runInPulumiStack(async () => {
      const names = new Map<pulumi.Resource, string>();
      pulumi.runtime.registerStackTransformation(({ resource, type, name, opts }) => {
        names.set(resource, name);
        const waits = "dependsOn" in opts ? [opts.dependsOn ?? []].flat() : [];
        made.set(`${type} ${name}`, {
          type,
          name,
          parent: opts.parent && names.get(opts.parent),
          protect: opts.protect ?? false,
          waits: opts.customTimeouts,
          stays: opts.retainOnDelete ?? false,
          after: waits.flatMap((one) => names.get(one as pulumi.Resource) ?? []),
          existing: false,
          inputs: {},
        });
        return undefined;
      });
      // Pulumi ends the process when its program throws; here the test is to see the error.
      try {
        deploy(settings, {});
      } catch (error) {
        failure = error;
      }
      return {};
    });
  } finally {
    await pulumi.runtime.disconnect();
    Error.stackTraceLimit = stackTraceLimit;
  }
  if (failure) throw failure;
  for (const [id, one] of made) Object.assign(one, asked.get(id));
  return made;
}

/** Names of what differs between the two, or is in one of them only. */
export const changed = (before: Map<string, Made>, after: Map<string, Made>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => asMade(before.get(id)) !== asMade(after.get(id)))
    .map((id) => id.split(" ")[1])
    .sort();

const asMade = (one?: Made) => one && JSON.stringify([one.inputs, one.protect, one.existing]);
