import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../config/schema";
import { bytes } from "../config/units";
import type { Stack } from "../programs/program";

interface ClaimInputs {
  metadata: { name: string; annotations: Record<string, string> };
  spec: { resources: { requests: { storage: string } } };
}

/** kind's own class: its volumes are directories of the node, and none of them can grow. */
const NEVER_GROWS = "standard";

/**
 * Looks, in the preview already, at each claim that changes its size: a smaller one is refused, and so is a larger one of
 * kind's own class. Of other classes only the API server knows, which says so at the update and names no key: this does.
 */
export const growthGuard = (component: string, platform: Settings["platform"]): pulumi.ResourceHook =>
  new pulumi.ResourceHook(
    `${component}-volumes`,
    ({ oldInputs, newInputs, oldOutputs }) => {
      const [before, after] = [oldInputs, newInputs].map((inputs) => inputs as ClaimInputs);
      const [old, size] = [before, after].map(({ spec }) => spec.resources.requests.storage);
      const { name, annotations } = after.metadata;
      const key = `observability:${annotations["observability-stack/setting"]}`;
      const storageClass = String(oldOutputs?.spec?.storageClassName);
      if (bytes(size) < bytes(old))
        throw new Error(
          `${key}.size is ${size}, and the volume ${name} has ${old}: it cannot shrink. Allowed: ${old} or more. Nothing was changed.`,
        );
      if (bytes(size) === bytes(old)) return;
      if (platform === "kind" && storageClass === NEVER_GROWS)
        throw new Error(
          `${key}.size is ${size}, and the volume ${name} has ${old}: its class ${storageClass} does not let it grow (allowVolumeExpansion). ` +
            `Allowed: ${old}. For a larger volume with new data: npm run down, then up; or another ${key}.class before the first up. Nothing was changed.`,
        );
      void pulumi.log.warn(
        `${key}.size: the volume ${name} grows from ${old} to ${size}. If the API server refuses that at the update, its class ${storageClass} ` +
          `lacks allowVolumeExpansion: true; set the key back to ${old}, or allow it in the class.`,
      );
    },
    { onDryRun: true },
  );

/** What the guard of replicas compares: kept as an input of the component. */
export const replicasOf = (stack: Stack, component: string): Record<string, number> =>
  Object.fromEntries(
    stack.programs
      .filter((program) => program.component === component && program.data)
      .map(({ name, replicas }) => [name, replicas?.(stack.settings) ?? 1]),
  );

/**
 * One replica keeps its data in the claim `<program>-data`, several in `data-<program>-<n>`: going from one to several
 * would leave the data behind, so it is refused, in the preview already.
 */
export const replicasGuard = (component: string): pulumi.ResourceHook =>
  new pulumi.ResourceHook(
    `${component}-replicas`,
    ({ oldInputs, newInputs }) => {
      const [before, after] = [oldInputs, newInputs].map(
        (inputs) => ((inputs ?? {}) as { replicas?: Record<string, number> }).replicas ?? {},
      );
      for (const [name, replicas] of Object.entries(after)) {
        const old = before[name] ?? replicas;
        if (old === replicas || (old > 1 && replicas > 1)) continue;
        throw new Error(
          [
            `${name} would go from ${old} to ${replicas} replicas and leave its data behind. Nothing was changed. To go on:`,
            `  1. Set the number of replicas back and run up; copy what must stay out of ${name} (or let its retention run out).`,
            `  2. pulumi state unprotect the claims of ${name}, where they are protected, and remove its claims and StatefulSet: pulumi destroy --target 'urn:pulumi:*::*${name}*'.`,
            `  3. Set the new number and run up: ${name} starts with empty volumes.`,
          ].join("\n"),
        );
      }
    },
    { onDryRun: true },
  );
