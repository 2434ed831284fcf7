import type { Settings } from "../config/schema";
import { isDeployed, type Pages, type Program, programOf, type Stack } from "./program";

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

export const hasEdge = (stack: Stack): boolean => isDeployed(stack, "edge");

/** Programs whose pages the edge proxy serves. One without a login is served to whoever reaches the address. */
export const pagesUnderEdge = (stack: Stack): (Program & { pages: Pages })[] =>
  stack.programs.filter(
    (program): program is Program & { pages: Pages } =>
      program.pages !== undefined &&
      hasEdge(stack) &&
      (program.pages.login || stack.settings.edge.withoutLogin),
  );

/** Under the edge proxy a user interface lives below its path, on every way in; elsewhere at the root. */
export const pathOf = (stack: Stack, program: string): string =>
  pagesUnderEdge(stack).some(({ name }) => name === program) ? `/api/monitoring/${program}` : "";

/** What users and links in messages open. Not under the edge proxy: the address inside the cluster. */
export function userUrl(stack: Stack, program: string): string {
  const path = pathOf(stack, program);
  return path ? stack.settings.edge.url + path : urlOf(stack, program, "http");
}
