import type { Settings } from "../config/schema";
import { isDeployed, type Program, programOf, type Stack } from "./program";

export const namespaceOf = ({ namespaces }: Settings, { workload }: Program): string =>
  workload === "DaemonSet" ? namespaces.agents : namespaces.stack;

/** Number of a program's port. */
export function portOf(stack: Stack, { name, ports }: Program, port: string): number {
  const number = ports(stack.settings)[port];
  if (number === undefined) throw new Error(`${name} has no port ${port}`);
  return number;
}

/** host:port inside the cluster. */
export function addressOf(stack: Stack, name: string, port: string): string {
  const program = programOf(stack, name);
  return `${name}.${namespaceOf(stack.settings, program)}.svc:${portOf(stack, program, port)}`;
}

/** http://host:port inside the cluster. */
export const urlOf = (stack: Stack, name: string, port: string): string =>
  `http://${addressOf(stack, name, port)}`;

/** Paths of the user interfaces behind the edge proxy. */
export const paths = {
  grafana: "/api/monitoring/grafana",
  prometheus: "/api/monitoring/prometheus",
} as const;

export const hasEdge = (stack: Stack): boolean => isDeployed(stack, "edge");

/** With the edge proxy a user interface lives under its path, on every way in; without it at the root. */
export const pathOf = (stack: Stack, program: keyof typeof paths): string =>
  hasEdge(stack) ? paths[program] : "";

/** What users and links in messages open. Without the edge proxy: the address inside the cluster. */
export const userUrl = (stack: Stack, program: keyof typeof paths): string =>
  (hasEdge(stack) ? stack.settings.edge.url : urlOf(stack, program, "http")) + pathOf(stack, program);
