import * as core from "@pulumi/kubernetes/core/v1";
import { selectorLabels } from "./labels";
import type { Objects } from "./objects";

/** Name of the Service that gives each replica an address of its own. */
export const headless = (program: string): string => `${program}-headless`;

/** All ports of the program; the exposed one is opened on every node where the settings say so. */
export function makeService(objects: Objects): void {
  const { stack, program } = objects;
  const { name } = program;
  const exposed = program.exposed?.(stack.settings);
  const nodePort = exposed?.nodePort ?? null;
  const selector = selectorLabels(stack.name, name);
  const ports = Object.entries(program.ports(stack.settings)).map(([name, port]) => ({
    name,
    port,
    targetPort: name,
  }));
  new core.Service(
    objects.child("service"),
    {
      metadata: objects.metadata(name),
      spec: {
        type: nodePort === null ? "ClusterIP" : "NodePort",
        selector,
        ports: ports.map((port) => ({
          ...port,
          ...(nodePort !== null && port.name === exposed?.port ? { nodePort } : {}),
        })),
      },
    },
    objects.options(),
  );
  if (program.workload !== "StatefulSet" || (program.replicas?.(stack.settings) ?? 1) === 1) return;
  new core.Service(
    objects.child("headless-service"),
    {
      metadata: objects.metadata(headless(name)),
      // Replicas look for each other before they are ready.
      spec: { clusterIP: "None", publishNotReadyAddresses: true, selector, ports },
    },
    objects.options(),
  );
}
