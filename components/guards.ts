import * as pulumi from "@pulumi/pulumi";
import { bytes } from "../config/units";
import type { Stack } from "../programs/program";

interface ClaimInputs {
  metadata: { name: string; annotations: Record<string, string> };
  spec: { resources: { requests: { storage: string } } };
}

/**
 * Speaks up, in the preview already, when a claim changes its size: a smaller one is refused; a larger one is named
 * by its key, since the API server's refusal of a class that forbids growth names the claim only.
 */
export const growthGuard = (component: string): pulumi.ResourceHook =>
  new pulumi.ResourceHook(
    `${component}-volumes`,
    ({ oldInputs, newInputs, oldOutputs }) => {
      const [before, after] = [oldInputs, newInputs].map((inputs) => inputs as ClaimInputs);
      const [old, size] = [before, after].map(({ spec }) => spec.resources.requests.storage);
      const { name, annotations } = after.metadata;
      const key = `observability:${annotations["observability-stack/setting"]}.size`;
      if (bytes(size) < bytes(old))
        throw new pulumi.RunError(
          `${key} is ${size}; the volume ${name} has ${old} and cannot shrink. Allowed: ${old} or more.`,
        );
      if (bytes(size) === bytes(old)) return;
      const storageClass = String(oldOutputs?.spec?.storageClassName ?? "the default one");
      void pulumi.log.warn(
        `${key}: the volume ${name} grows from ${old} to ${size}. Its storage class ${storageClass} must allow that (allowVolumeExpansion: true); ` +
          `where the API server refuses it, set ${key} back to ${old}, or allow it in the class. Nothing else was changed for it.`,
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
        throw new pulumi.RunError(
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
