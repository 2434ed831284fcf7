import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import type * as pulumi from "@pulumi/pulumi";
import { hasHeadless, headless } from "../../programs/addresses";
import { CLAIM_TEMPLATE } from "./claims";
import { selectorLabels } from "./labels";
import { numbered, type Objects, type Part, WAIT } from "./objects";
import { podTemplate } from "./pod";
import type { Names } from "./volumes";

/** Makes the pods of a program, or of one part of it. */
export function makeWorkload(
  objects: Objects,
  part: Part,
  names: Names,
  account: string | undefined,
  after: pulumi.Resource[],
): pulumi.Resource {
  const { stack, program } = objects;
  const { name, pods } = part;
  const template = podTemplate(stack, program, part, names, account);
  const selector = { matchLabels: { ...selectorLabels(stack.name, program.name), ...part.labels } };
  const replicated = { selector, template, replicas: pods, revisionHistoryLimit: 3 };
  const once = { ...template, spec: { ...template.spec, restartPolicy: "Never" } };
  const options = objects.options({}, after);
  switch (program.workload) {
    case "StatefulSet": {
      const keeps = program.data?.(stack.settings) !== undefined;
      const settles = pods > 1 ? program.settles : undefined;
      return objects.make(
        apps.StatefulSet,
        numbered("server", part),
        {
          metadata: objects.metadata(name),
          spec: {
            ...replicated,
            // In order, a pod that never became ready would keep every later update from taking its place.
            podManagementPolicy: "Parallel",
            ...(settles ? { minReadySeconds: settles } : {}),
            serviceName: hasHeadless(stack, program) ? headless(program.name) : name,
            ...(pods > 1 && keeps ? { volumeClaimTemplates: [CLAIM_TEMPLATE] } : {}),
          },
        },
        // An update takes as long for each of those that settle.
        settles ? { ...options, customTimeouts: { ...WAIT, update: `${10 * pods}m` } } : options,
      );
    }
    case "Deployment":
      return objects.make(
        apps.Deployment,
        "server",
        {
          metadata: objects.metadata(name),
          spec: replicated,
        },
        // The others wait for the first one, so it should not take long to say that its pod cannot start.
        program.first ? { ...options, customTimeouts: { ...WAIT, create: "5m", update: "5m" } } : options,
      );
    case "DaemonSet":
      return objects.make(
        apps.DaemonSet,
        "agent",
        { metadata: objects.metadata(name), spec: { selector, template } },
        options,
      );
    // Runs once; a changed pod makes a new Job, and so does the next `up` after one that failed.
    case "Job": {
      const { annotations, ...metadata } = objects.metadata();
      return objects.make(
        batch.Job,
        "job",
        {
          metadata: { ...metadata, annotations: { ...annotations, "pulumi.com/replaceUnready": "true" } },
          spec: { backoffLimit: 1, template: once },
        },
        objects.options({ deleteBeforeReplace: false }, after),
      );
    }
    // Tries for ten minutes, waiting longer each time; what failed is seen for an hour. A pod that cannot start, as by an image or
    // a Secret that is not there, never fails, and would keep every later Job from being made, with what is corrected too.
    case "CronJob":
      return objects.make(
        batch.CronJob,
        "cron-job",
        {
          metadata: objects.metadata(name),
          spec: {
            schedule: program.schedule!,
            concurrencyPolicy: "Forbid",
            jobTemplate: {
              spec: {
                ...{ backoffLimit: 6, activeDeadlineSeconds: 1800, ttlSecondsAfterFinished: 3600 },
                template: once,
              },
            },
          },
        },
        options,
      );
  }
}

/** Nodes are drained one replica at a time. */
export function makeDisruptionBudget(objects: Objects): void {
  const { stack, program } = objects;
  objects.make(policy.PodDisruptionBudget, "disruption-budget", {
    metadata: objects.metadata(program.name),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(stack.name, program.name) } },
  });
}
