import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import { hasHeadless, headless, replicasOf } from "../../programs/addresses";
import { selectorLabels } from "./labels";
import type { Objects } from "./objects";

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
  const several = replicasOf(stack, program) > 1;
  objects.make(core.Service, "service", {
    metadata: objects.metadata(name),
    spec: {
      type: nodePort === null ? "ClusterIP" : "NodePort",
      ...(program.callersChoose ? { clusterIP: "None" } : {}),
      selector,
      // Each replica that stands apart has seen a little else: a page that asks several times asks the same one.
      ...(several && program.apart ? { sessionAffinity: "ClientIP" } : {}),
      ports: ports.map((port) => ({
        ...port,
        ...(nodePort !== null && port.name === exposed?.port ? { nodePort } : {}),
      })),
    },
  });
  if (!hasHeadless(stack, program)) return;
  objects.make(core.Service, "headless-service", {
    metadata: objects.metadata(headless(name)),
    // Replicas look for each other before they are ready.
    spec: { clusterIP: "None", publishNotReadyAddresses: true, selector, ports },
  });
}

/** Leads users of a host to the exposed port. Pulumi waits until the load balancer has an address. */
export function makeIngress(objects: Objects): void {
  const { stack, program } = objects;
  const ingress = program.ingress?.(stack.settings);
  if (!ingress) return;
  const metadata = objects.metadata(program.name);
  const service = { name: program.name, port: { name: program.exposed!(stack.settings).port } };
  const paths = [{ path: "/", pathType: "Prefix", backend: { service } }];
  objects.make(networking.Ingress, "ingress", {
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...ingress.annotations } },
    spec: { ingressClassName: ingress.className, rules: [{ host: ingress.host, http: { paths } }] },
  });
}
