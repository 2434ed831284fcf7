import * as core from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Data } from "../../programs/program";
import { type Objects, type Part, numbered } from "./objects";

const DATA = "data";

/**
 * The volumes of a program, made beside the workload: growing one is an edit of its claim and replaces nothing.
 * Several pods of one workload find theirs under the names that the StatefulSet's template would give them.
 *
 * @returns the claim of the only pod; none where the template's names lead to them
 */
export function makeClaims(objects: Objects, data: Data, part: Part): pulumi.Output<string> | undefined {
  if (part.pods === 1) return claim(objects, numbered(DATA, part), `${part.name}-data`, data).metadata.name;
  for (let index = 0; index < part.pods; index++)
    claim(objects, `${DATA}-${index}`, `${DATA}-${part.name}-${index}`, data);
  return undefined;
}

/**
 * What a StatefulSet of several pods is told about their claims, which are there before it: only the name is ever read.
 * It cannot be changed, so nothing that may change is in it, such as the size.
 */
export const CLAIM_TEMPLATE = {
  metadata: { name: DATA },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};

function claim(objects: Objects, what: string, name: string, data: Data) {
  const metadata = objects.metadata(name);
  return objects.make(
    core.PersistentVolumeClaim,
    what,
    {
      metadata: {
        ...metadata,
        annotations: {
          ...metadata.annotations,
          // A class that binds at first use leaves a claim pending until its pod is there, and a claim that grows is
          // never pending again: the provider would wait in vain. The pod's own wait covers the claim.
          "pulumi.com/skipAwait": "true",
          "observability-stack/setting": data.setting,
        },
      },
      spec: claimSpec(data),
    },
    objects.options({ protect: objects.stack.settings.protect }),
  );
}

const claimSpec = ({ size, class: storageClassName }: Data) => ({
  accessModes: ["ReadWriteOnce"],
  resources: { requests: { storage: size } },
  ...(storageClassName ? { storageClassName } : {}),
});
